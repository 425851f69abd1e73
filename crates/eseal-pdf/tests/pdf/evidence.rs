//! Evidence in the file: the document security store and document time stamps.

use std::{fs, process::Command, sync::Arc};

use eseal_bytes::{Assembly, ByteSource as _};
use eseal_gm::Hash;
use eseal_pdf::{Dss, LaterChange, Mark, SignatureVri, append_dss, append_dss_with_vri, prepare_time_stamp, vri_key};
use tempfile::TempDir;

use crate::support::*;

fn with_dss(bytes: &[u8], additions: &Dss) -> Option<Vec<u8>> {
    let segments = append_dss(&open(bytes), additions).unwrap()?;
    Some(Assembly::new(Arc::new(bytes.to_vec()), segments).unwrap().read_all(1 << 30).unwrap())
}

fn store(certificates: &[&[u8]], crls: &[&[u8]], ocsps: &[&[u8]]) -> Dss {
    let owned = |list: &[&[u8]]| list.iter().map(|value| value.to_vec()).collect();
    Dss { certificates: owned(certificates), crls: owned(crls), ocsps: owned(ocsps), ..Dss::default() }
}

#[test]
fn what_is_stored_reads_back_once_and_changes_nothing_that_was_signed() {
    let sealed = seal(&contract(), &[Mark::whole(place(1, 20.0, 20.0, 40.0))]);
    let first = with_dss(&sealed, &store(&[b"one", b"one", b"two"], &[b"list"], &[])).unwrap();
    assert!(first.starts_with(&sealed));
    assert_eq!(open(&first).dss().unwrap(), store(&[b"one", b"two"], &[b"list"], &[]));
    let second = with_dss(&first, &store(&[b"two", b"three"], &[b"list"], &[b"response"])).unwrap();
    assert_eq!(open(&second).dss().unwrap(), store(&[b"one", b"two", b"three"], &[b"list"], &[b"response"]));
    assert_eq!(with_dss(&second, &store(&[b"one"], &[b"list"], &[b"response"])), None);
    let signatures = open(&second).signatures().unwrap();
    assert_eq!(signatures[0].later_changes, [LaterChange::ValidationData]);
    assert!(signatures[0].is_well_framed());
    assert!(open(&contract()).dss().unwrap().is_empty());
}

fn with_vri(bytes: &[u8], additions: &Dss, entries: &[SignatureVri]) -> Option<Vec<u8>> {
    let segments = append_dss_with_vri(&open(bytes), additions, entries).unwrap()?;
    Some(Assembly::new(Arc::new(bytes.to_vec()), segments).unwrap().read_all(1 << 30).unwrap())
}

#[test]
fn each_signature_has_its_entry_in_vri_once_and_values_are_not_written_twice() {
    let sealed = seal(&contract(), &[Mark::whole(place(1, 20.0, 20.0, 40.0))]);
    let key = vri_key(&open(&sealed).signatures().unwrap()[0].contents);
    assert!(key.len() == 40 && key.chars().all(|digit| digit.is_ascii_digit() || digit.is_ascii_uppercase()));
    let all = store(&[b"one", b"two"], &[b"list"], &[]);
    let entry = |key: &str, values: Dss| SignatureVri { key: key.into(), values };
    let first = with_vri(&sealed, &all, &[entry(&key, store(&[b"two"], &[b"list"], &[]))]).unwrap();
    assert_eq!(open(&first).dss().unwrap(), Dss { vri: vec![key.clone()], ..all });
    // An entry that is there stays, another one refers to what the store has already and to what is new.
    let more = store(&[b"one", b"three"], &[], &[b"answer"]);
    let entries = [entry(&key, Dss::default()), entry("00AA", more.clone())];
    let second = with_vri(&first, &more, &entries).unwrap();
    let expected = store(&[b"one", b"two", b"three"], &[b"list"], &[b"answer"]);
    assert_eq!(open(&second).dss().unwrap(), Dss { vri: vec![key, "00AA".into()], ..expected });
    let text = String::from_utf8_lossy(&second).into_owned();
    for value in ["one", "two", "three", "answer"] {
        assert_eq!(text.matches(&format!("stream\n{value}\nendstream")).count(), 1, "{value}");
    }
    let written = text.rsplit_once("/00AA").unwrap().1;
    let (cert, ocsp) = (written.find("/Cert").unwrap(), written.find("/OCSP").unwrap());
    assert_eq!(written[cert..].split(']').next().unwrap().matches(" R").count(), 2);
    assert_eq!(written[ocsp..].split(']').next().unwrap().matches(" R").count(), 1);
    assert_eq!(with_vri(&second, &more, &entries), None);
    let signatures = open(&second).signatures().unwrap();
    assert_eq!(signatures[0].later_changes, [LaterChange::ValidationData]);
}

#[test]
fn values_that_only_vri_leads_to_are_read_and_broken_ones_are_said_to_be() {
    let file = append(
        &contract(),
        &[
            (1, "<</Type/Catalog/Pages 2 0 R/DSS 60 0 R>>"),
            (60, "<</Certs[61 0 R 61 0 R]/CRLs[99 0 R]/VRI<</ABCD<</Cert[61 0 R]/OCSP[62 0 R]>>>>>>"),
            (61, "<</Length 3>>\nstream\none\nendstream"),
            (62, "<</Length 3>>\nstream\ntwo\nendstream"),
        ],
    );
    let found = open(&file).dss().unwrap();
    let expected = Dss { vri: vec!["ABCD".into()], incomplete: true, ..store(&[b"one"], &[], &[b"two"]) };
    assert_eq!(found, expected);
}

