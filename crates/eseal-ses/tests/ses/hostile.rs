//! Broken, cut and made-up input: it is refused with a place, or read; it never crashes.

use eseal_asn1::write;
use eseal_ses::{Deviation, Error, Seal, SealSignature, cms::SignedData, time_stamp::TimeStampToken};
use proptest::prelude::*;

use crate::vectors::Vectors;

/// Everything that reads, on the same bytes.
fn read_all(bytes: &[u8]) {
    if let Ok(seal) = Seal::parse(bytes) {
        let _ = (
            seal.signed_bytes(),
            seal.signed_bytes_of_other_version(),
            seal.maker_signature().map(|value| value.sm2()),
        );
        let _ = (seal.cert_list().lists(bytes), seal.deviations());
    }
    if let Ok((signature, _)) = SealSignature::parse_first(bytes) {
        let _ = (signature.signature().sm2(), signature.deviations(), signature.data_hash());
        let _ = signature.time_stamp().map(TimeStampToken::parse);
    }
    if let Ok(data) = SignedData::parse(bytes) {
        let _ = (data.content_types_disagree(), data.signers.first().map(|signer| signer.attributes_as_set()));
    }
    let _ = TimeStampToken::parse(bytes);
    let _ = eseal_ses::cms::is_signed_data(bytes);
}

#[test]
fn no_shortened_value_is_read_or_crashes() {
    for case in Vectors::read().cases() {
        for length in (0..case.der.len()).step_by(7) {
            let cut = &case.der[..length];
            assert!(Seal::parse(cut).is_err() && SealSignature::parse(cut).is_err(), "{} {length}", case.name);
            read_all(cut);
        }
    }
}

#[test]
fn a_flipped_byte_is_seen_or_covered_or_outside_what_is_signed() {
    let vectors = Vectors::read();
    let case = vectors.case("sig_v4_ts");
    let key = vectors.key("signer");
    let whole = SealSignature::parse(&case.der).expect("a signature");
    let (tbs, value) = (whole.signed_bytes(), whole.signature().bytes);
    for position in (0..case.der.len()).step_by(5) {
        let mut der = case.der.clone();
        der[position] ^= 0x20;
        let Ok(read) = SealSignature::parse(&der) else { continue };
        let same = read.signed_bytes() == tbs && read.signature().bytes == value;
        let good =
            read.signature().sm2().is_some_and(|(value, _)| key.verify_prehash(&key.e(read.signed_bytes()), &value));
        assert!(same || !good, "byte {position}");
    }
}

#[test]
fn a_seal_of_another_shape_says_so() {
    let field = |count: usize| Err(Error::Field { field: "SESeal of 2, 4 or 5 elements", offset: count });
    let elements = |count| write::sequence_of(&vec![write::null(); count]);
    for count in [0, 1, 3, 6] {
        assert_eq!(Seal::parse(&elements(count)).map(|_| ()), field(0), "{count}");
    }
    assert!(matches!(SealSignature::parse(&elements(3)), Err(Error::Field { .. })));
}

#[test]
fn lists_and_extensions_of_other_makers_are_tolerated_and_named() {
    let vectors = Vectors::read();
    let (signer, maker) = (vectors.certificate("signer"), vectors.certificate("maker"));
    let time = write::element(0x18, &[b"20240601000000Z"]);
    let seal = |list: &[Vec<u8>], more: &[u8]| {
        let header = write::sequence(&[&write::ia5("ES"), &write::integer_i64(4), &write::ia5("X")]);
        let property = write::sequence(&[
            &write::integer_i64(1),
            &write::utf8("章"),
            &write::integer_i64(1),
            &write::sequence_of(list),
            &time,
            &time,
            &time,
        ]);
        let picture = write::sequence(&[&write::ia5("PNG"), &write::octet_string(b"x"), &[2, 1, 1], &[2, 1, 1]]);
        let info = write::sequence(&[&header, &write::ia5("1"), &property, &picture, more]);
        let value = write::bit_string(&[0x30, 0]);
        write::sequence(&[&info, &write::octet_string(&maker), &write::oid(eseal_ses::oid::SM3_WITH_SM2), &value])
    };
    let extension = write::sequence(&[&write::oid(&[0x2A, 3]), &write::octet_string(b"v")]);
    let tagged = write::context(0, &write::sequence(&[&extension, &write::null()]));
    for (name, list, more, listed, extensions, deviations) in [
        ("inline certificate", vec![signer.clone()], &[][..], true, 0, &[Deviation::CertListForm][..]),
        ("one byte of text", vec![write::ia5("1")], &[], false, 0, &[Deviation::CertListForm]),
        ("empty list", vec![], &[], false, 0, &[]),
        ("tagged extensions", vec![write::octet_string(&signer)], &tagged, true, 1, &[Deviation::TagVariant]),
    ] {
        let der = seal(&list, more);
        let seal = Seal::parse(&der).expect(name);
        assert_eq!(seal.cert_list().lists(&signer), listed, "{name}");
        assert_eq!(seal.info().ext_datas.iter().flat_map(|datas| &datas.all).count(), extensions, "{name}");
        assert_eq!(seal.deviations(), deviations, "{name}");
    }
    let many = vec![write::octet_string(b""); eseal_ses::MAX_LIST + 1];
    assert!(matches!(Seal::parse(&seal(&many, &[])), Err(Error::Field { .. })));
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        read_all(&bytes);
    }

    #[test]
    fn any_change_of_a_real_value_is_read_or_refused(
        case in 0_usize..21, changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)
    ) {
        let mut der = Vectors::read().cases().swap_remove(case).der;
        for (position, byte) in changes {
            let position = position.index(der.len());
            der[position] = byte;
        }
        read_all(&der);
    }
}
