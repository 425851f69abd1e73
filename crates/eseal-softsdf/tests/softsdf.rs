//! The library from the outside: a C program with the standard's prototypes drives it.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use eseal_gm::sm2::SigningKey;
use softsdf::{provision, provision_kek};

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
    for index in [1, 2] {
        let key = SigningKey::from_bytes(&[index; 32]).expect("a key");
        provision(folder.path(), index.into(), &key, b"password").expect("written");
    }
    provision_kek(folder.path(), 1, &[9; 16], b"storage password").expect("written");
    let run = |arguments: &[&str]| {
        let run = Command::new(&program)
            .arg(library())
            .args(arguments)
            .env("ESEAL_SOFTSDF_DIR", folder.path())
            .env("ESEAL_SOFTSDF_STORAGE", "storage password")
            .output()
            .expect("it runs");
        let said = String::from_utf8_lossy(&run.stderr).into_owned();
        assert!(run.status.success(), "{}{said}", String::from_utf8_lossy(&run.stdout));
        assert!(said.contains("DEV ONLY"), "{said}");
    };
    run(&[]);
    run(&["locked"]);
}
