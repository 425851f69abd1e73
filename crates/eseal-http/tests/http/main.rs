//! The interfaces as callers see them: the router driven in this process, and real sockets where they matter.

mod files;
mod pages;
mod phones;
mod public;
mod regions;
mod repetition;
mod reports;
mod sockets;
mod tasks;
mod transport;
mod world;
