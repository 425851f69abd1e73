//! Any byte changed in a covered entry is seen.

use eseal_ofd::{Error, ReferenceOutcome};

use crate::made::{Entry, open, plain, request, sealed, stamp, try_open, zip_of};

#[test]
fn any_byte_changed_in_a_covered_entry_is_seen() {
    let ofd = open(sealed(plain(), &request(&[stamp(1, 1.0)])));
    let package = ofd.package();
    let entries: Vec<Entry> =
        package.parts().map(|part| Entry::new(package.name(part), package.read(part).unwrap()).stored()).collect();
    let covered = |name: &[u8]| {
        !name.ends_with(b"Signatures.xml") && !name.ends_with(b"Signature.xml") && !name.ends_with(b".dat")
    };
    for (index, entry) in entries.iter().enumerate().filter(|(_, entry)| covered(&entry.name)) {
        for at in 0..entry.content.len() {
            let mut changed = entries.clone();
            changed[index].content[at] ^= 1;
            let Ok(ofd) = try_open(zip_of(&changed)) else { continue };
            let examination = ofd.examine();
            let Some(signature) = examination.signatures.first() else {
                // The way from OFD.xml to the signature is broken: what was sealed is no longer, and cannot pass as such.
                assert_eq!(index_of(&entries, "OFD.xml"), index);
                continue;
            };
            let name = format!("/{}", String::from_utf8_lossy(&entry.name));
            let bad: Vec<_> = signature
                .references
                .iter()
                .filter(|reference| reference.outcome != ReferenceOutcome::Good)
                .map(|reference| (reference.file_ref.clone(), reference.outcome.clone()))
                .collect();
            assert_eq!(bad, [(name, ReferenceOutcome::Changed)], "byte {at}");
        }
    }
}

#[test]
fn any_byte_changed_in_the_file_is_seen() {
    let bytes = sealed(plain(), &request(&[stamp(1, 1.0)]));
    let reference = open(bytes.clone()).examine();
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        let Ok(ofd) = try_open(changed) else { continue };
        let examination = ofd.examine();
        let Some((signature, before)) = examination.signatures.first().zip(reference.signatures.first()) else {
            continue;
        };
        let same_content = signature.signature_xml == before.signature_xml
            && signature.signed_value == before.signed_value
            && signature.references == before.references
            && signature.seal == before.seal;
        if same_content {
            // What may change unseen is packaging: dates, versions, flags, checksums; no content.
            let content = |ofd: &eseal_ofd::Ofd| -> Vec<Result<Vec<u8>, Error>> {
                let package = ofd.package();
                package
                    .parts()
                    .filter(|part| !package.name(*part).ends_with("Signatures.xml"))
                    .map(|part| package.read(part))
                    .collect()
            };
            assert_eq!(content(&ofd), content(&open(bytes.clone())), "byte {at}");
        }
    }
}

fn index_of(entries: &[Entry], name: &str) -> usize {
    entries.iter().position(|entry| entry.name == name.as_bytes()).unwrap()
}
