//! The library from outside: documents sealed, verified, attacked, and judged by others.

mod cms;
mod corpus;
mod edits;
mod evidence;
mod flips;
mod hostile;
mod judges;
mod keyword;
mod later;
mod pictures;
mod policy;
mod record;
mod refused;
mod report;
mod sealing;
mod times;
mod trust;
mod unfixed;
mod values;
mod world;
