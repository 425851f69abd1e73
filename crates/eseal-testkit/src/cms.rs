//! SignedData of SM2 (测试签名数据), in the forms that real writers have and in wrong ones.

use eseal_asn1::write;
use eseal_gm::{sm2::Signature, sm3};
use eseal_pki::Certificate;
use eseal_ses::oid;
use jiff::Timestamp;

use crate::{Party, time_stamp, times::now};

/// What a SignedData says; begin with [`CmsSpec::new`] and change what matters.
#[derive(Clone)]
pub struct CmsSpec {
    /// OID of the whole.
    pub outer_type: &'static [u8],
    /// OID of what is signed.
    pub content_type: &'static [u8],
    /// The content, if it is inside.
    pub content: Option<Vec<u8>>,
    /// Attributes; none to sign `message`.
    pub attributes: Option<AttributesSpec>,
    /// What is signed without attributes.
    pub message: Vec<u8>,
    /// True to sign `message` as e: it has 32 bytes, and Z is left out.
    pub as_e: bool,
    /// True for r‖s instead of DER.
    pub raw: bool,
    /// Serial number that the signer names; none for the certificate's.
    pub serial: Option<Vec<u8>>,
    /// True for BER with indefinite lengths and content in pieces.
    pub is_indefinite: bool,
    /// Time stamp over the value: whose, and when.
    pub stamp: Option<(Party, Timestamp)>,
}

/// Signed attributes.
#[derive(Clone, Debug)]
pub struct AttributesSpec {
    /// contentType.
    pub content_type: Option<&'static [u8]>,
    /// messageDigest, so many times.
    pub message_digests: Vec<Vec<u8>>,
    /// signingTime.
    pub time: Option<Timestamp>,
    /// Further attributes, DER.
    pub others: Vec<Vec<u8>>,
}

impl CmsSpec {
    /// GB/T 35275 with attributes over a document, detached.
    #[must_use]
    pub fn new(document: &[u8]) -> Self {
        Self {
            outer_type: oid::GM_SIGNED_DATA,
            content_type: oid::GM_DATA,
            content: None,
            attributes: Some(AttributesSpec {
                content_type: Some(oid::GM_DATA),
                message_digests: vec![sm3(document).to_vec()],
                time: Some(now()),
                others: Vec::new(),
            }),
            message: document.to_vec(),
            as_e: false,
            raw: false,
            serial: None,
            is_indefinite: false,
            stamp: None,
        }
    }

    /// The same without attributes, the document's SM3 as content.
    #[must_use]
    pub fn of_digest(document: &[u8]) -> Self {
        let digest = sm3(document).to_vec();
        Self { content: Some(digest.clone()), attributes: None, message: digest, ..Self::new(document) }
    }

    /// DER, signed with the key of each and naming the certificate of each.
    #[must_use]
    pub fn signed_by(&self, signers: &[&Party]) -> Vec<u8> {
        let infos: Vec<Vec<u8>> = signers.iter().map(|signer| self.info(signer, &signer.certificate)).collect();
        let certificates: Vec<&[u8]> = signers.iter().map(|signer| &signer.certificate[..]).collect();
        self.of_parts(&infos, &certificates)
    }

    /// DER of a ContentInfo with these signers and certificates.
    #[must_use]
    pub fn of_parts(&self, infos: &[Vec<u8>], certificates: &[&[u8]]) -> Vec<u8> {
        crate::foreign::signed_data(
            self.outer_type,
            self.content_type,
            self.content.as_deref(),
            [&algorithm(oid::SM3), &certificates.concat(), &infos.concat()],
            self.is_indefinite,
        )
    }

    /// DER of a SignerInfo, signed with the key of `signer` and naming `certificate`.
    ///
    /// # Panics
    /// The certificate cannot be read.
    #[must_use]
    pub fn info(&self, signer: &Party, certificate: &[u8]) -> Vec<u8> {
        let certificate = Certificate::from_der(certificate).expect("a certificate of the tests");
        let serial = self.serial.as_deref().unwrap_or(certificate.serial);
        let attributes = self.attributes.as_ref().map(AttributesSpec::der);
        let value = match (&attributes, self.as_e) {
            (Some(attributes), _) => signer.sign(attributes),
            (None, false) => signer.sign(&self.message),
            (None, true) => {
                let e = self.message.as_slice().try_into().expect("tests sign digests");
                signer.sign_prehash(&e).to_der()
            }
        };
        let unsigned = self.stamp.as_ref().map(|(tsa, at)| {
            let token = time_stamp(tsa, &value, *at);
            write::context(1, &attribute(oid::TIME_STAMP_TOKEN, &token))
        });
        let raw = || Signature::from_der(&value).expect("a signature just made").to_raw().to_vec();
        let implicit = attributes.map(|set| [&[0xA0], set.get(1..).unwrap_or_default()].concat()).unwrap_or_default();
        write::sequence(&[
            &write::integer_i64(1),
            &write::sequence(&[certificate.issuer.raw, &write::integer(serial)]),
            &algorithm(oid::SM3),
            &implicit,
            &algorithm(oid::SM2_SIGN),
            &write::octet_string(&if self.raw { raw() } else { value.clone() }),
            &unsigned.unwrap_or_default(),
        ])
    }
}

impl AttributesSpec {
    fn der(&self) -> Vec<u8> {
        let mut list: Vec<Vec<u8>> = Vec::new();
        list.extend(self.content_type.map(|kind| attribute(oid::CONTENT_TYPE, &write::oid(kind))));
        let digests = self.message_digests.iter();
        list.extend(digests.map(|digest| attribute(oid::MESSAGE_DIGEST, &write::octet_string(digest))));
        list.extend(self.time.map(|time| attribute(oid::SIGNING_TIME, &write::utc_time(time))));
        list.extend(self.others.iter().cloned());
        write::set_of(&list)
    }
}

fn attribute(kind: &[u8], value: &[u8]) -> Vec<u8> {
    write::sequence(&[&write::oid(kind), &write::set(value)])
}

fn algorithm(content: &[u8]) -> Vec<u8> {
    write::sequence(&[&write::oid(content)])
}
