//! Every encoding that is tolerated is named, and what is read is what was meant.

use eseal_asn1::write;
use eseal_ses::{Deviation, SealSignature, Version, oid};

use crate::vectors::Vectors;

/// Fields of a signature of V4, as elements.
struct Fields {
    version: Vec<u8>,
    time: Vec<u8>,
    hash: Vec<u8>,
    property: Vec<u8>,
    extensions: Vec<u8>,
    cert: Vec<u8>,
    algorithm: Vec<u8>,
    stamp: Vec<u8>,
}

fn token() -> Vec<u8> {
    write::sequence(&[&write::oid(oid::PKCS7_SIGNED_DATA)])
}

fn extension() -> Vec<u8> {
    write::sequence(&[&write::oid(&[0x2A, 3]), &write::octet_string(b"v")])
}

impl Fields {
    fn good(certificate: &[u8]) -> Self {
        Self {
            version: write::integer_i64(4),
            time: write::element(0x18, &[b"20240615080000Z"]),
            hash: write::bit_string(&hash()),
            property: write::ia5("/Doc_0/Signs/Sign_0/Signature.xml"),
            extensions: write::context(0, &write::sequence(&[&extension()])),
            cert: write::octet_string(certificate),
            algorithm: write::oid(oid::SM3_WITH_SM2),
            stamp: write::context(0, &write::bit_string(&token())),
        }
    }

    fn to_der(&self, seal: &[u8]) -> Vec<u8> {
        let tbs = write::sequence(&[&self.version, seal, &self.time, &self.hash, &self.property, &self.extensions]);
        let value = write::bit_string(&write::sequence(&[&[2, 1, 1], &[2, 1, 1]]));
        write::sequence(&[&tbs, &self.cert, &self.algorithm, &value, &self.stamp])
    }
}

/// A digest that ends in two zero bytes.
fn hash() -> [u8; 32] {
    std::array::from_fn(|index| if index < 30 { 7 } else { 0 })
}

#[test]
fn each_deviation_is_named_and_changes_nothing_that_is_read() {
    let vectors = Vectors::read();
    let seal = vectors.case("seal_v4").der;
    let certificate = vectors.certificate("signer");
    let algorithm = write::sequence(&[&write::oid(oid::SM3_WITH_SM2), &write::null()]);
    let response = write::sequence(&[&write::sequence(&[&write::integer_i64(0)]), &token()]);
    let bare_bits = write::bit_string(&token());
    type Change<'a> = &'a dyn Fn(&mut Fields);
    let cases: [(&str, Change<'_>, &[Deviation]); 17] = [
        ("nothing", &|_| {}, &[]),
        ("a whole response", &|fields| fields.stamp = write::context(0, &write::bit_string(&response)), &[]),
        ("version 3", &|fields| fields.version = write::integer_i64(3), &[Deviation::VersionMismatch]),
        ("UTCTime", &|fields| fields.time = write::element(0x17, &[b"240615080000Z"]), &[Deviation::TagVariant]),
        ("local time", &|fields| fields.time = write::element(0x18, &[b"20240615160000"]), &[Deviation::TimeFreeText]),
        ("offset", &|fields| fields.time = write::element(0x18, &[b"20240615160000+0800"]), &[]),
        ("hash as octets", &|fields| fields.hash = write::octet_string(&hash()), &[Deviation::TagVariant]),
        ("hash cut", &|fields| fields.hash = write::bit_string(&hash()[..30]), &[Deviation::BitStringTrimmed]),
        ("unused bits", &|fields| fields.hash = write::bit_string_with(5, &hash()), &[Deviation::BitStringTrimmed]),
        (
            "property as UTF8String",
            &|fields| fields.property = write::utf8("/Doc_0/Signs/Sign_0/Signature.xml"),
            &[Deviation::TagVariant],
        ),
        (
            "untagged extensions",
            &|fields| fields.extensions = write::sequence(&[&extension()]),
            &[Deviation::ExtUntagged],
        ),
        (
            "implicit extensions",
            &|fields| fields.extensions = write::context(0, &extension()),
            &[Deviation::ExtUntagged],
        ),
        ("inline certificate", &|fields| fields.cert = certificate.clone(), &[Deviation::TagVariant]),
        ("AlgorithmIdentifier", &|fields| fields.algorithm = algorithm.clone(), &[Deviation::TagVariant]),
        ("implicit time stamp", &|fields| fields.stamp = write::implicit(0, &bare_bits[2..]), &[Deviation::TagVariant]),
        ("bare time stamp", &|fields| fields.stamp = bare_bits.clone(), &[Deviation::TagVariant]),
        (
            "time stamp as octets",
            &|fields| fields.stamp = write::context(0, &write::octet_string(&token())),
            &[Deviation::TagVariant],
        ),
    ];
    for (name, change, deviations) in cases {
        let mut fields = Fields::good(&certificate);
        change(&mut fields);
        let der = fields.to_der(&seal);
        let read = SealSignature::parse(&der).expect(name);
        assert_eq!(read.version(), Version::V4, "{name}");
        assert_eq!(read.deviations(), deviations, "{name}");
        assert_eq!(read.data_hash(), Some(hash()), "{name}");
        assert_eq!(read.signer_certificate(), certificate, "{name}");
        assert_eq!(read.algorithm(), oid::SM3_WITH_SM2, "{name}");
        assert_eq!(
            read.time_info().claimed().map(|at| at.to_string()).as_deref(),
            Some("2024-06-15T08:00:00Z"),
            "{name}"
        );
        assert_eq!(read.property_info(), "/Doc_0/Signs/Sign_0/Signature.xml", "{name}");
        assert!(read.ext_datas().is_some_and(|datas| datas.find(&[0x2A, 3]).is_some()), "{name}");
        assert_eq!(read.time_stamp(), Some(&token()[..]), "{name}");
    }
}

#[test]
fn a_hash_of_another_length_is_none_and_still_shown() {
    let vectors = Vectors::read();
    let seal = vectors.case("seal_v4").der;
    for hash in [&[7; 33][..], &[]] {
        let mut fields = Fields::good(&vectors.certificate("signer"));
        fields.hash = write::bit_string(hash);
        let der = fields.to_der(&seal);
        let read = SealSignature::parse(&der).expect("a signature");
        assert_eq!((read.data_hash(), read.data_hash_bytes()), (None, hash));
    }
}

#[test]
fn something_unknown_in_a_signature_is_refused() {
    let vectors = Vectors::read();
    let seal = vectors.case("seal_v4").der;
    let mut fields = Fields::good(&vectors.certificate("signer"));
    fields.stamp = write::null();
    assert!(SealSignature::parse(&fields.to_der(&seal)).is_err());
    let mut fields = Fields::good(&vectors.certificate("signer"));
    fields.extensions = write::null();
    assert!(SealSignature::parse(&fields.to_der(&seal)).is_err());
}
