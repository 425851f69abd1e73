//! Pages of our own packages drawn: against kept pictures, with random edits, and with hostile content.

mod corpus;
mod golden;
mod hostile;
mod package;
mod pdf;
mod text;
