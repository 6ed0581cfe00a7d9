//! What users rely on of `cloister rbac minimize` and `cloister rbac roles`.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that runs the program"
)]

mod support;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};
use support::{Ended, cloister, ended, folder, scan};

const ROLES: &str = "apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: wide, namespace: clinic}
rules:
  - {apiGroups: [''], resources: [secrets, pods], verbs: [get, list]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: wide, namespace: clinic}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: wide}
subjects: [{kind: User, name: ann}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: idle, namespace: clinic}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}
subjects: [{kind: ServiceAccount, name: bot}]
";

fn event(user: &str, verb: &str, resource: &str, name: &str, day: &str) -> String {
    let event = json!({
        "kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "Metadata", "auditID": "1", "stage": "ResponseComplete",
        "requestURI": format!("/api/v1/namespaces/clinic/{resource}/{name}"), "verb": verb,
        "user": {"username": user, "groups": ["nurses", "system:authenticated"]},
        "objectRef": {"resource": resource, "namespace": "clinic", "name": name, "apiVersion": "v1"},
        "responseStatus": {"code": 200}, "requestReceivedTimestamp": format!("{day}T10:00:00.000000Z"),
        "annotations": {
            "authorization.k8s.io/decision": "allow",
            "authorization.k8s.io/reason": "RBAC: allowed by RoleBinding \"n/clinic\" of Role \"n\" to Group \"nurses\"",
        },
    });
    format!("{event}\n")
}

fn log() -> String {
    event("ann", "list", "pods", "", "2026-11-20")
        + &event("ann", "get", "pods", "web", "2026-11-21")
        + &event("ann", "get", "secrets", "db", "2026-10-01")
        + &event("system:serviceaccount:ci:bot", "create", "pods", "", "2026-11-21")
        + &event("ann", "delete", "pods", "web", "2026-11-21").replace("\"allow\"", "\"forbid\"")
}

fn minimize(dir: &Path, arguments: &[&str]) -> Ended {
    ended(cloister().args(["rbac", "minimize", "--audit-log", "audit.log"]).args(arguments).current_dir(dir))
}

#[test]
fn roles_allow_what_was_used_and_the_rest_is_named() {
    let dir = folder(&[("audit.log", &log()), ("roles.yaml", ROLES)]);
    let arguments =
        ["--from", "roles.yaml", "--since", "2026-11-01", "-o", "text", "-o", "json=report.json", "-o", "yaml=least"];
    let ended = minimize(dir.path(), &arguments);
    assert_eq!(ended.exit, 0, "{}", ended.errors);
    for words in [
        "User ann · 2 requests · 2 different actions, 2 rules",
        "list pods",
        "get pods, only web",
        "2 actions came through Group \"nurses\"",
        "from RoleBinding clinic/wide, by Role wide (roles.yaml:5:5)",
        "  2026-10-01   get secrets",
        "  never used   list secrets",
        "RoleBinding clinic/idle: nobody used what it gives",
        "Not counted, requests: 1 refused, 1 outside the window.",
        "Proof: 3 different actions asked again with these roles alone; all are allowed.",
    ] {
        assert!(ended.out.contains(words), "{words}\n{}", ended.out);
    }
    assert!(ended.out.lines().all(|line| line.chars().count() <= 80), "{}", ended.out);
    let report: Value = serde_json::from_str(&fs::read_to_string(dir.path().join("report.json")).unwrap()).unwrap();
    assert_eq!(report["proof"], json!({ "actions": 3, "refused": [] }));
    assert_eq!(report["subjects"][0]["subject"], json!({ "kind": "User", "name": "ann" }));
    let can = |user: &str, verb: &str, what: &[&str]| {
        let mut command = cloister();
        command.args(["rbac", "can", verb]).args(what).args(["--as", user, "-n", "clinic", "--from", "least"]);
        command.current_dir(dir.path()).output().unwrap().status.code().unwrap()
    };
    assert_eq!(can("ann", "list", &["pods"]), 0);
    assert_eq!(can("ann", "get", &["pods", "web"]), 0);
    assert_eq!(can("ann", "get", &["pods", "db"]), 1);
    assert_eq!(can("ann", "get", &["secrets", "db"]), 1);
    assert_eq!(can("system:serviceaccount:ci:bot", "create", &["pods"]), 0);
    assert_eq!(can("system:serviceaccount:ci:bot", "list", &["pods"]), 1);
    let again = minimize(dir.path(), &["-o", "yaml=least"]);
    assert_eq!(again.exit, 2);
    assert!(
        again.errors.contains("is there already") && again.errors.contains("name an empty folder"),
        "{}",
        again.errors
    );
}

