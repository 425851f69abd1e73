//! `demo.json` (演示说明): everything that a third-party system needs to call the demo.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Map, Value, json};

use super::{
    neighbour,
    samples::NAMES,
    seed::Secrets,
    trust,
    usbkey::Running,
    who::{ORGANIZATIONS, SYSTEM},
};
use crate::{files, keys};

/// Its name in the demo's folder.
pub(super) const FILE: &str = "demo.json";

/// Writes it; gives where it is.
pub(super) fn write(folder: &Path, base_url: &str, phone_url: &str, usb_key: Option<&Running>) -> Result<PathBuf> {
    let secrets = Secrets::of(folder)?;
    let hmac_key = hex::decode(&secrets.hmac_key).context("hmacKey in secrets.json")?;
    let key = secrets.request_key()?;
    let organizations: Vec<Value> = ORGANIZATIONS
        .iter()
        .zip(&secrets.grant_codes)
        .map(|(organization, grant_code)| {
            let seals: Vec<Value> = organization
                .seals
                .iter()
                .map(|seal| json!({ "sealCode": seal.code, "sealType": seal.seal_type, "carrier": seal.carrier }))
                .collect();
            let kind = if organization.is_government { "government" } else { "business" };
            json!({
                "organizationCode": organization.code, "name": organization.name, "kind": kind,
                "grantCode": grant_code, "seals": seals,
            })
        })
        .collect();
    let samples: Map<String, Value> =
        NAMES.iter().map(|(kind, name)| ((*kind).to_owned(), json!(folder.join("samples").join(name)))).collect();
    let mut described = json!({
        "baseUrl": base_url,
        "systemID": SYSTEM.0,
        "hmacSm3Key": BASE64_STANDARD.encode(hmac_key),
        "sm2Key": { "private": hex::encode(*key.to_bytes()), "public": hex::encode(key.public_key()) },
        "organizations": organizations,
        "operatorToken": secrets.operator_token,
        "phone": { "url": phone_url, "pin": secrets.phone_pin },
        "trustBundle": folder.join(trust::BUNDLE),
        "trustOperator": hex::encode(keys::read(&folder.join("keys").join(trust::OPERATOR))?.public_key()),
        "timeStampUrl": format!("{base_url}{}", trust::TIME_STAMPS),
        "sealedElsewhere": neighbour::file_names().map(|name| folder.join("samples").join(name)).collect::<Vec<_>>(),
        "samples": samples,
    });
    if let Some(usb_key) = usb_key {
        described["usbKey"] = usb_key.described.clone();
        described["agentUrl"] = json!(usb_key.url);
    }
    let path = folder.join(FILE);
    files::write_private(&path, (serde_json::to_string_pretty(&described)? + "\n").as_bytes())?;
    Ok(path)
}

/// What a newcomer may try.
pub(super) fn what_next(base_url: &str, described: &Path) -> String {
    let samples = described.with_file_name("samples");
    let (described, samples) = (described.display(), samples.display());
    format!(
        "\n电子印章演示系统已启动 / the demo is running\n\n\
         \x20 接口说明 reference     {base_url}/docs\n\
         \x20 OpenAPI 3.1            {base_url}/openapi.json\n\
         \x20 应用系统密钥等 keys     {described}\n\n\
         接下来 / next:\n\
         \x20 docs/first-call.sh {described}\n\
         \x20     列出可用印章 / lists the usable seals with one signed call\n\
         \x20 docs/seal-a-file.py {described} {samples}/contract.pdf sealed.pdf\n\
         \x20     签一个文件再验它 / seals a file and verifies it\n\n\
         Ctrl-C 结束 / ends it.  仅供开发 / for development only.\n"
    )
}
