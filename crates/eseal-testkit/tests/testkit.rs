//! What the kit makes is what it says.

use eseal_gm::sm3;
use eseal_pki::{Certificate, Chain, Crl, Period, Revocation, SignatureCheck, Usage, UsageAnswer, check_path};
use eseal_ses::{Seal, SealSignature, time_stamp::TimeStampToken};
use eseal_testkit::{Party, Pki, SealSpec, SignatureSpec, days, now, ofd, pdf, png, time_stamp};

#[test]
fn everybody_is_what_the_name_says() {
    let pki = Pki::new();
    let (anchor, crl) = (pki.anchor(), pki.crl());
    let anchors = [Certificate::from_der(&anchor).expect("an anchor")];
    let crls = [Crl::from_der(&crl).expect("a CRL")];
    assert_eq!(crls[0].check_signature(&anchors[0].public_key), SignatureCheck::Good);
    let report = |party: &Party, usage| {
        let certificate = Certificate::from_der(&party.certificate).expect("a certificate");
        let report = check_path(&certificate, &[], &anchors, &crls, now(), usage);
        let is_trusted = report.chain == Chain::Trusted { anchor: 0 };
        let may = report.usage() == UsageAnswer::Allowed;
        (is_trusted, report.period(), may, report.revocation() == Revocation::Good)
    };
    let good = (true, Period::Within, true, true);
    for (name, party, usage, expected) in [
        ("maker", &pki.maker, Usage::Sign, good),
        ("signer", &pki.signer, Usage::Sign, good),
        ("other", &pki.other, Usage::Sign, good),
        ("phone", &pki.phone, Usage::Sign, good),
        ("tsa", &pki.tsa, Usage::TimeStamp, good),
        ("revoked", &pki.revoked, Usage::Sign, (true, Period::Within, true, false)),
        // A list that was made after a certificate had expired need not name it.
        ("expired", &pki.expired, Usage::Sign, (true, Period::Over, true, false)),
        ("not yet", &pki.not_yet, Usage::Sign, (true, Period::NotYet, true, true)),
        ("encryption", &pki.encryption, Usage::Sign, (true, Period::Within, false, true)),
        ("stranger", &pki.stranger, Usage::Sign, (false, Period::Within, true, false)),
        ("impostor", &pki.impostor, Usage::Sign, (false, Period::Within, true, false)),
    ] {
        assert_eq!(report(party, usage), expected, "{name}");
    }
}

#[test]
fn keys_and_serial_numbers_are_the_same_every_time() {
    let (one, two) = (Pki::new(), Pki::new());
    assert_eq!(one.signer.key.public_key(), two.signer.key.public_key());
    let serial = |pki: &Pki| Certificate::from_der(&pki.signer.certificate).expect("a certificate").serial_hex();
    assert_eq!(serial(&one), serial(&two));
}

#[test]
fn seals_and_signatures_verify_and_list_whom_they_should() {
    let pki = Pki::new();
    for by_digest in [false, true] {
        let der = pki.seal_with(|spec: &mut SealSpec| spec.by_digest = by_digest);
        let seal = Seal::parse(&der).expect("a seal");
        assert_eq!(seal.deviations(), []);
        assert!(seal.cert_list().lists(&pki.signer.certificate) && !seal.cert_list().lists(&pki.other.certificate));
        let signed = seal.signed_bytes().expect("signed bytes");
        assert!(pki.maker.key.verifying_key().verify(&signed, seal.maker_signature().expect("a value").bytes));

        let spec = SignatureSpec::new(der.clone(), sm3(b"document"), "ByteRange:[0 1 2 3]");
        let der = spec.signed_and_stamped(&pki.signer, Some((&pki.tsa, now() + days(1))));
        let signature = SealSignature::parse(&der).expect("a signature");
        assert_eq!(signature.deviations(), []);
        let value = signature.signature().bytes;
        assert!(pki.signer.key.verifying_key().verify(signature.signed_bytes(), value));
        assert_eq!(signature.time_info().claimed(), Some(now()));
        let token = TimeStampToken::parse(signature.time_stamp().expect("a token")).expect("a token");
        assert_eq!((token.info.gen_time, &token.info.imprint[..]), (now() + days(1), &sm3(value)[..]));
    }
}

#[test]
fn a_time_stamp_is_signed_by_its_authority_over_its_attributes() {
    let pki = Pki::new();
    let der = time_stamp(&pki.tsa, b"value", now());
    let token = TimeStampToken::parse(&der).expect("a token");
    let signer = &token.signed_data.signers[0];
    let set = signer.attributes_as_set().expect("attributes");
    assert!(pki.tsa.key.verifying_key().verify(&set, signer.signature));
    assert_eq!(signer.message_digest, Some(&sm3(token.signed_data.content.as_deref().expect("content"))[..]));
    assert_eq!(token.signed_data.certificates, [&pki.tsa.certificate[..]]);
}

#[test]
fn documents_and_pictures_begin_as_they_should() {
    assert!(pdf(2).starts_with(b"%PDF-1.7") && ofd(2).starts_with(b"PK\x03\x04"));
    let picture = png(42);
    assert!(picture.starts_with(b"\x89PNG") && picture.ends_with(b"IEND\xAE\x42\x60\x82"));
}
