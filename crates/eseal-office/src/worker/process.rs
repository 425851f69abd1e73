//! Processes as the system has them (进程): groups, limits, memory, the pipes that dead ones leave.

use std::{io, path::Path, process::Command};

#[cfg(unix)]
pub(super) fn make_private(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new().mode(0o700).create(folder)
}

#[cfg(not(unix))]
pub(super) fn make_private(folder: &Path) -> io::Result<()> {
    std::fs::create_dir(folder)
}

/// Into the group of `leader`, or a new one.
#[cfg(unix)]
pub(super) fn lead_group(command: &mut Command, leader: Option<u32>) {
    use std::os::unix::process::CommandExt as _;
    command.process_group(leader.and_then(|leader| i32::try_from(leader).ok()).unwrap_or(0));
}

#[cfg(not(unix))]
pub(super) fn lead_group(_: &mut Command, _: Option<u32>) {}

#[cfg(target_os = "linux")]
mod linux {
    use std::{
        fs,
        io::ErrorKind,
        os::unix::{fs::MetadataExt as _, net::UnixStream},
        path::{Path, PathBuf},
        time::Duration,
    };

    use rustix::process::{Pid, Resource, Rlimit, Signal, kill_process_group, prlimit};

    use crate::Limits;

    /// Files open at once: libraries, fonts, the document.
    const FILES: u64 = 1_024;
    /// Seconds of processor time in a worker's life: all its jobs at their limits would be more than anybody waits for.
    const PROCESSOR_SECONDS: u64 = 3_600;

    fn pid(id: u32) -> Option<Pid> {
        Pid::from_raw(i32::try_from(id).ok()?)
    }

    /// Limits that hold from now on; a process that is gone needs none.
    pub(crate) fn limit(id: u32, limits: &Limits) {
        for (resource, most) in [
            (Resource::As, limits.memory_bytes),
            (Resource::Fsize, limits.output_bytes),
            (Resource::Cpu, PROCESSOR_SECONDS),
            (Resource::Nofile, FILES),
            (Resource::Core, 0),
        ] {
            let most = Some(most);
            if let Some(pid) = pid(id)
                && let Err(error) = prlimit(Some(pid), resource, Rlimit { current: most, maximum: most })
            {
                tracing::warn!(%error, "A limit of an office worker could not be set");
            }
        }
    }

    pub(crate) fn kill_group(leader: u32) {
        if let Some(pid) = pid(leader) {
            let _ = kill_process_group(pid, Signal::KILL);
        }
    }

    /// Resident memory of a process.
    pub(crate) fn resident_bytes(id: u32) -> Option<u64> {
        let pages: u64 = fs::read_to_string(format!("/proc/{id}/statm")).ok()?.split(' ').nth(1)?.parse().ok()?;
        pages.checked_mul(u64::try_from(rustix::param::page_size()).ok()?)
    }

    /// How long nobody must have listened: one that is just being made is not dead.
    const DEAD: Duration = Duration::from_secs(60);

    /// Removes LibreOffice's pipes in `folder` that are ours and that nobody listens on, as LibreOffice itself does.
    pub(crate) fn remove_dead_pipes(folder: &Path) {
        let user = rustix::process::geteuid().as_raw();
        let prefix = format!("OSL_PIPE_{user}_");
        let Ok(entries) = fs::read_dir(folder) else { return };
        for entry in entries.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with(&prefix)) {
            let Ok(metadata) = entry.metadata() else { continue };
            let is_old = metadata.modified().is_ok_and(|made| made.elapsed().is_ok_and(|age| age > DEAD));
            let refuses =
                || UnixStream::connect(entry.path()).is_err_and(|error| error.kind() == ErrorKind::ConnectionRefused);
            if metadata.uid() == user && is_old && refuses() {
                let _ = fs::remove_file(entry.path());
            }
        }
    }

    /// LibreOffice's pipes right in `folder` that a process holds; a path through folders of its own is not trusted.
    pub(crate) fn pipes_of(id: u32, folder: &Path) -> Vec<PathBuf> {
        let open = |entry: fs::DirEntry| {
            let target = fs::read_link(entry.path()).ok()?;
            target.to_str()?.strip_prefix("socket:[")?.strip_suffix(']').map(str::to_owned)
        };
        let Ok(entries) = fs::read_dir(format!("/proc/{id}/fd")) else { return Vec::new() };
        let held: Vec<String> = entries.flatten().filter_map(open).collect();
        // Num RefCount Protocol Flags Type St Inode Path
        let bound = fs::read_to_string("/proc/net/unix").unwrap_or_default();
        bound
            .lines()
            .filter_map(|line| {
                let mut words = line.split_whitespace().skip(6);
                let (inode, path) = (words.next()?, Path::new(words.next()?));
                let is_pipe = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("OSL_PIPE_"));
                let is_there = path.parent() == Some(folder);
                (held.iter().any(|held| held == inode) && is_there && is_pipe).then(|| path.to_owned())
            })
            .collect()
    }
}

#[cfg(target_os = "linux")]
pub(super) use linux::{kill_group, limit, pipes_of, remove_dead_pipes, resident_bytes};

#[cfg(not(target_os = "linux"))]
pub(super) fn limit(_: u32, _: &crate::Limits) {}

#[cfg(not(target_os = "linux"))]
pub(super) fn kill_group(_: u32) {}

#[cfg(not(target_os = "linux"))]
pub(super) fn resident_bytes(_: u32) -> Option<u64> {
    None
}

#[cfg(not(target_os = "linux"))]
pub(super) fn pipes_of(_: u32, _: &Path) -> Vec<std::path::PathBuf> {
    Vec::new()
}

#[cfg(not(target_os = "linux"))]
pub(super) fn remove_dead_pipes(_: &Path) {}
