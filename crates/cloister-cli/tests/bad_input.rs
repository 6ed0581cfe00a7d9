//! Bad input gets a message with place, cause and way out, costs nothing else,
//! and never a panic. Each case is what somebody's folder really holds.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that runs the program on files"
)]

mod support;

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

use support::{POD, Scanned, cloister, folder, program, scan, scan_stdin};

fn diagnostic<'a>(scanned: &'a Scanned, file: &str) -> &'a serde_json::Value {
    let found = scanned.diagnostics().iter().find(|it| it["file"].as_str().unwrap().ends_with(file));
    found.unwrap_or_else(|| panic!("no diagnostic about {file}: {:#?}", scanned.diagnostics()))
}

/// The good pod beside every bad file must still be found.
fn expect(scanned: &Scanned, file: &str, line: Option<u64>, cause: &str, exit: i32) {
    let diagnostic = diagnostic(scanned, file);
    let message = diagnostic["message"].as_str().unwrap();
    assert!(message.contains(cause), "{message}");
    assert_eq!(diagnostic["line"].as_u64(), line, "{message}");
    assert!(diagnostic["help"].as_str().is_some_and(|help| !help.is_empty()), "no way out: {message}");
    assert_eq!(scanned.exit, exit, "{}", scanned.errors);
    assert!(scanned.finds("privileged-container"), "the good file was lost");
}

#[test]
fn a_broken_document_costs_only_itself() {
    let dir = folder(&[("a.yaml", &format!("kind: Pod\nmetadata:\n  name: api: v2\n---\n{POD}"))]);
    expect(&scan(dir.path(), &[]), "a.yaml", Some(3), "mapping values", 2);
}

#[test]
fn tabs_are_named() {
    let dir = folder(&[("a.yaml", "kind: Pod\nmetadata:\n\tname: x\n"), ("b.yaml", POD)]);
    expect(&scan(dir.path(), &[]), "a.yaml", Some(3), "tab", 2);
}

#[test]
fn templates_are_told_from_yaml() {
    let dir = folder(&[("a.yaml", "kind: Pod\nmetadata:\n  name: {{ .Release.Name }}\n"), ("b.yaml", POD)]);
    expect(&scan(dir.path(), &[]), "a.yaml", Some(3), "", 2);
}

#[test]
fn doubled_keys_are_read_like_kubectl_and_told() {
    let dir = folder(&[("a.yaml", &POD.replace("privileged: true", "privileged: false\n        privileged: true"))]);
    expect(&scan(dir.path(), &["--fail-on", "never"]), "a.yaml", Some(12), "already", 0);
}

#[test]
fn alias_bombs_are_refused() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..10 {
        let inside = vec![format!("*a{}", level - 1); 10].join(", ");
        bomb.push_str(&format!("a{level}: &a{level} [{inside}]\n"));
    }
    let dir = folder(&[("a.yaml", &bomb), ("b.yaml", POD)]);
    expect(&scan(dir.path(), &[]), "a.yaml", Some(5), "aliases expand", 2);
}

#[test]
fn deep_nesting_is_refused() {
    let dir = folder(&[("a.json", &"[".repeat(100_000)), ("b.yaml", POD)]);
    expect(&scan(dir.path(), &[]), "a.json", Some(1), "nested deeper", 2);
}

#[test]
fn binaries_and_other_encodings_are_named() {
    let dir = folder(&[("b.yaml", POD)]);
    fs::write(dir.path().join("a.yaml"), b"\x7fELF\0\0\0").unwrap();
    expect(&scan(dir.path(), &[]), "a.yaml", None, "binary", 2);
    fs::write(dir.path().join("a.yaml"), b"kind: Pod\nname: M\xFCller\n").unwrap();
    expect(&scan(dir.path(), &[]), "a.yaml", Some(2), "UTF-8", 2);
}

