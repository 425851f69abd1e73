//! The phone's core as WebAssembly, run by Node: it makes its half of the key and signs with this server, and OpenSSL
//! verifies what came of it.
//!
//! `cargo xtask wasm` makes the module; `ESEAL_PHONE_WASM` names it.

use std::{
    env, fs,
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::Arc,
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use eseal_api::{GetSignTask, KeyPurpose, SignDigestByMobile};
use eseal_pki::{Certificate, pem};
use eseal_service::{
    CallingDevice, Identity,
    mobile::{new_enrolment, phone::Link as _},
};
use serde_json::{Value, json};

use crate::phone_world::{PHONE_SEAL, PIN, USER, Wire, World};

/// The module, if it was made.
fn module() -> Option<PathBuf> {
    let path = PathBuf::from(env::var_os("ESEAL_PHONE_WASM").filter(|path| !path.is_empty())?);
    path.is_file().then_some(path)
}

/// The phone in its own process.
struct Node {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Node {
    fn start(module: &Path) -> Option<Self> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../clients/wasm/drive.mjs");
        let mut command = Command::new("node");
        command.arg(script).arg(module).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().ok()?;
        let (input, output) = (child.stdin.take()?, BufReader::new(child.stdout.take()?));
        Some(Self { child, input, output })
    }

    fn write(&mut self, value: &Value) {
        writeln!(self.input, "{value}").unwrap();
    }

    /// Carries an operation's messages until it is done or failed.
    async fn run(&mut self, wire: &mut Wire, request: Value) -> Result<Value, Value> {
        self.write(&request);
        loop {
            let mut line = String::new();
            assert!(self.output.read_line(&mut line).unwrap() > 0, "the module ended");
            let said: Value = serde_json::from_str(&line).unwrap();
            if !said["done"].is_null() {
                return Ok(said["done"].clone());
            }
            if said["failed"].is_object() {
                return Err(said["failed"].clone());
            }
            let function = match said["send"]["function"].as_str().unwrap() {
                "enrol" => "enrol",
                "scan" => "scan",
                "confirm" => "confirm",
                other => panic!("{other}"),
            };
            match wire.send(function, said["send"]["content"].clone()).await {
                Ok(data) => self.write(&json!({ "data": data })),
                Err(refused) => self.write(&json!({
                    "refused": { "code": refused.code, "message": refused.message, "field": refused.field },
                })),
            }
        }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn the_phone_in_webassembly_signs_with_this_server_and_openssl_verifies() {
    let Some(module) = module() else { return println!("skipped: no module, see cargo xtask wasm") };
    let Some(mut node) = Node::start(&module) else { return println!("skipped: node is absent") };
    let world = World::new().await;
    let (code, _) = new_enrolment(&world.app, USER).await.unwrap();
    let key = hex::encode(world.app.platform_keys.public_key(KeyPurpose::Summary).to_bytes());
    let enrol = json!({"op": "enrol", "code": code, "name": "page", "pin": PIN, "platformKey": key});
    let enrolled = node.run(&mut world.wire(None), enrol.clone()).await.unwrap();
    let spent = node.run(&mut world.wire(None), enrol).await.unwrap_err();
    assert_eq!(spent["code"], 40302, "the code is spent");
    let certificate = BASE64_STANDARD.decode(enrolled["cert"].as_str().unwrap()).unwrap();
    world.seal(PHONE_SEAL, "mobile", &certificate).await;
    // What the page kept opens the phone again.
    let opened = node.run(&mut world.wire(None), json!({"op": "open", "phone": enrolled["phone"]})).await.unwrap();
    assert_eq!(opened["deviceId"], enrolled["deviceId"]);
    let device_id = opened["deviceId"].as_str().unwrap().to_owned();
    let mut wire = world.wire(None);
    wire.become_device(Identity::Device(Arc::new(CallingDevice { device_id, user_id: USER.into() })));

    let list = world.digests(PHONE_SEAL, 3).await;
    let content = world.common(json!({"algo": "SM3withSM2", "dataType": "HASH", "sealDataList": list}));
    let task = world.call::<SignDigestByMobile>(content).await.unwrap();
    let shown = node.run(&mut wire, json!({"op": "scan", "qrCode": task.qr_code})).await.unwrap();
    let documents = shown["summary"]["documents"].as_array().unwrap().clone();
    assert_eq!(documents.len(), 3);
    let confirm = json!({"op": "confirm", "matchCode": task.match_code, "pin": PIN});
    let confirmed = node.run(&mut wire, confirm.clone()).await.unwrap();
    assert_eq!(confirmed["scanStatus"], json!(eseal_api::ScanStatus::Confirmed));
    assert!(node.run(&mut wire, confirm).await.is_err(), "nothing is shown any more");

    let found = world.call::<GetSignTask>(json!({"signTaskId": task.sign_task_id})).await.unwrap();
    let values = found.sign_value_list.unwrap();
    assert_eq!(values.len(), 3);
    let folder = tempfile::tempdir().unwrap();
    let read = Certificate::from_der(&certificate).unwrap();
    assert!(read.public_key.sm2().is_some());
    fs::write(folder.path().join("cert.pem"), pem::encode(pem::CERTIFICATE, &certificate)).unwrap();
    let openssl = |line: &str| Command::new("openssl").current_dir(&folder).args(line.split(' ')).output();
    let Ok(made) = openssl("x509 -in cert.pem -pubkey -noout -out key.pem") else {
        return println!("skipped: openssl is absent");
    };
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    for (value, document) in values.iter().zip(&documents) {
        let tbs = BASE64_STANDARD.decode(document["tbs"].as_str().unwrap()).unwrap();
        fs::write(folder.path().join("tbs"), &tbs).unwrap();
        fs::write(folder.path().join("value"), &value.value.as_ref().unwrap().sign_value.0).unwrap();
        let verify = "pkeyutl -verify -pubin -inkey key.pem -rawin -digest sm3 -pkeyopt distid:1234567812345678 -in tbs -sigfile value";
        let verified = openssl(verify).unwrap();
        assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
        fs::write(folder.path().join("tbs"), [&tbs[..], b"x"].concat()).unwrap();
        assert!(!openssl(verify).unwrap().status.success(), "another text");
    }
}
