//! Policies by name or from a file (验证策略).

use std::path::Path;

use anyhow::{Context, Result};
use eseal::Policy;
use eseal_service::Config;

/// Largest file that is read as a policy: real ones have some hundred bytes.
const MAX_POLICY_BYTES: u64 = 1 << 20;

/// The policy of that name, or in that file: TOML if its name ends so, else JSON.
pub(super) fn read(text: &str, config: &Config) -> Result<Policy> {
    if let Some(policy) = config.policy(Some(text)) {
        return Ok(policy);
    }
    let path = Path::new(text);
    let size = std::fs::metadata(path).with_context(|| format!("no policy and no file {text}"))?.len();
    anyhow::ensure!(size <= MAX_POLICY_BYTES, "{text}: too large for a policy");
    let content = std::fs::read_to_string(path).with_context(|| text.to_owned())?;
    let policy = if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml")) {
        let policy: Policy = toml::from_str(&content).with_context(|| text.to_owned())?;
        policy.check().with_context(|| text.to_owned())?;
        policy
    } else {
        Policy::from_json(content.as_bytes()).with_context(|| text.to_owned())?
    };
    Ok(policy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_files_of_both_forms_are_read_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, content: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, content).unwrap();
            path.to_string_lossy().into_owned()
        };
        let config = Config::default();
        assert_eq!(read("default", &config).unwrap(), Policy::default());
        let json = file("a.json", r#"{"name":"archive","requireTimeStamp":true,"maxClockSkewS":60}"#);
        let toml = file("a.toml", "name = \"archive\"\nrequireTimeStamp = true\nmaxClockSkewS = 60\n");
        let expected =
            Policy { name: "archive".into(), require_time_stamp: true, max_clock_skew_s: 60, ..Policy::default() };
        assert_eq!(read(&json, &config).unwrap(), expected);
        assert_eq!(read(&toml, &config).unwrap(), expected);
        for wrong in ["nothing", &file("b.json", "[]"), &file("b.toml", "algorithms = [\"SM4\"]")] {
            assert!(read(wrong, &config).is_err(), "{wrong}");
        }
    }
}
