//! Seal pictures as others give them.

mod scans;
mod vector;
