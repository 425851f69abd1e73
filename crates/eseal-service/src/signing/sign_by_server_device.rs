//! Interface 3-4, 服务器密码设备证书摘要签名.

use std::sync::Arc;

use eseal::SignatureValue;
use eseal_api::{
    Base64, Carrier, DigestRef, SignAlgorithm, SignDigestByServer, SignDigestByServerResult, SignValue, SignValueEntry,
};
use eseal_device::SignInput;

use super::digest::{self, Checked};
use crate::{
    App, Caller, Error, Result,
    access::{self, Right},
    code::entry,
};

/// Signs every digest of the list with the keys in the server's device; an entry fails alone.
///
/// # Errors
/// What stands outside the list: the right to act.
pub async fn sign_by_server_device(
    app: &Arc<App>,
    caller: &Caller,
    request: SignDigestByServer,
) -> Result<SignDigestByServerResult> {
    let right = access::right(app, caller, &request.common).await?;
    let mut sign_value_list = Vec::with_capacity(request.seal_data_list.0.len());
    for (index, digest) in request.seal_data_list.0.into_iter().enumerate() {
        let file_unique_id = digest.as_ref().ok().map(|digest| digest.file_unique_id.clone());
        let result = match digest {
            Ok(digest) => sign_entry(app, &right, &digest, &format!("/sealDataList/{index}")).await,
            Err(error) => Err(error.into()),
        };
        let (value, status) = entry(result, caller.language);
        sign_value_list.push(SignValueEntry { file_unique_id, value, status });
    }
    Ok(SignDigestByServerResult { sign_value_list })
}

async fn sign_entry(app: &Arc<App>, right: &Right, digest: &DigestRef, at: &str) -> Result<SignValue> {
    let checked = digest::check_to_sign(app, right, digest, Carrier::Server, at).await?;
    let cert = Base64(checked.prepared.signer_certificate.clone());
    let value = sign(app, &checked).await?;
    Ok(SignValue { sign_value: Base64(value), cert, algo: SignAlgorithm::Sm3WithSm2 })
}

/// Signs with the seal's key; the value is verified before it leaves.
pub(crate) async fn sign(app: &Arc<App>, checked: &Checked) -> Result<Vec<u8>> {
    let signer = app
        .signers
        .find(&checked.prepared.signer_certificate)
        .ok_or_else(|| Error::NoKey(checked.seal.code.clone()))?;
    let prepared = checked.prepared.clone();
    app.pool
        .run(move || {
            let input = SignInput { e: &prepared.e, tbs: &prepared.tbs };
            let value = signer.sign(&input).map_err(|error| Error::DeviceUnavailable(error.to_string()))?;
            let der = prepared
                .check_value(&SignatureValue::Bytes(value), None)
                .map_err(|_| Error::DeviceUnavailable("the device gave a wrong signature value".into()))?;
            metrics::counter!("eseal_server_signatures_total").increment(1);
            Ok(der)
        })
        .await
}
