//! Server devices: the demo signs through one in another process, which may be killed; production takes a vendor's.

use std::{
    env::consts,
    fs,
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use eseal_gm::sm2::SigningKey;
use eseal_pki::{
    issue::{CertificateTemplate, Profile, Subject},
    pem,
};
use eseal_store::{Registry as _, SqliteStore};
use serde_json::Value;

use crate::{acceptance::kit, demo::Demo, judges::at_hand};

const PASSWORD: &str = "7d0f3c9a1e55";

fn eseal() -> Command {
    Command::new(env!("CARGO_BIN_EXE_eseal"))
}

#[test]
fn of_a_thousand_requests_each_is_signed_or_told_that_the_device_is_away_while_its_process_is_killed() {
    let Some(kit) = kit() else { return };
    let script = r#"
import concurrent.futures, json, os, signal, sys, threading, time
sys.path.insert(0, sys.argv[1])
import job
from client import ApiError
bench = job.Bench(sys.argv[2], "foundation", None)
entry = bench.digests([bench.file(bench.docs["OFD"], "OFD", job.rectangle())])[0]
content = bench.common(bench.business) | {"algo": "SM3withSM2", "sealDataList": bench.rows([entry])}

def helpers():
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            stat = open(f"/proc/{name}/stat").read()
        except OSError:
            continue
        if "(eseal-device-" in stat and stat.rsplit(")", 1)[1].split()[1] == sys.argv[3]:
            found.append(int(name))
    return found

def one(number):
    started = time.monotonic()
    try:
        value = bench.api.call("sign/signDigestByServer", content)["signValueList"][0]
        code, signed = value["code"], value.get("signValue")
    except ApiError as error:
        code, signed = error.code, None
    return code, signed, time.monotonic() - started

killed, answers, stop = set(), [], threading.Event()
def kill():
    # After each fifty signatures: however slow the machine is, work goes on between.
    signed = 0
    while not stop.wait(0.01):
        done = sum(code == 200 for code, _, _ in list(answers))
        if done >= signed + 50 and (running := helpers()):
            signed = done
            for process in running:
                killed.add(process)
                os.kill(process, signal.SIGKILL)
killer = threading.Thread(target=kill)
killer.start()
with concurrent.futures.ThreadPoolExecutor(8) as pool:
    list(pool.map(lambda number: answers.append(one(number)), range(1000)))
stop.set()
killer.join()
for _ in range(40):
    last = one(0)
    if last[0] == 200:
        break
    time.sleep(0.5)
answers.append(last)
json.dump({"cert": entry["cert"], "e": entry["fileHash"], "killed": len(killed), "answers": answers}, open(sys.argv[4], "w"))
"#;
    let demo = Demo::start();
    let kept = demo.folder.path().join("answers.json");
    let output = Command::new("python3")
        .args(["-c", script])
        .args([kit.as_os_str(), demo.json().as_os_str(), demo.process_id().to_string().as_ref(), kept.as_os_str()])
        .output()
        .expect("python3 runs");
    assert!(output.status.success(), "{}\n{}", String::from_utf8_lossy(&output.stderr), demo.log());
    let kept: Value = serde_json::from_slice(&fs::read(kept).expect("answers")).expect("JSON");
    let bytes = |value: &Value| BASE64_STANDARD.decode(value.as_str().expect("text")).expect("base64");
    let certificate = bytes(&kept["cert"]);
    let certificate = eseal_pki::Certificate::from_der(&certificate).expect("a certificate");
    let key = eseal_gm::sm2::VerifyingKey::from_bytes(certificate.public_key.sm2().expect("SM2")).expect("a key");
    let e: [u8; 32] = bytes(&kept["e"]).try_into().expect("32 bytes");
    let (mut signed, mut away, mut longest) = (0, 0, 0.0_f64);
    let answers = kept["answers"].as_array().expect("answers");
    for answer in answers {
        longest = longest.max(answer[2].as_f64().expect("seconds"));
        match answer[0].as_u64() {
            Some(200) => {
                let value = eseal_gm::sm2::Signature::from_der(&bytes(&answer[1])).expect("DER");
                assert!(key.verify_prehash(&e, &value), "a wrong value was given out");
                signed += 1;
            }
            Some(50301) => away += 1,
            other => panic!("code {other:?}"),
        }
    }
    println!("{signed} signed, {away} told 50301, longest {longest:.2} s, {} processes killed", kept["killed"]);
    assert_eq!(answers.len(), 1001);
    assert!(kept["killed"].as_u64() >= Some(2), "nothing was killed");
    assert!(signed > 100 && longest < 15.0);
    assert_eq!(answers.last().expect("an answer")[0], 200, "the device came back");
    let ready = get(demo.port, "/readyz");
    assert!(ready.contains("device softsdf up, breaker closed"), "{ready}");
    assert!(get(demo.port, "/metrics").contains("eseal_device_signatures_total{device=\"softsdf\"}"));
}

#[test]
fn the_keys_of_the_demos_server_seals_are_in_a_device_and_doctor_tries_it_out() {
    let demo = Demo::start();
    assert!(get(demo.port, "/readyz").contains("device softsdf up"));
    let folder = demo.kill();
    assert!(!folder.path().join("keys/seals/44030000000001.key").exists());
    assert!(folder.path().join("softsdf/key-1.sdf").exists());
    let output = eseal().arg("doctor").arg("--data").arg(folder.path()).output().expect("it runs");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}");
    for words in [
        "device softsdf opens, and its keys fit their certificates",
        "ECCref_MAX_LEN 64, numbers aligned right",
        "no function is missing",
        "at most 16 sessions",
        "no network, no programs",
        "key 4: signed a test text",
        "the device digests with algorithm 0x00000001 as we do",
    ] {
        assert!(text.contains(words), "{words} is not in {text}");
    }
    // A seal that the server is to sign with although no device has its key: doctor and the next start say so.
    let code = give_to_the_server(&folder.path().join("eseal.db"));
    let output = eseal().arg("doctor").arg("--data").arg(folder.path()).output().expect("it runs");
    let text = String::from_utf8_lossy(&output.stdout);
    let said = format!("1 server seals have no key in any device: {code}");
    assert!(!output.status.success() && text.contains(&said), "{text}");
    let demo = Demo::start_in(folder);
    let started = Instant::now();
    while !(demo.log().contains(&said) && get(demo.port, "/readyz").contains("server seals without a key 1")) {
        assert!(started.elapsed() < Duration::from_secs(30), "{}", demo.log());
        thread::sleep(Duration::from_millis(50));
    }
}

