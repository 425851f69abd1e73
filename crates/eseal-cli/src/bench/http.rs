//! 3-1, 3-4 and 3-5 over HTTP (接口性能): a demo of its own in a temporary folder, many callers, durable commits.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

use super::Figures;
use crate::{
    client::{Client, Signer, random_hex},
    demo::Started,
    samples::{noise, ofd},
    serve::block_on,
};

/// A folder that is removed in the end.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub(super) fn run(callers: usize, seconds: u64) -> Result<Figures> {
    let folder = Folder(std::env::temp_dir().join(format!("eseal-bench-{}", random_hex()?)));
    block_on(async {
        let started = Started::new(&folder.0, 0, Some(u32::MAX)).await?;
        let base = started.base_url.clone();
        let running = started.run_in_background().await?;
        let described = std::fs::read(folder.0.join("demo.json")).context("demo.json")?;
        let demo: Value = serde_json::from_slice(&described)?;
        let figures = tokio::task::spawn_blocking(move || measure(&base, &demo, callers, seconds)).await?;
        running.abort();
        figures
    })
}

fn measure(base: &str, demo: &Value, callers: usize, seconds: u64) -> Result<Figures> {
    let id = demo["systemID"].as_str().context("systemID")?.to_owned();
    let key: Arc<[u8]> = BASE64_STANDARD.decode(demo["hmacSm3Key"].as_str().context("hmacSm3Key")?)?.into();
    let holder = &demo["organizations"][0];
    let common = json!({
        "systemID": id, "organizationCode": holder["organizationCode"], "grantCode": holder["grantCode"], "scene": "S02",
    });
    let file = BASE64_STANDARD.encode(ofd(&noise(100)));
    let (done, stop) = (AtomicU64::new(0), AtomicBool::new(false));
    let client = Client::new(base, Signer::System { id, key });
    journey(&client, &common, &file)?; // one that is not counted
    let start = Instant::now();
    thread::scope(|scope| -> Result<()> {
        let work = || -> Result<()> {
            while !stop.load(Ordering::Relaxed) {
                journey(&client, &common, &file)?;
                done.fetch_add(1, Ordering::Relaxed);
            }
            Ok(())
        };
        let threads: Vec<_> = (0..callers).map(|_| scope.spawn(work)).collect();
        thread::sleep(Duration::from_secs(seconds));
        stop.store(true, Ordering::Relaxed);
        threads
            .into_iter()
            .try_for_each(|thread| thread.join().unwrap_or_else(|_| anyhow::bail!("a caller broke down")))
    })?;
    let journeys = f64::from(u32::try_from(done.load(Ordering::Relaxed))?) / start.elapsed().as_secs_f64();
    Ok(Figures::from([("journeys", journeys), ("requests", journeys * 3.0)]))
}

/// One file through the three interfaces; the sealed file is answered by reference.
fn journey(client: &Client, common: &Value, file: &str) -> Result<()> {
    let with = |more: Value| {
        let mut content = common.clone();
        if let (Some(content), Some(more)) = (content.as_object_mut(), more.as_object()) {
            content.extend(more.clone());
        }
        content
    };
    let entry = json!({
        "sealCode": "44030000000001", "file": { "fileB64": file, "fileType": "OFD", "title": "bench.ofd" },
        "rules": [{ "ruleType": "RECTANGLE", "version": "1.0", "rectangleRule": { "page": "1", "left": 20, "bottom": 20 } }],
    });
    let digests = client.call("sign/generateDigest", with(json!({ "sealDataList": [entry] })))?;
    let digest = &digests["fileHashList"][0];
    let listed = json!([{ "fileUniqueId": digest["fileUniqueId"], "data": digest["fileHash"] }]);
    let values =
        client.call("sign/signDigestByServer", with(json!({ "algo": "SM3withSM2", "sealDataList": listed })))?;
    let value = &values["signValueList"][0];
    let listed = json!([{ "fileUniqueId": value["fileUniqueId"], "signValue": value["signValue"] }]);
    let sealed = client.call("sign/composeSignature", with(json!({ "as": "fileId", "sealDataList": listed })))?;
    ensure!(sealed["fileList"][0]["fileId"].is_string(), "no sealed file: {sealed}");
    Ok(())
}
