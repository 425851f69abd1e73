//! Any bytes as a seal, a seal signature, SignedData, a time stamp: all that is asked of them has an answer.

use eseal_ses::{Seal, SealSignature, cms::SignedData, time_stamp::TimeStampToken};

pub(crate) fn check_seal(data: &[u8]) {
    if let Ok(seal) = Seal::parse(data) {
        assert_eq!(seal.raw(), data);
        ask(&seal);
    }
    let _ = eseal::examine_seal(data);
}

pub(crate) fn check_signature(data: &[u8]) {
    let Ok((signature, rest)) = SealSignature::parse_first(data) else { return };
    assert_eq!([signature.raw(), rest].concat(), data);
    let _ = (signature.version(), signature.tbs_version(), signature.algorithm(), signature.signature().sm2());
    let _ = (signature.time_info(), signature.data_hash(), signature.property_info(), signature.ext_datas());
    let _ = (signature.signer_certificate(), signature.deviations());
    ask(signature.seal());
}

pub(crate) fn check_signed_data(data: &[u8]) {
    let Ok(signed) = SignedData::parse(data) else { return };
    let _ = signed.content_types_disagree();
    for signer in &signed.signers {
        let _ = signer.attributes_as_set();
    }
}

pub(crate) fn check_time_stamp(data: &[u8]) {
    let _ = TimeStampToken::parse(data);
}

fn ask(seal: &Seal<'_>) {
    let _ = (seal.version(), seal.code(), seal.name(), seal.maker_certificate(), seal.maker_algorithm());
    let _ = (
        seal.maker_signature().and_then(|value| value.sm2()),
        seal.signed_bytes(),
        seal.signed_bytes_of_other_version(),
    );
    let _ = (seal.cert_list().lists(seal.raw()), seal.time_stamp(), seal.deviations());
}
