//! First inputs (种子): the project's own files and the shared corpus, if it is there, taken apart for each target.

use std::{fs, io, path::Path, sync::Arc};

use eseal_ofd::{Limits, Ofd};

/// Larger files teach the fuzzer nothing but patience.
const MAX_BYTES: u64 = 64 << 10;
/// One of so many files of the conformance corpus is taken.
const SPARSE: usize = 7;
/// Where files are looked for, from this folder.
const FOLDERS: [&str; 4] = [
    "../testdata",
    "../crates/eseal-ses/testdata",
    "../crates/eseal-picture/tests/picture/golden",
    "../../shared/corpus",
];
/// A responder that did not answer, and a request about no certificate.
const OCSP_TRY_LATER: &[u8] = &[0x30, 3, 0x0A, 1, 3];
const OCSP_REQUEST: &[u8] = &[0x30, 4, 0x30, 2, 0x30, 0];
const REQUESTS: [&str; 8] = [
    r#"{"reqId":"1","content":{"systemID":"A","organizationCode":"914403001922038216","grantCode":"g","page":"1","pageSize":10}}"#,
    r#"{"content":{"systemID":"A","grantCode":"g","file":{"fileB64":"QQ==","fileType":"TXT"},"targetType":"PDF","async":true}}"#,
    r#"{"content":{"systemID":"A","qrId":"0123456789abcdef0123456789abcdef","pollToken":"t","waitSeconds":"25"}}"#,
    r#"{"content":{"systemID":"A","sealDataList":[{"sealCode":"1","fileStr":"QQ==","fileType":"PDF","ruleType":"1","rectangleRule":{"page":"1-3,5","left":"10","bottom":20}}]}}"#,
    r#"{"content":{"systemID":"A","sealDataList":[{"sealType":"01","dataHash":"QQ==","propertyInfo":"x","rules":[{"ruleType":"keyword","keywordRule":{"keyword":"盖章","keywordNum":1}},{"acrossRule":{"side":"right"}}]}]}}"#,
    r#"{"content":{"systemID":"A","algo":"SM3withSM2","dataType":"HASH","sealDataList":[{"fileUniqueId":"0123456789abcdef0123456789abcdef","data":"QQ=="}]}}"#,
    r#"{"content":{"systemID":"A","signTaskId":"0123456789abcdef0123456789abcdef","as":"fileId"}}"#,
    r#"{"content":{"file":{"fileId":"0123456789abcdef0123456789abcdef"},"level":"full","at":"2026-01-01T00:00:00+08:00"}}"#,
];

/// What pictures of seals may have, and some of what they may not.
const PICTURES: [&str; 5] = [
    r##"<svg xmlns="http://www.w3.org/2000/svg" width="42mm" height="42mm" viewBox="0 0 42 42"><circle cx="21" cy="21" r="20" fill="none" stroke="#e60012" stroke-width="1.2" stroke-dasharray="3 1"/><path d="M10 10h20v20z" fill="#e60012" fill-opacity="0.5" transform="rotate(9 21 21)"/></svg>"##,
    r##"<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20"><defs><clipPath id="c"><rect width="9" height="9"/></clipPath><g id="u"><ellipse cx="5" cy="6" rx="3" ry="2"/></g></defs><g clip-path="url(#c)" opacity=".4"><use href="#u" x="2"/><polygon points="1,1 9,2 4,8"/></g></svg>"##,
    r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><linearGradient id="g"><stop offset="0" stop-color="red"/><stop offset="1" stop-color="blue"/></linearGradient><path style="fill:url(#g);fill-rule:evenodd" d="M1 1Q2 8 8 8T3 2A3 2 30 0 1 1 1z"/></svg>"##,
    r##"<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><style>.a{fill:#c00}</style><polyline class="a" points="0 0 9 0 9 9"/><line x1="0" x2="9" y1="1" y2="1" stroke="red" stroke-linecap="round"/></svg>"##,
    r##"<!DOCTYPE svg [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text>&b;</text><image href="file:///etc/hostname"/></svg>"##,
];

