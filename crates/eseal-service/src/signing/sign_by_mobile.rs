//! Interface 3-2, 智能移动终端证书摘要签名: a code for the phone, one confirmation for the whole list.

use std::{collections::HashSet, sync::Arc};

use eseal_api::{Base64, Carrier, DigestRef, Entries, Purpose, SignDigestByMobile, SignDigestByMobileResult};
use eseal_gm::sm3;
use eseal_store::DigestRecord;
use jiff::Timestamp;

use super::digest::{self, Checked};
use crate::{
    App, Caller, Error, Result,
    access::{self, Right},
    mobile::{
        SignTask, TaskDocument,
        code::{self, NewCode, Payload},
    },
    seconds,
};

/// What phones and agents show for a digest whose document never came here.
const UNKNOWN_CONTENT: &str = "内容未知";
/// What they show for a document without a title.
const UNTITLED: &str = "未命名文件";

/// Makes the signing task.  Only a phone that holds the key of every entry can take its code.
///
/// # Errors
/// The right to act; whatever keeps an entry from being signed, since one confirmation is for all; 40002 for entries of
/// different certificates, an entry that stands there twice, or a time that is over.
pub async fn sign_by_mobile(
    app: &Arc<App>,
    caller: &Caller,
    request: SignDigestByMobile,
) -> Result<SignDigestByMobileResult> {
    let right = access::right(app, caller, &request.common).await?;
    let checked = check_all(app, &right, &request.seal_data_list, Carrier::Mobile).await?;
    let certificate_sm3 = one_certificate(&checked)?;
    let system = caller.system()?;
    let documents = checked.iter().map(task_document).collect();
    let code = code::insert(
        app,
        NewCode {
            purpose: Purpose::Sign,
            system_id: system.system_id.clone(),
            organization_code: Some(right.organization.code.clone()),
            poll_token_hash: None,
            client_info: None,
            expires: expiry(app, request.expiry_date.map(|time| time.0), &checked)?,
            payload: Payload {
                system_name: system.name.clone(),
                task: Some(SignTask {
                    certificate_sm3: hex::encode(certificate_sm3),
                    grant_id: right.grant.as_ref().map(|grant| grant.id.clone()),
                    scene: right.scene,
                    documents,
                }),
            },
        },
    )
    .await?;
    let qr_code = code::qr_text(app, &code.id);
    Ok(SignDigestByMobileResult {
        qr_image: Base64(code::qr_image(app, &qr_code).await?),
        qr_code,
        sign_task_id: code.id,
        match_code: code.match_code,
        expire_time: code.expires.into(),
    })
}

/// Every entry, checked for signing; the first one that fails fails the request.
pub(crate) async fn check_all(
    app: &App,
    right: &Right,
    list: &Entries<DigestRef>,
    carrier: Carrier,
) -> Result<Vec<Checked>> {
    let mut checked = Vec::with_capacity(list.0.len());
    for (index, digest) in list.all()?.into_iter().enumerate() {
        let at = format!("/sealDataList/{index}");
        let entry = digest::check_to_sign(app, right, digest, carrier, &at).await;
        checked.push(entry.map_err(|error| error.at(at))?);
    }
    Ok(checked)
}

/// SM3 of the one certificate that signs all entries, none of which stands there twice.
pub(crate) fn one_certificate(checked: &[Checked]) -> Result<[u8; 32]> {
    let first = checked.first().ok_or_else(|| Error::missing("/sealDataList"))?;
    let mut seen = HashSet::new();
    for (index, entry) in checked.iter().enumerate() {
        if entry.prepared.signer_certificate != first.prepared.signer_certificate {
            return Err(Error::bad(
                format!("/sealDataList/{index}"),
                "signed with another certificate: ask for it separately",
            ));
        }
        if !seen.insert(&entry.record.id) {
            return Err(Error::bad(format!("/sealDataList/{index}/fileUniqueId"), "stands there twice"));
        }
    }
    Ok(sm3(&first.prepared.signer_certificate))
}

/// As the caller wishes, but not longer than the digests live.
fn expiry(app: &App, wished: Option<Timestamp>, checked: &[Checked]) -> Result<Timestamp> {
    let now = app.clock.now();
    let wished = wished.unwrap_or_else(|| now + seconds(app.config.times.sign_task));
    if wished <= now {
        return Err(Error::bad("/expiryDate", "is over"));
    }
    Ok(checked.iter().map(|entry| entry.record.expires).fold(wished, Timestamp::min))
}

fn task_document(checked: &Checked) -> TaskDocument {
    TaskDocument {
        file_unique_id: checked.record.id.clone(),
        title: shown_title(&checked.record),
        page_count: checked.record.page_count,
        seal_code: checked.seal.code.clone(),
        seal_name: checked.seal.name.clone(),
    }
}

/// What the signer is shown as the document's title.
pub(crate) fn shown_title(record: &DigestRecord) -> String {
    match (&record.object, &record.title) {
        (None, _) => UNKNOWN_CONTENT.into(),
        (Some(_), Some(title)) => title.clone(),
        (Some(_), None) => UNTITLED.into(),
    }
}
