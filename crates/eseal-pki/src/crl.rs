//! Certificate revocation lists (证书吊销列表).

use eseal_asn1::{Node, tag};
use jiff::Timestamp;

use crate::{CertificateError, CrlScope, Extension, Name, PublicKey, SignatureAlgorithm, SignatureCheck, oid};

/// `CertificateList` (证书吊销列表), RFC 5280.
///
/// ```text
/// CertificateList ::= SEQUENCE { tbsCertList, signatureAlgorithm AlgorithmIdentifier, signatureValue BIT STRING }
/// TBSCertList ::= SEQUENCE {
///     version INTEGER OPTIONAL, signature AlgorithmIdentifier, issuer Name, thisUpdate Time, nextUpdate Time OPTIONAL,
///     revokedCertificates SEQUENCE OF SEQUENCE { userCertificate INTEGER, revocationDate Time, crlEntryExtensions
///         Extensions OPTIONAL } OPTIONAL,
///     crlExtensions [0] EXPLICIT Extensions OPTIONAL }
/// ```
#[derive(Clone, Debug)]
pub struct Crl<'a> {
    /// The whole list, without what may follow it.
    pub raw: &'a [u8],
    /// Exactly the bytes that were signed.
    pub tbs: &'a [u8],
    /// Whose list it is.
    pub issuer: Name<'a>,
    /// When it was made.
    pub this_update: Timestamp,
    /// Until when it is good, if stated.
    pub next_update: Option<Timestamp>,
    /// False if it says that it covers only some certificates, or something about itself that is not understood here.
    pub is_complete: bool,
    /// What it says of its scope.
    pub scope: CrlScope,
    /// Extension expiredCertsOnCRL: certificates that ended no earlier stay listed.
    pub keeps_expired_since: Option<Timestamp>,
    /// How it is signed.
    pub signature_algorithm: SignatureAlgorithm<'a>,
    /// The signature value.
    pub signature: &'a [u8],
    entries: Option<Node<'a>>,
}

/// One revoked certificate (吊销条目).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CrlEntry<'a> {
    /// Content octets of its serial number.
    pub serial: &'a [u8],
    /// Since when.
    pub since: Timestamp,
    /// `CRLReason`, if stated.
    pub reason: Option<u8>,
    /// Extension invalidityDate: since when the key is known or suspected to be in wrong hands.
    pub invalid_since: Option<Timestamp>,
    /// True if a critical extension of it is not understood here.
    pub unknown_critical: bool,
}

impl<'a> Crl<'a> {
    /// Reads a list; its entries are read when they are asked for.
    ///
    /// # Errors
    /// [`CertificateError`] with the byte at fault.
    pub fn from_der(der: &'a [u8]) -> Result<Self, CertificateError> {
        let whole = Node::root(der).expect(tag::SEQUENCE, "CRL")?;
        let mut parts = whole.children();
        let signed = parts.expect(tag::SEQUENCE, "tbsCertList")?;
        let signature_algorithm = SignatureAlgorithm::read(&parts.expect(tag::SEQUENCE, "signatureAlgorithm")?)?;
        let signature = parts.expect(tag::BIT_STRING, "signatureValue")?.whole_bytes()?;

        let mut fields = signed.children();
        let _version = fields.optional(tag::INTEGER)?;
        let _inner_algorithm = fields.expect(tag::SEQUENCE, "signature")?;
        let issuer = Name::read(&fields.expect(tag::SEQUENCE, "issuer")?)?;
        let this_update = fields.any("thisUpdate")?.time()?;
        let next_update = match fields.peek()? {
            Some(node) if matches!(node.tag, tag::UTC_TIME | tag::GENERALIZED_TIME) => {
                Some(fields.any("nextUpdate")?.time()?)
            }
            _ => None,
        };
        let entries = fields.optional(tag::SEQUENCE)?;
        let (scope, keeps_expired_since) = match fields.optional(tag::context(0))? {
            Some(extensions) => CrlScope::read(&extensions)?,
            None => (CrlScope::default(), None),
        };
        Ok(Self {
            raw: whole.raw,
            tbs: signed.raw,
            issuer,
            this_update,
            next_update,
            is_complete: scope.is_complete(),
            scope,
            keeps_expired_since,
            signature_algorithm,
            signature,
            entries,
        })
    }

    /// Whether the list was signed with `issuer_key`.
    #[must_use]
    pub fn check_signature(&self, issuer_key: &PublicKey<'_>) -> SignatureCheck {
        self.signature_algorithm.check(issuer_key, self.tbs, self.signature)
    }

    /// The entry of a serial number (content octets), if it is listed.
    ///
    /// # Errors
    /// An entry before it, or any if it is not listed, cannot be read or is not understood: such a list does not tell
    /// who is not in it (RFC 5280, 5.3).
    pub fn find(&self, serial: &[u8]) -> Result<Option<CrlEntry<'a>>, CertificateError> {
        let wanted = significant(serial);
        let mut understood = true;
        for entry in self.entries() {
            let entry = entry?;
            if significant(entry.serial) == wanted {
                return Ok(Some(entry));
            }
            understood &= !entry.unknown_critical;
        }
        if understood {
            Ok(None)
        } else {
            Err(CertificateError::Field { field: "known crlEntryExtensions", offset: 0 })
        }
    }

    /// All entries, in order; the first that cannot be read is the last.
    pub fn entries(&self) -> impl Iterator<Item = Result<CrlEntry<'a>, CertificateError>> + use<'a> {
        let mut nodes = self.entries.as_ref().map(Node::children);
        std::iter::from_fn(move || {
            let entry = nodes.as_mut()?.read().and_then(|node| node.as_ref().map(CrlEntry::read).transpose());
            if entry.is_err() {
                nodes = None;
            }
            entry.transpose()
        })
    }

    /// Whether it still lists a certificate that ended at `not_after`: entries may go once the certificate has expired
    /// (RFC 5280, 3.3), unless the list says that they stay.
    #[must_use]
    pub fn lists_expired(&self, not_after: Timestamp) -> bool {
        self.this_update <= not_after || self.keeps_expired_since.is_some_and(|since| since <= not_after)
    }

    /// Whether the list tells about the state at `at`: it was still good then, or made later.
    #[must_use]
    pub fn tells_of(&self, at: Timestamp) -> bool {
        self.this_update >= at || self.next_update.is_some_and(|next| next >= at)
    }
}

impl<'a> CrlEntry<'a> {
    fn read(node: &Node<'a>) -> Result<Self, CertificateError> {
        let mut parts = node.children();
        let serial = parts.expect(tag::INTEGER, "userCertificate")?.body;
        let since = parts.any("revocationDate")?.time()?;
        let (mut reason, mut invalid_since, mut unknown_critical) = (None, None, false);
        if let Some(extensions) = parts.optional(tag::SEQUENCE)? {
            let mut list = extensions.children();
            while let Some(node) = list.read()? {
                let extension = Extension::read(&node)?;
                match extension.oid {
                    oid::CRL_REASON => {
                        let stated = Node::root(extension.value).expect(tag::ENUMERATED, "CRLReason")?;
                        reason = stated.body.first().copied();
                    }
                    oid::INVALIDITY_DATE => invalid_since = Some(Node::parse(extension.value)?.time()?),
                    _ => unknown_critical |= extension.critical,
                }
            }
        }
        Ok(Self { serial, since, reason, invalid_since, unknown_critical })
    }
}

pub(crate) fn significant(serial: &[u8]) -> &[u8] {
    let zeros = serial.iter().take_while(|byte| **byte == 0).count();
    serial.get(zeros..).unwrap_or_default()
}
