//! The integration tests, in one binary.

mod generated;
mod imports;
mod support;
