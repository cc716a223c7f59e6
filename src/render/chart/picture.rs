//! What a chart shows, before it has a size: names, numbers and their words, taken from the table it is of. It computes
//! nothing but places; what cannot be drawn becomes a sentence.

mod view;

use crate::render::escape;
use crate::render::human::Notation;
use crate::sheet::{Cell, Chart, ChartKind, Column, Sheet, Unit};
use crate::time::Zone;
use view::{Parts, View};

/// A chart with everything it says.
#[derive(Debug)]
pub(in crate::render) struct Picture {
    pub title: String,
    /// What the axes measure; of a pie and a heatmap only `y` says something.
    pub x: Axis,
    pub y: Axis,
    pub body: Body,
    /// What the table holds and the picture does not.
    pub left_out: Option<String>,
}

/// What an axis measures.
#[derive(Clone, Debug)]
pub(in crate::render) struct Axis {
    pub label: String,
    pub unit: Unit,
    column: Column,
}

/// The marks of each kind of chart.
#[derive(Debug)]
pub(in crate::render) enum Body {
    /// Series over buckets of time, each bucket at its place in the calendar.
    Time {
        buckets: Vec<Bucket>,
        series: Vec<Series>,
        is_bars: bool,
    },
    /// Series over names.
    Bars {
        names: Vec<Name>,
        series: Vec<Series>,
    },
    Pie {
        slices: Vec<Slice>,
    },
    Scatter {
        spots: Vec<Spot>,
    },
    /// Rows of as many points as there are columns.
    Heatmap {
        columns: Vec<String>,
        rows: Vec<Row>,
    },
}

/// A bucket and its place: places of neighbours differ by one, so that a gap is as wide as what is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::render) struct Bucket {
    pub name: String,
    pub place: i64,
}

/// A name along an axis; what was folded into one row stands apart from what has a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::render) struct Name {
    pub text: String,
    pub is_rest: bool,
}

/// Numbers of one kind, one for each bucket or name.
#[derive(Debug)]
pub(in crate::render) struct Series {
    pub name: String,
    pub points: Vec<Option<Point>>,
    /// What stands in the table where there is no point.
    pub gaps: Vec<String>,
}

/// A row of a heatmap.
#[derive(Debug)]
pub(in crate::render) struct Row {
    pub name: String,
    pub points: Vec<Option<Point>>,
}

/// A number that is drawn.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::render) struct Point {
    pub value: f64,
    pub interval: Option<(f64, f64)>,
    /// The number in words, with what it rests on.
    pub text: String,
    pub is_marked: bool,
    /// Whether its bucket is not over or was cut, so that it is no neighbour of the others.
    pub is_partial: bool,
}

/// A part of a whole.
#[derive(Debug)]
pub(in crate::render) struct Slice {
    pub name: Name,
    pub value: f64,
    pub text: String,
}

/// A row between two numbers.
#[derive(Debug)]
pub(in crate::render) struct Spot {
    pub name: String,
    pub x: f64,
    pub y: f64,
    pub text: String,
    pub is_marked: bool,
}

impl Axis {
    fn of(column: &Column) -> Axis {
        Axis { label: escape::visible(&column.whole_label()).into_owned(), unit: column.unit, column: column.clone() }
    }

    /// Numbers along the axis in words that suit them all.
    pub fn ticks(&self, ticks: &[f64], zone: &Zone) -> Vec<String> {
        let cells: Vec<Cell> = ticks.iter().map(|tick| Cell::Num(*tick)).collect();
        let notation = Notation::of_column(&self.column, cells.iter());
        without_zeros(cells.iter().map(|cell| notation.write(cell, zone).value).collect())
    }
}

/// Decimal texts without the decimals that are zero in all of them: `20 %` for `20.0 %`.
fn without_zeros(mut texts: Vec<String>) -> Vec<String> {
    let end = |text: &str| {
        let point = text.find('.')?;
        let digits = text[point + 1..].bytes().take_while(u8::is_ascii_digit).count();
        Some((point, point + digits)).filter(|_| digits > 0)
    };
    while texts.iter().all(|text| end(text).is_some_and(|(_, last)| text.as_bytes()[last] == b'0')) && !texts.is_empty()
    {
        for text in &mut texts {
            let Some((point, last)) = end(text) else { continue };
            text.replace_range(if last == point + 1 { point..=last } else { last..=last }, "");
        }
    }
    texts
}