#[test]
fn byte_order_marks_and_utf_16_are_read() {
    let dir = folder(&[]);
    let utf16: Vec<u8> = [0xFF, 0xFE].into_iter().chain(POD.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    fs::write(dir.path().join("a.yaml"), utf16).unwrap();
    let scanned = scan(dir.path(), &["--fail-on", "never"]);
    assert!(scanned.finds("privileged-container"));
    assert_eq!(scanned.exit, 0);
}

#[test]
fn files_beyond_reason_are_not_read() {
    let dir = folder(&[("b.yaml", POD)]);
    fs::File::create(dir.path().join("a.yaml")).unwrap().set_len(1 << 30).unwrap();
    expect(&scan(dir.path(), &[]), "a.yaml", None, "larger than 64 MiB", 2);
}

#[test]
fn links_that_lead_back_are_followed_once() {
    let dir = folder(&[("b.yaml", POD)]);
    symlink(dir.path(), dir.path().join("loop")).unwrap();
    expect(&scan(dir.path(), &["--fail-on", "never"]), "loop", None, "leads back", 0);
}

#[test]
fn links_that_lead_nowhere_are_told() {
    let dir = folder(&[("b.yaml", POD)]);
    symlink("gone.yaml", dir.path().join("a.yaml")).unwrap();
    expect(&scan(dir.path(), &[]), "a.yaml", None, "cannot be read", 2);
}

#[test]
fn what_may_not_be_read_is_told() {
    let dir = folder(&[("closed/a.yaml", POD), ("b.yaml", POD)]);
    let closed = dir.path().join("closed");
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).unwrap();
    // Root reads everything; then there is nothing to tell.
    let is_root = fs::read_dir(&closed).is_ok();
    let scanned = scan(dir.path(), &["--fail-on", "never"]);
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o755)).unwrap();
    assert!(scanned.finds("privileged-container"));
    if is_root {
        assert_eq!(scanned.exit, 0);
    } else {
        expect(&scanned, "closed", None, "cannot be read", 2);
    }
}

#[test]
fn wrong_types_are_told_and_survived() {
    let wrong = r#"{"apiVersion":"v1","kind":"Pod","metadata":{"name":["x"],"labels":7,"annotations":[1]},
        "spec":{"containers":{"a":1},"volumes":"no","securityContext":true,"initContainers":[1,null,{"name":2}]}}"#;
    let dir = folder(&[("a.json", wrong), ("b.yaml", POD)]);
    let scanned = scan(dir.path(), &["--fail-on", "never"]);
    assert!(scanned.finds("privileged-container"));
    assert_eq!(scanned.exit, 2, "{}", scanned.errors);
    assert_eq!(scanned.diagnostics().len(), 8, "{:#?}", scanned.diagnostics());
}

#[test]
fn a_quoted_boolean_is_told_at_its_place() {
    let dir = folder(&[("a.yaml", &POD.replace("privileged: true", "privileged: \"true\"")), ("b.yaml", POD)]);
    expect(&scan(dir.path(), &[]), "a.yaml", Some(11), "privileged is text and must be true or false", 2);
}

#[test]
fn a_version_that_there_is_not_is_told_at_its_place() {
    let dir = folder(&[("a.yaml", &POD.replace("apiVersion: v1", "apiVersion: v99"))]);
    let scanned = scan(dir.path(), &["--fail-on", "never"]);
    assert!(scanned.finds("privileged-container"), "it is assessed all the same");
    expect(&scanned, "a.yaml", Some(1), "there is no apiVersion v99", 0);
    let rollout = folder(&[("a.yaml", &POD.replace("apiVersion: v1", "apiVersion: example.org/v99"))]);
    assert!(scan(rollout.path(), &["--fail-on", "never"]).diagnostics().is_empty(), "others number as they like");
}

#[test]
fn half_an_object_is_told() {
    let dir = folder(&[("a.yaml", "kind: Pod\nmetadata: {name: x}\n"), ("b.yaml", POD)]);
    expect(&scan(dir.path(), &["--fail-on", "never"]), "a.yaml", Some(1), "no apiVersion", 0);
}

#[test]
fn unknown_kinds_are_looked_into() {
    let rollout = POD.replace("apiVersion: v1\nkind: Pod", "apiVersion: argoproj.io/v1alpha1\nkind: Rollout");
    let (head, spec) = rollout.split_once("spec:\n").unwrap();
    let spec: String = spec.lines().map(|line| format!("    {line}\n")).collect();
    let rollout = format!("{head}spec:\n  template:\n    metadata: {{labels: {{app: x}}}}\n    spec:\n{spec}");
    let dir = folder(&[("a.yaml", &rollout)]);
    assert!(scan(dir.path(), &[]).finds("privileged-container"));
}

