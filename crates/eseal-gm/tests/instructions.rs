//! Instructions that each operation takes (指令数), counted by valgrind and compared with a baseline.
//!
//! Counts do not depend on the machine's load or clock.  Valgrind shows programs a processor with AVX2 and without
//! ADX, so it is always the portable arithmetic that is counted.  The baseline names compiler and profile it holds
//! for; `ESEAL_GM_BASELINE=write` in the environment writes a new one.

use std::{collections::BTreeMap, path::PathBuf, process::Command};

use eseal_gm::sm2::{Signature, SigningKey};

/// Set in the process under valgrind: what to do, and how often.
const WORK: &str = "ESEAL_GM_COUNTED";
/// Operations that are counted.
const OPERATIONS: [&str; 5] = ["sign", "verify_cold", "verify_cached", "sm3_1mib", "sm3_many_64x1kib"];
/// How much more than the baseline is let pass.
const SLACK: f64 = 1.05;

#[test]
fn instruction_counts_stay_within_five_percent_of_the_baseline() {
    if let Ok(work) = std::env::var(WORK) {
        let (operation, times) = work.split_once(' ').unwrap();
        return run(operation, times.parse().unwrap());
    }
    if cfg!(not(debug_assertions)) {
        return println!("skipped: the baseline is of the development profile");
    }
    if !has_counted_instructions() {
        return println!("skipped: the baseline is of a processor with AVX2 and BMI2");
    }
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("testdata/instructions.json");
    let mut counts = BTreeMap::new();
    for operation in OPERATIONS {
        let (Some(few), Some(more)) = (count(operation, 4), count(operation, 8)) else {
            return println!("skipped: no valgrind");
        };
        counts.insert(operation.to_owned(), more.saturating_sub(few) / 4);
    }
    if std::env::var("ESEAL_GM_BASELINE").is_ok_and(|value| value == "write") {
        let baseline = serde_json::json!({ "compiler": compiler(), "counts": counts });
        std::fs::write(file, serde_json::to_string_pretty(&baseline).unwrap() + "\n").unwrap();
        return;
    }
    let baseline: serde_json::Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    if baseline["compiler"] != compiler() {
        return println!("skipped: the baseline is of another compiler than {}", compiler());
    }
    for (operation, count) in counts {
        let before = baseline["counts"][&operation].as_f64().unwrap();
        println!("{operation:18} {count:12} instructions, {:+.1} %", (count as f64 / before - 1.0) * 100.0);
        assert!(count as f64 <= before * SLACK, "{operation}: {count} instructions, {before} before");
    }
}

/// Whether valgrind will show the processor that the baseline is of.
fn has_counted_instructions() -> bool {
    #[cfg(target_arch = "x86_64")]
    return std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("bmi2");
    #[cfg(not(target_arch = "x86_64"))]
    false
}

/// Compiler and processor kind.
fn compiler() -> String {
    let output = Command::new("rustc").arg("-V").output().map(|output| output.stdout).unwrap_or_default();
    format!("{} {}", String::from_utf8_lossy(&output).trim(), std::env::consts::ARCH)
}

/// Instructions of a process that does something that often.
fn count(operation: &str, times: u32) -> Option<u64> {
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(std::env::current_exe().ok()?);
    valgrind.args(["--test-threads=1", "--quiet"]).env(WORK, format!("{operation} {times}"));
    let output = valgrind.output().ok()?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let line = text.lines().find_map(|line| line.split_once("Collected :"))?;
    line.1.trim().parse().ok()
}

fn run(operation: &str, times: u32) {
    let key = SigningKey::from_bytes(&[0x42; 32]).unwrap();
    let (e, mebibyte) = ([7; 32], vec![0x5a; 1 << 20]);
    // Published, and so the same in every run (GB/T 32918.5).
    let vectors: serde_json::Value = serde_json::from_str(include_str!("../testdata/gm-base-vectors.json")).unwrap();
    let number = |name: &str| -> [u8; 32] {
        hex::decode(vectors["sm2_sign_gbt32918_5"][name].as_str().unwrap()).unwrap().try_into().unwrap()
    };
    let published = SigningKey::from_bytes(&number("d")).unwrap();
    let (public, digest) = (published.verifying_key(), number("e"));
    let signature = Signature { r: number("r"), s: number("s") };
    let kibibytes = vec![[3; 1024]; 64];
    let messages: Vec<&[u8]> = kibibytes.iter().map(<[u8; 1024]>::as_slice).collect();
    if operation == "verify_cached" {
        (0..4).for_each(|_| assert!(public.verify_prehash(&digest, &signature)));
    }
    for _ in 0..times {
        match operation {
            "sign" => drop(std::hint::black_box(key.sign_prehash(&e).to_raw().to_vec())),
            "verify_cold" => assert!(public.verify_prehash_uncached(&digest, &signature)),
            "verify_cached" => assert!(public.verify_prehash(&digest, &signature)),
            "sm3_1mib" => drop(std::hint::black_box(eseal_gm::sm3(&mebibyte).to_vec())),
            "sm3_many_64x1kib" => drop(std::hint::black_box(eseal_gm::sm3_many(&messages))),
            other => panic!("{other}"),
        }
    }
}
