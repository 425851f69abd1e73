//! What a conclusion means and what to do (这意味着什么，该怎么办): one row a conclusion, one a sub-indication.

use eseal::{Check, CheckCode, Conclusion, Outcome, SubIndication};

use super::Both;

/// What something means for the reader, and what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Advice {
    /// 这意味着什么.
    pub meaning: Both,
    /// 该怎么办.
    pub action: Both,
}

const fn advice(meaning: (&'static str, &'static str), action: (&'static str, &'static str)) -> Advice {
    Advice { meaning: Both::of(meaning.0, meaning.1), action: Both::of(action.0, action.1) }
}

/// Advice for a conclusion as such.
#[must_use]
pub const fn conclusion_advice(conclusion: Conclusion) -> Advice {
    match conclusion {
        Conclusion::Valid => advice(
            (
                "签章是真实的，签章人可信，签章之后文件显示的内容没有被改动。",
                "The signatures are genuine, the signers are trusted, and what the file shows was not changed after it was signed.",
            ),
            (
                "可以按已签章的文件使用。本报告证明的是签名与内容，不代替对文件内容本身的审查；请连同原始电子文件一起保存，打印件没有签名效力。",
                "The file may be used as a signed one. This report proves signature and content, not that the content is right; keep the original electronic file, a printout carries no signature.",
            ),
        ),
        Conclusion::Invalid => advice(
            (
                "至少有一项检查不通过：文件被改动过，或者签章、印章、证书有问题。不能当作有效的签章文件。",
                "At least one check failed: the file was changed, or something is wrong with the signature, the seal or a certificate. It is not validly signed.",
            ),
            (
                "不要据此办理业务。请向签章单位索取原始文件重新验证；如怀疑伪造，请保留本文件与本报告。",
                "Do not rely on it. Ask the signer for the original file and verify that; if you suspect a forgery, keep this file and this report.",
            ),
        ),
        Conclusion::Indeterminate => advice(
            (
                "没有发现错误，但有必需的内容无法确认。这不等于无效，也不等于有效。",
                "Nothing is known to be wrong, but something that is required could not be confirmed. That is neither invalid nor valid.",
            ),
            (
                "在缺少的内容补齐之前不要当作有效。下面写明缺什么；补齐后用同一文件重新验证。",
                "Do not treat it as valid until what is missing is supplied. It is named below; then verify the same file again.",
            ),
        ),
    }
}

/// Advice for a conclusion on a seal by itself.
pub(crate) const fn seal_conclusion_advice(conclusion: Conclusion) -> Advice {
    match conclusion {
        Conclusion::Valid => advice(
            (
                "印章由受信任的制章人制作，未被改动，在有效期内。",
                "The seal was made by a trusted maker, is unchanged and within its validity.",
            ),
            (
                "可以按真实的印章登记或使用。本报告只说明印章本身；盖了章的文件要另行验证。",
                "It may be registered or used as a genuine seal. This report is on the seal alone: verify a sealed file by itself.",
            ),
        ),
        Conclusion::Invalid => advice(
            (
                "至少有一项检查不通过：印章被改动过、已失效，或制章人的证书有问题。",
                "At least one check failed: the seal was changed, is not in force, or something is wrong with its maker's certificate.",
            ),
            (
                "不要使用或登记这枚印章。请向制章单位核实；如怀疑伪造，请保留本文件与本报告。",
                "Neither use nor register this seal. Ask its maker; if you suspect a forgery, keep this file and this report.",
            ),
        ),
        Conclusion::Indeterminate => advice(
            (
                "没有发现错误，但有必需的内容无法确认。这不等于无效，也不等于有效。",
                "Nothing is known to be wrong, but something that is required could not be confirmed. That is neither invalid nor valid.",
            ),
            (
                "在缺少的内容补齐之前不要使用这枚印章。下面写明缺什么；补齐后重新验证。",
                "Do not use this seal until what is missing is supplied. It is named below; then verify it again.",
            ),
        ),
    }
}

