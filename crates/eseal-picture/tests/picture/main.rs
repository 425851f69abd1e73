//! Seal pictures as others give them.

mod vector;
