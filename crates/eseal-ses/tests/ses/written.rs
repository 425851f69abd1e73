//! What is written is byte for byte what the standard's own order of making gives, and reads back.

use eseal_gm::{sm2::SigningKey, sm3};
use eseal_ses::{
    ExtData, Seal, SealSignature,
    v4::{self, CriticalFalse, ListTemplate, PictureTemplate, SealTemplate, TbsTemplate, WriteError},
};
use jiff::Timestamp;
use proptest::prelude::*;

use crate::vectors::{Vectors, file};

fn time(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

/// The template that gives the info of `seal` again.
fn template_of<'a>(seal: &'a Seal<'a>, cert_list: ListTemplate<'a>, ext_datas: &'a [ExtData<'a>]) -> SealTemplate<'a> {
    let info = seal.info();
    SealTemplate {
        vid: &info.header.vid,
        es_id: &info.es_id,
        kind: info.property.kind,
        name: &info.property.name,
        cert_list,
        create_date: info.property.create_date,
        valid_start: info.property.valid_start,
        valid_end: info.property.valid_end,
        picture: PictureTemplate {
            kind: &info.picture.kind,
            data: info.picture.data,
            width_mm: info.picture.width_mm.try_into().expect("a width"),
            height_mm: info.picture.height_mm.try_into().expect("a height"),
        },
        ext_datas,
        critical_false: CriticalFalse::Written,
    }
}

#[test]
fn seals_of_the_vectors_are_written_byte_for_byte() {
    let vectors = Vectors::read();
    let (signer, maker) = (vectors.certificate("signer"), vectors.certificate("maker"));
    for name in ["seal_v4", "seal_v4_certdigest", "seal_v4_ext_explicit_false", "seal_v4_ext_der"] {
        let case = vectors.case(name);
        let seal = Seal::parse(&case.der).expect(name);
        let listed = [&signer[..]];
        let list = match name {
            "seal_v4_certdigest" => ListTemplate::Digests(&listed),
            _ => ListTemplate::Certificates(&listed),
        };
        let extensions = seal.info().ext_datas.as_ref().map(|datas| datas.all.clone()).unwrap_or_default();
        let mut template = template_of(&seal, list, &extensions);
        if name == "seal_v4_ext_der" {
            template.critical_false = CriticalFalse::Omitted;
        }
        let unsigned = template.info().expect(name);
        assert_eq!(unsigned.signed_bytes(), seal.info().raw, "{name}");
        let value = seal.maker_signature().expect(name).bytes;
        assert_eq!(unsigned.seal(&maker, value).expect(name), case.der, "{name}");
    }
}

#[test]
fn seal_signatures_of_the_vectors_are_written_byte_for_byte() {
    let vectors = Vectors::read();
    let signer = vectors.certificate("signer");
    for name in
        ["sig_v4", "sig_v4_ts", "sig_v4_ext0", "sig_v4_certdigest", "sig_v4_wrong_dochash", "sig_v4_signer_not_in_list"]
    {
        let case = vectors.case(name);
        let read = SealSignature::parse(&case.der).expect(name);
        let extensions = read.ext_datas().map(|datas| datas.all.clone()).unwrap_or_default();
        let template = TbsTemplate {
            seal: read.seal().raw(),
            time: read.time_info().claimed().expect(name),
            data_hash: read.data_hash().expect(name),
            property_info: read.property_info(),
            ext_datas: &extensions,
            critical_false: CriticalFalse::Written,
        };
        let tbs = template.to_der().expect(name);
        assert_eq!(tbs, read.signed_bytes(), "{name}");
        assert_eq!(v4::TbsSign::parse(&tbs).expect(name).property_info, read.property_info(), "{name}");
        let written = v4::signature(&tbs, &signer, read.signature().bytes, read.time_stamp()).expect(name);
        assert_eq!(written, case.der, "{name}");
    }
}

