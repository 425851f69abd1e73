//! What the tests need besides Rust: installed when missing and permitted, otherwise named.

use crate::run::Command;

/// A program, how to see that it is there, and the Debian package or Python project that brings it.
struct Tool {
    name: &'static str,
    probe: (&'static str, &'static [&'static str]),
    from: Source,
    what_for: &'static str,
}

enum Source {
    Debian(&'static str),
    Python(&'static str),
    Cargo(&'static str),
    /// A script that tests load from `peers` of the target folder.
    Npm(&'static str),
}

const TOOLS: &[Tool] = &[
    Tool {
        name: "openssl",
        probe: ("openssl", &["version"]),
        from: Source::Debian("openssl"),
        what_for: "second judge of SM2 values and certificates",
    },
    Tool {
        name: "curl",
        probe: ("curl", &["--version"]),
        from: Source::Debian("curl"),
        what_for: "calls the system as a stranger would",
    },
    Tool {
        name: "qpdf",
        probe: ("qpdf", &["--version"]),
        from: Source::Debian("qpdf"),
        what_for: "judge of PDF structure",
    },
    Tool {
        name: "pdfsig",
        probe: ("pdfsig", &["-v"]),
        from: Source::Debian("poppler-utils"),
        what_for: "judge and renderer of PDF",
    },
    Tool {
        name: "chromium",
        probe: ("chromium", &["--version"]),
        from: Source::Debian("chromium"),
        what_for: "opens the reference page as a person would",
    },
    Tool {
        name: "mutool",
        probe: ("mutool", &["-v"]),
        from: Source::Debian("mupdf-tools"),
        what_for: "second renderer of PDF",
    },
    Tool { name: "npm", probe: ("npm", &["--version"]), from: Source::Debian("npm"), what_for: "brings ofd.js" },
    Tool {
        name: "ofd.js",
        probe: ("npm", &["--version"]), // its folder is looked for
        from: Source::Npm("ofd.js@0.2.6"),
        what_for: "second renderer of OFD, in Chromium",
    },
    Tool {
        name: "g++",
        probe: ("g++", &["--version"]),
        from: Source::Debian("g++"),
        what_for: "builds the fuzzing engine",
    },
    Tool {
        name: "valgrind",
        probe: ("valgrind", &["--version"]),
        from: Source::Debian("valgrind"),
        what_for: "watches secrets in the cryptography and counts its instructions",
    },
    Tool {
        name: "gcc",
        probe: ("gcc", &["--version"]),
        from: Source::Debian("gcc"),
        what_for: "builds the C programs that drive our device libraries",
    },
    Tool {
        name: "rustc for WebAssembly",
        probe: ("/usr/bin/rustc", &["--version"]),
        from: Source::Debian("rustc-web"),
        what_for: "compiles the phone's core for pages",
    },
    Tool {
        name: "cargo for WebAssembly",
        probe: ("/usr/bin/cargo", &["--version"]),
        from: Source::Debian("cargo-web"),
        what_for: "builds the phone's core for pages",
    },
    Tool {
        name: "sources of Rust's standard library",
        probe: ("test", &["-d", "/usr/lib/rustlib/src/rust/library"]),
        from: Source::Debian("rust-web-src"),
        what_for: "the standard library of the phone's core for pages",
    },
    Tool {
        name: "wasm-ld",
        probe: ("wasm-ld", &["--version"]),
        from: Source::Debian("lld"),
        what_for: "links the phone's core for pages",
    },
    Tool {
        name: "node",
        probe: ("node", &["--version"]),
        from: Source::Debian("nodejs"),
        what_for: "runs the phone's core for pages",
    },
    Tool {
        name: "pyHanko",
        probe: ("python3", &["-c", "import pyhanko"]),
        from: Source::Python("pyhanko"),
        what_for: "judge of PDF signatures and later changes",
    },
    Tool {
        name: "jsonschema",
        probe: ("python3", &["-c", "import jsonschema"]),
        from: Source::Python("jsonschema"),
        what_for: "second judge of reports against their schema",
    },
    Tool {
        name: "cargo-deny",
        probe: (env!("CARGO"), &["deny", "--version"]),
        from: Source::Cargo("cargo-deny"),
        what_for: "bans, licences and sources of what we depend on",
    },
];

/// What turns office documents into PDF: the demo wants it too.
const OFFICE: &[Tool] = &[
    Tool {
        name: "LibreOffice Writer",
        probe: ("test", &["-e", "/usr/lib/libreoffice/program/libswlo.so"]),
        from: Source::Debian("libreoffice-writer-nogui"),
        what_for: "turns office documents into PDF",
    },
    Tool {
        name: "LibreOffice Calc",
        probe: ("test", &["-e", "/usr/lib/libreoffice/program/libsclo.so"]),
        from: Source::Debian("libreoffice-calc-nogui"),
        what_for: "turns tables into PDF",
    },
    Tool {
        name: "LibreOffice Impress",
        probe: ("test", &["-e", "/usr/lib/libreoffice/program/libsdlo.so"]),
        from: Source::Debian("libreoffice-impress-nogui"),
        what_for: "turns slides into PDF",
    },
    Tool {
        name: "python3-uno",
        probe: ("/usr/bin/python3", &["-I", "-c", "import uno"]),
        from: Source::Debian("python3-uno"),
        what_for: "speaks with LibreOffice",
    },
    Tool {
        name: "Noto CJK fonts",
        probe: ("test", &["-d", "/usr/share/fonts/opentype/noto"]),
        from: Source::Debian("fonts-noto-cjk"),
        what_for: "宋 and 黑 of office documents",
    },
    Tool {
        name: "LXGW WenKai font",
        probe: ("test", &["-d", "/usr/share/fonts/truetype/lxgw-wenkai"]),
        from: Source::Debian("fonts-lxgw-wenkai"),
        what_for: "楷 of office documents",
    },
    Tool {
        name: "Liberation fonts",
        probe: ("test", &["-d", "/usr/share/fonts/truetype/liberation"]),
        from: Source::Debian("fonts-liberation"),
        what_for: "Times New Roman and Arial of office documents",
    },
];

/// Makes sure that every tool is there; what cannot be installed is named, and the tests that need it say so.
pub(crate) fn ensure() {
    ensure_these(TOOLS.iter().chain(OFFICE));
}

/// Makes sure that office documents can be converted; what cannot be installed is named.
pub(crate) fn ensure_office() {
    ensure_these(OFFICE.iter());
}

fn ensure_these(tools: impl Iterator<Item = &'static Tool>) {
    let missing: Vec<&Tool> = tools.filter(|tool| !present(tool)).collect();
    let packages: Vec<&str> = missing
        .iter()
        .filter_map(|tool| if let Source::Debian(package) = tool.from { Some(package) } else { None })
        .collect();
    if !packages.is_empty() && Command::new("id", &["-u"]).output().is_ok_and(|id| id.starts_with(b"0")) {
        install_packages(&packages);
    }
    for tool in missing {
        match tool.from {
            Source::Debian(_) => {}
            Source::Python(project) => install_python(project),
            Source::Cargo(name) => install_cargo(name),
            Source::Npm(package) => install_npm(package),
        }
        if !present(tool) {
            let how = match tool.from {
                Source::Debian(package) => format!("apt-get install {package}"),
                Source::Python(project) => format!("pip install {project}"),
                Source::Cargo(name) => format!("cargo install --locked {name}"),
                Source::Npm(package) => format!("npm install --prefix {} {package}", peers().display()),
            };
            eprintln!("missing: {} ({}): {how}; what needs it says so and goes on", tool.name, tool.what_for);
        }
    }
}

fn present(tool: &Tool) -> bool {
    if let Source::Npm(package) = tool.from {
        let name = package.split('@').next().unwrap_or(package);
        return peers().join("node_modules").join(name).is_dir();
    }
    Command::new(tool.probe.0, tool.probe.1).succeeds()
}

/// All together; where that fails, one by one, so that one that is not to be had keeps back no other.
fn install_packages(packages: &[&str]) {
    let install = |packages: &[&str]| {
        let mut arguments = vec!["install", "--yes", "--quiet", "--no-install-recommends"];
        arguments.extend(packages);
        Command::new("apt-get", &arguments).env("DEBIAN_FRONTEND", "noninteractive").run()
    };
    if let Err(error) = Command::new("apt-get", &["update", "--quiet"]).run() {
        eprintln!("{error:#}");
    }
    if install(packages).is_ok() {
        return;
    }
    for package in packages {
        if let Err(error) = install(&[package]) {
            eprintln!("{error:#}");
        }
    }
}

fn install_python(project: &str) {
    let plain = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", project];
    if Command::new("python3", &plain).run().is_err() {
        let mut forced = plain.to_vec();
        forced.push("--break-system-packages");
        if let Err(error) = Command::new("python3", &forced).run() {
            eprintln!("{error:#}");
        }
    }
}

/// Where tests look for scripts of others.
fn peers() -> std::path::PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), std::path::PathBuf::from).join("peers")
}

/// Without what the script would need to be built; nothing of it is run here.
fn install_npm(package: &str) {
    let folder = peers();
    let Some(folder) = folder.to_str() else { return };
    let arguments = ["install", "--silent", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", folder, package];
    if let Err(error) = Command::new("npm", &arguments).run() {
        eprintln!("{error:#}");
    }
}

/// Built without optimisation: it runs for a second and builds in half the time.
fn install_cargo(name: &str) {
    if let Err(error) = Command::cargo(&["install", "--quiet", "--locked", "--debug", name]).run() {
        eprintln!("{error:#}");
    }
}
