//! The agent from outside: over HTTP, with a token in software, asked by pages that may and pages that may not.

mod browser;
mod dialog;
mod requests;
mod world;
