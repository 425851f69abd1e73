//! The library from the outside: a C program with the standard's prototypes drives it.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use eseal_gm::sm2::SigningKey;
use softsdf::provision;

/// Cargo puts the library beside the executables of tests.
fn library() -> PathBuf {
    let test = env::current_exe().expect("a path");
    let folder = test.parent().expect("a folder");
    let name = format!("{}softsdf{}", env::consts::DLL_PREFIX, env::consts::DLL_SUFFIX);
    folder.join(name)
}

#[test]
fn a_c_program_finds_every_function_and_the_codes_of_the_standard() {
    if Command::new("gcc").arg("--version").output().is_err() {
        eprintln!("skipped: gcc is absent");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let program = folder.path().join("sdf");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/c/sdf.c");
    let built = Command::new("gcc").args(["-Wall", "-Werror", "-o"]).arg(&program).arg(source).arg("-ldl").status();
    assert!(built.expect("gcc runs").success());
    provision(folder.path(), 1, &SigningKey::from_bytes(&[7; 32]).expect("a key"), b"password").expect("written");
    let run = Command::new(program).arg(library()).env("ESEAL_SOFTSDF_DIR", folder.path()).output().expect("it runs");
    assert!(run.status.success(), "{}{}", String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(String::from_utf8_lossy(&run.stderr).contains("DEV ONLY"));
}