#[test]
fn a_document_time_stamp_covers_everything_and_openssl_gives_the_token() {
    let sealed = seal(&contract(), &[Mark::whole(place(1, 20.0, 20.0, 40.0))]);
    let stored = with_dss(&sealed, &store(&[b"one"], &[], &[])).unwrap();
    for hash in [Hash::Sm3, Hash::Sha256] {
        let prepared = prepare_time_stamp(&open(&stored), hash, 8_000).unwrap();
        let file = finish(&stored, &prepared.update, b"\x30\x03\x02\x01\x05");
        let [_, first, second, rest] = prepared.update.byte_range.map(|number| usize::try_from(number).unwrap());
        let signed = [&file[..first], &file[second..second + rest]].concat();
        assert_eq!(second + rest, file.len());
        assert_eq!(prepared.imprint, hash.digest(&signed));
        let signatures = open(&file).signatures().unwrap();
        assert_eq!(signatures.iter().map(|one| one.is_time_stamp).collect::<Vec<_>>(), [false, true]);
        assert!(signatures[1].is_well_framed() && signatures[1].covers_whole_file);
        assert!(signatures[0].later_changes.iter().all(LaterChange::is_harmless), "{:?}", signatures[0].later_changes);
        assert!(signatures[1].placements.is_empty());
    }
}

const PYHANKO: &str = "
import sys
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_timestamp, DocumentSecurityStore
from pyhanko_certvalidator import ValidationContext
from pyhanko.keys import load_cert_from_pemder
reader = PdfFileReader(open(sys.argv[1], 'rb'))
root = load_cert_from_pemder(sys.argv[2])
context = ValidationContext(trust_roots=[root], allow_fetching=False)
stamp = reader.embedded_timestamp_signatures[0]
status = validate_pdf_timestamp(stamp, context)
print('stamp', status.intact, status.valid, status.coverage.name)
store = DocumentSecurityStore.read_dss(reader)
print('certificates', len(store.certs), 'vri', len(store.vri_entries))
";

#[test]
fn pyhanko_and_qpdf_understand_store_and_time_stamp() {
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let run = |program: &str, arguments: &[&str]| match Command::new(program).args(arguments).output() {
        Ok(output) => {
            let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
            Some((output.status.success(), said))
        }
        Err(_) => {
            println!("skipped: {program} is absent");
            None
        }
    };
    let (key, certificate) = (at("key"), at("certificate"));
    let new = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", &key, "-out", &certificate, "-days", "30"];
    let purpose = ["-subj", "/CN=tsa", "-addext", "extendedKeyUsage=critical,timeStamping"];
    let usage = ["-addext", "keyUsage=digitalSignature"];
    if run("openssl", &[&new[..], &purpose, &usage].concat()).is_none() {
        return;
    }
    let text = fs::read_to_string(&certificate).unwrap();
    use base64::Engine as _;
    let body: String = text.lines().filter(|line| !line.starts_with("-----")).collect();
    let der = base64::prelude::BASE64_STANDARD.decode(body).unwrap();
    // pyHanko stumbles over signature values that are none, so there is no seal.
    let entry = SignatureVri { key: vri_key(b"no signature of this file"), values: store(&[&der], &[], &[]) };
    let stored = with_vri(&contract(), &store(&[&der], &[], &[]), &[entry]).unwrap();
    let prepared = prepare_time_stamp(&open(&stored), Hash::Sha256, 8_000).unwrap();
    // OpenSSL is the authority.
    let imprint: String = prepared.imprint.iter().map(|byte| format!("{byte:02x}")).collect();
    let (question, answer, serial, config) = (at("question"), at("answer"), at("serial"), at("config"));
    fs::write(&serial, "01").unwrap();
    let settings = format!(
        "[tsa]\ndefault_tsa=one\n[one]\nserial={serial}\ncrypto_device=builtin\nsigner_cert={certificate}\nsigner_key={key}\nsigner_digest=sha256\ndefault_policy=1.2.3.4\ndigests=sha256\ness_cert_id_alg=sha256\n"
    );
    fs::write(&config, settings).unwrap();
    run("openssl", &["ts", "-query", "-digest", &imprint, "-sha256", "-cert", "-no_nonce", "-out", &question]);
    let made =
        run("openssl", &["ts", "-reply", "-config", &config, "-queryfile", &question, "-token_out", "-out", &answer]);
    let (good, said) = made.unwrap();
    assert!(good, "{said}");
    let file = finish(&stored, &prepared.update, &fs::read(&answer).unwrap());
    let path = at("stamped.pdf");
    fs::write(&path, &file).unwrap();
    if let Some((good, said)) = run("qpdf", &["--check", &path]) {
        assert!(good, "{said}");
    }
    let Some((_, said)) = run("python3", &["-c", PYHANKO, &path, &certificate]) else { return };
    if said.contains("ModuleNotFoundError") {
        println!("skipped: pyHanko is absent");
        return;
    }
    assert!(said.contains("stamp True True ENTIRE_FILE") && said.contains("certificates 1 vri 1"), "{said}");
}
