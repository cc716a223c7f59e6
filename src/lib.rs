pub mod cli;
pub mod coverage;
pub mod event;
pub mod fixed;
pub mod log;
pub mod query;
pub mod sheet;
pub mod time;
