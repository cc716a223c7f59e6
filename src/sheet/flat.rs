//! Flat tables: one key, one number. What machines read (JSON rows, CSV) and what a sort key names.

use super::{Cell, Column, Parts, Table, Unit};

/// A column of one raw value per row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlatColumn {
    pub key: String,
    pub label: String,
    pub unit: Unit,
}

/// A raw value.
#[derive(Clone, Debug, PartialEq)]
pub enum Flat {
    Text(String),
    Int(i128),
    Num(f64),
    Missing,
}

impl Column {
    /// The flat columns this one becomes.
    pub fn flat(&self) -> Vec<FlatColumn> {
        let part = |suffix: &str, label: &str, unit| FlatColumn {
            key: format!("{}{suffix}", self.key),
            label: format!("{}{label}", self.label),
            unit,
        };
        let mut columns = vec![part("", "", self.unit)];
        if self.parts != Parts::Value {
            columns.push(part("_low", ", low end", self.unit));
            columns.push(part("_high", ", high end", self.unit));
        }
        if self.parts == Parts::Observed {
            columns.push(part("_n", ", observations", Unit::Count));
        }
        columns
    }
}

impl Cell {
    /// The flat values of this cell in a column of `parts`.
    pub fn flat(&self, parts: Parts) -> Vec<Flat> {
        let value = match self {
            Cell::Text(text) => Flat::Text(text.clone()),
            Cell::Int(int) => Flat::Int(*int),
            other => other.number().map_or(Flat::Missing, Flat::Num),
        };
        let (interval, n) = match *self {
            Cell::Share { n, low, high, .. } => (Some((low, high)).filter(|_| n > 0), Some(n)),
            Cell::Estimate { interval, n, .. } => (interval, Some(n)),
            Cell::Missing(super::Why::TooFew { n, .. }) => (None, Some(n)),
            _ => (None, None),
        };
        let (low, high) =
            interval.map_or((Flat::Missing, Flat::Missing), |(low, high)| (Flat::Num(low), Flat::Num(high)));
        match parts {
            Parts::Value => vec![value],
            Parts::Interval => vec![value, low, high],
            Parts::Observed => vec![value, low, high, Flat::Int(i128::from(n.unwrap_or(0)))],
        }
    }
}

impl Table {
    /// The columns under which every row's flat values stand.
    pub fn flat_columns(&self) -> Vec<FlatColumn> {
        self.columns.iter().flat_map(Column::flat).collect()
    }

    /// One row of cells as flat values.
    pub fn flat_row(&self, row: &[Cell]) -> Vec<Flat> {
        self.columns.iter().zip(row).flat_map(|(column, cell)| cell.flat(column.parts)).collect()
    }
}
