//! The cache as a whole: it saves work, and nothing else can be told of it.

mod model;
mod work;
mod world;
