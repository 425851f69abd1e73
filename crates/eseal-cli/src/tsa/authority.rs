//! What the authority answers to a request (时间戳签发).

use std::path::Path;

use anyhow::{Context, Result, bail};
use eseal_gm::sm2::SigningKey;
use eseal_pki::{
    Certificate, is_weak,
    issue::{TokenTemplate, time_stamp_granted, time_stamp_rejected},
    time_stamp::{TimeStampFailure, TimeStampRequest},
};
use jiff::Timestamp;

use super::serials::Serials;
use crate::keys;

/// Longest nonce: others send eight or twenty bytes.
const NONCE_BYTES: usize = 64;

/// id-kp-timeStamping.
const TIME_STAMPING: &str = "1.3.6.1.5.5.7.3.8";

/// An authority with its key.
pub(crate) struct Authority {
    certificate: Vec<u8>,
    key: SigningKey,
    chain: Vec<Vec<u8>>,
    policy: Vec<u8>,
    accuracy_s: u32,
    serials: Serials,
}

/// Why a request gets no token.
struct Refusal(TimeStampFailure, &'static str);

impl Authority {
    /// An authority; its certificate must be for time stamps alone, and the key its own.
    pub(crate) fn new(
        certificate: Vec<u8>,
        key: SigningKey,
        chain: Vec<Vec<u8>>,
        policy: &str,
        accuracy_s: u32,
        serials: &Path,
    ) -> Result<Self> {
        let read = Certificate::from_der(&certificate).context("the certificate")?;
        if read.public_key.sm2() != Some(key.public_key().as_slice()) {
            bail!("the key does not belong to the certificate");
        }
        // RFC 3161, 2.3: one purpose, and critical.
        let for_time_stamps = eseal_asn1::oid::parse(TIME_STAMPING).context("the purpose of time stamps")?;
        if read.extensions.extended_key_usage != [&for_time_stamps[..]] {
            bail!("the certificate is not for time stamps alone");
        }
        let policy = eseal_asn1::oid::parse(policy).context("the policy is no OID")?;
        Ok(Self { certificate, key, chain, policy, accuracy_s, serials: Serials::open(serials)? })
    }

    /// The answer to a request: a `TimeStampResp`, whatever was sent.
    pub(crate) fn answer(&self, request: &[u8], now: Timestamp) -> Vec<u8> {
        match self.token(request, now) {
            Ok(Ok(token)) => time_stamp_granted(&token),
            Ok(Err(Refusal(failure, why))) => time_stamp_rejected(failure, why),
            Err(error) => {
                tracing::error!("No time stamp could be made: {error:#}");
                time_stamp_rejected(TimeStampFailure::SYSTEM_FAILURE, "the authority cannot sign now")
            }
        }
    }

    fn token(&self, request: &[u8], now: Timestamp) -> Result<std::result::Result<Vec<u8>, Refusal>> {
        let request = match self.accepted(request) {
            Ok(request) => request,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let certificate = Certificate::from_der(&self.certificate).context("the certificate")?;
        if now < certificate.validity.not_before || now > certificate.validity.not_after {
            return Ok(Err(Refusal(
                TimeStampFailure::TIME_NOT_AVAILABLE,
                "the time is outside the period of the authority's certificate",
            )));
        }
        let serial = self.serials.next()?;
        let at = Timestamp::from_second(now.as_second()).context("the time")?;
        let template = TokenTemplate {
            accuracy_s: Some(self.accuracy_s),
            ..TokenTemplate::for_request(&request, &self.policy, &serial, at)
        };
        let chain: Vec<&[u8]> = self.chain.iter().map(Vec::as_slice).collect();
        Ok(Ok(template.signed_by(&self.certificate, &chain, &|tbs| keys::sign(&self.key, tbs))?))
    }

    /// A request that may have a token.
    fn accepted<'a>(&self, request: &'a [u8]) -> std::result::Result<TimeStampRequest<'a>, Refusal> {
        let request = TimeStampRequest::from_der(request)
            .map_err(|_| Refusal(TimeStampFailure::BAD_DATA_FORMAT, "no TimeStampReq"))?;
        let Some(hash) = request.hash else {
            return Err(Refusal(TimeStampFailure::BAD_ALGORITHM, "the digest algorithm is not known"));
        };
        if is_weak(hash) {
            return Err(Refusal(TimeStampFailure::BAD_ALGORITHM, "the digest algorithm is broken"));
        }
        if !request.is_sound() {
            return Err(Refusal(TimeStampFailure::BAD_DATA_FORMAT, "the version or the length of the digest is wrong"));
        }
        if request.nonce.is_some_and(|nonce| nonce.len() > NONCE_BYTES) {
            return Err(Refusal(TimeStampFailure::BAD_REQUEST, "the nonce is too long"));
        }
        if request.has_extensions {
            return Err(Refusal(TimeStampFailure::UNACCEPTED_EXTENSION, "no extension is supported"));
        }
        if request.policy.is_some_and(|policy| policy != self.policy) {
            return Err(Refusal(TimeStampFailure::UNACCEPTED_POLICY, "only the authority's own policy is supported"));
        }
        Ok(request)
    }
}