#[test]
fn what_is_written_and_signed_anew_has_no_deviations_and_verifies() {
    let vectors = Vectors::read();
    let (signer, maker) = (vectors.certificate("signer"), vectors.certificate("maker"));
    let key = SigningKey::from_bytes(&[7; 32]).expect("a key");
    let case = vectors.case("seal_v4");
    let model = Seal::parse(&case.der).expect("a seal");
    let listed = [&maker[..], &signer];
    let unsigned = template_of(&model, ListTemplate::Certificates(&listed), &[]).info().expect("an info");
    let seal = unsigned.seal(&maker, &key.sign(unsigned.signed_bytes())).expect("a seal");
    let template = TbsTemplate {
        seal: &seal,
        time: time("2026-11-24T08:00:00Z"),
        data_hash: sm3(&file("synthetic.Signature.xml")),
        property_info: "/Doc_0/Signs/Sign_0/Signature.xml",
        ext_datas: &[],
        critical_false: CriticalFalse::Written,
    };
    let tbs = template.to_der().expect("a TBS");
    let written = v4::signature(&tbs, &signer, &key.sign(&tbs), None).expect("a signature");
    let padded = [&written[..], &[0; 64]].concat();
    let (read, rest) = SealSignature::parse_first(&padded).expect("a signature");
    assert_eq!(rest, [0; 64]);
    assert_eq!(read.deviations(), []);
    assert_eq!(read.seal().raw(), seal);
    assert!(key.verifying_key().verify(read.signed_bytes(), read.signature().bytes));
    let signed = read.seal().signed_bytes().expect("signed bytes");
    assert!(key.verifying_key().verify(&signed, read.seal().maker_signature().expect("a value").bytes));
}

#[test]
fn what_cannot_be_written_says_why() {
    let vectors = Vectors::read();
    let case = vectors.case("seal_v4");
    let model = Seal::parse(&case.der).expect("a seal");
    let signer = vectors.certificate("signer");
    let listed = [&signer[..]];
    let with = |change: fn(&mut SealTemplate<'_>)| {
        let mut template = template_of(&model, ListTemplate::Certificates(&listed), &[]);
        change(&mut template);
        template.info().map(|_| ())
    };
    let nonsense = |field| Err(WriteError::Nonsense { field });
    assert_eq!(with(|template| template.vid = "厂商"), Err(WriteError::NotAscii { field: "Vid" }));
    assert_eq!(with(|template| template.es_id = ""), Err(WriteError::NotAscii { field: "esID" }));
    assert_eq!(with(|template| template.cert_list = ListTemplate::Digests(&[])), nonsense("certList"));
    assert_eq!(with(|template| template.valid_end = Timestamp::UNIX_EPOCH), nonsense("validEnd"));
    assert_eq!(with(|template| template.picture.width_mm = 0), nonsense("picture"));
    let unsigned = template_of(&model, ListTemplate::Certificates(&listed), &[]).info().expect("an info");
    assert_eq!(unsigned.seal(b"x", &[0x30, 0]), Err(WriteError::NotAsn1 { field: "cert" }));
    assert_eq!(unsigned.seal(&signer, &[0x30, 0, 0]), Err(WriteError::NotAsn1 { field: "signedValue" }));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_seal_that_is_written_reads_back(
        vid in "[ -~]{1,20}", es_id in "[0-9]{1,20}", kind in any::<i64>(), name in any::<String>(),
        picture in prop::collection::vec(any::<u8>(), 0..300), (width, height) in (1..=u16::MAX, 1..=u16::MAX),
        start in 0_i64..4_000_000_000, length in 0_i64..1_000_000_000, critical in any::<bool>(),
        value in prop::collection::vec(any::<u8>(), 0..20), written in any::<bool>(),
    ) {
        let vectors = Vectors::read();
        let (signer, maker) = (vectors.certificate("signer"), vectors.certificate("maker"));
        let valid_start = Timestamp::from_second(start).unwrap();
        let valid_end = Timestamp::from_second(start + length).unwrap();
        let ext_datas = [ExtData { extn_id: &[0x2A, 3], critical, extn_value: &value }];
        let listed = [&signer[..]];
        let template = SealTemplate {
            vid: &vid, es_id: &es_id, kind, name: &name, cert_list: ListTemplate::Digests(&listed),
            create_date: valid_start, valid_start, valid_end,
            picture: PictureTemplate { kind: "PNG", data: &picture, width_mm: width, height_mm: height },
            ext_datas: &ext_datas,
            critical_false: if written { CriticalFalse::Written } else { CriticalFalse::Omitted },
        };
        let unsigned = template.info().unwrap();
        let der = unsigned.seal(&maker, &[0x30, 0]).unwrap();
        let seal = Seal::parse(&der).unwrap();
        let info = seal.info();
        prop_assert_eq!(info.raw, unsigned.signed_bytes());
        prop_assert_eq!((seal.name(), seal.code(), &info.header.vid), (&name[..], &es_id[..], &vid));
        prop_assert_eq!((info.property.kind, info.property.valid_start, info.property.valid_end), (kind, valid_start, valid_end));
        prop_assert_eq!((info.picture.data, info.picture.width_mm), (&picture[..], i64::from(width)));
        prop_assert_eq!(&info.ext_datas.as_ref().unwrap().all[..], &ext_datas[..]);
        prop_assert!(seal.cert_list().lists(&signer) && !seal.cert_list().lists(&maker));
        prop_assert_eq!(seal.deviations(), &[]);
    }
}
