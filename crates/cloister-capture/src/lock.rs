//! The calls of the system that are needed to read what is already open, and to write to what is already open.

use cloister_capture::Reason;
use cloister_confine::{Kept, Refusal, Rules};

use crate::End;

/// Memory that can be run.
const EXECUTABLE: u64 = 4;

/// What was captured is in memory, and must not be left on a disk.
pub(crate) fn keep_nothing() -> Result<(), End> {
    cloister_confine::keep_nothing().map_err(|kept| end(&kept))
}

/// No user, group, capability, or call of the system but those that are needed.
pub(crate) fn give_up_rights() -> Result<(), End> {
    calls().and_then(|rules| cloister_confine::give_up_rights(rules, Refusal::NotPermitted)).map_err(|kept| end(&kept))
}

fn end(kept: &Kept) -> End {
    (Reason::NotLocked, kept.to_string())
}

/// Reading what is open, writing, waiting, memory, and the end. All else fails.
fn calls() -> Result<Rules, Kept> {
    let mut rules = cloister_confine::any(&[
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
    ]);
    #[cfg(target_arch = "x86_64")]
    rules.insert(libc::SYS_poll, Vec::new());
    // Whether the interface is still there.
    rules.insert(libc::SYS_ioctl, cloister_confine::is_one_of(1, &[libc::SIOCGIFFLAGS, libc::SIOCGIFINDEX])?);
    // Memory that can be run is never asked for.
    rules.insert(libc::SYS_mmap, cloister_confine::has_none_of(2, EXECUTABLE)?);
    Ok(rules)
}
