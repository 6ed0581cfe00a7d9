//! What a process that holds personal data gives up: memory images on disk, users, capabilities, calls of the system.
//!
//! Which calls a program needs it says itself, by [`Rules`]; how everything else is given up is the same for all.

mod rights;

use std::collections::BTreeMap;

use rustix::io::Errno;
use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
    TargetArch, apply_filter,
};

/// What a call is answered that is not among those of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// As without the right to it.
    NotPermitted,
    /// As by a kernel that does not know it: the C library falls back to what is older.
    Unknown,
}

/// The calls that a program needs, each with what its arguments must be; an empty list lets it pass with any.
pub type Rules = BTreeMap<i64, Vec<SeccompRule>>;

/// A right that could not be given up.
#[derive(Debug, thiserror::Error)]
#[error("failed to give up {what}: {why}")]
pub struct Kept {
    what: &'static str,
    why: String,
}

fn kept(what: &'static str, why: &impl std::fmt::Display) -> Kept {
    Kept { what, why: why.to_string() }
}

/// What is in memory is not left on a disk, nor shown to other processes of the same user.
pub fn keep_nothing() -> Result<(), Kept> {
    no_dump().map_err(|error| kept("core dumps", &error))
}

fn no_dump() -> Result<(), Errno> {
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    set_dumpable_behavior(DumpableBehavior::NotDumpable)
}

/// No user, group, capability or new program; of the system's calls, those of `rules`. Threads that start later inherit
/// it, those that run already do not.
pub fn give_up_rights(rules: Rules, refusal: Refusal) -> Result<(), Kept> {
    rights::become_nobody().map_err(|error| kept("user and group", &error))?;
    rights::drop_capabilities().map_err(|error| kept("capabilities", &error))?;
    // The kernel makes a process dumpable again in some of these steps.
    keep_nothing()?;
    rustix::thread::set_no_new_privs(true).map_err(|error| kept("new privileges", &error))?;
    let program = compiled(rules, refusal).map_err(|error| kept("system calls", &error))?;
    apply_filter(&program).map_err(|error| kept("system calls", &error))
}

fn compiled(rules: Rules, refusal: Refusal) -> Result<BpfProgram, seccompiler::BackendError> {
    let number = match refusal {
        Refusal::NotPermitted => Errno::PERM,
        Refusal::Unknown => Errno::NOSYS,
    };
    let refused = SeccompAction::Errno(number.raw_os_error().unsigned_abs());
    let target = TargetArch::try_from(std::env::consts::ARCH)?;
    SeccompFilter::new(rules, refused, SeccompAction::Allow, target)?.try_into()
}

/// These calls, with any arguments.
pub fn any(calls: &[i64]) -> Rules {
    calls.iter().map(|call| (*call, Vec::new())).collect()
}

/// The argument at this place is one of these numbers of 32 bits.
pub fn is_one_of(place: u8, numbers: &[u64]) -> Result<Vec<SeccompRule>, Kept> {
    let one = |number: &u64| condition(place, SeccompCmpOp::Eq, *number);
    numbers.iter().map(one).collect()
}

/// The argument at this place has none of these bits.
pub fn has_none_of(place: u8, bits: u64) -> Result<Vec<SeccompRule>, Kept> {
    Ok(vec![condition(place, SeccompCmpOp::MaskedEq(bits), 0)?])
}

fn condition(place: u8, how: SeccompCmpOp, number: u64) -> Result<SeccompRule, Kept> {
    let condition = SeccompCondition::new(place, SeccompCmpArgLen::Dword, how, number);
    condition.and_then(|condition| SeccompRule::new(vec![condition])).map_err(|error| kept("system calls", &error))
}
