//! Fewer rights for the process with the vendor's library (最小权限).
//!
//! Memory of the process is nobody's to read, it leaves no core files and gains no rights by starting programs.  A filter
//! of system calls then keeps it from the network and from starting programs, unless the profile allows that: libraries
//! of network devices want sockets, some start a daemon.

use serde::{Deserialize, Serialize};

/// What a helper process may do (权限).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Confinement {
    /// False to filter nothing: for systems without seccomp, where starting would fail otherwise.
    pub enabled: bool,
    /// It may use the network: for network devices (服务器密码机).
    pub network: bool,
    /// It may start programs.
    pub programs: bool,
}

impl Default for Confinement {
    fn default() -> Self {
        Self { enabled: true, network: false, programs: false }
    }
}

/// Most files and sockets that the process has open: sessions of network devices have one each.
#[cfg(target_os = "linux")]
const FILES_MAX: u64 = 1_024;

/// Takes rights away from this process, for ever; gives what was done, in words.
///
/// # Errors
/// If the system refuses; whoever asked to be confined should not go on then.
#[cfg(target_os = "linux")]
pub fn confine(confinement: Confinement) -> std::io::Result<Vec<&'static str>> {
    use rustix::{
        process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior},
        thread::set_no_new_privs,
    };
    let limit = |resource, most: u64| {
        let most = rustix::process::getrlimit(resource).maximum.map_or(most, |now| most.min(now));
        rustix::process::setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })
    };
    set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    limit(Resource::Core, 0)?;
    limit(Resource::Nofile, FILES_MAX)?;
    set_no_new_privs(true)?;
    let mut done = vec!["memory is not readable", "no core files", "no new privileges"];
    if confinement.enabled {
        filter(confinement)?;
        done.push("no kernel administration");
        if !confinement.network {
            done.push("no network");
        }
        if !confinement.programs {
            done.push("no programs");
        }
    }
    Ok(done)
}

/// Other systems have no such means that we use.
///
/// # Errors
/// Never.
#[cfg(not(target_os = "linux"))]
pub fn confine(_: Confinement) -> std::io::Result<Vec<&'static str>> {
    Ok(Vec::new())
}

/// Refused calls answer EPERM, so that a library can say what it misses.
#[cfg(target_os = "linux")]
fn filter(confinement: Confinement) -> std::io::Result<()> {
    let mut filter = eseal_confine::Filter::new(eseal_confine::Refusal::NotPermitted);
    if !confinement.programs {
        filter.refuse(eseal_confine::PROGRAMS);
    }
    if !confinement.network {
        filter.keep_sockets(eseal_confine::Sockets::Local)?;
    }
    filter.apply_to_process()
}
