//! The embedded database and the object store from outside: what use cases rely on.

mod compositions;
mod objects;
mod phones;
mod registry;
mod samples;
mod sessions;
mod sweeping;
mod tasks;
