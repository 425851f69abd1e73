//! `cargo xtask bench`: our figures and those of peers from one run, as tables for `docs/zh/performance.md`.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::run::Command;

/// Figures by name.
type Figures = BTreeMap<String, f64>;

/// Measures everything and prints the tables.
pub(crate) fn run() -> Result<()> {
    Command::cargo(&["build", "--release", "--package", "eseal-cli"]).run()?;
    let ours = |subject: &str| -> Result<Figures> {
        let output = Command::cargo(&[
            "run",
            "--quiet",
            "--release",
            "--package",
            "eseal-cli",
            "--",
            "bench",
            subject,
            "--json",
        ])
        .output()?;
        figures(&output).with_context(|| format!("eseal bench {subject}"))
    };
    let (sm2, sm3) = (ours("sm2")?, ours("sm3")?);
    let openssl = openssl();
    println!("| SM2, SM3 | eseal | OpenSSL SM2 | OpenSSL P-256 |\n|---|---:|---:|---:|");
    let peer = |name: &str| openssl.get(name).map_or("—".to_owned(), |rate| number(*rate));
    println!("| sign/s | {} | {} | {} |", rate(&sm2, "sign"), peer("sm2_sign"), peer("p256_sign"));
    println!("| sign/s, batch of 32 | {} | | |", rate(&sm2, "sign_batch"));
    println!(
        "| verify/s, new key | {} | {} | {} |",
        rate(&sm2, "verify_cold"),
        peer("sm2_verify"),
        peer("p256_verify")
    );
    println!("| verify/s, key seen before | {} | | |", rate(&sm2, "verify_cached"));
    println!("| SM3 MB/s, one message | {} | {} | |", rate(&sm3, "one_mb_s"), peer("sm3_mb_s"));
    println!("| SM3 MB/s, many messages | {} | | |\n", rate(&sm3, "many_mb_s"));

    let (seal, verify) = (ours("seal")?, ours("verify")?);
    let python =
        Command::new("python3", &["xtask/peers/pyhanko_speed.py"]).output().and_then(|output| figures(&output));
    let python = python.unwrap_or_default();
    println!(
        "| files/s | eseal seal | pyHanko seal (RSA) | eseal verify | pyHanko verify (RSA) |\n|---|---:|---:|---:|---:|"
    );
    for name in ["ofd_2k", "ofd_100k", "pdf_100k", "pdf_10m"] {
        println!(
            "| {name} | {} | {} | {} | {} |",
            rate(&seal, name),
            rate(&python, &format!("seal_{name}")),
            rate(&verify, name),
            rate(&python, &format!("verify_{name}")),
        );
    }
    documents()?;
    let http = ours("http")?;
    println!("\n3-1 → 3-4 → 3-5: {} journeys/s, {} requests/s", rate(&http, "journeys"), rate(&http, "requests"));
    Ok(())
}

/// Drawing and converting beside poppler, MuPDF and LibreOffice started anew, on the same files.
fn documents() -> Result<()> {
    let folder = std::env::temp_dir().join(format!("eseal-bench-files-{}", std::process::id()));
    let path = |name: &str| folder.join(name).display().to_string();
    let ours = |subject: &str| -> Result<Figures> {
        let arguments = ["run", "--quiet", "--release", "--package", "eseal-cli", "--", "bench", subject, "--json"];
        let files = ["--files", folder.to_str().context("a folder's name")?];
        figures(&Command::cargo(&[&arguments[..], &files].concat()).output()?)
            .with_context(|| format!("eseal bench {subject}"))
    };
    let drawn = ours("render")?;
    let poppler = processor_seconds(&format!("pdftoppm -r 150 -png '{}' '{}'", path("pages.pdf"), path("poppler")));
    let mupdf =
        processor_seconds(&format!("mutool draw -q -r 150 -o '{}' '{}'", path("mupdf%d.png"), path("pages.pdf")));
    let count =
        std::fs::read_dir(&folder)?.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with("mupdf"));
    let count = f64::from(u32::try_from(count.count())?.max(1));
    let pages = |seconds: Option<f64>| seconds.map_or("—".to_owned(), |seconds| number(count / seconds));
    println!("\n| pages/s as PNG, 150 dpi | eseal | poppler | MuPDF |\n|---|---:|---:|---:|");
    println!("| PDF, text | {} | {} | {} |", rate(&drawn, "pdf"), pages(poppler), pages(mupdf));
    println!("| OFD, text | {} | — | — |", rate(&drawn, "ofd"));
    let easyofd = Command::new("python3", &["xtask/peers/easyofd_speed.py", &path("pages.ofd")]);
    let easyofd = easyofd.output().and_then(|output| figures(&output)).unwrap_or_default();
    println!("\n| OFD → PDF, documents/s | eseal | easyofd |\n|---|---:|---:|");
    println!("| ten pages of text | {} | {} |", rate(&drawn, "ofd_to_pdf"), rate(&easyofd, "ofd_to_pdf"));
    match ours("office") {
        Err(error) => println!("\noffice documents: {error:#}"),
        Ok(warm) => {
            println!("\n| ms a document | eseal, worker runs | soffice, started anew |\n|---|---:|---:|");
            for name in ["docx", "html"] {
                let profile = format!("-env:UserInstallation=file://{}", path("profile"));
                let command = ["--headless", profile.as_str(), "--convert-to", "pdf", "--outdir"];
                let (out, file) = (path("out"), path(&format!("office.{name}")));
                let start = std::time::Instant::now();
                let done = Command::new("soffice", &[&command[..], &[out.as_str(), file.as_str()]].concat()).output();
                let cold = done.map_or("—".to_owned(), |_| number(start.elapsed().as_secs_f64() * 1e3));
                println!("| {name} | {} | {cold} |", rate(&warm, &format!("{name}_ms")));
            }
            println!("\nThe first, with the start of a worker: {} ms", rate(&warm, "first_ms"));
        }
    }
    let _ = std::fs::remove_dir_all(folder);
    Ok(())
}

