//! A report as it reads: every check in the standard's order, in both languages.

use expect_test::{Expect, expect};

use crate::world::{World, at};

fn check(bytes: &[u8], world: &World, expected: &Expect) {
    let report = world.report(bytes);
    let mut lines = vec![
        format!("{} {}", report.conclusion.as_str(), report.policy),
        report.summary.zh.clone(),
        report.summary.en.clone(),
        report.coverage.summary.en.clone(),
    ];
    for signature in &report.signatures {
        let sub = signature.sub_indication.map_or("", eseal::SubIndication::as_str);
        lines.push(format!(
            "[{}] {} {} {sub}",
            signature.index,
            signature.kind.as_str(),
            signature.conclusion.as_str()
        ));
        for check in &signature.checks {
            lines.push(format!(
                "{:8}{:26} {} / {}",
                check.outcome.as_str(),
                check.code.as_str(),
                check.reason.zh,
                check.reason.en
            ));
        }
        lines.extend(signature.later_changes.iter().map(|change| format!("+ {} / {}", change.zh, change.en)));
    }
    let text: String = lines.iter().map(|line| format!("{}\n", line.trim_end())).collect();
    expected.assert_eq(&text);
}

#[test]
fn of_a_valid_ofd() {
    let world = World::new();
    let sealed = world.seal(&eseal_testkit::ofd(1), &[at(1, 20.0, 20.0)]);
    check(
        &sealed,
        &world,
        &expect![[r#"
        VALID gbt38540-claimed-time
        印章“深圳示范科技有限公司”的签章有效，签章人可信，原文未被改动。
        The signature with the seal "深圳示范科技有限公司" is valid: the signer is trusted, and the document is unchanged.
        The whole file is protected by signatures.
        [0] GBT38540-2020 VALID
        passed  SIG_FORMAT                 签章数据格式正确 / the seal signature can be read
        passed  SEAL_FORMAT                印章数据格式正确 / the seal can be read
        passed  SIG_VALUE                  签名值正确 / the signature value fits
        passed  SIGNER_IN_SEAL_LIST        签章人证书在印章的证书列表中 / the signer's certificate is in the seal's list
        passed  SEAL_MAKER_SIGNATURE       制章人签名值正确 / the maker's signature fits the seal
        passed  SEAL_MAKER_CERT_CHAIN      制章人证书可追溯到受信任的根证书 / the maker's certificate leads to a trusted certificate
        passed  SEAL_MAKER_CERT_PERIOD     制章人证书在有效期内 / the maker's certificate is in its period
        passed  SEAL_MAKER_CERT_REVOCATION 制章人证书未被吊销 / the maker's certificate is not revoked
        passed  SEAL_MAKER_CERT_KEY_USAGE  制章人证书的密钥可用于签名 / the key of the maker's certificate may sign
        passed  SEAL_VALIDITY              印章在有效期内 / the seal is in its period
        passed  SIGNER_CERT_CHAIN          签章人证书可追溯到受信任的根证书 / the signer's certificate leads to a trusted certificate
        passed  SIGNER_CERT_PERIOD         签章人证书在有效期内 / the signer's certificate is in its period
        passed  SIGNER_CERT_REVOCATION     签章人证书未被吊销 / the signer's certificate is not revoked
        passed  SIGNER_CERT_KEY_USAGE      签章人证书的密钥可用于签名 / the key of the signer's certificate may sign
        passed  SIGN_TIME_IN_CERT          签章时间在签章人证书有效期内 / the signing time lies in the period of the signer's certificate
        passed  SIGN_TIME_IN_SEAL          签章时间在印章有效期内 / the signing time lies in the period of the seal
        passed  SIGN_TIME_NOT_FUTURE       签章时间不在将来 / the signing time is not in the future
        passed  DOCUMENT_DIGEST            原文摘要相符 / the document is the one that was signed
        passed  OFD_REFERENCES             受保护的文件均未改动 / every protected part is unchanged
        passed  OFD_SEAL_FILE              Seal.esl 与签章中的印章一致 / Seal.esl is the seal inside the signature
        passed  OFD_COVERAGE               阅读软件显示的内容均受保护 / everything that a reader shows is protected
    "#]],
    );
}

#[test]
fn of_a_pdf_sealed_twice_and_changed() {
    let world = World::new();
    let first = world.seal(&eseal_testkit::pdf(1), &[at(1, 20.0, 20.0)]);
    let mut sealed = world.seal(&first, &[at(1, 100.0, 20.0)]);
    let place = sealed.windows(8).position(|window| window == b"Contract").unwrap();
    sealed[place] = b'K';
    check(
        &sealed,
        &world,
        &expect![[r#"
        INVALID gbt38540-claimed-time
        文件中的 2 个签章有 2 个无效：印章“深圳示范科技有限公司”的签章无效：原文摘要不符，原文在签章后被改动。
        2 of 2 signatures in the file are not valid: The signature with the seal "深圳示范科技有限公司" is not valid: the digest of the document does not fit: it was changed after signing.
        The whole file is protected by signatures.
        [0] GBT38540-2020 INVALID HASH_FAILURE
        passed  SIG_FORMAT                 签章数据格式正确 / the seal signature can be read
        passed  SEAL_FORMAT                印章数据格式正确 / the seal can be read
        passed  SIG_VALUE                  签名值正确 / the signature value fits
        passed  SIGNER_IN_SEAL_LIST        签章人证书在印章的证书列表中 / the signer's certificate is in the seal's list
        passed  SEAL_MAKER_SIGNATURE       制章人签名值正确 / the maker's signature fits the seal
        passed  SEAL_MAKER_CERT_CHAIN      制章人证书可追溯到受信任的根证书 / the maker's certificate leads to a trusted certificate
        passed  SEAL_MAKER_CERT_PERIOD     制章人证书在有效期内 / the maker's certificate is in its period
        passed  SEAL_MAKER_CERT_REVOCATION 制章人证书未被吊销 / the maker's certificate is not revoked
        passed  SEAL_MAKER_CERT_KEY_USAGE  制章人证书的密钥可用于签名 / the key of the maker's certificate may sign
        passed  SEAL_VALIDITY              印章在有效期内 / the seal is in its period
        passed  SIGNER_CERT_CHAIN          签章人证书可追溯到受信任的根证书 / the signer's certificate leads to a trusted certificate
        passed  SIGNER_CERT_PERIOD         签章人证书在有效期内 / the signer's certificate is in its period
        passed  SIGNER_CERT_REVOCATION     签章人证书未被吊销 / the signer's certificate is not revoked
        passed  SIGNER_CERT_KEY_USAGE      签章人证书的密钥可用于签名 / the key of the signer's certificate may sign
        passed  SIGN_TIME_IN_CERT          签章时间在签章人证书有效期内 / the signing time lies in the period of the signer's certificate
        passed  SIGN_TIME_IN_SEAL          签章时间在印章有效期内 / the signing time lies in the period of the seal
        passed  SIGN_TIME_NOT_FUTURE       签章时间不在将来 / the signing time is not in the future
        failed  DOCUMENT_DIGEST            原文摘要不符，原文在签章后被改动 / the digest of the document does not fit: it was changed after signing
        passed  PDF_BYTE_RANGE             ByteRange 格式正确 / ByteRange is well-formed
        passed  PDF_CONTENTS_GAP           ByteRange 的间隙正好是签名值 / the gap in ByteRange is exactly the signature value
        passed  PDF_REVISION               签名覆盖一个完整的文件版本 / the signed part is a complete revision
        passed  PDF_LATER_CHANGES          签章后只有允许的改动 / only what is allowed was added after signing
        passed  PDF_COVERAGE               其后的部分由其他签名覆盖或无关内容 / what came later is covered by other signatures or does not matter
        + 其后增加了签名（对象 12） / a signature was added later (object 12)
        [1] GBT38540-2020 INVALID HASH_FAILURE
        passed  SIG_FORMAT                 签章数据格式正确 / the seal signature can be read
        passed  SEAL_FORMAT                印章数据格式正确 / the seal can be read
        passed  SIG_VALUE                  签名值正确 / the signature value fits
        passed  SIGNER_IN_SEAL_LIST        签章人证书在印章的证书列表中 / the signer's certificate is in the seal's list
        passed  SEAL_MAKER_SIGNATURE       制章人签名值正确 / the maker's signature fits the seal
        passed  SEAL_MAKER_CERT_CHAIN      制章人证书可追溯到受信任的根证书 / the maker's certificate leads to a trusted certificate
        passed  SEAL_MAKER_CERT_PERIOD     制章人证书在有效期内 / the maker's certificate is in its period
        passed  SEAL_MAKER_CERT_REVOCATION 制章人证书未被吊销 / the maker's certificate is not revoked
        passed  SEAL_MAKER_CERT_KEY_USAGE  制章人证书的密钥可用于签名 / the key of the maker's certificate may sign
        passed  SEAL_VALIDITY              印章在有效期内 / the seal is in its period
        passed  SIGNER_CERT_CHAIN          签章人证书可追溯到受信任的根证书 / the signer's certificate leads to a trusted certificate
        passed  SIGNER_CERT_PERIOD         签章人证书在有效期内 / the signer's certificate is in its period
        passed  SIGNER_CERT_REVOCATION     签章人证书未被吊销 / the signer's certificate is not revoked
        passed  SIGNER_CERT_KEY_USAGE      签章人证书的密钥可用于签名 / the key of the signer's certificate may sign
        passed  SIGN_TIME_IN_CERT          签章时间在签章人证书有效期内 / the signing time lies in the period of the signer's certificate
        passed  SIGN_TIME_IN_SEAL          签章时间在印章有效期内 / the signing time lies in the period of the seal
        passed  SIGN_TIME_NOT_FUTURE       签章时间不在将来 / the signing time is not in the future
        failed  DOCUMENT_DIGEST            原文摘要不符，原文在签章后被改动 / the digest of the document does not fit: it was changed after signing
        passed  PDF_BYTE_RANGE             ByteRange 格式正确 / ByteRange is well-formed
        passed  PDF_CONTENTS_GAP           ByteRange 的间隙正好是签名值 / the gap in ByteRange is exactly the signature value
        passed  PDF_REVISION               签名覆盖一个完整的文件版本 / the signed part is a complete revision
        passed  PDF_LATER_CHANGES          签章后没有改动 / nothing was changed after signing
        passed  PDF_COVERAGE               签名覆盖整个文件 / the signature covers the whole file
    "#]],
    );
}

#[test]
fn of_a_file_without_signature() {
    check(
        &eseal_testkit::ofd(1),
        &World::new(),
        &expect![[r#"
        INDETERMINATE gbt38540-claimed-time
        文件中没有签章。
        The file has no signature.
        No signature protects the file.
    "#]],
    );
}