impl Picture {
    /// The names of its series where there are several, in the order of their colours.
    pub fn series(&self) -> Vec<&str> {
        match &self.body {
            Body::Time { series, .. } | Body::Bars { series, .. } if series.len() > 1 => {
                series.iter().map(|series| series.name.as_str()).collect()
            }
            _ => Vec::new(),
        }
    }

    /// What a chart of a sheet shows, or a sentence on why it shows nothing.
    pub fn of(chart: &Chart, sheet: &Sheet) -> Result<Picture, String> {
        let table = sheet.table(chart.of).ok_or_else(|| format!("there is no table `{}` to draw", chart.of))?;
        let view = View { table, zone: &sheet.zone };
        let column = |key: &str| {
            let at = table.columns.iter().position(|column| column.key == key);
            at.ok_or_else(|| format!("the table has no column `{}` to draw", escape::visible(key)))
        };
        let x = column(&chart.x)?;
        let y = chart.y.iter().map(|key| column(key)).collect::<Result<Vec<usize>, String>>()?;
        let mark = chart.mark.as_deref().map(column).transpose()?;
        let Some(&last) = y.last() else { return Err("there is no column to draw".to_owned()) };
        let parts = Parts { x, y, mark };
        let (body, left_out) = match chart.kind {
            ChartKind::Line | ChartKind::Bar => view.series(&parts, chart.kind)?,
            ChartKind::Pie => view.pie(&parts)?,
            ChartKind::Scatter => view.scatter(&parts)?,
            ChartKind::Heatmap => (view.heatmap(&parts), None),
        };
        let axis = |at: usize| Axis::of(&table.columns[at]);
        let picture =
            Picture { title: escape::visible(&chart.title).into_owned(), x: axis(x), y: axis(last), body, left_out };
        // Of several series each has a name of its own, and none is that of the axis.
        let is_of_one = picture.series().is_empty() || chart.y.len() == 1;
        let y = Axis { label: if is_of_one { picture.y.label } else { String::new() }, ..picture.y };
        let picture = Picture { y, ..picture };
        if picture.is_empty() { Err(format!("{}: no data to draw yet", picture.title)) } else { Ok(picture) }
    }

    /// Every name in it.
    pub fn names(&self) -> Box<dyn Iterator<Item = &str> + '_> {
        match &self.body {
            Body::Time { series, .. } => Box::new(series.iter().map(|series| series.name.as_str())),
            Body::Bars { names, .. } => Box::new(names.iter().map(|name| name.text.as_str())),
            Body::Pie { slices } => Box::new(slices.iter().map(|slice| slice.name.text.as_str())),
            Body::Scatter { spots } => Box::new(spots.iter().map(|spot| spot.name.as_str())),
            Body::Heatmap { columns, rows } => {
                Box::new(columns.iter().map(String::as_str).chain(rows.iter().map(|row| row.name.as_str())))
            }
        }
    }

    fn is_empty(&self) -> bool {
        match &self.body {
            Body::Time { series, .. } | Body::Bars { series, .. } => {
                series.iter().all(|series| series.points.iter().all(Option::is_none))
            }
            Body::Pie { slices } => slices.is_empty(),
            Body::Scatter { spots } => spots.is_empty(),
            Body::Heatmap { rows, .. } => rows.iter().all(|row| row.points.iter().all(Option::is_none)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_that_are_all_zero_are_not_said() {
        let of = |texts: [&str; 3]| without_zeros(texts.map(str::to_owned).to_vec());
        assert_eq!(of(["0.0 %", "20.0 %", "40.0 %"]), ["0 %", "20 %", "40 %"]);
        assert_eq!(of(["$0.0000", "$0.0100", "$0.0200"]), ["$0.00", "$0.01", "$0.02"]);
        assert_eq!(of(["0", "10", "20"]), ["0", "10", "20"]);
        assert_eq!(of(["1.5 s", "2.0 s", "2.5 s"]), ["1.5 s", "2.0 s", "2.5 s"]);
        assert_eq!(without_zeros(Vec::new()), [""; 0]);
    }
}
