//! 办公文档转换: DOC, DOCX, XLS, XLSX, PPT, PPTX, ODT, ODS, ODP, RTF and HTML become PDF.
//!
//! ```text
//! bytes → inspect (native: kind, encryption, bombs, fonts, macros, hidden sheets, links) → worker → PDF, judged and made
//!         independent of the time of day
//! ```
//!
//! A worker is a headless LibreOffice and a small script of ours that talks to it; both are started on demand, confined
//! ([`confinement`]): no network, no file but programs, fonts and its own folder, limits of memory, time and file size.
//! It does one job at a time and is replaced after some of them, after any failure, and when it grows.  A crash ends one
//! job.  The kinds that Kingsoft names WPS, ET and DPS are Microsoft's by content, and read as those.

mod confine;
mod error;
mod fonts;
mod inspect;
mod install;
mod kind;
mod output;
mod pool;
mod profile;
mod rules;
mod settings;
mod warning;
mod worker;

pub use confine::{Confinement, confinement};
pub use error::OfficeError;
pub use fonts::{OfficialFace, missing_official_faces, official_faces};
pub use install::{Installation, PACKAGES, find_installation};
pub use kind::Kind;
pub use pool::{Converted, Health, Job, Office, Stage};
pub use settings::{Limits, Settings};
pub use warning::{Warning, WarningKind};
