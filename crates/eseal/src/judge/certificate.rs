//! Judging a certificate (证书验证): chain, period, revocation, key usage.

use eseal_pki::{Certificate, Chain, PathReport, Revocation, Usage, UsageAnswer};

use super::{
    answer::{Answer, Checks},
    moment::Moment,
    trust::Trust,
};
use crate::{AnchorUse, CheckCode, Outcome, Policy, Recognised, SubIndication};

/// Whose certificate is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holder {
    /// 制章人.
    Maker,
    /// 签章人.
    Signer,
}

impl Holder {
    const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Maker => ("制章人证书", "the maker's certificate"),
            Self::Signer => ("签章人证书", "the signer's certificate"),
        }
    }

    const fn purpose(self) -> AnchorUse {
        match self {
            Self::Maker => AnchorUse::Maker,
            Self::Signer => AnchorUse::Signer,
        }
    }

    /// Chain, period, revocation, key usage.
    const fn codes(self) -> [CheckCode; 4] {
        match self {
            Self::Maker => [
                CheckCode::SealMakerCertChain,
                CheckCode::SealMakerCertPeriod,
                CheckCode::SealMakerCertRevocation,
                CheckCode::SealMakerCertKeyUsage,
            ],
            Self::Signer => [
                CheckCode::SignerCertChain,
                CheckCode::SignerCertPeriod,
                CheckCode::SignerCertRevocation,
                CheckCode::SignerCertKeyUsage,
            ],
        }
    }
}

/// Whom a certificate's chain leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Domain {
    pub(crate) region: String,
    pub(crate) recognised: Recognised,
    /// SM3 of the trusted certificate.
    pub(crate) anchor: Option<[u8; 32]>,
}

impl Domain {
    pub(crate) fn new(region: &str, own: bool) -> Self {
        let recognised = if own { Recognised::Issuer } else { Recognised::Partner };
        Self { region: region.to_owned(), recognised, anchor: None }
    }
}

impl Default for Domain {
    fn default() -> Self {
        Self { region: String::new(), recognised: Recognised::Unknown, anchor: None }
    }
}

/// Adds the four checks of a certificate (DER); one that is not there or cannot be read leaves them unknown.
pub(crate) fn check_certificate(
    holder: Holder,
    der: Option<&[u8]>,
    moment: &Moment,
    trust: &Trust<'_>,
    policy: &Policy,
    checks: &mut Checks,
) -> Domain {
    let (zh, en) = holder.names();
    let codes = holder.codes();
    let Some(path) = der.and_then(|der| trust.path(der, moment.at(), Usage::Sign)) else {
        let unknown = Answer::unknown(
            SubIndication::NoSigningCertificateFound,
            format!("没有可读取的{zh}"),
            format!("there is no readable certificate for {en}"),
        );
        codes.into_iter().for_each(|code| checks.add(code, unknown.clone()));
        return Domain::default();
    };
    let revocation = moment.check_revocation((zh, en), holder.purpose(), path.revocation(), policy);
    let own = path.links.first().map(|link| link.revocation);
    let revocation = match revocation.sub_indication {
        Some(SubIndication::RevokedNoPoe) if !matches!(own, Some(Revocation::Revoked { .. })) => {
            Answer { sub_indication: Some(SubIndication::RevokedCaNoPoe), ..revocation }
        }
        _ => revocation,
    };
    let domain = match path.chain {
        Chain::Trusted { anchor } => {
            trust.domain(anchor, holder.purpose()).map(|domain| Domain { anchor: trust.anchor_sm3(anchor), ..domain })
        }
        _ => None,
    };
    let answers =
        [chain(zh, en, &path, domain.is_some()), period(zh, en, &path, moment), revocation, usage(zh, en, &path)];
    for (code, answer) in codes.into_iter().zip(answers) {
        checks.add(code, answer);
    }
    domain.unwrap_or_default()
}

/// `is_for_this` is false if the trusted certificate is trusted for something else.
fn chain(zh: &str, en: &str, path: &PathReport, is_for_this: bool) -> Answer {
    let subjects = path.links.iter().map(|link| link.subject.as_str()).collect::<Vec<_>>().join(" < ");
    let answer = match path.chain {
        Chain::Trusted { .. } if !is_for_this => Answer::unknown(
            SubIndication::NoCertificateChainFound,
            format!("{zh}追溯到的根证书未被任何区域列为此用途"),
            format!("{en} leads to a certificate that no region trusts for this"),
        ),
        Chain::Trusted { .. } => {
            Answer::passed(format!("{zh}可追溯到受信任的根证书"), format!("{en} leads to a trusted certificate"))
        }
        Chain::NotFound => Answer::unknown(
            SubIndication::NoCertificateChainFound,
            format!("{zh}不能追溯到受信任的根证书"),
            format!("{en} leads to no trusted certificate"),
        ),
        Chain::SignatureBad => Answer::failed(
            SubIndication::CertificateChainGeneralFailure,
            format!("{zh}的证书链签名不正确"),
            format!("a signature in the chain of {en} is wrong"),
        ),
        Chain::Weak => Answer::unknown(
            SubIndication::CryptoConstraintsFailure,
            format!("{zh}的证书链使用了不安全的算法或密钥长度"),
            format!("the chain of {en} has an algorithm that is broken or a key that is too short"),
        ),
        Chain::Unsupported => Answer::unknown(
            SubIndication::CryptoConstraintsFailure,
            format!("{zh}的证书链使用了不支持的算法"),
            format!("the chain of {en} has an algorithm that is not supported"),
        ),
        Chain::TooComplex => Answer::unknown(
            SubIndication::CertificateChainGeneralFailure,
            format!("{zh}的证书链过于复杂"),
            format!("the chain of {en} is too complex"),
        ),
    };
    answer.with_evidence(subjects)
}

/// Every certificate of the path must be in its period; the worst answer counts.
fn period(zh: &str, en: &str, path: &PathReport, moment: &Moment) -> Answer {
    let answers = path.links.iter().enumerate().filter_map(|(position, link)| {
        let validity = Certificate::from_der(&link.der).ok()?.validity;
        let (zh, en) = if position == 0 {
            (zh.to_owned(), en.to_owned())
        } else {
            (format!("{zh}的上级证书"), format!("an issuer of {en}"))
        };
        Some(moment.check_period(&zh, &en, validity.not_before, validity.not_after))
    });
    let all: Vec<Answer> = answers.collect();
    let find = |outcome| all.iter().find(|answer| answer.outcome == outcome).cloned();
    find(Outcome::Failed).or_else(|| find(Outcome::Unknown)).or_else(|| all.first().cloned()).unwrap_or_else(|| {
        Answer::unknown(
            SubIndication::NoSigningCertificateFound,
            format!("{zh}没有有效期"),
            format!("{en} has no period"),
        )
    })
}

fn usage(zh: &str, en: &str, path: &PathReport) -> Answer {
    match path.usage() {
        UsageAnswer::Allowed => Answer::passed(format!("{zh}的密钥可用于签名"), format!("the key of {en} may sign")),
        UsageAnswer::NotAllowed(fault) => Answer::failed(
            SubIndication::ChainConstraintsFailure,
            format!("{zh}或其上级证书的密钥用途不符"),
            format!("{en} or an issuer of it may not be used so"),
        )
        .with_evidence(format!("{fault:?}")),
        UsageAnswer::Undecided => Answer::unknown(
            SubIndication::ChainConstraintsFailure,
            format!("{zh}含有无法识别的关键扩展"),
            format!("{en} has a critical extension that is not understood"),
        ),
    }
}
