//! Whole conversions: what other programs see in the result.

mod pictures;
mod refused;
mod tools;
mod txt;
