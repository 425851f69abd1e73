use std::{fs, process::Command};

use eseal_gm::{
    Hash,
    foreign::{self, Curve},
};

/// Runs openssl in `folder`; `None` where there is none.
fn openssl(folder: &tempfile::TempDir, line: &str) -> Option<Vec<u8>> {
    let output = Command::new("openssl").current_dir(folder).args(line.split(' ')).output().ok()?;
    assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    Some(output.stdout)
}

#[test]
fn ecdsa_signatures_of_openssl_verify_and_broken_ones_do_not() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("message"), b"message").unwrap();
    for (curve, name, hash, point) in
        [(Curve::P256, "prime256v1", Hash::Sha256, 65), (Curve::P384, "secp384r1", Hash::Sha384, 97)]
    {
        let new = openssl(&folder, &format!("ecparam -name {name} -genkey -noout -out key.pem"));
        if new.is_none() {
            return println!("skipped: no openssl");
        }
        let public = openssl(&folder, "pkey -in key.pem -pubout -outform DER").unwrap();
        let key = &public[public.len() - point..];
        let digest_name = hash.name().replace('-', "").to_lowercase();
        let mut signature = openssl(&folder, &format!("dgst -{digest_name} -sign key.pem message")).unwrap();
        let digest = hash.digest(b"message");
        assert!(foreign::verify_ecdsa(curve, key, &digest, &signature));
        assert!(!foreign::verify_ecdsa(curve, key, &hash.digest(b"another"), &signature));
        assert!(!foreign::verify_ecdsa(curve, &key[1..], &digest, &signature));
        let last = signature.len() - 1;
        signature[last] ^= 1;
        assert!(!foreign::verify_ecdsa(curve, key, &digest, &signature));
        assert!(!foreign::verify_ecdsa(curve, key, &digest, b""));
    }
}

#[test]
fn rsa_signatures_of_openssl_verify_and_broken_ones_do_not() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("message"), b"message").unwrap();
    if openssl(&folder, "genrsa -out key.pem 2048").is_none() {
        return println!("skipped: no openssl");
    }
    let key = openssl(&folder, "rsa -in key.pem -RSAPublicKey_out -outform DER").unwrap();
    for hash in [Hash::Sha1, Hash::Sha256, Hash::Sha384, Hash::Sha512, Hash::Md5] {
        let name = hash.name().replace('-', "").to_lowercase();
        let mut signature = openssl(&folder, &format!("dgst -{name} -sign key.pem message")).unwrap();
        let digest = hash.digest(b"message");
        assert!(foreign::verify_rsa_pkcs1v15(&key, hash, &digest, &signature), "{name}");
        assert!(!foreign::verify_rsa_pkcs1v15(&key, hash, &hash.digest(b""), &signature));
        assert!(!foreign::verify_rsa_pkcs1v15(&key[1..], hash, &digest, &signature));
        assert!(!foreign::verify_rsa_pkcs1v15(&key, hash, &digest[1..], &signature));
        signature[9] ^= 1;
        assert!(!foreign::verify_rsa_pkcs1v15(&key, hash, &digest, &signature));
    }
    for (hash, salt) in [(Hash::Sha256, 32), (Hash::Sha256, 20), (Hash::Sha1, 20), (Hash::Sha512, 64)] {
        let name = hash.name().replace('-', "").to_lowercase();
        let options = format!("-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:{salt}");
        let signature = openssl(&folder, &format!("dgst -{name} {options} -sign key.pem message")).unwrap();
        let digest = hash.digest(b"message");
        assert!(foreign::verify_rsa_pss(&key, hash, salt, &digest, &signature), "{name} {salt}");
        assert!(!foreign::verify_rsa_pss(&key, hash, salt + 1, &digest, &signature));
        assert!(!foreign::verify_rsa_pss(&key, hash, salt, &hash.digest(b""), &signature));
        assert!(!foreign::verify_rsa_pkcs1v15(&key, hash, &digest, &signature));
    }
}
