//! The 21 synthetic cases: every fact in them, recomputed.

use std::fs;

use eseal_gm::{
    sm2::{Signature, VerifyingKey},
    sm3,
};
use eseal_ses::{
    Deviation, Seal, SealSignature, Version,
    cms::{SignedData, SignerId},
    oid,
    time_stamp::TimeStampToken,
};
use serde_json::Value;

/// The file of vectors.
pub(crate) struct Vectors(Value);

/// One case of it.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) der: Vec<u8>,
    value: Value,
}

pub(crate) fn file(name: &str) -> Vec<u8> {
    fs::read(format!("{}/testdata/{name}", env!("CARGO_MANIFEST_DIR"))).expect("a vector")
}

fn bytes(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().expect("hex")).expect("hex")
}

impl Vectors {
    pub(crate) fn read() -> Self {
        Self(serde_json::from_slice(&file("synthetic-ses.json")).expect("JSON"))
    }

    pub(crate) fn certificate(&self, name: &str) -> Vec<u8> {
        bytes(&self.0["certs"][name])
    }

    pub(crate) fn cases(&self) -> Vec<Case> {
        let case = |value: &Value| Case {
            name: value["name"].as_str().expect("a name").into(),
            kind: value["kind"].as_str().expect("a kind").into(),
            der: bytes(&value["hex"]),
            value: value.clone(),
        };
        self.0["cases"].as_array().expect("cases").iter().map(case).collect()
    }

    pub(crate) fn case(&self, name: &str) -> Case {
        self.cases().into_iter().find(|case| case.name == name).expect("a case")
    }

    /// Public key of a certificate of the vectors: the bits before the extensions.
    pub(crate) fn key(&self, name: &str) -> VerifyingKey {
        let der = self.certificate(name);
        let start = der.windows(4).position(|window| window == [0x03, 0x42, 0x00, 0x04]).expect("a key") + 3;
        VerifyingKey::from_bytes(&der[start..start + 65]).expect("a point")
    }
}

impl Case {
    fn is(&self, field: &str) -> bool {
        self.value[field].as_bool().unwrap_or(true)
    }

    /// The facts that are given agree with what was read and verified.
    fn check(&self, key: &VerifyingKey, signed: &[u8], value: Option<Signature>) {
        let e = key.e(signed);
        if let Some(expected) = self.value.get("e") {
            assert_eq!(e.to_vec(), bytes(expected), "{}: e", self.name);
        }
        let signature = value.unwrap_or_else(|| panic!("{}: a signature value", self.name));
        if let Some(r) = self.value.get("r") {
            assert_eq!(
                (signature.r.to_vec(), signature.s.to_vec()),
                (bytes(r), bytes(&self.value["s"])),
                "{}",
                self.name
            );
        }
        assert_eq!(key.verify_prehash(&e, &signature), self.is("valid"), "{}", self.name);
        if let Some(expected) = self.value.get("tbs_sm3") {
            assert_eq!(sm3(signed).to_vec(), bytes(expected), "{}: tbs", self.name);
        }
    }
}

#[test]
fn every_seal_is_read_and_its_signature_is_as_stated() {
    let vectors = Vectors::read();
    let mut seen = 0;
    for case in vectors.cases().iter().filter(|case| case.kind == "SESeal") {
        let seal = Seal::parse(&case.der).expect(&case.name);
        assert_eq!(seal.raw(), case.der, "{}", case.name);
        assert_eq!((seal.code(), seal.name()), ("44030000000001", "深圳测试单位公章"), "{}", case.name);
        let info = seal.info();
        assert_eq!((info.header.id.as_str(), info.header.vid.as_str()), ("ES", "SYNTH"));
        assert_eq!(info.property.create_date.to_string(), "2024-06-01T00:00:00Z");
        assert_eq!(info.property.valid_end.to_string(), "2029-06-01T00:00:00Z");
        assert_eq!((info.picture.kind.as_str(), info.picture.width_mm, info.picture.height_mm), ("PNG", 42, 42));
        assert!(info.picture.data.starts_with(b"\x89PNG"));
        assert!(seal.cert_list().lists(&vectors.certificate("signer")), "{}", case.name);
        assert!(!seal.cert_list().lists(&vectors.certificate("maker")), "{}", case.name);
        assert_eq!(seal.maker_certificate(), Some(&vectors.certificate("maker")[..]));
        assert_eq!(seal.maker_algorithm(), Some(oid::SM3_WITH_SM2));
        let value = seal.maker_signature().and_then(|value| value.sm2()).map(|(value, _)| value);
        let signed = seal.signed_bytes().expect("signed bytes");
        case.check(&vectors.key("maker"), &signed, value);
        assert_ne!(seal.signed_bytes_of_other_version(), Some(signed), "{}", case.name);

        let (version, deviations): (_, &[Deviation]) = match case.name.as_str() {
            "seal_v1" => (Version::V1, &[]),
            "seal_v5_ts" => (Version::V5, &[]),
            "seal_v4_rawsig" => (Version::V4, &[Deviation::SignatureRaw]),
            _ => (Version::V4, &[]),
        };
        assert_eq!((seal.version(), seal.deviations()), (version, deviations), "{}", case.name);
        assert_eq!(seal.time_stamp().is_some(), case.name == "seal_v5_ts", "{}", case.name);
        let extensions = info.ext_datas.iter().flat_map(|datas| &datas.all).count();
        assert_eq!(extensions, usize::from(case.name.starts_with("seal_v4_ext")), "{}", case.name);
        seen += 1;
    }
    assert_eq!(seen, 8);
}

