//! Whole conversions: what other programs see in the result.

mod pictures;
mod refused;
mod seal_picture;
mod tools;
mod txt;
