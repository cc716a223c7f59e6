pub mod coverage;
pub mod event;
pub mod fixed;
pub mod query;
pub mod render;
pub mod sheet;
pub mod time;
