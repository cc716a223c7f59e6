//! Scales: from numbers to places, with ticks at round numbers.

/// Where numbers stand along an axis.
#[derive(Clone, Debug)]
pub(super) struct Scale {
    low: f64,
    high: f64,
    from: f64,
    to: f64,
    is_log: bool,
    pub ticks: Vec<f64>,
}

/// What is asked of a scale.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    /// Whether it may begin above zero.
    pub may_rise: bool,
    /// About how many ticks there is room for.
    pub ticks: f64,
    /// The least from one tick to the next.
    pub least_step: f64,
}

/// The ratio of largest to smallest from which a logarithm shows more than it hides.
const LOG_FROM: f64 = 50.0;

impl Scale {
    /// A scale that holds all `values` and begins at zero, or near the smallest where it may rise and zero is far.
    pub fn linear(values: impl Iterator<Item = f64>, asked: Asked, (from, to): (f64, f64)) -> Scale {
        let (least, most) = bounds(values);
        let rises = asked.may_rise && least > 0.0 && (most - least) < 0.5 * most;
        let (low, high) = match (least, most) {
            (least, most) if rises && least < most => (least, most),
            (only, _) if rises => (0.9 * only, 1.1 * only),
            (least, most) if least.min(0.0) < most => (least.min(0.0), most),
            (least, _) => (least, least + least.abs().max(1.0)),
        };
        let step = nice((high - low) / asked.ticks).max(asked.least_step);
        let (first, last) = ((low / step).floor(), (high / step).ceil());
        let ticks: Vec<f64> = count(first, last).map(|tick| tick * step).collect();
        let (low, high) = (first * step, last * step);
        Scale { low, high, from, to, is_log: false, ticks }
    }

    /// The same without what is beyond `most`, where nothing can be.
    pub fn up_to(mut self, most: f64) -> Scale {
        if self.high > most && self.low < most {
            self.high = most;
            self.ticks.retain(|tick| *tick <= most * (1.0 + 1e-9));
        }
        self
    }

    /// A scale for numbers that may differ by magnitudes.
    pub fn wide(values: &[f64], asked: Asked, room: (f64, f64)) -> Scale {
        let (least, most) = bounds(values.iter().copied());
        if least <= 0.0 || most / least < LOG_FROM {
            return Scale::linear(values.iter().copied(), asked, room);
        }
        let (first, last) = (least.log10().floor(), most.log10().ceil());
        let ticks = count(first, last).map(|power| 10_f64.powf(power)).collect();
        let (low, high) = (10_f64.powf(first), 10_f64.powf(last));
        Scale { low, high, from: room.0, to: room.1, is_log: true, ticks }
    }

    /// The place of a number; beyond the ends is at the end.
    pub fn place(&self, value: f64) -> f64 {
        let part = if self.is_log {
            (value.max(self.low).ln() - self.low.ln()) / (self.high.ln() - self.low.ln())
        } else {
            (value - self.low) / (self.high - self.low)
        };
        self.from + part.clamp(0.0, 1.0) * (self.to - self.from)
    }
}

/// Whole numbers of two ends, as floats.
fn count(first: f64, last: f64) -> impl Iterator<Item = f64> {
    std::iter::successors(Some(first), |tick| Some(tick + 1.0)).take_while(move |tick| *tick <= last).take(64)
}

fn bounds(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (least, most) = values
        .filter(|value| value.is_finite())
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), value| (least.min(value), most.max(value)));
    if least <= most { (least, most) } else { (0.0, 1.0) }
}

/// The next of 1, 2, 5 times a power of ten.
fn nice(step: f64) -> f64 {
    let power = 10_f64.powf(step.log10().floor());
    [1.0, 2.0, 5.0]
        .into_iter()
        .map(|digit| digit * power)
        .find(|nice| *nice >= step * (1.0 - 1e-9))
        .unwrap_or(10.0 * power)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(may_rise: bool) -> Asked {
        Asked { may_rise, ticks: 5.0, least_step: 0.0 }
    }

    #[test]
    fn counts_are_whole() {
        let scale = Scale::linear([0.0, 2.0].into_iter(), Asked { least_step: 1.0, ..asked(false) }, (0.0, 1.0));
        assert_eq!(scale.ticks.len(), 3);
    }

    #[test]
    fn ticks_are_round_and_hold_every_number() {
        for (values, may_rise, expected) in [
            (vec![3.0, 97.0], false, vec![0.0, 20.0, 40.0, 60.0, 80.0, 100.0]),
            (vec![0.91, 0.96], true, vec![0.91, 0.92, 0.93, 0.94, 0.95, 0.96]),
            (vec![0.0, 0.0], false, vec![0.0, 0.2, 0.4, 0.6, 0.8, 1.0]),
            (vec![-3.0, 5.0], false, vec![-4.0, -2.0, 0.0, 2.0, 4.0, 6.0]),
            (vec![], false, vec![0.0, 0.2, 0.4, 0.6, 0.8, 1.0]),
        ] {
            let scale = Scale::linear(values.iter().copied(), asked(may_rise), (0.0, 100.0));
            let near = scale.ticks.iter().zip(&expected).all(|(tick, expected)| (tick - expected).abs() < 1e-9);
            assert!(near && scale.ticks.len() == expected.len(), "{values:?}: {:?}", scale.ticks);
            assert!(values.iter().all(|value| (0.0..=100.0).contains(&scale.place(*value))));
        }
    }

    #[test]
    fn magnitudes_get_a_logarithm() {
        let scale = Scale::wide(&[0.0004, 0.3], asked(true), (0.0, 4.0));
        assert_eq!(scale.ticks.len(), 5);
        assert!((scale.place(0.001) - 1.0).abs() < 1e-9 && (scale.place(0.1) - 3.0).abs() < 1e-9);
        assert_eq!(Scale::wide(&[0.0, 1000.0], asked(true), (0.0, 1.0)).ticks[0].to_bits(), 0.0_f64.to_bits());
    }
}
