//! Seals and seal signatures from outside: vectors, round trips, public samples, hostile input.

mod corpus;
mod deviating;
mod hostile;
mod vectors;
mod written;
