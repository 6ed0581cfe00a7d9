//! The checks that stand for the Pod Security Standards agree with the pods that
//! Kubernetes' own admission is tested with. Those pods are read from the Go module
//! cache (`go mod download k8s.io/pod-security-admission@v0.37.2`); without it the
//! test says so and passes.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test that reads other people's test data"
)]

use std::path::{Path, PathBuf};
use std::process::Command;

use cloister_checks::{Context, Entry, by_name, run};
use cloister_inventory::{Inputs, Inventory};
use cloister_manifest::{Interner, parse};
use cloister_model::Origin;
use cloister_register::Register;

const BASELINE: [&str; 14] = [
    "apparmor-profile-disabled",
    "capability-beyond-baseline",
    "host-ipc",
    "host-network",
    "host-path-volume",
    "host-pid",
    "host-port",
    "host-probe",
    "privileged-container",
    "proc-mount-unmasked",
    "seccomp-unconfined",
    "selinux-options-custom",
    "unsafe-sysctl",
    "windows-host-process",
];

/// What the restricted level asks for besides.
const RESTRICTED: [&str; 7] = [
    "capabilities-not-dropped",
    "may-run-as-root",
    "privilege-escalation-allowed",
    "proc-mount-unmasked-in-user-namespace",
    "runs-as-root-user",
    "seccomp-profile-missing",
    "volume-type-not-allowed",
];

/// The beginning of a file's name says which control it is about; these checks stand for it.
const CONTROLS: [(&str, &[&str]); 19] = [
    ("allowprivilegeescalation", &["privilege-escalation-allowed"]),
    ("apparmorprofile", &["apparmor-profile-disabled"]),
    ("capabilities_baseline", &["capability-beyond-baseline"]),
    ("capabilities_restricted", &["capabilities-not-dropped"]),
    ("hostnamespaces", &["host-network", "host-pid", "host-ipc"]),
    ("hostpathvolumes", &["host-path-volume"]),
    ("hostports", &["host-port"]),
    ("hostprobesandhostlifecycle", &["host-probe"]),
    ("privileged", &["privileged-container"]),
    ("procmount_restricted", &["proc-mount-unmasked", "proc-mount-unmasked-in-user-namespace"]),
    ("procmount", &["proc-mount-unmasked", "proc-mount-unmasked-in-user-namespace"]),
    ("restrictedvolumes", &["volume-type-not-allowed"]),
    ("runasnonroot", &["may-run-as-root"]),
    ("runasuser", &["runs-as-root-user"]),
    ("seccompprofile_baseline", &["seccomp-unconfined"]),
    ("seccompprofile_restricted", &["seccomp-unconfined", "seccomp-profile-missing"]),
    ("selinuxoptions", &["selinux-options-custom"]),
    ("sysctls", &["unsafe-sysctl"]),
    ("windowshostprocess", &["windows-host-process"]),
];

fn checks(level: &str) -> Vec<&'static Entry> {
    let restricted: &[&str] = if level == "restricted" { &RESTRICTED } else { &[] };
    BASELINE.iter().chain(restricted).map(|name| by_name(name).unwrap()).collect()
}

/// The names of the checks that find something in the pod.
fn found(path: &Path, checks: &[&'static Entry]) -> Vec<&'static str> {
    let text = std::fs::read_to_string(path).unwrap();
    let parsed = parse(&text, &Origin::File("pod.yaml".into()), 1, &mut Interner::default());
    assert!(parsed.diagnostics.is_empty(), "{}: {:?}", path.display(), parsed.diagnostics);
    let inventory = Inventory::new(parsed.resources, Inputs { files: true, cluster: false, unread: Vec::new() });
    let (register, _) = Register::from_inventory(&inventory);
    let context = Context { inventory: &inventory, register: &register, today: jiff::civil::date(2026, 6, 1) };
    let outcomes = run(checks, &context);
    outcomes.iter().filter(|outcome| !outcome.findings.is_empty()).map(|outcome| outcome.entry.check.name).collect()
}

fn test_data() -> Option<PathBuf> {
    let output = Command::new("go").args(["env", "GOMODCACHE"]).output().ok()?;
    let cache = PathBuf::from(String::from_utf8(output.stdout).ok()?.trim());
    let folder = cache.join("k8s.io/pod-security-admission@v0.37.2/test/testdata");
    folder.is_dir().then_some(folder)
}

#[test]
fn verdicts_are_those_of_pod_security_admission() {
    let Some(folder) = test_data() else {
        eprintln!("skipped: no k8s.io/pod-security-admission@v0.37.2 in the Go module cache");
        return;
    };
    let mut pods = 0;
    for level in ["baseline", "restricted"] {
        let checks = checks(level);
        for verdict in ["pass", "fail"] {
            for entry in std::fs::read_dir(folder.join(level).join("v1.37").join(verdict)).unwrap() {
                let path = entry.unwrap().path();
                let found = found(&path, &checks);
                if verdict == "pass" {
                    assert!(found.is_empty(), "{} passes, but: {found:?}", path.display());
                } else {
                    let file = path.file_name().unwrap().to_str().unwrap();
                    let (_, wanted) = CONTROLS.iter().find(|(control, _)| file.starts_with(control)).unwrap();
                    assert!(found.iter().any(|name| wanted.contains(name)), "{}: {found:?}", path.display());
                }
                pods += 1;
            }
        }
    }
    assert_eq!(pods, 148, "pods that Kubernetes 1.37 is tested with");
}