#[test]
fn empty_input_is_told() {
    let dir = folder(&[]);
    let scanned = scan(dir.path(), &[]);
    assert!(scanned.diagnostics()[0]["message"].as_str().unwrap().contains("no manifest"));
    // A gate that looks at nothing must not be green.
    assert_eq!(scanned.exit, 2);
    let scanned = scan_stdin("");
    assert!(scanned.diagnostics()[0]["message"].as_str().unwrap().contains("empty"));
    assert_eq!(scanned.exit, 2);
}

#[test]
fn what_is_no_object_is_nothing_to_assess() {
    let dir = folder(&[("a.yaml", "just: text\n"), ("chart/Chart.yaml", "name: x\nversion: 1.0.0\n")]);
    let program = support::program(dir.path(), "echo '---'");
    let told = |path: &str, message: &str| {
        let scanned = scan(&dir.path().join(path), &["--helm", program.to_str().unwrap()]);
        let told = diagnostic(&scanned, path);
        assert!(told["message"].as_str().unwrap().contains(message) && told["help"].is_string(), "{told}");
        assert_eq!((told["level"].as_str(), scanned.exit), (Some("error"), 2));
    };
    told("a.yaml", "no Kubernetes object");
    told("chart", "renders nothing");
}

#[test]
fn ignoring_everything_is_told() {
    let dir = folder(&[("a.yaml", POD), (".cloisterignore", "*\n")]);
    let scanned = scan(dir.path(), &[]);
    assert!(scanned.diagnostics()[0]["message"].as_str().unwrap().contains(".cloisterignore"));
    assert_eq!(scanned.exit, 2);
}

#[test]
fn a_missing_path_is_told() {
    let dir = folder(&[("b.yaml", POD)]);
    let scanned = scan(&dir.path().join("gone"), &[dir.path().to_str().unwrap()]);
    expect(&scanned, "gone", None, "no such file", 2);
}

#[test]
fn a_missing_helm_costs_only_the_chart() {
    let dir = folder(&[("chart/Chart.yaml", "name: x\nversion: 1.0.0\n"), ("b.yaml", POD)]);
    expect(&scan(dir.path(), &["--helm", "/nonexistent/helm"]), "chart", None, "helm was not found", 2);
}

#[test]
fn a_failing_helm_is_quoted() {
    let dir = folder(&[("chart/Chart.yaml", "name: x\nversion: 1.0.0\n"), ("b.yaml", POD)]);
    let program = support::program(dir.path(), "echo 'Error: values: image.tag is required' >&2; exit 1");
    let scanned = scan(dir.path(), &["--helm", program.to_str().unwrap()]);
    expect(&scanned, "chart", None, "image.tag is required", 2);
}

#[test]
fn a_chart_that_renders_nothing_is_told() {
    let dir = folder(&[("chart/Chart.yaml", "name: x\nversion: 1.0.0\n"), ("b.yaml", POD)]);
    let program = support::program(dir.path(), "echo '---'");
    let scanned = scan(dir.path(), &["--fail-on", "never", "--helm", program.to_str().unwrap()]);
    expect(&scanned, "chart", None, "renders nothing", 0);
}

#[test]
fn overlays_do_not_reach_for_other_machines() {
    let dir =
        folder(&[("overlay/kustomization.yaml", "resources:\n  - https://example.org/base.yaml\n"), ("b.yaml", POD)]);
    let program = support::program(dir.path(), "touch \"$(dirname \"$0\")/called\"");
    let scanned = scan(dir.path(), &["--kubectl", program.to_str().unwrap()]);
    expect(&scanned, "overlay", None, "another machine", 2);
    assert!(!dir.path().join("called").exists(), "the renderer was started");
}

