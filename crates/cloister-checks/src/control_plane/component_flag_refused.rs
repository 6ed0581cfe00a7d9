//! # What it does
//! Reads the command lines of API server, controller manager, scheduler, kube-proxy and etcd as the version that runs
//! reads them (by the tag of the image), and finds those for which the program ends at once: a flag that was removed or
//! never was, a value that cannot be read, a feature gate that is unknown or locked, a port of the API server that is
//! none. Where no version is told, only what every version from 1.30 (etcd 3.5) on refuses is found. A process in facts
//! of a node runs, and so took its flags.
//!
//! # Why it matters
//! What the line says is in force nowhere: after the next restart or upgrade the program is gone, and with it every
//! protection that its other flags promise.
//!
//! # What to do
//! Take the flag away, or write what took its place; `docs/flags.md` says how versions differ.
//!
//! # References
//! GDPR Art. 32(1)(b). Kubernetes documentation, "Kubernetes Deprecation Policy", "Deprecating a flag or CLI".

use cloister_model::{Place, Severity};

use super::components::Home;
use super::flags::{API_SERVER, CONTROLLER_MANAGER, ETCD, Flags, PODS, PROXY, SCHEDULER, Verdict, examine};
use crate::{Check, Run};

pub(super) const PROGRAMS: [&str; 5] = [API_SERVER, CONTROLLER_MANAGER, SCHEDULER, PROXY, ETCD];

pub(crate) const CHECK: Check = Check {
    name: "component-flag-refused",
    title: "a component of Kubernetes does not start with its flags",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Inventory(PODS, |findings| {
        for program in PROGRAMS {
            examine(program, findings, |flags| match (flags.home, refused(program, flags)) {
                (Home::Container(_), Some((place, says))) => Verdict::Fault { place, says, fix: String::new() },
                _ => Verdict::Holds,
            });
        }
    }),
};

/// What a program does not take: a word, or the port of the API server.
fn refused<'a>(program: &str, flags: &Flags<'a>) -> Option<(Option<Place<'a>>, String)> {
    flags.refusal().or_else(|| if program == API_SERVER { flags.refused_port() } else { None })
}
