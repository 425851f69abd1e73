//! The filter itself (过滤规则): seccomp, by number and first arguments of a call.

use std::{collections::BTreeMap, env::consts::ARCH, io};

use libc::c_long;
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
};

/// Calls that no confined code needs: looking into other processes, changing the kernel, mounts or keys, and a queue of
/// calls that filters do not see.
const NEVER: &[c_long] = &[
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_pidfd_getfd,
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

/// Starting programs (启动程序).
pub const PROGRAMS: &[c_long] = &[libc::SYS_execve, libc::SYS_execveat];

/// Connecting to sockets, local ones too (连接): a container daemon, a message bus.
pub const CONNECTING: &[c_long] = &[libc::SYS_connect];

/// The second numbering of x86-64 system calls, which a filter by number would not see.
const X32: c_long = 0x4000_0000;
/// The bits of a socket's type that are no flags.
const SOCKET_KIND: u64 = 0xF;

/// What a refused call answers (拒绝方式).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// EPERM: a library can say what it misses.
    NotPermitted,
    /// EACCES: what a closed firewall answers.
    NoAccess,
}

/// Sockets that may still be made (套接字).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sockets {
    /// Local ones (AF_UNIX): C libraries ask local services by those.
    Local,
    /// Local ones that must connect before they say anything: datagrams could be sent without.
    LocalStreams,
}

/// Calls to be refused (过滤器).
#[derive(Clone, Debug)]
pub struct Filter {
    refused: BTreeMap<c_long, Vec<SeccompRule>>,
    refusal: Refusal,
}

impl Filter {
    /// Refuses what no confined code needs.
    #[must_use]
    pub fn new(refusal: Refusal) -> Self {
        Self { refused: NEVER.iter().map(|call| (*call, Vec::new())).collect(), refusal }
    }

    /// Refuses `calls` whatever their arguments.
    pub fn refuse(&mut self, calls: &[c_long]) {
        self.refused.extend(calls.iter().map(|call| (*call, Vec::new())));
    }

    /// Refuses to make sockets but these: no network (禁止联网).
    ///
    /// # Errors
    /// Never in practice: the rules are fixed.
    pub fn keep_sockets(&mut self, kept: Sockets) -> io::Result<()> {
        let family = rule(0, SeccompCmpOp::Ne, libc::AF_UNIX)?;
        let mut sockets = vec![family.clone()];
        if kept == Sockets::LocalStreams {
            for kind in [libc::SOCK_DGRAM, libc::SOCK_RAW, libc::SOCK_SEQPACKET] {
                sockets.push(rule(1, SeccompCmpOp::MaskedEq(SOCKET_KIND), kind)?);
            }
        }
        self.refused.insert(libc::SYS_socket, sockets);
        self.refused.insert(libc::SYS_socketpair, vec![family]);
        Ok(())
    }

    /// Filters this thread and what it starts, for ever; the thread must have given up new privileges.
    ///
    /// # Errors
    /// If the system has no such filters or refuses this one.
    pub fn apply_to_thread(self) -> io::Result<()> {
        seccompiler::apply_filter(&self.program()?).map_err(io::Error::other)
    }

    /// Filters all threads of this process and what they start, for ever.
    ///
    /// # Errors
    /// If the system has no such filters or refuses this one.
    pub fn apply_to_process(self) -> io::Result<()> {
        seccompiler::apply_filter_all_threads(&self.program()?).map_err(io::Error::other)
    }

    fn program(mut self) -> io::Result<BpfProgram> {
        if cfg!(target_arch = "x86_64") {
            let second: Vec<_> = self.refused.keys().map(|call| call | X32).collect();
            self.refused.extend(second.into_iter().map(|call| (call, Vec::new())));
        }
        let answer = match self.refusal {
            Refusal::NotPermitted => libc::EPERM,
            Refusal::NoAccess => libc::EACCES,
        };
        let (allow, refuse) = (SeccompAction::Allow, SeccompAction::Errno(answer.cast_unsigned()));
        let filter = SeccompFilter::new(self.refused, allow, refuse, ARCH.try_into().map_err(backend)?);
        filter.and_then(TryInto::try_into).map_err(backend)
    }
}

fn rule(argument: u8, operator: SeccompCmpOp, value: i32) -> io::Result<SeccompRule> {
    let value = u64::from(value.cast_unsigned());
    let condition = SeccompCondition::new(argument, SeccompCmpArgLen::Dword, operator, value).map_err(backend)?;
    SeccompRule::new(vec![condition]).map_err(backend)
}

fn backend(error: seccompiler::BackendError) -> io::Error {
    io::Error::other(seccompiler::Error::Backend(error))
}
