//! The conformance corpus (符合性测试集): good files in every form, and broken twins with one thing wrong each.
//!
//! Everything is made here, byte by byte and without the library that it judges; what each case must be judged was
//! decided by the clauses that it names.  The same bytes every time.

mod case;
mod cms_forms;
mod evidence;
mod good;
mod ofd_make;
mod pdf_make;
mod quirks_package;
mod quirks_seal;
mod quirks_signature;
mod regions;
mod ses_make;
mod twins_attacks;
mod twins_certificate;
mod twins_cms;
mod twins_later;
mod twins_ofd;
mod twins_ofd_coverage;
mod twins_ofd_signs;
mod twins_ofd_tricks;
mod twins_package;
mod twins_pdf;
mod twins_seal;
mod twins_shadow;
mod twins_time;
mod twins_value;
mod world;

pub use case::{Case, Class, Expected, Verdict, manifest};
pub use regions::REGIONS;
pub use world::ConformanceWorld;

/// The whole corpus, good files first.
#[must_use]
pub fn cases(world: &ConformanceWorld) -> Vec<Case> {
    [
        good::cases(world),
        quirks_seal::cases(world),
        quirks_signature::cases(world),
        quirks_package::cases(world),
        twins_seal::cases(world),
        twins_value::cases(world),
        twins_certificate::cases(world),
        twins_time::cases(world),
        twins_cms::cases(world),
        twins_ofd::cases(world),
        twins_ofd_coverage::cases(world),
        twins_ofd_signs::cases(world),
        twins_ofd_tricks::cases(world),
        twins_package::cases(world),
        twins_pdf::cases(world),
        twins_later::cases(world),
        twins_shadow::cases(world),
        twins_attacks::cases(world),
        cms_forms::cases(world),
        evidence::cases(world),
        regions::cases(world),
    ]
    .concat()
}
