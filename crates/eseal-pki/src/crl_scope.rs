//! What a revocation list is about (吊销列表范围): RFC 5280, 5.2.

use eseal_asn1::{Node, tag};

use crate::{Certificate, CertificateError, Extension, RevocationUnknown, extensions::url, oid};

/// What a revocation list says of its own scope (吊销列表范围).
///
/// ```text
/// IssuingDistributionPoint ::= SEQUENCE {
///     distributionPoint [0] DistributionPointName OPTIONAL, onlyContainsUserCerts [1] BOOLEAN DEFAULT FALSE,
///     onlyContainsCACerts [2] BOOLEAN DEFAULT FALSE, onlySomeReasons [3] ReasonFlags OPTIONAL,
///     indirectCRL [4] BOOLEAN DEFAULT FALSE, onlyContainsAttributeCerts [5] BOOLEAN DEFAULT FALSE }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CrlScope {
    /// URLs of the distribution point that it belongs to; none if it belongs to all.
    pub urls: Option<Vec<String>>,
    /// Only certificates of holders who are no CA.
    pub only_users: bool,
    /// Only certificates of CAs.
    pub only_authorities: bool,
    /// Only attribute certificates.
    pub only_attributes: bool,
    /// Only some reasons.
    pub only_some_reasons: bool,
    /// 间接 CRL: also certificates of other issuers.
    pub indirect: bool,
    /// 增量 CRL: only what changed since another list.
    pub delta: bool,
    /// True if a critical extension is not understood here.
    pub unknown_critical: bool,
}

impl CrlScope {
    /// Reads `[0] EXPLICIT Extensions` of a list; the second is expiredCertsOnCRL.
    pub(crate) fn read(field: &Node<'_>) -> Result<(Self, Option<jiff::Timestamp>), CertificateError> {
        let (mut scope, mut keeps_expired) = (Self::default(), None);
        let mut list = field.children().expect(tag::SEQUENCE, "crlExtensions")?.children();
        while let Some(node) = list.read()? {
            let extension = Extension::read(&node)?;
            match extension.oid {
                oid::ISSUING_DISTRIBUTION_POINT => scope.note(extension.value)?,
                oid::DELTA_CRL_INDICATOR => scope.delta = true,
                oid::EXPIRED_CERTS_ON_CRL => keeps_expired = Some(Node::parse(extension.value)?.time()?),
                oid::AUTHORITY_KEY_IDENTIFIER | oid::CRL_NUMBER | oid::ISSUER_ALT_NAME => {}
                _ => scope.unknown_critical |= extension.critical,
            }
        }
        Ok((scope, keeps_expired))
    }

    fn note(&mut self, value: &[u8]) -> Result<(), CertificateError> {
        let mut fields = Node::root(value).expect(tag::SEQUENCE, "issuingDistributionPoint")?.children();
        while let Some(field) = fields.read()? {
            match field.tag & !tag::CONSTRUCTED {
                0x80 => self.urls = Some(urls(&field)?),
                0x81 => self.only_users = field.boolean(),
                0x82 => self.only_authorities = field.boolean(),
                0x83 => self.only_some_reasons = true,
                0x84 => self.indirect = field.boolean(),
                0x85 => self.only_attributes = field.boolean(),
                _ => self.unknown_critical = true,
            }
        }
        Ok(())
    }

    /// True if it is about every certificate of its issuer and every reason.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        *self == Self::default()
    }

    /// Why a list of this scope does not tell that `certificate` is not revoked; none if it does.
    #[must_use]
    pub fn leaves_open(&self, certificate: &Certificate<'_>) -> Option<RevocationUnknown> {
        let is_authority = certificate.extensions.basic_constraints.is_some_and(|constraints| constraints.ca);
        let is_elsewhere = self
            .urls
            .as_ref()
            .is_some_and(|urls| !urls.iter().any(|url| certificate.extensions.crl_urls.contains(url)));
        if self.indirect {
            Some(RevocationUnknown::Indirect)
        } else if self.delta {
            Some(RevocationUnknown::Delta)
        } else if self.unknown_critical || self.only_some_reasons {
            Some(RevocationUnknown::Partial)
        } else if is_elsewhere
            || self.only_attributes
            || self.only_users && is_authority
            || self.only_authorities && !is_authority
        {
            Some(RevocationUnknown::OtherScope)
        } else {
            None
        }
    }
}

/// URLs of `[0] { fullName [0] GeneralNames }`; a name relative to the issuer has none.
fn urls(field: &Node<'_>) -> Result<Vec<String>, CertificateError> {
    let Some(names) = field.children().optional(tag::context(0))? else { return Ok(Vec::new()) };
    let names = names.children().all()?;
    Ok(names.iter().filter_map(url).collect())
}
