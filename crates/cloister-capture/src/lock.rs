//! Gives up every right that is not needed to read what is already open, and to write to what is already open.

use std::collections::BTreeMap;

use cloister_capture::Reason;
use rustix::io::Errno;
use rustix::process::{DumpableBehavior, Gid, Resource, Rlimit, Uid, geteuid, set_dumpable_behavior, setrlimit};
use rustix::thread::{
    CapabilitySet, CapabilitySets, capabilities, clear_ambient_capability_set, remove_capability_from_bounding_set,
    set_capabilities, set_no_new_privs, set_thread_groups, set_thread_res_gid, set_thread_res_uid,
};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
    TargetArch, apply_filter,
};

use crate::End;

/// Who has no rights and owns no files.
const NOBODY: u32 = 65_534;

/// What was captured is in memory, and must not be left on a disk.
pub(crate) fn keep_nothing() -> Result<(), End> {
    no_dump().map_err(|error| not_locked("core dumps", &error))
}

fn no_dump() -> Result<(), Errno> {
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    set_dumpable_behavior(DumpableBehavior::NotDumpable)
}

/// No user, group, capability, or call of the system but those that are needed.
pub(crate) fn give_up_rights() -> Result<(), End> {
    become_nobody().map_err(|error| not_locked("user and group", &error))?;
    drop_capabilities().map_err(|error| not_locked("capabilities", &error))?;
    // The kernel makes a process dumpable again in some of these steps.
    keep_nothing()?;
    set_no_new_privs(true).map_err(|error| not_locked("new privileges", &error))?;
    let program = calls().map_err(|error| not_locked("system calls", &error))?;
    apply_filter(&program).map_err(|error| not_locked("system calls", &error))
}

fn not_locked(what: &str, error: &impl std::fmt::Display) -> End {
    (Reason::NotLocked, format!("failed to give up {what}: {error}"))
}

/// Only root can; in a container without CAP_SETUID it stays root, which without capabilities owns files and no more.
fn become_nobody() -> Result<(), Errno> {
    let may = capabilities(None)?.effective.contains(CapabilitySet::SETUID | CapabilitySet::SETGID);
    if !geteuid().is_root() || !may {
        return Ok(());
    }
    for capability in CapabilitySet::all().iter() {
        match remove_capability_from_bounding_set(capability) {
            // One that this kernel does not know, or no right to take it out: the set of this process is empty soon.
            Ok(()) | Err(Errno::INVAL | Errno::PERM) => {}
            Err(error) => return Err(error),
        }
    }
    let (group, user) = (Gid::from_raw(NOBODY), Uid::from_raw(NOBODY));
    set_thread_groups(&[])?;
    set_thread_res_gid(group, group, group)?;
    set_thread_res_uid(user, user, user)
}

fn drop_capabilities() -> Result<(), Errno> {
    clear_ambient_capability_set()?;
    let none = CapabilitySet::empty();
    set_capabilities(None, CapabilitySets { effective: none, permitted: none, inheritable: none })
}

/// Reading what is open, writing, waiting, memory, and the end. All else fails.
fn calls() -> Result<BpfProgram, seccompiler::BackendError> {
    let allowed = [
        libc::SYS_read,
        libc::SYS_write,
        libc::SYS_writev,
        libc::SYS_lseek,
        libc::SYS_close,
        libc::SYS_fstat,
        libc::SYS_ppoll,
        libc::SYS_recvfrom,
        libc::SYS_getsockopt,
        libc::SYS_munmap,
        libc::SYS_mremap,
        libc::SYS_madvise,
        libc::SYS_brk,
        libc::SYS_futex,
        libc::SYS_clock_gettime,
        libc::SYS_rt_sigreturn,
        libc::SYS_rt_sigaction,
        libc::SYS_rt_sigprocmask,
        libc::SYS_sigaltstack,
        libc::SYS_exit,
        libc::SYS_exit_group,
    ];
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = allowed.into_iter().map(|call| (call, Vec::new())).collect();
    #[cfg(target_arch = "x86_64")]
    rules.insert(libc::SYS_poll, Vec::new());
    // Whether the interface is still there.
    let asks = [libc::SIOCGIFFLAGS, libc::SIOCGIFINDEX]
        .into_iter()
        .map(|request| {
            let condition = SeccompCondition::new(1, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, request)?;
            SeccompRule::new(vec![condition])
        })
        .collect::<Result<_, _>>()?;
    rules.insert(libc::SYS_ioctl, asks);
    // Memory that can be run is never asked for.
    let plain = SeccompCondition::new(2, SeccompCmpArgLen::Dword, SeccompCmpOp::MaskedEq(4), 0)?;
    rules.insert(libc::SYS_mmap, vec![SeccompRule::new(vec![plain])?]);
    let refused = SeccompAction::Errno(1);
    SeccompFilter::new(rules, refused, SeccompAction::Allow, TargetArch::try_from(std::env::consts::ARCH)?)?.try_into()
}
