//! What a worker may touch (沙箱): no network, no files but programs, fonts and its own folder.
//!
//! Rights are given away on a thread of the supervisor that does nothing but start the process: a Landlock domain and a
//! filter of system calls belong to a thread, are inherited by what it starts, and can never be taken back.  So nothing
//! of ours runs between `fork` and `exec`, and the supervisor itself keeps its rights.

use std::{
    io,
    path::PathBuf,
    process::{Child, Command},
};

/// What this machine can do to confine a worker (沙箱能力).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Confinement {
    /// Landlock: files outside the worker's own are out of reach.
    pub files: bool,
    /// seccomp: no sockets but local ones.
    pub network: bool,
}

/// Which process is started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// LibreOffice: listens on its pipe, and connects to nothing at all.
    Office,
    /// Our script: connects to that pipe.
    Script,
}

/// Files that a worker may reach.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reach {
    /// Programs and their data: read and executed.
    pub(crate) programs: Vec<PathBuf>,
    /// Fonts and settings: read.
    pub(crate) readable: Vec<PathBuf>,
    /// Profile and jobs: everything.
    pub(crate) own: Vec<PathBuf>,
    /// Where LibreOffice insists on making its pipe: nothing else can be made, read or removed there.
    pub(crate) sockets: Vec<PathBuf>,
    /// False if a machine without Landlock is good enough.
    pub(crate) required: bool,
}

/// Starts a process that is confined.
///
/// # Errors
/// The system cannot confine it, or cannot start it.
pub(crate) fn spawn(mut command: Command, role: Role, reach: Reach) -> io::Result<Child> {
    std::thread::Builder::new()
        .name("eseal-office-start".into())
        .spawn(move || {
            system::apply(role, &reach)?;
            command.spawn()
        })?
        .join()
        .map_err(|_| io::Error::other("the starting thread panicked"))?
}

/// What this machine can do: tried out on a thread that ends at once.
#[must_use]
pub fn confinement() -> Confinement {
    let tried = |test: fn() -> bool| std::thread::spawn(test).join().unwrap_or(false);
    Confinement { files: tried(system::can_confine_files), network: tried(system::can_confine_network) }
}

#[cfg(target_os = "linux")]
mod system {
    use std::{io, path::Path};

    use eseal_confine::{CONNECTING, Filter, Refusal, Sockets};
    use landlock::{
        ABI, Access as _, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible as _, PathBeneath, PathFd, Ruleset,
        RulesetAttr as _, RulesetCreated, RulesetCreatedAttr as _, RulesetStatus, Scope,
    };

    use super::{Reach, Role};

    /// The newest rules that are asked for; an older kernel keeps those it knows, at least [`ABI::V1`].
    const NEWEST: ABI = ABI::V6;

    pub(super) fn apply(role: Role, reach: &Reach) -> io::Result<()> {
        confine_files(role, reach)?;
        filter(role)
    }

    pub(super) fn can_confine_files() -> bool {
        confine_files(Role::Office, &Reach { required: true, ..Reach::default() }).is_ok()
    }

    pub(super) fn can_confine_network() -> bool {
        rustix::thread::set_no_new_privs(true).is_ok() && filter(Role::Office).is_ok()
    }

    fn confine_files(role: Role, reach: &Reach) -> io::Result<()> {
        rustix::thread::set_no_new_privs(true)?;
        let status = restrict(role, reach).map_err(io::Error::other)?;
        if status == RulesetStatus::NotEnforced && reach.required {
            return Err(io::Error::other("this kernel has no Landlock"));
        }
        Ok(())
    }

    fn restrict(role: Role, reach: &Reach) -> Result<RulesetStatus, landlock::RulesetError> {
        let read = AccessFs::from_read(NEWEST);
        let read_only = read & !AccessFs::Execute;
        let all = AccessFs::from_all(NEWEST);
        let mut rules = Ruleset::default()
            .set_compatibility(CompatLevel::BestEffort)
            .handle_access(all)?
            .handle_access(AccessNet::from_all(NEWEST))?;
        if role == Role::Office {
            rules = rules.scope(Scope::AbstractUnixSocket | Scope::Signal)?;
        }
        let mut rules = rules.create()?;
        for (paths, access) in [
            (&reach.programs, read),
            (&reach.readable, read_only),
            (&reach.own, all & !AccessFs::Execute),
            (&reach.sockets, AccessFs::MakeSock.into()),
        ] {
            for path in paths {
                rules = add(rules, path, access)?;
            }
        }
        for device in ["/dev/null", "/dev/zero", "/dev/urandom"] {
            rules = add(rules, Path::new(device), AccessFs::ReadFile | AccessFs::WriteFile)?;
        }
        Ok(rules.restrict_self()?.ruleset)
    }

    /// What is not there needs no rule.
    fn add(
        rules: RulesetCreated,
        path: &Path,
        access: BitFlags<AccessFs>,
    ) -> Result<RulesetCreated, landlock::RulesetError> {
        let Ok(opened) = PathFd::new(path) else { return Ok(rules) };
        let access = if path.is_dir() { access } else { access & AccessFs::from_file(NEWEST) };
        rules.add_rule(PathBeneath::new(opened, access))
    }

    /// Refused calls answer EACCES, as a closed firewall would.
    fn filter(role: Role) -> io::Result<()> {
        let mut filter = Filter::new(Refusal::NoAccess);
        filter.keep_sockets(Sockets::LocalStreams)?;
        if role == Role::Office {
            filter.refuse(CONNECTING);
        }
        filter.apply_to_thread()
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use std::io;

    use super::{Reach, Role};

    pub(super) fn apply(_: Role, reach: &Reach) -> io::Result<()> {
        if reach.required { Err(io::Error::other("workers are confined on Linux only")) } else { Ok(()) }
    }

    pub(super) const fn can_confine_files() -> bool {
        false
    }

    pub(super) const fn can_confine_network() -> bool {
        false
    }
}
