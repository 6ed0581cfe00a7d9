//! # What it does
//! Finds container runtimes whose default is to let containers make every system call: `seccomp-profile: unconfined` of
//! Docker, `seccomp_profile = "unconfined"` of CRI-O. containerd without `unset_seccomp_profile` gives what the kubelet
//! asks for, which `kubelet-without-seccomp-default` judges.
//!
//! # Why it matters
//! Most ways out of a container begin with a system call that no service needs.
//!
//! # What to do
//! Take the setting away: the runtime's own profile is the default then.
//!
//! # References
//! NIST SP 800-190 section 4.4.3. GDPR Art. 32(1)(b). CRI-O, crio.conf(5). Docker, "Seccomp security profiles for Docker".

use cloister_model::Severity;

use super::files::FACTS;
use super::runtimes::{each, settings};
use crate::{Check, Need, Run};

const SETTINGS: [&str; 3] = ["seccomp-profile", "seccomp_profile", "unset_seccomp_profile"];

pub(crate) const CHECK: Check = Check {
    name: "runtime-without-seccomp",
    title: "the container runtime confines no system calls by default",
    severity: Severity::Medium,
    needs: &[Need::NodeFacts],
    run: Run::Resource(FACTS, |resource, findings| {
        each(resource, findings, |file, content, findings| {
            let all =
                SETTINGS.iter().flat_map(|name| settings(file, content, name).into_iter().map(move |it| (name, it)));
            for (name, (_, place)) in all.filter(|(_, (node, _))| node.as_str() == Some("unconfined")) {
                findings.report(place).message(format!("{} sets {name} to unconfined", file.path()));
            }
        });
    }),
};
