//! The integration tests, in one binary.

mod browser;
mod generated;
mod import;
mod imports;
mod readme;
mod real;
mod support;
mod wrappers;