#[test]
fn every_seal_signature_is_read_and_its_value_is_as_stated() {
    let vectors = Vectors::read();
    let document = sm3(&file("synthetic.Signature.xml"));
    let signer = vectors.certificate("signer");
    let mut seen = 0;
    for case in vectors.cases().iter().filter(|case| case.kind == "SES_Signature") {
        let signature = SealSignature::parse(&case.der).expect(&case.name);
        assert_eq!(signature.raw(), case.der, "{}", case.name);
        assert_eq!(signature.signer_certificate(), signer, "{}", case.name);
        assert_eq!(signature.algorithm(), oid::SM3_WITH_SM2, "{}", case.name);
        let claimed = signature.time_info().claimed().map(|at| at.to_string());
        assert_eq!(claimed.as_deref(), Some("2024-06-15T08:00:00Z"), "{}", case.name);
        assert!(signature.property_info().ends_with("Signature.xml"), "{}", case.name);
        assert_eq!(signature.data_hash() == Some(document), case.is("document_valid"), "{}", case.name);
        assert_eq!(signature.seal().cert_list().lists(&signer), case.is("match_valid"), "{}", case.name);
        let value = signature.signature().sm2().map(|(value, _)| value);
        case.check(&vectors.key("signer"), signature.signed_bytes(), value);

        let (version, deviations): (_, &[Deviation]) = match case.name.as_str() {
            "sig_v1" => (Version::V1, &[Deviation::TimeFreeText]),
            "sig_v1_octet_variant" => (Version::V1, &[Deviation::TagVariant, Deviation::TimeFreeText]),
            "sig_v5_ts" => (Version::V5, &[]),
            "sig_v4_rawsig" => (Version::V4, &[Deviation::SignatureRaw]),
            "sig_v4_trimmed_bitstring" => (Version::V4, &[Deviation::BitStringTrimmed]),
            _ => (Version::V4, &[]),
        };
        assert_eq!((signature.version(), &signature.deviations()[..]), (version, deviations), "{}", case.name);
        assert_eq!(signature.seal().version(), version, "{}", case.name);
        assert_eq!(signature.time_stamp().is_some(), case.name.ends_with("_ts"), "{}", case.name);
        let extensions = signature.ext_datas().iter().flat_map(|datas| &datas.all).count();
        assert_eq!(extensions, usize::from(case.name == "sig_v4_ext0"), "{}", case.name);
        seen += 1;
    }
    assert_eq!(seen, 11);
}

#[test]
fn time_stamps_are_over_the_signature_values_and_signed_by_the_authority() {
    let vectors = Vectors::read();
    for name in ["seal_v5_ts", "sig_v4_ts", "sig_v5_ts"] {
        let case = vectors.case(name);
        let (token, value) = if case.kind == "SESeal" {
            let seal = Seal::parse(&case.der).expect(name);
            (seal.time_stamp(), seal.maker_signature().map(|value| value.bytes))
        } else {
            let signature = SealSignature::parse(&case.der).expect(name);
            (signature.time_stamp(), Some(signature.signature().bytes))
        };
        let token = TimeStampToken::parse(token.expect(name)).expect(name);
        assert_eq!(token.info.gen_time.to_string(), "2024-06-15T08:00:01Z", "{name}");
        assert_eq!(token.info.imprint_algorithm, oid::SM3, "{name}");
        assert_eq!(token.info.imprint, sm3(value.expect(name)), "{name}");
        let [signer] = &token.signed_data.signers[..] else { panic!("{name}: one signer") };
        let content = token.signed_data.content.as_deref().expect(name);
        assert_eq!(signer.message_digest, Some(&sm3(content)[..]), "{name}");
        let signed = signer.attributes_as_set().expect(name);
        assert!(vectors.key("tsa").verify(&signed, signer.signature), "{name}");
        assert_eq!(token.signed_data.certificates, [&vectors.certificate("tsa")[..]], "{name}");
    }
}

#[test]
fn signed_data_of_both_forms_is_read_and_verifies() {
    let vectors = Vectors::read();
    let document = sm3(&file("synthetic.Signature.xml"));
    for name in ["cms35275_econtent_digest", "cms35275_attrs_detached"] {
        let case = vectors.case(name);
        assert!(eseal_ses::cms::is_signed_data(&case.der), "{name}");
        let padded = [&case.der[..], &[0; 100]].concat();
        let data = SignedData::parse(&padded).expect(name);
        assert_eq!(data.raw, case.der, "{name}");
        assert_eq!(data.outer_type, oid::GM_SIGNED_DATA, "{name}");
        let [signer] = &data.signers[..] else { panic!("{name}: one signer") };
        // The signer's identifier is a SEQUENCE and nothing that looks like one.
        let SignerId::IssuerAndSerial { issuer, .. } = &signer.id else { panic!("{name}: issuer and serial") };
        let at = padded.windows(issuer.len()).rposition(|bytes| bytes == *issuer).expect("the issuer");
        let mut changed = padded.clone();
        let tag = (2..=4).map(|header| at - header).find(|tag| changed[*tag] == 0x30).expect("a SEQUENCE");
        changed[tag] = 0x73;
        assert!(SignedData::parse(&changed).is_err(), "{name}");
        assert!(oid::is_sm2_signature(signer.signature_algorithm), "{name}");
        let signed = match signer.attributes_as_set() {
            Some(attributes) => {
                assert_eq!(signer.message_digest, Some(&document[..]), "{name}");
                assert!(signer.signing_time.is_some() && data.content.is_none(), "{name}");
                attributes
            }
            None => {
                assert_eq!(data.content.as_deref(), Some(&document[..]), "{name}");
                document.to_vec()
            }
        };
        case.check(&vectors.key("signer"), &signed, Signature::read_any(signer.signature).ok().map(|(value, _)| value));
    }
}