#[test]
fn mistakes_are_told_with_the_way_out() {
    let dir = folder(&[("audit.log", &(log() + "{\"kind\":\"Event\",\"verb\""))]);
    let cut = minimize(dir.path(), &["--subject", "ann"]);
    assert_eq!(cut.exit, 2);
    assert!(cut.errors.contains("audit.log:6:1: cannot be read: the input ends in the middle of it"), "{}", cut.errors);
    assert!(cut.out.contains("User ann") && !cut.out.contains("bot"), "{}", cut.out);
    for (arguments, words) in [
        (&["--since", "yesterday"][..], "write a day"),
        (&["--since", "2026-11-02", "--until", "2026-11-01"], "nothing could count"),
        (&["--subject", "nobody"], "no request that counts"),
        (&["-o", "html"], "the formats are text, json and yaml"),
        (&["--generalise-names", "few"], "write a number, or never"),
        (&["--audit-log", "gone.log"], "gone.log: no such file or folder"),
    ] {
        let ended = minimize(dir.path(), arguments);
        assert!(ended.exit == 2 && ended.errors.contains(words), "{arguments:?}: {}", ended.errors);
    }
}

#[test]
fn where_nothing_was_read_there_is_one_error_and_no_proof() {
    let dir = folder(&[("empty.log", ""), ("audit.log", &log()), ("other.log", "{\"kind\":\"Pod\"}\n")]);
    for (path, error) in [
        ("audit.lgo", "audit.lgo: no such file or folder; did you mean audit.log?"),
        ("empty.log", "error: no event is in the audit logs\n  help: name what"),
        ("other.log", "other.log:1:1: is JSON, but no audit event"),
    ] {
        let output =
            cloister().args(["rbac", "minimize", "--audit-log", path]).current_dir(dir.path()).output().unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{path}: {errors}");
        assert!(errors.contains(error) && errors.matches("error").count() == 1, "{path}: {errors}");
    }
}

#[test]
fn standard_input_and_folders_are_read_in_any_order() {
    let dir =
        folder(&[("logs/audit-1.log", &event("ann", "list", "pods", "", "2026-11-20")), ("logs/audit.log", &log())]);
    let run = |path: &str| {
        let mut command = cloister();
        command.args(["rbac", "minimize", "--audit-log", path, "-o", "yaml"]).current_dir(dir.path());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(log().as_bytes()).unwrap();
        String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap()
    };
    let (input, folder) = (run("-"), run("logs"));
    assert!(input.contains("kind: RoleBinding"), "{input}");
    assert_eq!(input.replace("in 3 requests", "in 4 requests"), folder);
}

#[test]
fn the_roles_to_start_from_hold_nothing_bad() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/clinic");
    let dir = folder(&[]);
    let roles = dir.path().join("roles");
    let status = cloister().args(["rbac", "roles"]).arg(examples).arg("-o").arg(&roles).status().unwrap();
    assert!(status.success());
    let found = scan(&roles, &[]);
    // Logs may be read where no personal data is known, which the scan cannot tell from the roles alone.
    let other = found.findings().iter().filter(|it| it["check"] != "role-reads-logs" || it["severity"] != "low");
    let bad: Vec<String> = other.map(|it| format!("{} {}: {}", it["severity"], it["check"], it["message"])).collect();
    assert_eq!(bad, Vec::<String>::new());
    assert!(found.diagnostics().is_empty(), "{:?}", found.diagnostics());
}
