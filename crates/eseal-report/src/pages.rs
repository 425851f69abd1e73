//! Small pictures of the pages that matter (页面缩略图): those with seals first.

use std::collections::BTreeSet;

use eseal::{Document, Report};
use eseal_render::{FontLibrary, Limits, OfdPages, Options, PdfPages};

use crate::{MAX_PAGE_PICTURES, PagePicture};

/// Resolution: A4 becomes 496 pixels wide, enough to recognise a page and read its title.
const DPI: f64 = 60.0;

/// What a page of a report may cost: a tenth of what a page may that somebody wants to see.
const fn limits(usual: Limits) -> Limits {
    Limits {
        objects: usual.objects / 10,
        painted_pixels: usual.painted_pixels / 10,
        image_pixels: usual.image_pixels / 2,
        ..usual
    }
}

/// Draws the pages with seals, then the first ones; a page that cannot be drawn is left out.
#[must_use]
pub fn page_pictures(document: &Document, report: &Report) -> Vec<PagePicture> {
    let placed = report.signatures.iter().flat_map(|signature| signature.placements.iter().map(|place| place.page));
    let count = document.page_count();
    let mut wanted: BTreeSet<usize> = BTreeSet::new();
    for number in placed.filter(|number| (1..=count).contains(number)).chain(1..=count) {
        if wanted.len() >= MAX_PAGE_PICTURES {
            break;
        }
        wanted.insert(number);
    }
    let fonts = FontLibrary::shipped();
    let mut options = Options::new(DPI, &fonts);
    options.limits = limits(options.limits);
    let pdf = document.as_pdf().and_then(|pdf| PdfPages::new(pdf).ok());
    let ofd = document.as_ofd().and_then(|ofd| OfdPages::new(ofd, &fonts, options.limits).ok());
    let draw = |number: usize| match (&pdf, &ofd) {
        (Some(pages), _) => pages.render(number, &options).ok(),
        (None, Some(pages)) => pages.render(number, DPI).ok(),
        (None, None) => None,
    };
    wanted
        .into_iter()
        .filter_map(|number| Some(PagePicture { number, png: draw(number)?.picture.to_png().ok()? }))
        .collect()
}
