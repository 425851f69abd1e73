//! Times in certificates (时间).

use eseal_asn1::Node;
use jiff::Timestamp;

use crate::CertificateError;

/// `Validity` (有效期): both ends belong to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    /// First moment.
    pub not_before: Timestamp,
    /// Last moment, to the second.
    pub not_after: Timestamp,
}

/// Where a moment lies relative to a validity (有效期判断).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    /// 在有效期内.
    Within,
    /// 尚未生效.
    NotYet,
    /// 已过期.
    Over,
}

impl Validity {
    pub(crate) fn read(validity: &Node<'_>) -> Result<Self, CertificateError> {
        let mut parts = validity.children();
        let not_before = parts.any("notBefore")?.time()?;
        let not_after = parts.any("notAfter")?.time()?;
        Ok(Self { not_before, not_after })
    }

    /// Where `at` lies.  The last second belongs to the validity as a whole.
    #[must_use]
    pub fn at(&self, at: Timestamp) -> Period {
        if at < self.not_before {
            Period::NotYet
        } else if at.as_second() > self.not_after.as_second() {
            Period::Over
        } else {
            Period::Within
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_second_belongs_to_the_validity() {
        let at = |text: &str| text.parse::<Timestamp>().expect("a time");
        let validity = Validity { not_before: at("2026-01-01T00:00:00Z"), not_after: at("2026-12-31T23:59:59Z") };
        assert_eq!(validity.at(at("2025-12-31T23:59:59.999Z")), Period::NotYet);
        assert_eq!(validity.at(at("2026-01-01T00:00:00Z")), Period::Within);
        assert_eq!(validity.at(at("2026-12-31T23:59:59.9Z")), Period::Within);
        assert_eq!(validity.at(at("2027-01-01T00:00:00Z")), Period::Over);
    }
}
