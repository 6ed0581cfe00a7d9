//! # What it does
//! Finds nodes whose kernel helps whoever broke into one of its programs: addresses that do not change
//! (`kernel.randomize_va_space`), memory of programs with rights written to disk (`fs.suid_dumpable`), and links in
//! folders of everybody that lead elsewhere (`fs.protected_symlinks`, `fs.protected_hardlinks`).
//!
//! # Why it matters
//! Containers share the kernel. Each of these makes a way out of one, or to the passwords in a program's memory, easier.
//!
//! # What to do
//! Set them as the finding says, in a file of `/etc/sysctl.d`.
//!
//! # References
//! CIS Distribution Independent Linux Benchmark 2.0.0, 1.5.1 and 1.5.3. Linux, `Documentation/admin-guide/sysctl/fs.rst`
//! and `kernel.rst`. GDPR Art. 32(1)(b).

use cloister_model::Severity;
use cloister_node::Facts;

use super::files::FACTS;
use super::kernel;
use crate::{Check, Need, Run};

/// Settings, and the value that protects most.
const EXPECTED: [(&str, &str); 4] = [
    ("kernel.randomize_va_space", "2"),
    ("fs.suid_dumpable", "0"),
    ("fs.protected_symlinks", "1"),
    ("fs.protected_hardlinks", "1"),
];

pub(crate) const CHECK: Check = Check {
    name: "kernel-unhardened",
    title: "the kernel of a node helps intruders",
    severity: Severity::Low,
    needs: &[Need::NodeFacts],
    run: Run::Resource(FACTS, |resource, findings| {
        let Some(facts) = Facts::of(resource) else { return findings.not_applicable() };
        kernel::judge(findings, &facts, &EXPECTED, |name, value, _| format!("{name} is {value}"));
    }),
};
