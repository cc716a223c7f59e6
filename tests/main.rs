//! The integration tests, in one binary.

mod contract;
mod generated;
mod golden;
mod hand;
mod import;
mod imports;
mod support;
