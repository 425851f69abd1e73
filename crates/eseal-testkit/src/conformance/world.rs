//! Who takes part (测试集中的主体): the declared authority of the kit and some whom only the corpus needs.

use eseal_pki::issue::{Profile, RevokedEntry};
use jiff::Timestamp;

use super::regions::Region;
use crate::{ForeignKey, Party, Pki, days, now, party::serial, time};

const REVOKED_MAKER: u8 = 30;
const REVOKED_TSA: u8 = 31;
const REVOKED_SIGNER: u8 = 7;

/// Everybody of the corpus, and when it is judged.
pub struct ConformanceWorld {
    /// The declared authority.
    pub pki: Pki,
    /// When everything is judged.
    pub now: Timestamp,
    /// Makers that must not have made a seal.
    pub(super) revoked_maker: Party,
    pub(super) expired_maker: Party,
    pub(super) late_maker: Party,
    /// Authorities for time stamps that must not be believed.
    pub(super) revoked_tsa: Party,
    pub(super) expired_tsa: Party,
    pub(super) unknown_tsa: Party,
    /// Its certificate names the root, and its signature does not fit.
    pub(super) forged: Party,
    /// The root signed its certificate with an empty SM2 user ID, as OpenSSL does unless told otherwise.
    pub(super) empty_id: Party,
    /// Its certificate ended ten days ago.
    pub(super) just_expired: Party,
    /// An authority below the root of which nobody knows, a signer of it, and whom it lets answer for it.
    pub(super) lower: Party,
    pub(super) lower_signer: Party,
    pub(super) responder: Party,
    /// The own region and one that must be asked; the partner is that of the root.
    pub(super) home: Region,
    pub(super) asked: Region,
    /// Certificates of RSA, short RSA and ECDSA.
    foreign: [Vec<u8>; 3],
}

impl Default for ConformanceWorld {
    fn default() -> Self {
        Self::new()
    }
}

impl ConformanceWorld {
    /// Makes everybody.
    #[must_use]
    pub fn new() -> Self {
        let pki = Pki::new();
        let ending = |seed, name: &str, profile, end: Timestamp| {
            Party::issue(seed, name, profile, Some(&pki.root), |template| template.not_after = end)
        };
        let lower = Party::issue(60, "测试下级机构", Profile::Intermediate { path_len: 0 }, Some(&pki.root), |_| {});
        let below = |seed, name: &str, profile| Party::issue(seed, name, profile, Some(&lower), |_| {});
        Self {
            lower_signer: below(61, "44030000000061", Profile::Signer),
            responder: below(62, "测试状态响应者", Profile::OcspResponder),
            home: Region::new(70, "深圳"),
            asked: Region::new(75, "北京"),
            now: now(),
            revoked_maker: pki.issue(REVOKED_MAKER, "测试制章人二", Profile::SealMaker),
            revoked_tsa: pki.issue(REVOKED_TSA, "测试时间戳二", Profile::Tsa),
            expired_maker: ending(32, "测试制章人三", Profile::SealMaker, time("2025-12-31T23:59:59Z")),
            late_maker: Party::issue(33, "测试制章人四", Profile::SealMaker, Some(&pki.root), |template| {
                template.not_before = time("2040-01-01T00:00:00Z");
            }),
            expired_tsa: ending(34, "测试时间戳三", Profile::Tsa, time("2025-12-31T23:59:59Z")),
            unknown_tsa: Party::issue(35, "测试时间戳四", Profile::Tsa, None, |_| {}),
            forged: {
                let mut party = pki.issue(37, "44030000000009", Profile::Signer);
                if let Some(last) = party.certificate.last_mut() {
                    *last ^= 1;
                }
                party
            },
            empty_id: {
                let key = pki.root.key.clone().with_id(b"").expect("an ID of no bytes");
                let issuer = Party { key, certificate: pki.root.certificate.clone() };
                Party::issue(38, "44030000000010", Profile::Signer, Some(&issuer), |_| {})
            },
            just_expired: ending(36, "44030000000008", Profile::Signer, now() - days(10)),
            foreign: [
                ForeignKey::Rsa.certificate(50, "测试 RSA 签名人", &pki.root),
                ForeignKey::ShortRsa.certificate(51, "测试短 RSA 签名人", &pki.root),
                ForeignKey::Ecdsa.certificate(52, "测试 ECDSA 签名人", &pki.root),
            ],
            lower,
            pki,
        }
    }

    /// The certificate of a foreign key, issued by the root.
    pub(super) fn foreign(&self, key: ForeignKey) -> &[u8] {
        let [rsa, short, ecdsa] = &self.foreign;
        match key {
            ForeignKey::Rsa | ForeignKey::RsaPss => rsa,
            ForeignKey::ShortRsa => short,
            ForeignKey::Ecdsa => ecdsa,
        }
    }

    /// Two CRLs: as of a day before, with everybody who is revoked, each ten days before; and as of twelve days before,
    /// when a certificate that has expired since was still good.
    #[must_use]
    pub fn crls(&self) -> Vec<Vec<u8>> {
        vec![self.crl(), self.pki.crl_with(self.now - days(12), &[])]
    }

    fn crl(&self) -> Vec<u8> {
        let revoked: Vec<RevokedEntry> = [REVOKED_SIGNER, REVOKED_MAKER, REVOKED_TSA]
            .map(|seed| RevokedEntry { serial: serial(seed).into(), since: self.now - days(10), reason: Some(1) })
            .into();
        self.pki.crl_with(self.now - days(1), &revoked)
    }
}
