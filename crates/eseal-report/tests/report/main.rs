//! Reports as readers and programs get them.

mod archive;
mod hostile;
mod html;
mod json;
mod pdf;
mod world;
