//! Making time-stamp tokens (时间戳签发), RFC 3161 and GB/T 20520: DER out, the signature from a closure.

use eseal_asn1::{tag, write};
use eseal_gm::Hash;
use jiff::Timestamp;

use super::{IssueError, SignTbs, SigningAlgorithm};
use crate::{
    Certificate, oid,
    time_stamp::{TimeStampFailure, TimeStampRequest},
};

/// One token to be made (待签发时间戳).
#[derive(Clone, Debug)]
pub struct TokenTemplate<'a> {
    /// Whole AlgorithmIdentifier of the imprint, DER, as the request has it.
    pub imprint_identifier: &'a [u8],
    /// Digest of what is stamped.
    pub imprint: &'a [u8],
    /// Content octets of the OID of the authority's policy.
    pub policy: &'a [u8],
    /// Serial number: 1 to 20 bytes, never used before by this authority.
    pub serial: &'a [u8],
    /// The time, whole seconds.
    pub gen_time: Timestamp,
    /// How exact it is, in seconds.
    pub accuracy_s: Option<u32>,
    /// Content octets of the nonce, as the request has it.
    pub nonce: Option<&'a [u8]>,
    /// True if certificates come along, as the request asks.
    pub with_certificates: bool,
    /// How `sign` signs.
    pub algorithm: SigningAlgorithm,
}

impl<'a> TokenTemplate<'a> {
    /// The token that a request asks for; the caller has seen that the request is sound.
    #[must_use]
    pub const fn for_request(
        request: &TimeStampRequest<'a>,
        policy: &'a [u8],
        serial: &'a [u8],
        gen_time: Timestamp,
    ) -> Self {
        Self {
            imprint_identifier: request.imprint_identifier,
            imprint: request.imprint,
            policy,
            serial,
            gen_time,
            accuracy_s: Some(1),
            nonce: request.nonce,
            with_certificates: request.wants_certificate,
            algorithm: SigningAlgorithm::Sm3WithSm2,
        }
    }

    /// Makes the token of the authority with this certificate (DER), whose key `sign` uses; `chain` are the
    /// certificates above it that shall come along.
    ///
    /// ```text
    /// TSTInfo ::= SEQUENCE { version 1, policy, messageImprint, serialNumber, genTime, accuracy OPTIONAL,
    ///     nonce OPTIONAL }
    /// ```
    /// Signed are the attributes contentType, messageDigest, signingTime and signingCertificateV2 (RFC 5816).
    ///
    /// # Errors
    /// See [`IssueError`].
    pub fn signed_by(&self, authority: &[u8], chain: &[&[u8]], sign: SignTbs<'_>) -> Result<Vec<u8>, IssueError> {
        let certificate = Certificate::from_der(authority)?;
        let hash = self.algorithm.hash();
        let digest_algorithm = write::sequence(&[&write::oid(hash.oid().der)]);
        let info = self.info()?;
        let attributes = write::set_of(&[
            attribute(oid::CONTENT_TYPE, &write::oid(oid::TST_INFO)),
            attribute(oid::MESSAGE_DIGEST, &write::octet_string(&hash.digest(&info))),
            attribute(oid::SIGNING_TIME, &super::template::time(self.gen_time)?),
            attribute(oid::SIGNING_CERTIFICATE_V2, &signing_certificate(&certificate, hash)),
        ]);
        let value = sign(&attributes).map_err(IssueError::Sign)?;
        let implicit = [&[tag::context(0)], attributes.get(1..).unwrap_or_default()].concat();
        let signer = write::sequence(&[
            &write::integer_i64(1),
            &write::sequence(&[certificate.issuer.raw, &write::element(tag::INTEGER, &[certificate.serial])]),
            &digest_algorithm,
            &implicit,
            &self.algorithm.identifier(),
            &write::octet_string(&value),
        ]);
        let content = write::sequence(&[&write::oid(oid::TST_INFO), &write::context(0, &write::octet_string(&info))]);
        let certificates = if self.with_certificates {
            write::context(0, &[&[certificate.raw], chain].concat().concat())
        } else {
            Vec::new()
        };
        let signed_data = write::sequence(&[
            &write::integer_i64(3),
            &write::set(&digest_algorithm),
            &content,
            &certificates,
            &write::set(&signer),
        ]);
        Ok(write::sequence(&[&write::oid(oid::PKCS7_SIGNED_DATA), &write::context(0, &signed_data)]))
    }

    fn info(&self) -> Result<Vec<u8>, IssueError> {
        let accuracy = self.accuracy_s.map(|seconds| write::sequence(&[&write::integer(&seconds.to_be_bytes())]));
        let nonce = self.nonce.map(|nonce| write::element(tag::INTEGER, &[nonce]));
        Ok(write::sequence(&[
            &write::integer_i64(1),
            &write::oid(self.policy),
            &write::sequence(&[self.imprint_identifier, &write::octet_string(self.imprint)]),
            &super::template::serial(self.serial)?,
            &write::generalized_time(self.gen_time),
            &accuracy.unwrap_or_default(),
            &nonce.unwrap_or_default(),
        ]))
    }
}

/// `TimeStampResp` with a token (时间戳响应).
#[must_use]
pub fn time_stamp_granted(token: &[u8]) -> Vec<u8> {
    write::sequence(&[&write::sequence(&[&write::integer_i64(0)]), token])
}

/// `TimeStampResp` without one (拒绝响应): status rejection, a reason in English, and why.
#[must_use]
pub fn time_stamp_rejected(failure: TimeStampFailure, text: &str) -> Vec<u8> {
    let byte = usize::from(failure.0 / 8);
    let mut bits = vec![0_u8; byte];
    bits.push(0x80 >> (failure.0 % 8));
    let bits = write::bit_string_with(7 - failure.0 % 8, &bits);
    let text = write::sequence(&[&write::utf8(text)]);
    write::sequence(&[&write::sequence(&[&write::integer_i64(2), &text, &bits])])
}

/// `SigningCertificateV2` (RFC 5035): the token names the certificate that it was made with.
fn signing_certificate(certificate: &Certificate<'_>, hash: Hash) -> Vec<u8> {
    // SHA-256 is the default and left out, as DER asks.
    let algorithm = if hash == Hash::Sha256 { Vec::new() } else { write::sequence(&[&write::oid(hash.oid().der)]) };
    let id = write::sequence(&[&algorithm, &write::octet_string(&hash.digest(certificate.raw))]);
    write::sequence(&[&write::sequence(&[&id])])
}

fn attribute(kind: &[u8], value: &[u8]) -> Vec<u8> {
    write::sequence(&[&write::oid(kind), &write::set(value)])
}
