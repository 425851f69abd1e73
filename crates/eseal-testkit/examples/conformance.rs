//! Makes `testdata/conformance` anew: the conformance corpus with its manifest and trust bundle, the same bytes every
//! time.

use std::{collections::BTreeSet, env, error::Error, fs, path::PathBuf};

use eseal_pki::pem::{CERTIFICATE, CRL, encode};
use eseal_testkit::conformance::{Class, ConformanceWorld, REGIONS, cases, manifest};
use serde_json::json;

/// What the folder says of itself.
const README: &str = "# Conformance corpus 符合性测试集

Made by `cargo xtask vectors` (the example `conformance` of `eseal-testkit`), the same bytes every time. All synthetic:
invented names, no real body, no real seal. Everybody knows the keys: never trust `trust.json` or
`regions.json` anywhere.

`manifest.json` says what each file must be judged; see `docs/zh/conformance/suite.md` or `docs/en/conformance/suite.md`.
";

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(env::args().nth(1).ok_or("usage: conformance FOLDER")?);
    let world = ConformanceWorld::new();
    let cases = cases(&world);
    fs::create_dir_all(&folder)?;
    let kept: BTreeSet<String> = cases.iter().map(eseal_testkit::conformance::Case::file).collect();
    for entry in fs::read_dir(&folder)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let is_ours = ["pdf", "ofd", "esl"].iter().any(|extension| name.ends_with(extension));
        if is_ours && !kept.contains(name) {
            fs::remove_file(&path)?;
        }
    }
    for case in &cases {
        fs::write(folder.join(case.file()), &case.bytes)?;
    }
    let crls: Vec<String> = world.crls().iter().map(|crl| encode(CRL, crl)).collect();
    let trust = json!({"version": 0, "anchors": [encode(CERTIFICATE, &world.pki.anchor())], "crls": crls});
    fs::write(folder.join("trust.json"), serde_json::to_string_pretty(&trust)? + "\n")?;
    fs::write(folder.join(REGIONS), serde_json::to_string_pretty(&world.regions())? + "\n")?;
    fs::write(folder.join("manifest.json"), serde_json::to_string_pretty(&manifest(&world, &cases))? + "\n")?;
    fs::write(folder.join("README.md"), README)?;
    let twins = cases.iter().filter(|case| case.class == Class::Twin).count();
    println!("{}: {} good files, {twins} broken twins", folder.display(), cases.len() - twins);
    Ok(())
}
