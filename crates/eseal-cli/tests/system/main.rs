//! The whole system from outside: the demo is started as a program, and foreign judges look at what it does.

mod acceptance;
mod browser;
mod client;
mod conformance;
mod demo;
mod devices;
mod first_steps;
mod judges;
mod reports;
mod trust;
