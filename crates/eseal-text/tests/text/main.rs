//! Characters of OFD and PDF pages, and keywords in them.

mod ofd;
mod pdf;
