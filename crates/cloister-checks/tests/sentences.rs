//! What the shared parts of checks over nodes and their programs say and propose: fixtures show where, not what.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use cloister_checks::{Context, entries, run};
use cloister_inventory::{Inputs, Inventory};
use cloister_manifest::{Interner, parse};
use cloister_model::Origin;
use cloister_register::Register;

/// What a check finds in facts of a node: what it says, what it proposes, and the line.
fn found(check: &str, facts: &str) -> Vec<(String, String, u32)> {
    let text = format!("apiVersion: cloister.dev/v1alpha1\nkind: NodeFacts\nmetadata: {{name: node-1}}\n{facts}");
    let parsed = parse(&text, &Origin::File("facts.yaml".into()), 1, &mut Interner::default());
    assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
    let inventory = Inventory::new(parsed.resources, Inputs { files: true, ..Inputs::default() });
    let (register, _) = Register::from_inventory(&inventory);
    let context =
        Context { inventory: &inventory, register: &register, today: jiff::civil::date(2026, 6, 1), profile: None };
    let entry = entries().find(|entry| entry.check.name == check).unwrap_or_else(|| panic!("no {check}"));
    let outcome = run(&[entry], &context).remove(0);
    let line = |finding: &cloister_model::Finding| finding.location.as_ref().and_then(|it| it.line).unwrap_or_default();
    let told = outcome.findings.iter().map(|it| (it.message.clone(), it.fix.clone().unwrap_or_default(), line(it)));
    told.collect()
}

/// Of a program with these words, each on a line of its own from the eighth on.
fn of(check: &str, program: &str, words: &[&str]) -> Vec<(String, String, u32)> {
    let words: String = words.iter().map(|word| format!("  - {word}\n")).collect();
    let words = if words.is_empty() { " []\n".to_owned() } else { format!("\n{words}") };
    found(check, &format!("processes:\n- program: {program}\n  pid: 7\n  arguments:{words}"))
}

/// The only finding: the end of what it says, what it proposes, and the line (0: any).
fn one(found: Vec<(String, String, u32)>, says: &str, fix: &str, line: u32) {
    let [(message, proposed, at)] = found.as_slice() else { panic!("{found:?}") };
    assert!(message.ends_with(says), "{message}");
    assert_eq!(proposed, fix, "{message}");
    assert!(line == 0 || line == *at, "{message} at {at}");
}

const SERVER: &str = "kube-apiserver";

#[test]
fn a_switch_is_told_as_it_stands_or_as_missing() {
    one(of("api-server-profiling", SERVER, &[]), "(no --profiling)", "- --profiling=false", 0);
    one(of("api-server-profiling", SERVER, &["--profiling"]), "(--profiling)", "- --profiling=false", 8);
    assert!(of("api-server-profiling", SERVER, &["--profiling=false"]).is_empty());
}

#[test]
fn plug_ins_are_added_to_those_that_are_on() {
    let check = "api-server-without-event-rate-limit";
    let fix = "- --enable-admission-plugins=NodeRestriction,EventRateLimit";
    one(of(check, SERVER, &["--enable-admission-plugins=NodeRestriction"]), "(EventRateLimit is not on)", fix, 8);
    one(of(check, SERVER, &[]), "(EventRateLimit is not on)", "- --enable-admission-plugins=EventRateLimit", 0);
    assert!(of(check, SERVER, &["--enable-admission-plugins=NodeRestriction, EventRateLimit"]).is_empty());
    let off = ["--profiling=false", "--disable-admission-plugins=NamespaceLifecycle"];
    one(of("api-server-without-namespace-lifecycle", SERVER, &off), "(NamespaceLifecycle is off)", "", 9);
}

#[test]
fn numbers_and_addresses_have_bounds() {
    let kept = |days: &str| of("audit-log-kept-briefly", SERVER, &["--audit-log-path=/a", days]);
    one(kept("--audit-log-maxage=29"), "(--audit-log-maxage=29)", "- --audit-log-maxage=30", 9);
    assert!(kept("--audit-log-maxage=30").is_empty());
    let both = ["--audit-log-path=/a", "--audit-webhook-config-file=/b", "--audit-log-maxage=7"];
    one(of("audit-log-kept-briefly", SERVER, &both), "(--audit-log-maxage=7)", "- --audit-log-maxage=30", 10);
    assert!(of("audit-log-kept-briefly", SERVER, &both[1..]).is_empty(), "a webhook alone keeps nothing here");
    let bound =
        |address: &str| of("scheduler-listens-widely", "kube-scheduler", &[&format!("--bind-address={address}")]);
    one(bound("0.0.0.0"), "(--bind-address=0.0.0.0)", "- --bind-address=127.0.0.1", 8);
    assert!(bound("127.0.0.1").is_empty());
}

#[test]
fn a_setting_of_the_kubelet_is_proposed_as_yaml() {
    let content = |settings: &str| {
        format!(
            "processes:\n- {{program: kubelet, pid: 7, arguments: [--config=/c]}}\nfiles:\n- path: /c\n  role: kubelet-config\n  \
             type: file\n  content:\n    apiVersion: kubelet.config.k8s.io/v1beta1\n    kind: KubeletConfiguration\n    {settings}\n"
        )
    };
    let anonymous = found("kubelet-anonymous-requests", &content("authentication: {anonymous: {enabled: true}}"));
    let fix = "authentication:\n  anonymous:\n    enabled: false";
    assert!(anonymous.iter().all(|(_, proposed, at)| proposed == fix && *at == 13), "{anonymous:?}");
    assert!(!anonymous.is_empty());
    let least = |settings: &str| found("kubelet-weak-ciphers", &content(settings));
    assert!(least("tlsMinVersion: VersionTLS13").is_empty());
    assert!(least("tlsMinVersion: VersionTLS12").iter().all(|(_, fix, _)| fix == "tlsMinVersion: VersionTLS13"));
    assert!(!least("tlsMinVersion: VersionTLS12").is_empty());
}

#[test]
fn modes_and_owners_of_files_are_told_with_what_mends_them() {
    let file = |mode: &str, uid: u32, gid: u32| {
        format!(
            "processes:\n- {{program: kube-apiserver, pid: 7, arguments: []}}\nfiles:\n- path: /etc/kubernetes/admin.conf\n  role: \
             admin-kubeconfig\n  type: file\n  mode: \"{mode}\"\n  owner: {}\n  uid: {uid}\n  group: {}\n  gid: {gid}\n",
            if uid == 0 { "root" } else { "ann" },
            if gid == 0 { "root" } else { "staff" }
        )
    };
    let mode = |mode: &str| found("admin-kubeconfig-loose-mode", &file(mode, 0, 0));
    let path = "/etc/kubernetes/admin.conf";
    one(mode("0644"), "has the mode 0644, which is more than 0600", &format!("chmod 600 {path}"), 10);
    one(mode("0500"), "has the mode 0500, which is more than 0600", &format!("chmod 600 {path}"), 10);
    assert!(mode("0400").is_empty() && mode("0600").is_empty());
    let owner = |uid, gid| found("admin-kubeconfig-foreign-owner", &file("0600", uid, gid));
    one(owner(1000, 0), "belongs to ann:root", &format!("chown root:root {path}"), 12);
    one(owner(0, 50), "belongs to root:staff", &format!("chown root:root {path}"), 14);
    assert!(owner(0, 0).is_empty());
}
