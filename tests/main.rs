//! The integration tests, in one binary.

mod generated;
mod import;
mod imports;
mod real;
mod support;