/// What a command of the shell uses, in processor time; none if it is not installed.
fn processor_seconds(command: &str) -> Option<f64> {
    let program = command.split(' ').next()?;
    let text = Command::new("sh", &["-c", &format!("command -v {program} >/dev/null && {command} >&2 && times")])
        .output()
        .ok()?;
    // The second line is of the children: user and system time, as 0m1.250s.
    let text = String::from_utf8_lossy(&text).into_owned();
    let of = |word: &str| -> Option<f64> {
        let (minutes, seconds) = word.trim_end_matches('s').split_once('m')?;
        Some(minutes.parse::<f64>().ok()? * 60.0 + seconds.parse::<f64>().ok()?)
    };
    text.lines().nth(1)?.split_whitespace().map(of).sum()
}

fn figures(output: &[u8]) -> Result<Figures> {
    let value: Value = serde_json::from_slice(output).context("no JSON")?;
    let object = value.as_object().context("no object")?;
    Ok(object.iter().filter_map(|(name, figure)| Some((name.clone(), figure.as_f64()?))).collect())
}

fn rate(figures: &Figures, name: &str) -> String {
    figures.get(name).map_or("—".to_owned(), |figure| number(*figure))
}

fn number(figure: f64) -> String {
    if figure < 100.0 { format!("{figure:.1}") } else { format!("{figure:.0}") }
}

/// `openssl speed`, as far as it is there and knows the algorithm.
fn openssl() -> Figures {
    let mut found = Figures::new();
    for (name, algorithm) in [("sm2", "sm2"), ("p256", "ecdsap256")] {
        let text = speed(&["speed", "-seconds", "2", "-mr", algorithm]);
        // "+F4:number:bits:seconds a signature:seconds a verification", SM2 as +F7.
        let line = text.lines().rfind(|line| line.starts_with("+F4:") || line.starts_with("+F7:"));
        let parts: Vec<f64> = line.unwrap_or_default().split(':').filter_map(|part| part.parse().ok()).collect();
        if let [.., sign, verify] = parts[..] {
            found.insert(format!("{name}_sign"), if sign < 1.0 { 1.0 / sign } else { sign });
            found.insert(format!("{name}_verify"), if verify < 1.0 { 1.0 / verify } else { verify });
        }
    }
    let text = speed(&["speed", "-seconds", "2", "-bytes", "1048576", "-mr", "-evp", "sm3"]);
    let line = text.lines().rfind(|line| line.starts_with("+F:"));
    if let Some(bytes) = line.and_then(|line| line.rsplit(':').next()).and_then(|bytes| bytes.parse::<f64>().ok()) {
        found.insert("sm3_mb_s".into(), bytes / 1e6);
    }
    found
}

fn speed(arguments: &[&str]) -> String {
    Command::new("openssl", arguments)
        .output()
        .map(|output| String::from_utf8_lossy(&output).into_owned())
        .unwrap_or_default()
}
