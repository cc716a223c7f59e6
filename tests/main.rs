//! The integration tests, in one binary.

mod contract;
mod generated;
mod golden;
mod import;
mod imports;
mod support;
