//! PDF from outside: sealing, facts about signatures, other programs' opinion.

mod corpus;
mod evidence;
mod facts;
mod hostile;
mod judges;
mod sealing;
mod support;
