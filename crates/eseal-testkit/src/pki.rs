//! A certification authority with everybody that tests need (测试证书体系).

use eseal_pki::issue::{CrlTemplate, Profile, RevokedEntry};
use jiff::Timestamp;

use crate::{
    Party, SEAL_CODE, SealSpec,
    party::serial,
    times::{days, now, time},
};

/// Unified social credit code of the organisation of all certificates, invented.
pub const ORGANIZATION_CODE: &str = "91440300MA5DEMX122";
/// Its name.
pub const ORGANIZATION_NAME: &str = "深圳示范科技有限公司";

/// A certification authority with everybody that tests need (测试证书体系).
///
/// All certificates are issued by `root`, but for `stranger` and `impostor`.
#[derive(Clone)]
pub struct Pki {
    /// 根证书, the one anchor.
    pub root: Party,
    /// 制章人.
    pub maker: Party,
    /// 签章人, listed in [`Pki::seal`].
    pub signer: Party,
    /// Another signer, not listed in it.
    pub other: Party,
    /// 时间戳服务.
    pub tsa: Party,
    /// A signer whose certificate [`Pki::crl`] lists as revoked 10 days before [`now`].
    pub revoked: Party,
    /// A signer whose certificate ended with 2025.
    pub expired: Party,
    /// A signer whose certificate begins with 2040.
    pub not_yet: Party,
    /// Holder of an encryption certificate, which must not sign.
    pub encryption: Party,
    /// A phone.
    pub phone: Party,
    /// Its own issuer, known to nobody.
    pub stranger: Party,
    /// Says that it was issued by `root`, and was not.
    pub impostor: Party,
}

impl Default for Pki {
    fn default() -> Self {
        Self::new()
    }
}

impl Pki {
    /// Makes everybody.
    #[must_use]
    pub fn new() -> Self {
        let root = Party::issue(1, "测试根证书", Profile::Root, None, |_| {});
        let false_root = Party::issue(2, "测试根证书", Profile::Root, None, |_| {});
        let party = |seed, name: &str, profile| Party::issue(seed, name, profile, Some(&root), |_| {});
        Self {
            maker: party(3, "测试制章人", Profile::SealMaker),
            signer: party(4, SEAL_CODE, Profile::Signer),
            other: party(5, "44030000000002", Profile::Signer),
            tsa: party(6, "测试时间戳", Profile::Tsa),
            revoked: party(REVOKED, "44030000000003", Profile::Signer),
            encryption: party(8, "44030000000004", Profile::Encryption),
            phone: party(9, "测试手机", Profile::Phone),
            expired: Party::issue(10, "44030000000005", Profile::Signer, Some(&root), |template| {
                template.not_after = time("2025-12-31T23:59:59Z");
            }),
            not_yet: Party::issue(11, "44030000000006", Profile::Signer, Some(&root), |template| {
                template.not_before = time("2040-01-01T00:00:00Z");
            }),
            stranger: Party::issue(12, "44030000000007", Profile::Signer, None, |_| {}),
            impostor: Party::issue(13, SEAL_CODE, Profile::Signer, Some(&false_root), |_| {}),
            root,
        }
    }

    /// The trusted certificate, DER.
    #[must_use]
    pub fn anchor(&self) -> Vec<u8> {
        self.root.certificate.clone()
    }

    /// The root's CRL as of a day before [`now`], good for 30 days, with `revoked` in it.
    #[must_use]
    pub fn crl(&self) -> Vec<u8> {
        self.crl_at(now() - days(1))
    }

    /// The same CRL made at another time, for tests that run by the real clock.
    #[must_use]
    pub fn crl_at(&self, this_update: Timestamp) -> Vec<u8> {
        self.crl_with(
            this_update,
            &[RevokedEntry { serial: serial(REVOKED).into(), since: now() - days(10), reason: Some(1) }],
        )
    }

    /// A CRL of the root that lists exactly `revoked`.
    #[must_use]
    pub fn crl_with(&self, this_update: Timestamp, revoked: &[RevokedEntry]) -> Vec<u8> {
        let template = CrlTemplate { number: 1, this_update, next_update: this_update + days(30), revoked };
        self.root.issuing(|sign| template.issued_by(&self.root.certificate, sign))
    }

    /// Whatever else a test needs below the root; seeds from 20 on are free.
    #[must_use]
    pub fn issue(&self, seed: u8, common_name: &str, profile: Profile) -> Party {
        Party::issue(seed, common_name, profile, Some(&self.root), |_| {})
    }

    /// A seal that lists `signer`, valid from 2026 to 2030, with a picture, DER.
    #[must_use]
    pub fn seal(&self) -> Vec<u8> {
        self.seal_with(|_| {})
    }

    /// The same seal with something changed.
    #[must_use]
    pub fn seal_with(&self, change: impl FnOnce(&mut SealSpec)) -> Vec<u8> {
        let mut spec = SealSpec::of(&self.signer);
        change(&mut spec);
        spec.made_by(&self.maker)
    }
}

const REVOKED: u8 = 7;
