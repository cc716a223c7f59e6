//! The cache as a whole: it saves work, and nothing else can be told of it.

mod faults;
mod found;
mod model;
mod places;
mod processes;
mod work;
mod world;
