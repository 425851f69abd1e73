//! Another program as verifier (外部验证程序): started for each file, without a shell, for a bounded time.

use std::{
    io::Read,
    path::Path,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use jiff::Timestamp;
use serde_json::Value;

use super::answer::Answer;

/// How long one file may take: files of the corpus are small.
const TIMEOUT: Duration = Duration::from_secs(60);
/// Most bytes of output that are read: a full report with pictures has some hundred KiB.
const OUTPUT_BYTES: u64 = 16 << 20;
/// How often a running verifier is looked at.
const PAUSE: Duration = Duration::from_millis(2);

/// Runs the command for one file.
pub(super) fn ask(command: &str, file: &Path, trust: &Path, at: Timestamp) -> Result<Answer> {
    let at = at.to_string();
    let words = words(command)?;
    let filled = words.iter().map(|word| {
        word.replace("{file}", &file.to_string_lossy())
            .replace("{trust}", &trust.to_string_lossy())
            .replace("{at}", &at)
    });
    let filled: Vec<String> = filled.collect();
    let Some((program, arguments)) = filled.split_first() else { bail!("the verifier's command is empty") };
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .with_context(|| format!("cannot start {program}"))?;
    let output = child.stdout.take().context("the verifier's output")?;
    let reader = thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = output.take(OUTPUT_BYTES).read_to_end(&mut bytes);
        bytes
    });
    let start = Instant::now();
    while child.try_wait()?.is_none() {
        if start.elapsed() > TIMEOUT {
            child.kill().context("a verifier that takes too long")?;
            child.wait()?;
            return Ok(Answer::refused());
        }
        thread::sleep(PAUSE);
    }
    let bytes = reader.join().ok().context("the verifier's output")?;
    Ok(serde_json::from_slice::<Value>(&bytes).map_or_else(|_| Answer::refused(), |printed| Answer::of_json(&printed)))
}

/// Words of a command; quotes keep blanks together.
fn words(command: &str) -> Result<Vec<String>> {
    let (mut all, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for c in command.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), c) => word.get_or_insert_default().push(c),
            (None, '"' | '\'') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, c) if c.is_whitespace() => all.extend(word.take()),
            (None, c) => word.get_or_insert_default().push(c),
        }
    }
    if quote.is_some() {
        bail!("a quote is not closed in {command}");
    }
    all.extend(word);
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_taken_apart_without_a_shell() {
        assert_eq!(words("verify '{file}' --x \"a b\"c ''").unwrap(), ["verify", "{file}", "--x", "a bc", ""]);
        assert!(words("verify '{file}").is_err());
    }
}