/// Makes a seal of a USBKey one of the server's; gives its code.
fn give_to_the_server(database: &Path) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let store = SqliteStore::open(database).await.expect("opened");
        let mut seal = store.seals_of_carrier("usbkey", "", 1).await.expect("listed").remove(0);
        seal.carrier = "server".to_owned();
        store.put_seal(&seal).await.expect("written");
        seal.code
    })
}

/// A production server that stands alone; it ends when this is dropped.
struct Server(Child);

impl Server {
    fn end(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
    }
}

fn wait_for(server: &mut Server, port: u16) {
    let started = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        if started.elapsed() > Duration::from_secs(30) || server.0.try_wait().expect("its state").is_some() {
            server.end();
            let mut text = String::new();
            server.0.stderr.take().expect("its words").read_to_string(&mut text).expect("text");
            panic!("it does not start: {text}");
        }
        thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn production_refuses_key_files_development_anchors_unsigned_bundles_and_a_foreign_sealed_key() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(vendor) = vendor_library(folder.path()) else { return };
    let port = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("its number").port();
    let path = configuration(folder.path(), &vendor, 1, port);
    let text = fs::read_to_string(&path).expect("read");
    let refused = |lines: &str| {
        fs::write(&path, text.replace("[phones]\n", &format!("{lines}\n[phones]\n"))).expect("written");
        refusal(&path, PASSWORD)
    };
    let keys = folder.path().join("keys");
    assert!(refused(&format!("[keys]\nkey_files = {keys:?}")).contains("production mode refuses key files"));
    assert!(!keys.exists(), "nothing was made there");
    let bundle = folder.path().join("trust.json");
    fs::write(&bundle, "{\"version\":0,\"anchors\":[],\"crls\":[]}").expect("written");
    let said = refused(&format!("[keys]\ntrust_bundle = {bundle:?}"));
    assert!(said.contains("signed trust bundles only"), "{said}");
    let data = folder.path().join("data");
    fs::create_dir_all(&data).expect("a folder");
    let foreign = format!("ESEAL-SHARE-KEY/1\n04{}\n00\n", "11".repeat(64));
    fs::write(data.join("share.key.sealed"), foreign).expect("written");
    assert!(refused("").contains("was sealed by another key"));
    fs::write(data.join("share.key.sealed"), "x").expect("written");
    assert!(refused("").contains("is damaged"));
    fs::write(&path, text.replace("listen = \"127.0.0.1", "listen = \"0.0.0.0")).expect("written");
    assert!(refusal(&path, PASSWORD).contains("plain HTTP off loopback"));
}

/// Beside the tests' own program: cargo puts libraries there.
fn soft_library() -> PathBuf {
    let test = std::env::current_exe().expect("a path");
    test.parent().expect("a folder").join(format!("{}softsdf{}", consts::DLL_PREFIX, consts::DLL_SUFFIX))
}

/// A library that says to be a vendor's.
fn vendor_library(folder: &Path) -> Option<PathBuf> {
    if !at_hand("gcc", "--version") {
        return None;
    }
    let library = folder.join("libvendor.so");
    let built = Command::new("gcc")
        .args(["-Wall", "-Werror", "-shared", "-fPIC", "-o"])
        .arg(&library)
        .arg(format!("-DREAL=\"{}\"", soft_library().display()))
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/c/vendor.c"))
        .arg("-ldl")
        .status();
    assert!(built.expect("gcc runs").success());
    Some(library)
}

