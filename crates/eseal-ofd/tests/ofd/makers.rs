//! Forms that other makers write, and what is wrong with signatures, as facts.

use base64::{Engine, prelude::BASE64_STANDARD};
use eseal_ofd::{Error, PrepareError, ReferenceOutcome, SealFile, SignatureFacts};

use crate::made::{Entry, open, plain_entries, request, stamp, zip_of};

/// The plain package with a signature list and a description, placed as `n.ofd` of one maker does.
fn with_signature(list: &str, description: &str) -> Vec<Entry> {
    let mut entries = plain_entries();
    let text = String::from_utf8(entries[0].content.clone()).unwrap();
    let named = "</ofd:DocRoot><ofd:Signatures>Doc_0/Signatures.xml</ofd:Signatures>";
    entries[0].content = text.replace("</ofd:DocRoot>", named).into();
    entries.push(Entry::new("Doc_0/Signatures.xml", list));
    entries.push(Entry::new("Doc_0/S/Signature.xml", description));
    entries.push(Entry::new("Doc_0/S/SignValue.dat", "value"));
    entries.push(Entry::new("Doc_0/S/Seal.esl", "seal"));
    entries
}

fn facts(list: &str, description: &str) -> SignatureFacts {
    open(zip_of(&with_signature(list, description))).examine().signatures.remove(0)
}

fn digest_of(name: &str) -> String {
    let entries = plain_entries();
    let entry = entries.iter().find(|entry| entry.name == name.as_bytes()).unwrap();
    BASE64_STANDARD.encode(eseal_gm::sm3(&entry.content))
}

const LIST: &str = "<Signatures><Signature ID=\"2\" BaseLoc=\"S/Signature.xml\"/><MaxSignId>4</MaxSignId></Signatures>";

fn description(method: &str, references: &str) -> String {
    format!(
        "<x:Signature xmlns:x=\"urn:other\"><x:SignedValue>SignValue.dat</x:SignedValue><x:SignedInfo><x:Seal><x:BaseLoc>\
         Seal.esl</x:BaseLoc></x:Seal><x:StampAnnot PageRef=\"2\" ID=\"9\" Boundary=\"10 20 30 40\"/><x:References \
         CheckMethod=\"{method}\">{references}</x:References><x:Provider><x:ProviderName>name</x:ProviderName><x:Version>1\
         </x:Version></x:Provider><x:SignatureDateTime>2020-07-16 16:04:27</x:SignatureDateTime><x:Unknown/></x:SignedInfo>\
         </x:Signature>"
    )
}

fn reference(path: &str, digest: &str) -> String {
    format!("<x:Reference FileRef=\"{path}\"><x:CheckValue>\n{digest}\n</x:CheckValue></x:Reference>")
}

#[test]
fn any_order_prefix_and_path_is_read() {
    let good = digest_of("Doc_0/Document.xml");
    for (path, deviates) in [
        ("/Doc_0/Document.xml", false),
        ("Doc_0/Document.xml", true),
        ("../Document.xml", true),
        ("\\Doc_0\\document.XML", true),
    ] {
        let found = facts(LIST, &description("1.2.156.10197.1.401", &reference(path, &good)));
        assert_eq!(found.references[0].outcome, ReferenceOutcome::Good, "{path}");
        assert_eq!(found.deviations.contains("PACKAGE_PATH"), deviates, "{path}");
        assert_eq!(found.provider, "name 1");
        assert_eq!(found.date_time, "2020-07-16 16:04:27");
        assert_eq!(found.signed_value.as_deref(), Some(b"value".as_slice()));
        assert!(
            matches!(&found.seal, SealFile::Found { path, bytes } if path == "/Doc_0/S/Seal.esl" && bytes == b"seal")
        );
        let (full, visible) = found.stamps[0].boxes.unwrap();
        assert_eq!(
            (found.stamps[0].page, full.left, full.bottom, full.right, full.top),
            (Some(2), 10.0, 237.0, 40.0, 277.0)
        );
        assert_eq!(full, visible);
    }
}

#[test]
fn digests_of_every_method_are_compared() {
    use ReferenceOutcome::{Changed, Good, Missing, Unsupported};
    let part = "/Doc_0/Document.xml";
    let digest = digest_of("Doc_0/Document.xml");
    for (method, path, value, outcome, variant) in [
        ("SM3", part, digest.as_str(), Good, false),
        ("sm3", part, &digest, Good, false),
        ("1.2.156.10197.1.401.2", part, &digest, Good, true),
        ("SM3", part, "AAAA", Changed, false),
        ("SM3", part, "not base64 at all!", Changed, false),
        ("SM3", part, "", Changed, false),
        ("MD5", part, &digest, Changed, false),
        ("WHIRLPOOL", part, &digest, Unsupported, false),
        ("SM3", "/Doc_0/none.xml", &digest, Missing, false),
        ("SM3", "/../OFD.xml", &digest, Missing, false),
        ("SM3", "", &digest, Missing, false),
    ] {
        let found = facts(LIST, &description(method, &reference(path, value)));
        assert_eq!(found.references[0].outcome, outcome, "{method} {path} {value}");
        assert_eq!(found.deviations.contains("CHECKMETHOD_VARIANT"), variant, "{method}");
    }
}

#[test]
fn broken_signatures_are_facts_not_errors() {
    let missing = facts("<S><Signature ID=\"1\" BaseLoc=\"none.xml\"/></S>", "");
    assert_eq!(missing.error, Some(Error::Missing { part: "none.xml".into() }));
    let unreadable = facts(LIST, "no XML");
    assert!(matches!(unreadable.error, Some(Error::Xml { .. })));
    assert_eq!(unreadable.signature_xml, b"no XML");
    let empty = facts(LIST, "<Signature/>");
    assert!(empty.error.is_none() && empty.references.is_empty() && empty.signed_value.is_none());
    assert_eq!((empty.check_method.as_str(), empty.seal), ("MD5", SealFile::NotNamed));

    let list_gone = open(zip_of(&with_signature("<broken", ""))).examine();
    assert!(list_gone.signatures.is_empty() && list_gone.list_errors.len() == 1);
}

#[test]
fn an_earlier_signature_that_cannot_be_read_stops_further_ones() {
    let ofd = open(zip_of(&with_signature(LIST, "no XML")));
    let refused = ofd.prepare(&request(&[stamp(1, 1.0)])).unwrap_err();
    assert_eq!(refused, PrepareError::EarlierUnreadable { id: "2".into() });
}

#[test]
fn ids_go_on_after_the_highest_that_is_in_use() {
    let bytes = zip_of(&with_signature(LIST, &description("SM3", "")));
    let prepared = open(bytes).prepare(&request(&[stamp(1, 1.0)])).unwrap();
    // The list says 4 and is stale: a stamp has 9.
    assert_eq!(prepared.signature_id, "s010");
    assert_eq!(prepared.property_info, "/Doc_0/Sign_0/Signature.xml");
}
