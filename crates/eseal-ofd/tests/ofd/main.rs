//! OFD packages from outside: fixtures in code, public samples where they are at hand.

mod corpus;
mod flips;
mod hostile;
mod made;
mod makers;
mod sealing;