/// Keys 1 to 5 in a device folder, the certificate of `seed` for key 1, and a configuration for production.
fn configuration(folder: &Path, library: &Path, seed: u8, port: u16) -> PathBuf {
    let key = |seed: u8| SigningKey::from_bytes(&[seed; 32]).expect("a key");
    let device = folder.join("device");
    fs::create_dir_all(&device).expect("a folder");
    for index in 1..=6_u8 {
        softsdf::provision(&device, index.into(), &key(index), PASSWORD.as_bytes()).expect("written");
    }
    let signer = key(seed);
    let template = CertificateTemplate {
        serial: &[1],
        subject: &Subject::named("test"),
        public_key: &signer.public_key(),
        profile: Profile::Signer,
        not_before: "2026-01-01T00:00:00Z".parse().expect("a time"),
        not_after: "2027-01-01T00:00:00Z".parse().expect("a time"),
        crl_url: None,
    };
    let certificate = template.self_signed(&|tbs| Ok(signer.sign(tbs))).expect("issued");
    let certificate_file = folder.join("seal.pem");
    fs::write(&certificate_file, pem::encode(pem::CERTIFICATE, &certificate)).expect("written");
    let uses = ["ticket", "login", "summary", "log", "share"];
    let platform: String = (2..)
        .zip(uses)
        .map(|(index, purpose)| format!("[[device.hsm1.key]]\nindex = {index}\nuse = {purpose:?}\n"))
        .collect();
    let text = format!(
        "[server]\nlisten = \"127.0.0.1:{port}\"\n[storage]\ndata = {:?}\n\
         [phones]\ncertificate_command = [\"/bin/false\"]\n\
         [device.hsm1]\nkind = \"sdf\"\npath = {library:?}\nsecret = \"env:HSM1_PWD\"\n\
         environment = {{ ESEAL_SOFTSDF_DIR = {device:?} }}\n\
         [[device.hsm1.key]]\nindex = 1\ncertificate = {certificate_file:?}\n{platform}",
        folder.join("data")
    );
    let path = folder.join("eseal.toml");
    fs::write(&path, text).expect("written");
    path
}

fn serve(configuration: &Path, password: &str) -> Server {
    let child = eseal()
        .args(["serve", "--config"])
        .arg(configuration)
        .env("HSM1_PWD", password)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn();
    Server(child.expect("it starts"))
}

/// What a server that does not start says.
fn refusal(configuration: &Path, password: &str) -> String {
    let mut server = serve(configuration, password);
    let started = Instant::now();
    while server.0.try_wait().expect("its state").is_none() {
        assert!(started.elapsed() < Duration::from_secs(30), "it started");
        thread::sleep(Duration::from_millis(20));
    }
    let mut text = String::new();
    server.0.stderr.take().expect("its words").read_to_string(&mut text).expect("text");
    assert!(!text.contains(password), "{text}");
    text
}

#[test]
fn production_starts_with_a_vendors_device_and_refuses_ours_and_what_does_not_fit() {
    let folder = tempfile::tempdir().expect("a folder");
    let port = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("its number").port();
    let ours = configuration(&folder.path().join("ours"), &soft_library(), 1, port);
    let said = refusal(&ours, PASSWORD);
    assert!(said.contains("production mode refuses development devices"), "{said}");
    let Some(vendor) = vendor_library(folder.path()) else { return };
    let other = configuration(&folder.path().join("other"), &vendor, 9, port);
    assert!(refusal(&other, PASSWORD).contains("key 1: the key at index 1 does not belong to the certificate"));
    let good = configuration(folder.path(), &vendor, 1, port);
    let said = refusal(&good, "12345678");
    assert!(said.contains("key 1 has a default password"), "{said}");
    assert!(refusal(&good, "another password").contains("0x01000018"));
    let mut server = serve(&good, PASSWORD);
    wait_for(&mut server, port);
    let sealed = folder.path().join("data/share.key.sealed");
    let first = fs::read_to_string(&sealed).expect("the key of the phones' shares, sealed by the device");
    assert!(!folder.path().join("data/share.key").exists() && !folder.path().join("data/keys").exists());
    server.end();
    let mut server = serve(&good, PASSWORD);
    wait_for(&mut server, port);
    assert_eq!(fs::read_to_string(&sealed).expect("there"), first, "opened, not made again");
    let ready = get(port, "/readyz");
    assert!(ready.starts_with("HTTP/1.1 200") && ready.contains("device hsm1 up"), "{ready}");
    assert!(
        get(port, "/api/v1/public/keys")
            .contains(&hex::encode(SigningKey::from_bytes(&[5; 32]).expect("a key").public_key()))
    );
}

fn get(port: u16, path: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("it listens");
    write!(stream, "GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n").expect("sent");
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("an answer");
    text
}
