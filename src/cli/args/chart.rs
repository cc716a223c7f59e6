//! Arguments about a chart of a person's own.

use clap::ValueEnum;

/// A chart of any table.
#[derive(clap::Args, Default)]
pub struct ChartArgs {
    /// Draw KIND (line, bar, pie, scatter or heatmap) instead of the charts of the report
    #[arg(long, value_name = "KIND", value_enum, hide_possible_values = true)]
    pub chart: Option<Kind>,
    /// Of this report or, after a colon, this table of it
    #[arg(long, value_name = "REPORT[:TABLE]", requires = "chart")]
    pub of: Option<String>,
    /// Along the axis, by the key of a column: names or time, of a scatter numbers
    #[arg(long, value_name = "COL", requires = "chart")]
    pub x: Option<String>,
    /// What is drawn, by the keys of columns; of a heatmap `ROWS,NUMBER` or as many numbers as it has columns
    #[arg(long, value_name = "COL[,COL]", value_delimiter = ',', requires = "chart")]
    pub y: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    Line,
    Bar,
    Pie,
    Scatter,
    Heatmap,
}
