//! Certificates for phones from an authority outside (外部 CA 签发): through a program of the operator's, because every
//! authority has an interface of its own.
//!
//! The program gets one line of JSON on its input and answers with the certificate on its output, PEM.  The platform has
//! seen the proof that phone and server hold the key, as a registration authority must; the program need not ask again.
//! What it answers is believed only if it is for that key and good for signing here.

use std::{
    io::{self, Read, Write},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use eseal_asn1::write;
use eseal_gm::oid;
use eseal_pki::pem;
use eseal_service::{
    Phones,
    mobile::{CertificateIssuer, NotIssued},
    seconds,
};
use eseal_store::UserRecord;
use serde_json::json;

/// Longest answer in bytes: a certificate with its chain has some KiB.
const ANSWER_BYTES: u64 = 64 << 10;
/// How often it is asked whether the program has ended.
const LOOK: Duration = Duration::from_millis(20);

/// A program that has keys certified.
pub(crate) struct CertificateCommand {
    program: PathBuf,
    arguments: Vec<PathBuf>,
    patience: Duration,
}

impl CertificateCommand {
    /// As configured; `None` if there is none.
    pub(crate) fn of(phones: &Phones) -> Option<Self> {
        let (program, arguments) = phones.certificate_command.split_first()?;
        Some(Self {
            program: program.clone(),
            arguments: arguments.to_vec(),
            patience: seconds(phones.certificate_seconds),
        })
    }

    fn ask(&self, request: &str) -> io::Result<Vec<u8>> {
        let mut command = Command::new(&self.program);
        // The server's own variables may hold passwords.
        command.args(&self.arguments).env_clear();
        command.envs(["PATH", "HOME", "LANG", "TZ"].iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn()?;
        let answer = self.talk(&mut child, request);
        if answer.is_err() {
            let _ = child.kill();
        }
        let _ = child.wait();
        answer
    }

    /// Within the time; a program that leaves its output open to others is not waited for.
    fn talk(&self, child: &mut Child, request: &str) -> io::Result<Vec<u8>> {
        let until = Instant::now() + self.patience;
        let (mut input, output) = (child.stdin.take(), child.stdout.take());
        let (done, answered) = mpsc::channel();
        thread::Builder::new().name("certificate".to_owned()).spawn(move || {
            let mut bytes = Vec::new();
            let read = output.map_or(Ok(0), |output| output.take(ANSWER_BYTES).read_to_end(&mut bytes));
            let _ = done.send(read.map(|_| bytes));
        })?;
        if let Some(input) = &mut input {
            // Some hundred bytes: a pipe takes them.  A program that has ended without reading says why by its answer.
            match input.write_all(request.as_bytes()) {
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
                written => written?,
            }
        }
        drop(input);
        let answer = answered.recv_timeout(self.patience).map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
        loop {
            match child.try_wait()? {
                Some(status) if status.success() => return Ok(answer),
                Some(status) => return Err(io::Error::other(format!("it ended with {status}"))),
                None if Instant::now() >= until => return Err(io::ErrorKind::TimedOut.into()),
                None => thread::sleep(LOOK),
            }
        }
    }
}

impl CertificateIssuer for CertificateCommand {
    fn issue(&self, user: &UserRecord, public_key: &[u8]) -> Result<Vec<u8>, NotIssued> {
        let request = json!({
            "purpose": "phone",
            "userId": user.id,
            "name": user.name,
            "idType": user.id_type,
            "idNo": user.id_no,
            "organizations": user.organizations,
            "publicKey": pem::encode("PUBLIC KEY", &public_key_info(public_key)),
        });
        let answer = self.ask(&format!("{request}\n"));
        let answer = answer.map_err(|error| NotIssued(format!("phones.certificate_command: {error}")))?;
        // DER would be taken as it is, and so would any other bytes.
        let is_pem = answer.trim_ascii_start().starts_with(b"-----BEGIN ");
        let der = if is_pem { pem::der_of(&answer, pem::CERTIFICATE).ok() } else { None };
        der.ok_or_else(|| NotIssued("phones.certificate_command answered no certificate".into()))
    }
}

/// ```text
/// SubjectPublicKeyInfo ::= SEQUENCE { SEQUENCE { id-ecPublicKey, sm2 }, subjectPublicKey BIT STRING }
/// ```
fn public_key_info(point: &[u8]) -> Vec<u8> {
    let algorithm = write::sequence(&[&write::oid(oid::EC_PUBLIC_KEY.der), &write::oid(oid::SM2.der)]);
    write::sequence(&[&algorithm, &write::bit_string(point)])
}

#[cfg(all(test, unix))]
mod tests {
    use eseal_gm::sm2::SigningKey;

    use super::*;

    fn issue(script: &str, seconds: u64) -> Result<Vec<u8>, String> {
        let phones = Phones {
            certificate_command: ["/bin/sh", "-c", script].map(PathBuf::from).to_vec(),
            certificate_seconds: seconds,
            ..Phones::default()
        };
        let key = SigningKey::from_bytes(&[7; 32]).expect("a key");
        let user = UserRecord { id: "u1".into(), name: "甲".into(), ..UserRecord::default() };
        let command = CertificateCommand::of(&phones).expect("a command");
        command.issue(&user, &key.public_key()).map_err(|error| error.0)
    }

    #[test]
    fn the_program_gets_key_and_person_and_its_certificate_is_taken() {
        let answer = "printf -- '-----BEGIN CERTIFICATE-----\\nMAA=\\n-----END CERTIFICATE-----\\n'";
        assert_eq!(issue(answer, 10), Ok(vec![0x30, 0]));
        let checks = format!("read line; case $line in *'BEGIN PUBLIC KEY'*'\"u1\"'*) {answer};; *) exit 3;; esac");
        assert_eq!(issue(&checks, 10), Ok(vec![0x30, 0]));
    }

    #[test]
    fn what_fails_hangs_or_says_something_else_is_no_certificate() {
        for (script, words) in [
            ("exit 3", "exit status: 3"),
            ("echo no", "no certificate"),
            ("sleep 30", "timed out"),
            ("exec >&-; sleep 30", "timed out"),
            ("yes", "it ended with"),
        ] {
            let begun = Instant::now();
            let error = issue(script, 1).expect_err(script);
            assert!(error.contains(words), "{script}: {error}");
            assert!(begun.elapsed() < Duration::from_secs(10), "{script}");
        }
        assert!(CertificateCommand::of(&Phones::default()).is_none());
    }
}