/// Advice for what decided: the sub-indication, or more exactly the first check that did not pass, where one
/// sub-indication has several reasons.
pub(crate) fn deciding_advice(sub: Option<SubIndication>, checks: &[Check]) -> Option<Advice> {
    let first = |outcome| checks.iter().find(|check| check.outcome == outcome).map(|check| check.code);
    match (sub?, first(Outcome::Failed).or_else(|| first(Outcome::Unknown))) {
        (SubIndication::SigConstraintsFailure, Some(CheckCode::PdfLaterChanges)) => Some(advice(
            (
                "签章本身成立，但签章之后文件又被增加或改动了签章人没有签过的内容；现在看到的可能不是签章时的文件。",
                "The signature as such holds, but something that the signer never signed was added to the file or changed in it afterwards: what is shown now may not be what was sealed.",
            ),
            (
                "不要使用本文件。下面列出改动之处；请向签章单位索取签章时的原始文件，重新验证。",
                "Do not use this file. The changes are listed below; ask the signer for the file as it was sealed, and verify that.",
            ),
        )),
        (_, Some(CheckCode::RegionAccepts)) => Some(advice(
            (
                "印章所属区域不认可这里所用的签章结构、算法或证书颁发机构；这不表示签名有错。",
                "The region of the seal does not accept the structure, the algorithm or the authority that is used here, which does not make the signature wrong.",
            ),
            (
                "请签章单位按该区域的规定重新签章；对规定有疑问的，向信任列表的运营者核实。",
                "Ask the signer to sign again by the rules of that region; ask the operator of the trust list where the rules are in doubt.",
            ),
        )),
        (sub, _) => sub_indication_advice(sub),
    }
}

