//! Pages of our own packages drawn: against kept pictures, with random edits, and with hostile content.

mod archival;
mod bilevel;
mod bombs;
mod corpus;
mod glyphs;
mod golden;
mod hostile;
mod package;
mod pdf;
mod peers;
mod stamps;
mod text;
mod to_ofd;
mod varied;
mod versions;
