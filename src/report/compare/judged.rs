//! Judging: which differences are more than chance, after correction for how many were looked for.

use super::groups::{Groups, Pair};
use crate::metric::{Better, Compared, Metric};
use crate::sheet::{Cell, Why};
use crate::stat::{self, Share};
use crate::time::Zone;

/// One metric of a pair, judged.
pub struct Judged {
    pub keys: Vec<Option<String>>,
    pub other: String,
    pub metric: Metric,
    /// The metric of the base and of the other side.
    pub cells: [Cell; 2],
    /// Observations of the base and of the other side.
    pub n: [u64; 2],
    /// `None` where one side has too few observations, or the metric is a total.
    pub compared: Option<Compared>,
    /// The p-value after correction for all comparisons of the report.
    pub p: f64,
    /// Observations it would take on each side to see a difference as large as this one; `None` where it was seen, or
    /// nothing differs.
    pub needed: Option<u64>,
    /// How many comparisons the report makes.
    pub comparisons: u64,
}

/// Observations that a side must have to be compared at all.
const LEAST: u64 = 10;

/// Below this a corrected p-value is taken for more than chance.
pub const SIGNIFICANCE: f64 = 0.05;

/// Judges every metric of every pair.
pub fn judge(groups: &Groups, metrics: &[Metric], zone: &Zone) -> Vec<Judged> {
    let pairs = groups.pairs();
    let all = pairs.iter().flat_map(|pair| metrics.iter().map(move |metric| (pair, metric)));
    let mut judged: Vec<Judged> = all.filter_map(|(pair, metric)| of(groups, pair, metric, zone)).collect();
    let ps: Vec<f64> =
        judged.iter().filter_map(|judged| judged.compared.map(|compared| compared.difference.p)).collect();
    let mut corrected = stat::holm(&ps).into_iter();
    for judged in judged.iter_mut().filter(|judged| judged.compared.is_some()) {
        judged.p = corrected.next().unwrap_or(1.0);
        judged.comparisons = ps.len() as u64;
    }
    for judged in judged.iter_mut().filter(|judged| judged.compared.is_some() && !judged.is_seen()) {
        judged.needed = judged.needed();
    }
    judged
}

fn of(groups: &Groups, pair: &Pair<'_>, metric: &Metric, zone: &Zone) -> Option<Judged> {
    let sides = [pair.base, pair.other.1];
    let n = sides.map(|values| metric.observations(&groups.measures, values));
    if n == [0, 0] {
        return None;
    }
    let is_enough = n.iter().all(|n| *n >= metric.least.max(LEAST));
    let compared = metric.compare(&groups.measures, sides[0], sides[1]).filter(|_| is_enough);
    Some(Judged {
        keys: pair.keys.to_vec(),
        other: pair.other.0.to_owned(),
        metric: metric.clone(),
        cells: sides.map(|values| metric.of(&groups.measures, values, zone)),
        n,
        compared,
        p: 1.0,
        needed: None,
        comparisons: 0,
    })
}

impl Judged {
    /// Whether the difference is more than chance.
    pub fn is_seen(&self) -> bool {
        let leaves_out_zero = |compared: Compared| compared.difference.low > 0.0 || compared.difference.high < 0.0;
        self.p < SIGNIFICANCE && self.compared.is_some_and(leaves_out_zero)
    }

    /// What to make of it.
    pub fn verdict(&self) -> String {
        let Some(compared) = self.compared else {
            let least = self.metric.least.max(LEAST);
            return if self.n.iter().all(|n| *n >= least) {
                "not tested".to_owned()
            } else {
                format!("too few ({} and {} of {least})", self.n[0], self.n[1])
            };
        };
        if !self.is_seen() {
            return "no difference seen".to_owned();
        }
        let is_more = compared.difference.value > 0.0;
        let direction = if is_more { "more" } else { "less" };
        match (self.metric.better, is_more) {
            (Better::Higher, true) | (Better::Lower, false) => "better".to_owned(),
            (Better::Higher, false) | (Better::Lower, true) => "worse".to_owned(),
            (Better::Neither, _) => direction.to_owned(),
        }
    }

    fn needed(&self) -> Option<u64> {
        match (&self.cells, self.compared?.effect) {
            ([Cell::Share { k: k0, n: n0, .. }, Cell::Share { k: k1, n: n1, .. }], _) => {
                let [first, second] = [(k0, n0), (k1, n1)].map(|(k, n)| Share { k: *k, n: *n }.value());
                stat::uses_for_shares(first?, second?, self.comparisons)
            }
            (_, Some(effect)) => stat::uses_for_means(effect, 1.0, self.comparisons),
            _ => None,
        }
    }

    /// The cells of its row.
    pub fn row(&self, groups: &Groups) -> Vec<Cell> {
        let name = |key: &Option<String>| key.clone().map_or(Cell::Missing(Why::NoData), Cell::Text);
        let number = |number: Option<f64>| number.map_or(Cell::Missing(Why::NoData), Cell::Num);
        let [base, other] = self.cells.clone();
        let mut row: Vec<Cell> = self.keys.iter().map(name).collect();
        row.extend([
            Cell::Text(self.metric.key.to_string()),
            Cell::Text(groups.names[0].clone()),
            Cell::Text(self.other.clone()),
            Cell::Text(self.metric.unit.name().to_owned()),
            base,
            other,
            self.difference(),
            Cell::Text(self.verdict()),
            number(self.compared.map(|_| self.p)),
            number(self.compared.and_then(|compared| compared.effect)),
            self.needed.map_or(Cell::Missing(Why::NoData), |n| Cell::Int(n.into())),
            self.compared.map_or(Cell::Missing(Why::NoData), |compared| Cell::Text(compared.test.to_owned())),
        ]);
        row
    }

    fn difference(&self) -> Cell {
        match self.compared {
            Some(Compared { difference, n, .. }) => Cell::Estimate {
                value: difference.value,
                interval: Some((difference.low, difference.high)),
                n: n[0] + n[1],
            },
            None => Cell::Missing(Why::NoData),
        }
    }
}
