//! The agent's policy (代理策略): which pages may speak with it, as the platform says.

use base64::{Engine, prelude::BASE64_STANDARD};
use eseal_gm::sm2::VerifyingKey;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::TicketError;

/// First line of every policy.
pub const POLICY_PREFIX: &[u8] = b"ESEAL-AGENT/1\n";
/// Most origins of a policy: all systems of a large city.
pub const ORIGINS_MAX: usize = 1_000;
/// Longest policy as text: a thousand origins of a line each, as base64.
const POLICY_BYTES: usize = 1 << 20;
const EXPECTED: &str = "agent policy";

/// 代理策略: signed by the platform's ticket key, and no ticket, because its first line is another.
///
/// ```text
/// policy = base64(text) "." base64(SM2 signature of the platform's ticket key over text, DER)
/// text   = "ESEAL-AGENT/1\n" ‖ JSON {"origins": [origin…], "issued": RFC 3339, "expires": RFC 3339}
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgentPolicy {
    /// 页面来源 that may call the agent: scheme, host and port, exactly as browsers send them.
    pub origins: Vec<String>,
    /// When it was made.
    pub issued: Timestamp,
    /// Last moment.
    pub expires: Timestamp,
}

impl AgentPolicy {
    /// The bytes that the platform's ticket key signs.
    ///
    /// # Errors
    /// [`TicketError::TooLong`]; [`TicketError::Shape`] for an origin that no browser would send.
    pub fn to_bytes(&self) -> Result<Vec<u8>, TicketError> {
        if self.origins.len() > ORIGINS_MAX {
            return Err(TicketError::TooLong);
        }
        if !self.origins.iter().all(|origin| is_origin(origin)) {
            return Err(TicketError::Shape { expected: "origin" });
        }
        let json = serde_json::to_vec(self).map_err(|_| TicketError::Shape { expected: EXPECTED })?;
        Ok([POLICY_PREFIX, &json].concat())
    }

    /// The policy as it travels: text and signature.
    #[must_use]
    pub fn assemble(text: &[u8], signature: &[u8]) -> String {
        format!("{}.{}", BASE64_STANDARD.encode(text), BASE64_STANDARD.encode(signature))
    }

    /// Reads a policy after checking its signature and its time.
    ///
    /// # Errors
    /// See [`TicketError`]; no page may speak with the agent then.
    pub fn verify(policy: &str, platform_key: &VerifyingKey, now: Timestamp) -> Result<Self, TicketError> {
        let shape = TicketError::Shape { expected: EXPECTED };
        if policy.len() > POLICY_BYTES {
            return Err(TicketError::TooLong);
        }
        let (text, signature) = policy.trim().split_once('.').ok_or(shape)?;
        let decode = |part: &str| BASE64_STANDARD.decode(part).map_err(|_| shape);
        let (text, signature) = (decode(text)?, decode(signature)?);
        let json = text.strip_prefix(POLICY_PREFIX).ok_or(shape)?;
        if !platform_key.verify(&text, &signature) {
            return Err(TicketError::WrongSignature);
        }
        let found: Self = serde_json::from_slice(json).map_err(|_| shape)?;
        if found.origins.len() > ORIGINS_MAX || !found.origins.iter().all(|origin| is_origin(origin)) {
            return Err(shape);
        }
        if found.expires < now || found.issued > now { Err(TicketError::Expired) } else { Ok(found) }
    }

    /// Whether a page may speak with the agent: byte for byte, no patterns.
    #[must_use]
    pub fn allows(&self, origin: &str) -> bool {
        self.origins.iter().any(|allowed| allowed == origin)
    }
}

/// `scheme://host[:port]` in lower case, and nothing behind; never `null`, which many pages share.
fn is_origin(origin: &str) -> bool {
    let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    host.is_some_and(|host| {
        (1..=255).contains(&host.len())
            && host.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' | b':' | b'[' | b']'))
    })
}

#[cfg(test)]
mod tests {
    use eseal_gm::sm2::SigningKey;

    use super::*;

    fn policy(origins: &[&str]) -> AgentPolicy {
        AgentPolicy {
            origins: origins.iter().map(|origin| (*origin).to_owned()).collect(),
            issued: Timestamp::UNIX_EPOCH,
            expires: Timestamp::UNIX_EPOCH + std::time::Duration::from_secs(60),
        }
    }

    #[test]
    fn a_policy_counts_under_the_platforms_key_and_in_its_time() {
        let (key, other) = (SigningKey::generate().unwrap(), SigningKey::generate().unwrap());
        let text = policy(&["https://a.example", "http://127.0.0.1:8080"]).to_bytes().unwrap();
        let signed = AgentPolicy::assemble(&text, &key.sign(&text));
        let at = |seconds| Timestamp::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
        let read = AgentPolicy::verify(&signed, key.verifying_key(), at(60)).unwrap();
        assert!(read.allows("https://a.example"));
        for origin in ["https://a.example:443", "http://a.example", "https://a.example/", "https://b.a.example", "null"]
        {
            assert!(!read.allows(origin), "{origin}");
        }
        assert_eq!(AgentPolicy::verify(&signed, key.verifying_key(), at(61)), Err(TicketError::Expired));
        assert_eq!(AgentPolicy::verify(&signed, other.verifying_key(), at(1)), Err(TicketError::WrongSignature));
        let altered = AgentPolicy::assemble(&[&text[..], b" "].concat(), &key.sign(&text));
        assert_eq!(AgentPolicy::verify(&altered, key.verifying_key(), at(1)), Err(TicketError::WrongSignature));
        assert!(AgentPolicy::verify("", key.verifying_key(), at(1)).is_err());
    }

    #[test]
    fn patterns_and_paths_are_no_origins() {
        for origin in
            ["*", "null", "https://*.example/", "HTTPS://A.EXAMPLE", "https://a.example/path", "https://", "a"]
        {
            assert!(policy(&[origin]).to_bytes().is_err(), "{origin}");
        }
    }
}
