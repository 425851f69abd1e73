//! Signatures a second through the SDF interface: in this process, and through the helper process.
//!
//! The helper is this very program, started again with a variable set.

use std::{
    env, hint,
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use criterion::{Criterion, Throughput};
use eseal_device::{
    DigestSigner, SignInput,
    helper::{self, Confinement, Helper, HelperConfig, HelperKey},
    sdf::{SdfDevice, SdfProfile},
};
use eseal_gm::sm2::SigningKey;
use zeroize::Zeroizing;

const HELPER: &str = "SDF_BENCH_HELPER";
const PASSWORD: &[u8] = b"7d0f3c9a1e55";

fn library() -> PathBuf {
    let bench = env::current_exe().expect("a path");
    let name = format!("{}softsdf{}", env::consts::DLL_PREFIX, env::consts::DLL_SUFFIX);
    bench.parent().expect("a folder").join(name)
}

fn sign(signer: &dyn DigestSigner) {
    hint::black_box(signer.sign_unchecked(&SignInput { e: &[7; 32], tbs: &[] }).expect("signed"));
}

/// `count` signatures by some threads.
fn many(signer: &Arc<dyn DigestSigner>, threads: u64, count: u64) -> Duration {
    let begun = Instant::now();
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| (0..count.div_ceil(threads)).for_each(|_| sign(&**signer)));
        }
    });
    begun.elapsed()
}

fn main() -> ExitCode {
    if env::var_os(HELPER).is_some() {
        return helper::main();
    }
    let folder = tempfile::tempdir().expect("a folder");
    let key = SigningKey::from_bytes(&[7; 32]).expect("a key");
    softsdf::provision(folder.path(), 1, &key, PASSWORD).expect("written");
    let folder_name = folder.path().to_str().expect("text").to_owned();
    let helper = Helper::start(HelperConfig {
        name: "bench".to_owned(),
        program: env::current_exe().expect("a path"),
        arguments: Vec::new(),
        environment: vec![(HELPER.to_owned(), "1".to_owned()), ("ESEAL_SOFTSDF_DIR".to_owned(), folder_name.clone())],
        profile: SdfProfile::new(library()),
        keys: vec![HelperKey { index: 1, public_key: None, password: Zeroizing::new(PASSWORD.to_vec()), wraps: false }],
        confinement: Confinement::default(),
        call_timeout: Duration::from_secs(5),
        open_timeout: Duration::from_secs(30),
    })
    .expect("a helper");
    // The library reads its folder when it opens the device; no other thread runs yet that reads the environment.
    let device = start_here(&folder_name);
    let here = device.signer_of(1, None, Zeroizing::new(PASSWORD.to_vec())).expect("a signer");
    let signers: [(&str, Arc<dyn DigestSigner>); 2] =
        [("in process", Arc::new(here)), ("helper process", Arc::new(helper.signer(0).expect("a signer")))];
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("sdf sign");
    group.throughput(Throughput::Elements(1));
    for (name, signer) in signers {
        for threads in [1, 2, 8] {
            group.bench_function(format!("{name}, {threads} threads"), |bencher| {
                bencher.iter_custom(|count| many(&signer, threads, count));
            });
        }
    }
    group.finish();
    criterion.final_summary();
    ExitCode::SUCCESS
}

#[expect(unsafe_code, reason = "the device is told its folder by an environment variable")]
fn start_here(folder: &str) -> Arc<SdfDevice> {
    // SAFETY: the threads of the helper's client read no environment.
    unsafe { env::set_var("ESEAL_SOFTSDF_DIR", folder) };
    SdfDevice::open(SdfProfile::new(library())).expect("a device")
}