#[test]
fn clusters_that_cannot_be_reached_are_told() {
    let config = |server: &str, context: &str| {
        format!(
            "apiVersion: v1\nkind: Config\n{context}clusters: [{{name: c, cluster: {{server: \"{server}\"}}}}]\n\
             contexts: [{{name: x, context: {{cluster: c, user: u}}}}]\nusers: [{{name: u, user: {{token: t}}}}]\n"
        )
    };
    let dir = folder(&[
        ("nowhere.config", &config("https://127.0.0.1:1", "current-context: x\n")),
        ("without.config", &config("https://127.0.0.1:1", "")),
        ("b.yaml", POD),
    ]);
    let run = |file: &str, more: &[&str]| {
        let file = dir.path().join(file);
        let mut arguments = vec!["--kubeconfig", file.to_str().unwrap()];
        arguments.extend(more);
        scan(&dir.path().join("b.yaml"), &arguments)
    };
    expect(&run("nowhere.config", &[]), "x", None, "cannot be reached", 2);
    expect(&run("without.config", &[]), "kubeconfig", None, "current context", 2);
    expect(&run("nowhere.config", &["--context", "no"]), "kubeconfig", None, "no context \"no\"", 2);
    let help = run("without.config", &[]).diagnostics()[0]["help"].as_str().unwrap().to_owned();
    assert!(help.ends_with("--context: x"), "{help}");
    expect(&run("gone.config", &[]), "kubeconfig", None, "read", 2);
}

#[test]
fn personal_values_are_not_quoted_in_errors() {
    let dir = folder(&[
        ("a.yaml", "kind: Secret\nstringData:\n  mail: erika.mustermann@clinic.example: x\n"),
        ("b.yaml", POD),
    ]);
    let scanned = scan(dir.path(), &[]);
    assert!(!scanned.json.to_string().contains("mustermann"), "{:#?}", scanned.diagnostics());
}

#[test]
fn nobody_waits_for_a_pipe() {
    let pipe = |dir: &Path, name: &str| {
        assert!(Command::new("mkfifo").arg(dir.join(name)).status().unwrap().success());
    };
    let dir = folder(&[("b.yaml", POD), ("in/c.yaml", POD)]);
    pipe(dir.path(), "a.yaml");
    expect(&scan(dir.path(), &[]), "a.yaml", None, "no ordinary file", 2);
    pipe(dir.path(), "in/.cloisterignore");
    expect(&scan(dir.path(), &[]), "in/.cloisterignore", None, "folder was not read", 2);
    pipe(dir.path(), "a.tgz");
    let named = scan(&dir.path().join("a.tgz"), &[dir.path().join("b.yaml").to_str().unwrap()]);
    expect(&named, "a.tgz", None, "no ordinary file", 2);
}

#[test]
fn links_that_lead_out_are_told_and_not_followed() {
    let outside = folder(&[("secret.yaml", &POD.replace("good", "outside"))]);
    let dir = folder(&[("b.yaml", POD)]);
    symlink(outside.path(), dir.path().join("out")).unwrap();
    symlink(outside.path().join("secret.yaml"), dir.path().join("a.yaml")).unwrap();
    let scanned = scan(dir.path(), &["--fail-on", "never"]);
    expect(&scanned, "out", None, "leads out", 0);
    expect(&scanned, "a.yaml", None, "leads out", 0);
    assert!(!scanned.json.to_string().contains("\"outside\""), "read from outside");
    // What a mounted ConfigMap looks like: a link to a hidden folder beside it.
    let mounted = folder(&[("..data/x.yaml", POD)]);
    symlink("..data/x.yaml", mounted.path().join("x.yaml")).unwrap();
    assert!(scan(mounted.path(), &[]).finds("privileged-container"));
}

#[test]
fn links_to_links_do_not_multiply() {
    let dir = folder(&[("b.yaml", POD), ("d24/x.yaml", POD)]);
    for level in 0..24 {
        let folder = dir.path().join(format!("d{level}"));
        fs::create_dir(&folder).unwrap();
        for name in ["left", "right"] {
            symlink(format!("../d{}", level + 1), folder.join(name)).unwrap();
        }
    }
    // Two to the power of 24 ways lead to one file.
    let files = scan(dir.path(), &[]).json["subject"]["files"].as_u64().unwrap();
    assert!(files < 100, "{files}");
}

