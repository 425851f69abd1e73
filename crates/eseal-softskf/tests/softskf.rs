//! The library from the outside: a C program with the standard's prototypes drives it.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use eseal_gm::sm2::SigningKey;
use softskf::{TokenKey, provision};

/// Cargo puts the library beside the executables of tests.
fn library() -> PathBuf {
    let test = env::current_exe().expect("a path");
    let folder = test.parent().expect("a folder");
    let name = format!("{}softskf{}", env::consts::DLL_PREFIX, env::consts::DLL_SUFFIX);
    folder.join(name)
}

fn built(folder: &Path) -> Option<PathBuf> {
    if Command::new("gcc").arg("--version").output().is_err() {
        eprintln!("skipped: gcc is absent");
        return None;
    }
    let program = folder.join("skf");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/c/skf.c");
    let done = Command::new("gcc").args(["-Wall", "-Werror", "-o"]).arg(&program).arg(source).arg("-ldl").status();
    assert!(done.expect("gcc runs").success());
    Some(program)
}

fn token(folder: &Path) {
    let new = TokenKey {
        application: "ESEAL",
        container: "seal",
        key: &SigningKey::from_bytes(&[7; 32]).expect("a key"),
        certificate: b"a certificate, as far as the token cares",
        user_pin: b"123456",
        admin_pin: b"87654321",
        tries: 20,
    };
    provision(folder, "token", &new).expect("written");
}

fn run(program: &Path, part: &str, library: &Path, folder: Option<&Path>) {
    let mut command = Command::new(program);
    command.arg(library).arg(part).env_remove("ESEAL_SOFTSKF_DIR");
    if let Some(folder) = folder {
        command.env("ESEAL_SOFTSKF_DIR", folder);
    }
    let run = command.output().expect("it runs");
    let text = format!("{}{}", String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success(), "{part}: {text}");
    assert!(text.contains("DEV ONLY"), "{part}: {text}");
}

#[test]
fn a_c_program_finds_every_function_and_the_codes_of_the_standard() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(program) = built(folder.path()) else { return };
    token(folder.path());
    run(&program, "all", &library(), Some(folder.path()));
}

#[test]
fn twenty_wrong_pins_lock_for_the_next_process_too_until_the_administrator_unlocks() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(program) = built(folder.path()) else { return };
    token(folder.path());
    run(&program, "wrong", &library(), Some(folder.path()));
    run(&program, "locked", &library(), Some(folder.path()));
    run(&program, "unblock", &library(), Some(folder.path()));
}

#[test]
fn without_a_variable_the_tokens_lie_beside_the_library() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(program) = built(folder.path()) else { return };
    token(folder.path());
    let copy = folder.path().join("libsoftskf.copy.so");
    fs::copy(library(), &copy).expect("copied");
    run(&program, "all", &copy, None);
}
