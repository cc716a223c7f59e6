//! The integration tests, in one binary.

mod generated;
mod golden;
mod import;
mod imports;
mod support;
