//! Trust bundles, regions and time stamps from outside: what an operator types, and what the demo shows.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

use crate::{demo::Demo, judges::at_hand};

fn eseal(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_eseal"))
        .args(args)
        .current_dir(folder)
        .env_remove("ESEAL_TRUST_OPERATOR")
        .output()
        .expect("eseal runs")
}

fn status(folder: &Path, args: &[&str]) -> i32 {
    let output = eseal(folder, args);
    println!("{args:?}\n{}{}", text(&output), String::from_utf8_lossy(&output.stderr));
    output.status.code().expect("a status")
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn two_cities_exchange_their_bundles() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    let run = |args: &[&str]| assert_eq!(status(at, args), 0, "{args:?}");
    // 广州 hands over its root; 深圳 has its own.
    for city in ["sz", "gz"] {
        run(&["ca", "init", city, "--name", &format!("{city} development root")]);
        run(&["ca", "issue", city, "maker", "--profile", "maker", "--common-name", "maker"]);
        run(&["ca", "issue", city, "signer", "--common-name", "44000000000001"]);
    }
    fs::write(
        at.join("bundle.toml"),
        r#"
name = "深圳市电子印章信任包"
version = 1
days = 90
home = "深圳"
crls = ["sz/crl.pem", "gz/crl.pem"]

[[region]]
name = "深圳"
makers = ["sz/ca.pem"]
signers = ["sz/ca.pem"]
structures = ["V4", "V5", "CMS"]
algorithms = ["SM2"]

[[region]]
name = "广州"
makers = ["gz/ca.pem"]
signers = ["gz/ca.pem"]
structures = ["V4"]
algorithms = ["SM2"]
"#,
    )
    .expect("a description");
    let public = text(&eseal(at, &["trust", "key", "operator.key"]));
    let public = public.trim();
    assert_eq!(public.len(), 130);
    run(&["trust", "make", "bundle.toml", "payload.json"]);
    run(&["trust", "sign", "payload.json", "v1.json", "--key", "operator.key"]);
    let shown = text(&eseal(at, &["trust", "inspect", "v1.json"]));
    assert!(shown.contains("440100 广州") && shown.contains("(own region)"), "{shown}");
    run(&["trust", "verify", "v1.json", "--operator", public]);
    run(&["trust", "verify", "v1.json", "--operator", "operator.key"]);
    run(&["trust", "key", "other.key"]);
    assert_eq!(status(at, &["trust", "verify", "v1.json", "--operator", "other.key"]), 1);
    assert_eq!(status(at, &["trust", "verify", "v1.json", "--operator", public, "--at", "2040-01-01T00:00:00Z"]), 1);
    // A newer one is taken up, an older one is not, nor another one of the same version.
    run(&["trust", "update", "trust.json", "v1.json", "--operator", public]);
    run(&["trust", "make", "bundle.toml", "payload.json", "--version", "2"]);
    run(&["trust", "sign", "payload.json", "v2.json", "--key", "operator.key"]);
    run(&["trust", "update", "trust.json", "v2.json", "--operator", public]);
    assert_eq!(status(at, &["trust", "update", "trust.json", "v1.json", "--operator", public]), 3);
    let text = fs::read_to_string(at.join("bundle.toml")).expect("it").replace("[\"V4\"]", "[\"V1\"]");
    fs::write(at.join("bundle.toml"), text).expect("a description");
    run(&["trust", "make", "bundle.toml", "payload.json", "--version", "2"]);
    run(&["trust", "sign", "payload.json", "other2.json", "--key", "operator.key"]);
    assert_eq!(status(at, &["trust", "update", "trust.json", "other2.json", "--operator", public]), 3);
    run(&["trust", "make", "bundle.toml", "payload.json", "--version", "3"]);
    run(&["trust", "sign", "payload.json", "v3.json", "--key", "operator.key"]);
    let changes = eseal(at, &["trust", "update", "trust.json", "v3.json", "--operator", public]);
    let changes = String::from_utf8_lossy(&changes.stdout).into_owned();
    assert!(changes.contains("-   accepts     V4; SM2") && changes.contains("+   accepts     V1; SM2"), "{changes}");
    let broken = fs::read_to_string(at.join("v2.json")).expect("it").replacen("payload\": \"ew", "payload\": \"eX", 1);
    fs::write(at.join("broken.json"), broken).expect("a bundle");
    assert_ne!(status(at, &["trust", "verify", "broken.json", "--operator", public]), 0);
}