/// Advice for a sub-indication.
#[must_use]
pub const fn sub_indication_advice(sub: SubIndication) -> Option<Advice> {
    Some(match sub {
        SubIndication::FormatFailure => advice(
            (
                "签章或印章的数据不符合格式，或文件中的签名清单读不出来。",
                "The data of the signature or the seal is not well-formed, or the list of signatures cannot be read.",
            ),
            (
                "文件可能在传输中损坏：请重新获取原始文件。仍然如此时，请联系签章软件的提供方。",
                "The file may have been damaged on its way: get the original again. If it stays so, ask the vendor of the signing software.",
            ),
        ),
        SubIndication::HashFailure => advice(
            (
                "文件内容与签章时不同：签章之后被改动过。",
                "The content is not the one that was signed: it was changed afterwards.",
            ),
            (
                "不要使用本文件。请向签章单位索取未经改动（也未经另存、压缩、转换）的原始文件。",
                "Do not use this file. Ask the signer for the original, neither edited nor saved again, compressed or converted.",
            ),
        ),
        SubIndication::SigCryptoFailure => advice(
            (
                "签名值与签名人的证书对不上：签名是伪造的，或数据被改动。",
                "The signature value does not fit the certificate: it is forged, or the data was changed.",
            ),
            (
                "按伪造对待：不要使用，保留文件，并通知被冒用的单位。",
                "Treat it as a forgery: do not use it, keep the file, and tell the body whose name it bears.",
            ),
        ),
        SubIndication::SigConstraintsFailure => advice(
            (
                "签名本身成立，但不满足规则：例如签章人无权使用该印章，或签章之后有不允许的改动。",
                "The signature as such holds, but a rule is broken: the signer may not use the seal, for instance, or what was added later is not allowed.",
            ),
            (
                "不要据此办理业务；请签章单位说明，必要时用有权使用该印章的证书重新签章。",
                "Do not rely on it; ask the signer to explain and, if need be, to sign again with a certificate that may use the seal.",
            ),
        ),
        SubIndication::ChainConstraintsFailure => advice(
            (
                "证书链不满足要求：例如证书不允许用于签名，或中间一级不是证书认证机构。",
                "The certificate path breaks a rule: a certificate may not be used for signing, for instance, or an issuer is no authority.",
            ),
            (
                "不要据此办理业务；请签章单位换用合格的证书重新签章。",
                "Do not rely on it; ask the signer to sign again with a proper certificate.",
            ),
        ),
        SubIndication::CertificateChainGeneralFailure => advice(
            (
                "证书链本身有错：某一级证书上的签名与其颁发者不符，或者证书链过于复杂。",
                "The certificate path itself is wrong: a signature on the way does not fit its issuer, or the path is too complex.",
            ),
            (
                "按伪造对待：不要使用，并向证书上写明的颁发机构核实。",
                "Treat it as a forgery: do not use it, and ask the authority that the certificate names.",
            ),
        ),
        SubIndication::CryptoConstraintsFailure => advice(
            (
                "使用了已不安全的算法或过短的密钥，其签名不能作为证明。",
                "An algorithm that is no longer safe, or too short a key, was used; such a signature proves nothing.",
            ),
            (
                "请签章单位用国密或其他安全的算法重新签章；老文件可另找证明其存在时间的证据。",
                "Ask the signer to sign again with SM2 or another safe algorithm; for old files look for other proof of when they existed.",
            ),
        ),
        SubIndication::NoCertificateChainFound => advice(
            (
                "从证书找不到通向受信任机构的路：颁发者不在本次使用的信任列表中，或缺少中间证书。",
                "No path leads from the certificate to a trusted authority: its issuer is not in the trust list that was used, or an intermediate certificate is missing.",
            ),
            (
                "核实颁发机构后，把它的根证书加入信任列表（--trust）或补上中间证书，再验证一次。只看名称不能证明身份。",
                "Make sure who the issuer is, add its root to the trust list (--trust) or supply the intermediate certificate, and verify again. A name alone proves nobody's identity.",
            ),
        ),
        SubIndication::NoSigningCertificateFound => advice(
            (
                "签名中没有可用的签名人证书，无法知道是谁签的。",
                "There is no usable certificate of the signer, so who signed is not known.",
            ),
            (
                "请签章单位提供签名证书，或用带证书的格式重新签章。",
                "Ask the signer for the certificate, or to sign again in a form that carries it.",
            ),
        ),
        SubIndication::Revoked => advice(
            (
                "签章之前证书已被吊销：签名时已无权签名。",
                "The certificate had been revoked before the signature was made.",
            ),
            (
                "不要使用；请签章单位用有效证书重新签章，并查明原证书为何被吊销。",
                "Do not use it; ask the signer to sign again with a valid certificate, and find out why the old one was revoked.",
            ),
        ),
        SubIndication::RevokedNoPoe => advice(
            (
                "证书现在已被吊销，又没有证据证明签章是在吊销之前作出的。",
                "The certificate is revoked now, and nothing proves that the signature was made before.",
            ),
            (
                "请提供时间证明：时间戳，或受信任的用印日志中的记录；没有时请重新签章。",
                "Supply proof of time: a time stamp, or an entry in a trusted seal-use log; without it, have the file signed again.",
            ),
        ),
        SubIndication::RevokedCaNoPoe => advice(
            (
                "颁发证书的机构的证书现在已被吊销，又没有证据证明签章是在吊销之前作出的。",
                "The certificate of an authority on the path is revoked now, and nothing proves that the signature was made before.",
            ),
            (
                "请提供时间证明：时间戳，或受信任的用印日志中的记录；没有时请换用其他机构的证书重新签章。",
                "Supply proof of time: a time stamp, or an entry in a trusted seal-use log; without it, have the file signed again with a certificate of another authority.",
            ),
        ),
        SubIndication::Expired => advice(
            ("签章时证书或印章已过有效期。", "The certificate or the seal had expired when the signature was made."),
            (
                "请签章单位更新证书或印章后重新签章。",
                "Ask the signer to renew the certificate or the seal and to sign again.",
            ),
        ),
        SubIndication::NotYetValid => advice(
            (
                "签章时间早于证书或印章的有效期，或晚于现在：时间不合理。",
                "The signing time lies before the validity of the certificate or seal, or in the future.",
            ),
            (
                "请签章单位检查其时钟，并用有效的证书和印章重新签章。",
                "Ask the signer to check the clock, and to sign again with a valid certificate and seal.",
            ),
        ),
        SubIndication::OutOfBoundsNoPoe => advice(
            (
                "按声称的签章时间当时有效，但证书或印章现在已过期，又没有证据证明签章确实在那时作出。",
                "At the claimed time all was in its period, but the certificate or the seal has expired since, and nothing proves that the signature was made then.",
            ),
            (
                "请提供时间证明：时间戳，或受信任的用印日志中的记录。以后签章请一并加盖时间戳。",
                "Supply proof of time: a time stamp, or an entry in a trusted seal-use log. Have future signatures time-stamped.",
            ),
        ),
        SubIndication::NoPoe => advice(
            (
                "所用策略要求证明签章时间，而没有可信的时间戳或用印日志记录。",
                "The policy that was used asks for proof of the signing time, and there is neither a good time stamp nor an entry of a trusted log.",
            ),
            (
                "请提供时间戳或用印日志中的记录；或换用不要求时间证明的策略。",
                "Supply a time stamp or an entry of the seal-use log, or use a policy that does not ask for it.",
            ),
        ),
        SubIndication::TimestampOrderFailure => advice(
            (
                "时间戳的先后不合理：它所写的时间晚于已知它存在的时间。",
                "The order of time stamps is impossible: one states a time later than that by which it is known to exist.",
            ),
            (
                "不要依据该时间戳；请检查本机时钟，并向时间戳服务核实。",
                "Do not rely on this time stamp; check the clock here, and ask the time-stamp authority.",
            ),
        ),
        SubIndication::TryLater => advice(
            (
                "没有得到证书吊销状态：没有吊销列表（CRL）、在线应答（OCSP），或它们不够新。",
                "Whether a certificate is revoked could not be learnt: no CRL or OCSP answer, or none that is recent enough.",
            ),
            (
                "联网后重试，或把最新的吊销列表放进信任文件再验证。",
                "Try again with a network, or put a recent CRL into the trust file.",
            ),
        ),
        SubIndication::SignedDataNotFound => advice(
            (
                "签名所保护的内容在文件中找不到，或其范围不完整。",
                "What the signature protects is not in the file, or its range is not whole.",
            ),
            ("请重新获取完整的原始文件。", "Get the complete original file again."),
        ),
        SubIndication::NoSignatureFound => advice(
            (
                "文件可以读，但里面没有任何电子签章或签名。页面上看到的印章只是图片。",
                "The file can be read, but holds no electronic signature at all. A seal that is seen on a page is only a picture.",
            ),
            (
                "请向出具单位索取带电子签章的原始文件；打印、扫描、截图都不含签名。",
                "Ask whoever issued it for the original that carries the signature; prints, scans and screenshots carry none.",
            ),
        ),
        SubIndication::PartialCoverage => advice(
            (
                "签章本身成立，但文件中有会显示出来的内容不受任何有效签章保护，可能是签章之后加上的。",
                "The signature holds, but something that the file shows is protected by no good signature; it may have been added afterwards.",
            ),
            (
                "只有列为受保护的部分可以相信。请对照下面列出的部分，或索取完整受保护的原始文件。",
                "Only the protected parts can be relied on. Compare the parts named below, or ask for an original that is protected as a whole.",
            ),
        ),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sub_indication_has_its_advice_in_both_languages() {
        for sub in SubIndication::ALL {
            let found = sub_indication_advice(*sub).unwrap_or_else(|| panic!("no advice for {}", sub.as_str()));
            for text in [found.meaning, found.action] {
                assert!(text.zh.ends_with('。') && text.en.ends_with('.'), "{}", sub.as_str());
                assert!(text.en.is_ascii(), "{}", text.en);
            }
        }
        for conclusion in [Conclusion::Valid, Conclusion::Invalid, Conclusion::Indeterminate] {
            assert!(!conclusion_advice(conclusion).action.zh.is_empty());
        }
    }
}
