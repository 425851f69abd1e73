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
        filter::apply(confinement).map_err(std::io::Error::other)?;
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

#[cfg(target_os = "linux")]
mod filter {
    use std::{collections::BTreeMap, env::consts::ARCH};

    use libc::c_long;
    use seccompiler::{
        BpfProgram, Error, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
    };

    use super::Confinement;

    /// What no library of a device needs: looking into other processes, changing the kernel or mounts, and a queue of
    /// calls that filters do not see.
    const ALWAYS: &[c_long] = &[
        libc::SYS_ptrace,
        libc::SYS_process_vm_readv,
        libc::SYS_process_vm_writev,
        libc::SYS_bpf,
        libc::SYS_perf_event_open,
        libc::SYS_userfaultfd,
        libc::SYS_mount,
        libc::SYS_umount2,
        libc::SYS_pivot_root,
        libc::SYS_chroot,
        libc::SYS_setns,
        libc::SYS_unshare,
        libc::SYS_init_module,
        libc::SYS_finit_module,
        libc::SYS_delete_module,
        libc::SYS_kexec_load,
        libc::SYS_reboot,
        libc::SYS_swapon,
        libc::SYS_swapoff,
        libc::SYS_add_key,
        libc::SYS_request_key,
        libc::SYS_keyctl,
        libc::SYS_io_uring_setup,
        libc::SYS_io_uring_enter,
        libc::SYS_io_uring_register,
    ];
    const PROGRAMS: &[c_long] = &[libc::SYS_execve, libc::SYS_execveat];
    const AF_UNIX: u64 = libc::AF_UNIX as u64;

    /// Refused calls answer EPERM, so that a library can say what it misses.
    pub(super) fn apply(confinement: Confinement) -> Result<(), Error> {
        let programs = if confinement.programs { &[] } else { PROGRAMS };
        let mut rules: BTreeMap<c_long, Vec<SeccompRule>> =
            ALWAYS.iter().chain(programs).map(|call| (*call, Vec::new())).collect();
        if !confinement.network {
            // Sockets of other families than AF_UNIX: C libraries ask local services by those.
            let other =
                SeccompCondition::new(0, SeccompCmpArgLen::Dword, SeccompCmpOp::Ne, AF_UNIX).map_err(Error::Backend)?;
            rules.insert(libc::SYS_socket, vec![SeccompRule::new(vec![other]).map_err(Error::Backend)?]);
        }
        let (allow, refuse) = (SeccompAction::Allow, SeccompAction::Errno(libc::EPERM.cast_unsigned()));
        let filter = SeccompFilter::new(rules, allow, refuse, ARCH.try_into().map_err(Error::Backend)?);
        let program: BpfProgram = filter.and_then(TryInto::try_into).map_err(Error::Backend)?;
        seccompiler::apply_filter_all_threads(&program)
    }
}
