//! Makes `testdata/made` anew: sealed files and seals with their broken twins, and what each must be judged.
//!
//! Keys, names and times are the same every time; signature values are not, since nonces are drawn anew.

mod documents;
mod seals;

use std::{env, error::Error, fs, path::PathBuf};

use eseal_testkit::Pki;
use serde_json::{Value, json};

/// One file, and what it must be judged at [`eseal_testkit::now`].
struct Made {
    name: &'static str,
    bytes: Vec<u8>,
    /// `VALID`, `INVALID` or `INDETERMINATE`.
    conclusion: &'static str,
    /// What is special about it.
    note: &'static str,
}

/// Result of an example.
type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let folder = PathBuf::from(env::args().nth(1).ok_or("usage: vectors FOLDER")?);
    let pki = Pki::new();
    let mut made = seals::make(&pki);
    made.extend(documents::make(&pki)?);
    fs::create_dir_all(&folder)?;
    for file in &made {
        fs::write(folder.join(file.name), &file.bytes)?;
    }
    let files: Vec<Value> =
        made.iter().map(|file| json!({"file": file.name, "conclusion": file.conclusion, "note": file.note})).collect();
    let manifest = json!({"at": eseal_testkit::now().to_string(), "trust": "trust.json", "files": files});
    fs::write(folder.join("manifest.json"), serde_json::to_string_pretty(&manifest)? + "\n")?;
    fs::write(folder.join("trust.json"), serde_json::to_string_pretty(&trust(&pki))? + "\n")?;
    fs::write(folder.join("README.md"), include_str!("README.md"))?;
    println!("{}: {} files", folder.display(), made.len());
    Ok(())
}

/// Trust bundle of version 0: for development, unsigned.
fn trust(pki: &Pki) -> Value {
    use eseal_pki::pem::{CERTIFICATE, CRL, encode};
    json!({"version": 0, "anchors": [encode(CERTIFICATE, &pki.anchor())], "crls": [encode(CRL, &pki.crl())]})
}