/// Fills `folder` with a folder of seeds for each target.
pub(crate) fn write(folder: &Path) -> io::Result<()> {
    let mut seeds = Seeds { folder, count: 0 };
    for (name, _) in crate::TARGETS {
        fs::create_dir_all(folder.join(name))?;
    }
    for request in REQUESTS {
        seeds.add("request", request.as_bytes())?;
    }
    seeds.add("keyword", &[&[6][..], "盖章".as_bytes(), &[10, 100, 0xD8, 14, 100, 0xE0, 10, 20, b'a']].concat())?;
    for picture in PICTURES {
        seeds.add("svg", picture.as_bytes())?;
    }
    seeds.add("sm2_differential", &[7; 193])?;
    seeds.add("ocsp", OCSP_TRY_LATER)?;
    seeds.add("ocsp_request", OCSP_REQUEST)?;
    for folder in FOLDERS {
        seeds.walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder))?;
    }
    println!("{} seeds", seeds.count);
    Ok(())
}

struct Seeds<'a> {
    folder: &'a Path,
    count: usize,
}

impl Seeds<'_> {
    fn walk(&mut self, folder: &Path) -> io::Result<()> {
        let Ok(entries) = fs::read_dir(folder) else { return Ok(()) }; // not there: not everybody has it
        let mut entries = entries.collect::<io::Result<Vec<_>>>()?;
        entries.sort_by_key(fs::DirEntry::path);
        // The conformance corpus is large, and its files are much alike.
        let step = if folder.ends_with("conformance") { SPARSE } else { 1 };
        for entry in entries.into_iter().step_by(step) {
            let (path, metadata) = (entry.path(), entry.metadata()?);
            if metadata.is_dir() {
                self.walk(&path)?;
            } else if metadata.len() <= MAX_BYTES {
                let extension =
                    path.extension().and_then(|name| name.to_str()).unwrap_or_default().to_ascii_lowercase();
                self.file(&extension, fs::read(&path)?)?;
            }
        }
        Ok(())
    }

    fn file(&mut self, extension: &str, bytes: Vec<u8>) -> io::Result<()> {
        match extension {
            "pdf" => {
                self.add("pdf", &bytes)?;
                self.add("document", &bytes)
            }
            "ofd" => {
                self.add("ofd", &bytes)?;
                self.add("document", &bytes)?;
                self.parts(bytes)
            }
            "esl" => self.der("seal", &bytes),
            "dat" | "der" => {
                self.der("signed_data", &bytes)?;
                self.der("time_stamp", &bytes)?;
                self.der("seal_signature", &bytes)
            }
            "xml" => self.add("ofd_xml", &bytes),
            "svg" => self.add("svg", &bytes),
            "ors" => self.der("ocsp", &bytes),
            "orq" => self.der("ocsp_request", &bytes),
            "cer" | "crt" | "crl" | "pem" | "json" => self.pem(&bytes),
            _ => Ok(()),
        }
    }

    /// Seals, signature values and XML of a package.
    fn parts(&mut self, package: Vec<u8>) -> io::Result<()> {
        let Ok(ofd) = Ofd::open(Arc::new(package), &Limits::default()) else { return Ok(()) };
        let parts: Vec<_> = ofd.package().parts().collect();
        for part in parts {
            let name = ofd.package().name(part).to_ascii_lowercase();
            let extension = name.rsplit('.').next().unwrap_or_default().to_owned();
            if let (true, Ok(bytes)) = (matches!(extension.as_str(), "esl" | "dat" | "xml"), ofd.package().read(part)) {
                self.file(&extension, bytes)?;
            }
        }
        Ok(())
    }

    /// Certificates and lists, DER or PEM, also inside of JSON.
    fn pem(&mut self, bytes: &[u8]) -> io::Result<()> {
        if bytes.first() == Some(&0x30) {
            return self.der("certificate", bytes);
        }
        let text = String::from_utf8_lossy(bytes).replace("\\n", "\n");
        for block in eseal_pki::pem::decode(&text).unwrap_or_default() {
            let target = if block.label.contains("CRL") { "crl" } else { "certificate" };
            self.der(target, &block.der)?;
        }
        Ok(())
    }

    fn der(&mut self, target: &str, bytes: &[u8]) -> io::Result<()> {
        self.add("asn1", bytes)?;
        self.add(target, bytes)
    }

    fn add(&mut self, target: &str, bytes: &[u8]) -> io::Result<()> {
        self.count += 1;
        fs::write(self.folder.join(target).join(format!("seed-{:04}", self.count)), bytes)
    }
}
