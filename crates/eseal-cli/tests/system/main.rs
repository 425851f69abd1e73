//! The whole system from outside: the demo is started as a program, and foreign judges look at what it does.

mod acceptance;
mod browser;
mod conformance;
mod client;
mod demo;
mod devices;
mod judges;
mod trust;