#[test]
fn millions_of_problems_become_one_message_more() {
    let dir = folder(&[("a.yaml", &"}\n---\n".repeat(100_000)), ("b.yaml", POD)]);
    let scanned = scan(dir.path(), &[]);
    expect(&scanned, "a.yaml", None, "99900 more problems", 2);
    assert_eq!(scanned.diagnostics().len(), 101);
}

#[test]
fn a_doubled_key_behind_many_others_is_read_like_kubectl_too() {
    let junk: String = (0..600).map(|at| format!("        k{at}: 1\n")).collect();
    let pod = POD
        .replace("        privileged: true\n", &format!("{junk}        privileged: false\n        privileged: true\n"));
    let dir = folder(&[("a.yaml", &pod)]);
    let scanned = scan(dir.path(), &["--fail-on", "never"]);
    expect(&scanned, "a.yaml", Some(612), "already", 0);
}

#[test]
fn a_renderer_reaches_nothing_and_its_word_leads_nowhere() {
    let dir = folder(&[
        ("chart/Chart.yaml", "apiVersion: v2\nname: c\nversion: 0.1.0\n"),
        ("overlay/kustomization.yaml", "resources: [../base]\n"),
        ("base/kustomization.yaml", "resources: [deploy.yaml]\npatches: [{path: 'https://far.example/x.yaml'}]\n"),
        ("b.yaml", POD),
    ]);
    let helm = program(
        dir.path(),
        "test \"$HTTPS_PROXY$GIT_ALLOW_PROTOCOL\" = http://127.0.0.1:9none || exit 1\nprintf -- '---\\n# Source: c//etc/passwd\\nroot:\\n---\\n# Source: c/a.yaml\\napiVersion: v1\\nkind: Pod\\nmetadata: {name: drawn}\\n'",
    );
    let tool = helm.to_str().unwrap();
    let scanned = scan(dir.path(), &["--helm", tool, "--kubectl", tool, "--fail-on", "never"]);
    expect(&scanned, "overlay", None, "another machine: https://far.example", 2);
    assert_eq!(scanned.json["subject"]["rendered"].as_u64(), Some(1), "{:#?}", scanned.diagnostics());
}

#[test]
fn a_kubeconfig_is_never_quoted() {
    let exec = "users: [{name: u, user: {exec: {command: sh, args: [-c, 'echo s3cr3t; exit 1'], \
                apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never}}}]";
    let valid = "apiVersion: v1\nkind: Config\ncurrent-context: c\nclusters: [{name: c, cluster: {server: 'http://127.0.0.1:1'}}]\n\
                 contexts: [{name: c, context: {cluster: c, user: u}}]\n";
    for text in [
        "users: s3cr3t\n",
        "s3cr3t: : x\n",
        "users: [{name: u, user: {token: [s3cr3t]}}]\n",
        &format!("{valid}{exec}\n"),
    ] {
        let dir = folder(&[("k.config", text), ("b.yaml", POD)]);
        let file = dir.path().join("k.config");
        let scanned = scan(&dir.path().join("b.yaml"), &["--kubeconfig", file.to_str().unwrap()]);
        assert_eq!(scanned.exit, 2);
        assert!(!scanned.json.to_string().contains("s3cr3t"), "{:#?}", scanned.diagnostics());
    }
}

#[test]
fn long_json_that_is_broken_is_told_where_it_breaks() {
    let item =
        format!("{{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{{\"name\":\"{}\"}}}},\n", "a".repeat(2000));
    let text = format!("{{\"kind\":\"List\",\"items\":[\n{}]}}\n", item.repeat(2200));
    let dir = folder(&[("list.json", &text), ("b.yaml", POD)]);
    let scanned = scan(dir.path(), &["--fail-on", "never"]);
    expect(&scanned, "list.json", Some(2201), "broken JSON: trailing commas", 2);
}

#[test]
fn a_baseline_that_is_no_report_is_refused() {
    for text in ["", "[]", "{\"findings\":1}", "{\"findings\":[{\"id\":3}]}", &"[".repeat(100_000)] {
        let dir = folder(&[("old.json", text), ("b.yaml", POD)]);
        let file = dir.path().join("old.json");
        let output =
            cloister().arg("scan").arg(dir.path().join("b.yaml")).arg("--baseline").arg(file).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.starts_with("error: the baseline"), "{said}");
    }
}
