//! Addresses outside the document (外部链接): none is followed, each is told.

use super::Inspected;
use crate::warning::{self, WarningKind};

/// True for what would have to be fetched from elsewhere.
pub(super) fn is_outside(address: &str) -> bool {
    let address = address.trim();
    let scheme = address.split_once(':').map(|(scheme, _)| scheme);
    let is_scheme =
        |scheme: &str| scheme.len() > 1 && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'+');
    match scheme {
        Some(scheme) if is_scheme(scheme) => {
            !["data", "cid", "mailto", "javascript", "about"].iter().any(|own| scheme.eq_ignore_ascii_case(own))
        }
        // `C:\…` and `\\server\…`
        Some(_) => true,
        None => address.starts_with("//") || address.starts_with("\\\\") || address.starts_with("/"),
    }
}

impl Inspected {
    /// A picture from elsewhere.
    pub(super) fn outside_picture(&mut self, address: &str) {
        self.warnings.add(WarningKind::ImageMissing, format!("not fetched: {}", warning::name(address)));
    }

    /// Anything else from elsewhere.
    pub(super) fn outside(&mut self, what: &str, address: &str) {
        let detail = format!("{what} outside the document, not followed: {}", warning::name(address));
        self.warnings.add(WarningKind::FeatureDropped, detail);
    }

    /// Something that acts.
    pub(super) fn macros(&mut self) {
        self.warnings.add(WarningKind::FeatureDropped, "macros, which were not run");
    }

    /// A sheet that nobody sees.
    pub(super) fn hidden_sheet(&mut self, name: &str) {
        let detail = format!("the hidden sheet {} is not in the PDF", warning::name(name));
        self.warnings.add(WarningKind::FeatureDropped, detail);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_outside_are_told_from_parts_of_the_document() {
        for address in
            ["http://a/b.png", "HTTPS://a", "file:///etc/passwd", "\\\\server\\share", "C:\\a.png", "//a/b", "/etc/x"]
        {
            assert!(is_outside(address), "{address}");
        }
        for address in ["media/image1.png", "data:image/png;base64,AA==", "#anchor", "", "Pictures/1.png", "cid:x"] {
            assert!(!is_outside(address), "{address}");
        }
    }
}