#[test]
fn the_demo_shows_a_partner_a_revoked_seal_and_a_stranger() {
    let demo = Demo::start();
    let described = demo.description();
    let of = |name: &str| described[name].as_str().expect(name).to_owned();
    let (bundle, operator, base) = (of("trustBundle"), of("trustOperator"), of("baseUrl"));
    let at = demo.folder.path();
    assert_eq!(status(at, &["trust", "verify", &bundle, "--operator", &operator]), 0);
    let shown = text(&eseal(at, &["trust", "inspect", &bundle]));
    for region in ["000000 国家", "110000 北京", "310000 上海", "440000 广东", "440100 广州", "440300 深圳"]
    {
        assert!(shown.contains(region), "{region}: {shown}");
    }
    let files = described["sealedElsewhere"].as_array().expect("files").clone();
    let verify = |file: &str| -> Value {
        let bytes = fs::read(file).expect("a sample");
        let content = json!({"reqId": "r", "content": {"file": {"fileB64": BASE64_STANDARD.encode(bytes)}}});
        let output = Command::new("curl")
            .args(["-s", "-H", "content-type: application/json", "--data-binary", "@-"])
            .arg(format!("{base}/api/v1/public/verifyFile"))
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .and_then(|mut child| {
                std::io::Write::write_all(child.stdin.as_mut().expect("stdin"), content.to_string().as_bytes())?;
                child.wait_with_output()
            })
            .expect("curl runs");
        let answer: Value = serde_json::from_slice(&output.stdout).expect("an envelope");
        answer["data"].clone()
    };
    if at_hand("curl", "--version") {
        let expected = [
            ("partner-valid.ofd", "VALID", Value::Null, "广州", "partner"),
            ("partner-revoked.pdf", "INVALID", json!("REVOKED"), "广州", "partner"),
            ("stranger.ofd", "INDETERMINATE", json!("NO_CERTIFICATE_CHAIN_FOUND"), "", "unknown"),
        ];
        for (file, (name, conclusion, sub, region, recognised)) in files.iter().zip(expected) {
            let file = file.as_str().expect("a path");
            assert!(file.ends_with(name), "{file}");
            let data = verify(file);
            let signature = &data["signatures"][0];
            let found = (&data["conclusion"], &data["subIndication"], &signature["region"], &signature["recognised"]);
            let expected = (&json!(conclusion), &sub, &json!(region), &json!(recognised));
            assert_eq!(found, expected, "{file}: {data:#}\n{}", demo.log());
        }
    }
    // Offline nobody can be asked: then it is unknown, and never good.
    let valid = files[0].as_str().expect("a path");
    assert_eq!(status(at, &["verify", valid, "--trust", &bundle, "--operator", &operator]), 2);
    openssl_has_a_time_stamp_made(at, &of("timeStampUrl"));
}

/// OpenSSL asks, our authority answers, OpenSSL reads; what may not be stamped is refused.
fn openssl_has_a_time_stamp_made(folder: &Path, url: &str) {
    if !at_hand("openssl", "version") || !at_hand("curl", "--version") {
        return;
    }
    fs::write(folder.join("stamped.txt"), "a text").expect("a text");
    let run = |program: &str, args: &[&str]| {
        let output = Command::new(program).args(args).current_dir(folder).output().expect("it runs");
        assert!(output.status.success(), "{args:?} {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let ask = |digest: &str| {
        run("openssl", &["ts", "-query", "-data", "stamped.txt", digest, "-cert", "-out", "query.tsq"]);
        let kind = "content-type: application/timestamp-query";
        let kind = run(
            "curl",
            &["-s", "-H", kind, "--data-binary", "@query.tsq", "-o", "reply.tsr", "-w", "%{content_type}", url],
        );
        assert_eq!(kind, "application/timestamp-reply");
        run("openssl", &["ts", "-reply", "-in", "reply.tsr", "-text"])
    };
    for digest in ["-sha256", "-sm3", "-sha512"] {
        let reply = ask(digest);
        assert!(reply.contains("Status: Granted") && reply.contains("2.999.3161.1"), "{digest}: {reply}");
        assert!(reply.contains("Accuracy: 0x01 seconds"), "{reply}");
    }
    let reply = ask("-sha1");
    assert!(reply.contains("Status: Rejected") && reply.contains("unrecognized or unsupported algorithm"), "{reply}");
    let status = |args: &[&str]| run("curl", &[&["-s", "-o", "answer", "-w", "%{http_code}"], args, &[url]].concat());
    assert_eq!(status(&["-H", "content-type: text/plain", "--data-binary", "@query.tsq"]), "415");
    assert_eq!(status(&[]), "404");
    let kind = "content-type: application/timestamp-query";
    assert_eq!(status(&["-H", kind, "--data-binary", "no request"]), "200");
    let reply = run("openssl", &["ts", "-reply", "-in", "answer", "-text"]);
    assert!(reply.contains("Status: Rejected"), "{reply}");
}
