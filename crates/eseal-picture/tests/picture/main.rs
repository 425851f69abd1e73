//! Seal pictures as others give them.

mod arcs;
mod golden;
mod scans;
mod vector;
