//! The whole system from outside: the demo is started as a program, and foreign judges look at what it does.
#![expect(missing_docs, reason = "a test program")]

mod acceptance;
mod browser;
mod demo;
mod judges;
