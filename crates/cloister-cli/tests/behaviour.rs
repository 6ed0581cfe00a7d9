//! What users rely on: exit statuses, decisions, comparison, and which files are read.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that runs the program on files"
)]

mod support;

use std::fs;

use support::{POD, Scanned, cloister, ended, folder, program, scan};

fn finding<'a>(scanned: &'a Scanned, check: &str) -> &'a serde_json::Value {
    scanned.findings().iter().find(|finding| finding["check"] == check).unwrap_or_else(|| panic!("no {check}"))
}

#[test]
fn the_threshold_decides_between_zero_and_one() {
    let dir = folder(&[("a.yaml", POD)]);
    assert_eq!(scan(dir.path(), &[]).exit, 1, "high by default");
    assert_eq!(scan(dir.path(), &["--fail-on", "critical"]).exit, 1);
    assert_eq!(scan(dir.path(), &["--fail-on", "never"]).exit, 0);
    assert_eq!(scan(dir.path(), &["--fail-on", "pss-baseline"]).exit, 1);
    let safe = folder(&[("a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: clinic}\n")]);
    assert_eq!(scan(safe.path(), &["--fail-on", "pss-baseline"]).exit, 0, "not evaluated changes nothing");
}

#[test]
fn wrong_arguments_are_told_before_any_work() {
    for (arguments, said) in [
        (&["--framework", "gpdr"][..], "no framework is called \"gpdr\""),
        (&["--fail-on", "awful"], "--fail-on cannot be"),
        (&["--framework", "nsa", "--fail-on", "gdpr"], "add it: --framework gdpr"),
        (&["--baseline", "/nonexistent.json"], "baseline"),
        (&["-o", "pdf"], "unknown format"),
        (&["-o", "html="], "has no name"),
    ] {
        let output = cloister().args(["scan", "/nonexistent"]).args(arguments).output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{errors}");
        assert!(errors.contains(said), "{arguments:?}: {errors}");
    }
}

#[test]
fn a_baseline_shows_new_fixed_and_same_when_lines_move() {
    let dir = folder(&[("a.yaml", POD)]);
    let report = dir.path().join("report.json.txt");
    let output = format!("json={}", report.display());
    cloister().arg("scan").arg(dir.path()).args(["-o", &output]).output().unwrap();
    let moved = format!("# a comment\n\n{}", POD.replace("name: good", "name: good\n  labels: {team: care}"));
    fs::write(dir.path().join("a.yaml"), &moved).unwrap();
    let same = scan(dir.path(), &["--baseline", report.to_str().unwrap()]);
    assert_eq!(finding(&same, "privileged-container")["change"], "same");
    assert_eq!(same.json["summary"]["new"], 0, "{:#?}", same.json["summary"]);
    fs::write(dir.path().join("a.yaml"), moved.replace("privileged: true", "privileged: false\n  hostPID: true"))
        .unwrap();
    let changed = scan(dir.path(), &["--baseline", report.to_str().unwrap()]);
    assert_eq!(finding(&changed, "host-pid")["change"], "new");
    assert!(changed.json["summary"]["fixed"].as_u64().unwrap() >= 1);
    assert!(!changed.finds("privileged-container"));
}

const EXCEPTION: &str = "apiVersion: cloister.dev/v1alpha1
kind: Exception
metadata: {name: legacy}
spec:
  check: privileged-container
  resource: {kind: Pod, namespace: clinic, name: good}
  reason: the scanner of the ward needs its device
  owner: platform team
  expires: 2027-01-31
";

#[test]
fn an_exception_accepts_visibly_and_until_its_day() {
    let dir = folder(&[("a.yaml", POD), ("e.yaml", EXCEPTION)]);
    let on = |day: &str| scan(dir.path(), &["--today", day]);
    let held = on("2027-01-31");
    let accepted = &finding(&held, "privileged-container")["accepted"];
    assert_eq!(accepted["owner"], "platform team");
    assert_eq!(accepted["expires"], "2027-01-31");
    assert_eq!(held.json["summary"]["accepted"], 1);
    let expired = on("2027-02-01");
    assert!(finding(&expired, "privileged-container")["accepted"].is_null(), "it comes back");
    assert!(expired.finds("exception-expired"));
}

#[test]
fn exceptions_that_accept_nothing_or_lack_something_are_findings() {
    let unused = EXCEPTION.replace("name: good}", "name: gone}");
    let nameless = EXCEPTION.replace("  owner: platform team\n", "").replace("legacy", "nameless");
    let dir = folder(&[("a.yaml", POD), ("u.yaml", &unused), ("n.yaml", &nameless)]);
    let scanned = scan(dir.path(), &["--today", "2026-11-01"]);
    assert!(finding(&scanned, "exception-unused")["resource"]["name"] == "legacy");
    assert!(finding(&scanned, "exception-incomplete")["resource"]["name"] == "nameless");
    assert!(finding(&scanned, "privileged-container")["accepted"].is_null());
}

#[test]
fn an_annotation_is_an_exception_too() {
    let annotated = POD.replace(
        "namespace: clinic\n",
        "namespace: clinic\n  annotations:\n    exception.cloister.dev/privileged-container: \"2027-01-31; ward; needs its device; really\"\n",
    );
    let dir = folder(&[("a.yaml", &annotated)]);
    let accepted = scan(dir.path(), &["--today", "2026-11-01"]);
    assert_eq!(finding(&accepted, "privileged-container")["accepted"]["reason"], "needs its device; really");
}

#[test]
fn an_attestation_shows_as_attested_until_its_day() {
    let attestation = "apiVersion: cloister.dev/v1alpha1
kind: Attestation
metadata: {name: notices}
spec:
  requirement: {framework: gdpr, id: \"12(3)\"}
  statement: requests are answered within a month
  author: data protection officer
  date: 2026-06-01
  expires: 2027-06-01
";
    let dir = folder(&[("a.yaml", POD), ("t.yaml", attestation)]);
    let status = |day: &str| {
        let scanned = scan(dir.path(), &["--today", day, "-f", "gdpr"]);
        let requirements = scanned.json["requirements"].as_array().unwrap().clone();
        requirements.iter().find(|it| it["id"] == "12(3)").unwrap()["status"].clone()
    };
    assert_eq!(status("2027-06-01"), "attested");
    assert_eq!(status("2027-06-02"), "not-evaluated");
    assert_eq!(status("2026-05-31"), "not-evaluated", "not before it was written");
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/clinic");
    let run = |threads: &str, paths: &[&str]| {
        let mut command = cloister();
        command.env("RAYON_NUM_THREADS", threads).current_dir(root).arg("scan").args(paths);
        command.args(["--today", "2026-11-23", "-o", "json"]).output().unwrap().stdout
    };
    let one = run("1", &["k8s", "register.yaml"]);
    assert_eq!(one, run("4", &["k8s", "register.yaml"]));
    let findings = |bytes: &[u8]| serde_json::from_slice::<serde_json::Value>(bytes).unwrap()["findings"].clone();
    assert_eq!(findings(&one), findings(&run("4", &["register.yaml", "k8s"])), "in any order of files");
}

#[test]
fn cloisterignore_leaves_files_out() {
    let dir = folder(&[("a.yaml", POD), ("old/b.yaml", POD), (".cloisterignore", "old/\n")]);
    let scanned = scan(dir.path(), &[]);
    assert_eq!(scanned.json["subject"]["files"], 1);
}

#[test]
fn charts_and_overlays_are_rendered_and_not_read_twice() {
    let dir = folder(&[
        ("chart/Chart.yaml", "name: x\nversion: 1.0.0\n"),
        ("chart/templates/pod.yaml", "kind: Pod\nmetadata: {name: {{ .Release.Name }}}\n"),
        ("chart/templates/plain.yaml", POD),
        ("chart/values.yaml", "a: 1\n"),
        ("base/kustomization.yaml", "resources: [pod.yaml]\n"),
        ("base/pod.yaml", POD),
        ("overlay/kustomization.yaml", "resources: [../base]\n"),
        ("plain.yaml", &POD.replace("name: good", "name: plain")),
    ]);
    let plain = POD.replace("name: good", "name: plain-in-chart");
    fs::write(dir.path().join("chart/templates/plain.yaml"), &plain).unwrap();
    fs::write(
        dir.path().join("rendered"),
        format!("---\n# Source: x/templates/pod.yaml\n{POD}---\n# Source: x/templates/plain.yaml\n{plain}"),
    )
    .unwrap();
    let log = dir.path().join("calls");
    let tool = program(
        dir.path(),
        &format!(
            "echo \"$@\" >> {0}; case $1 in template) cat {1}/rendered;; *) cat {1}/base/pod.yaml;; esac",
            log.display(),
            dir.path().display()
        ),
    );
    let tool = tool.to_str().unwrap();
    let scanned = scan(dir.path(), &["--helm", tool, "--kubectl", tool, "--set", "a=2", "--fail-on", "never"]);
    assert_eq!(scanned.exit, 0, "{:#?}", scanned.diagnostics());
    let calls = fs::read_to_string(log).unwrap();
    assert_eq!(calls.lines().count(), 2, "{calls}");
    assert!(calls.contains("--set a=2") && calls.contains("overlay") && !calls.contains("base"), "{calls}");
    let privileged: Vec<_> = scanned.findings().iter().filter(|it| it["check"] == "privileged-container").collect();
    assert_eq!(privileged.len(), 4, "chart twice, overlay and plain file once each");
    let at =
        |file: &str| privileged.iter().find(|it| it["location"]["file"].as_str().unwrap().ends_with(file)).unwrap();
    assert_eq!(at("templates/pod.yaml")["location"]["line"], serde_json::Value::Null, "no template line is certain");
    assert_eq!(at("templates/pod.yaml")["location"]["rendered"]["line"], 13);
    assert_eq!(at("templates/plain.yaml")["location"]["line"], 11, "written word for word");
    assert_eq!(at("overlay/kustomization.yaml")["location"]["rendered"]["line"], 11);
}

#[test]
fn values_of_secrets_and_people_are_masked_everywhere() {
    let dir = folder(&[(
        "a.yaml",
        "apiVersion: v1
kind: ConfigMap
metadata: {name: c, namespace: clinic}
data:
  contact: erika.mustermann@hospital-berlin.de
  url: postgres://api:hunter2hunter2@db/clinic
",
    )]);
    for format in ["text", "json", "sarif", "html"] {
        let output = cloister().arg("scan").arg(dir.path()).args(["-v", "-o", format]).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.contains("credential-in-config-map"), "{format}");
        assert!(!text.contains("hunter2") && !text.contains("mustermann"), "{format} shows a value");
    }
}

#[test]
fn a_report_leaves_links_and_pipes_what_they_are() {
    let dir = folder(&[("in/a.yaml", POD), ("kept.json", "{}")]);
    let (link, pipe) = (dir.path().join("link.json"), dir.path().join("pipe"));
    std::os::unix::fs::symlink("kept.json", &link).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let there = pipe.clone();
    let reader = std::thread::spawn(move || fs::read_to_string(there).unwrap());
    let outputs = [format!("json={}", link.display()), format!("json={}", pipe.display())];
    let arguments = ["-o", &outputs[0], "-o", &outputs[1]];
    cloister().arg("scan").arg(dir.path().join("in")).args(arguments).output().unwrap();
    // Had the pipe been replaced by a file, its reader would wait for ever: let it go, and judge.
    let is_pipe = std::os::unix::fs::FileTypeExt::is_fifo(&fs::symlink_metadata(&pipe).unwrap().file_type());
    assert!(is_pipe, "the pipe was replaced");
    assert!(reader.join().unwrap().contains("privileged-container"));
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink(), "the link was replaced");
    assert!(fs::read_to_string(dir.path().join("kept.json")).unwrap().contains("privileged-container"));
}

#[test]
fn many_targets_have_a_short_title() {
    let dir = folder(&[("a.yaml", POD), ("b.yaml", POD), ("c.yaml", POD), ("d.yaml", POD), ("e.yaml", POD)]);
    let title = |names: &[&str]| {
        let mut command = cloister();
        command.args(["scan", "-o", "json"]).args(names.iter().map(|name| dir.path().join(name)));
        let report: serde_json::Value = serde_json::from_slice(&command.output().unwrap().stdout).unwrap();
        report["subject"]["title"].as_str().unwrap().to_owned()
    };
    assert_eq!(title(&["a.yaml", "b.yaml", "c.yaml", "d.yaml", "e.yaml"]), "a.yaml + b.yaml + c.yaml + 2 more");
    assert_eq!(title(&["a.yaml", "b.yaml", "c.yaml", "d.yaml"]), "a.yaml + b.yaml + c.yaml + d.yaml");
}

#[test]
fn a_register_is_drafted_where_there_is_something_to_draft() {
    let store = "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: customers-db, namespace: shop}\nspec:\n  \
                 template:\n    spec: {containers: [{name: db, image: 'postgres:16'}]}\n";
    let dir =
        folder(&[("store.yaml", store), ("empty.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n")]);
    let (file, register) = (|name: &str| dir.path().join(name), dir.path().join("register.yaml"));
    let init = |name: &str| ended(cloister().args(["register", "init", "-o"]).args([&register, &file(name)]));
    let nothing = init("empty.yaml");
    assert!(nothing.exit == 0 && nothing.errors.starts_with("nothing to draft: "), "{nothing:?}");
    assert!(!register.exists(), "an empty register is none");
    let gone = init("gone.yaml");
    assert!(gone.exit == 2 && gone.errors.contains("no such file") && !register.exists(), "{gone:?}");
    let drafted = init("store.yaml");
    assert!(drafted.exit == 0 && drafted.errors.starts_with("wrote "), "{drafted:?}");
    assert!(fs::read_to_string(&register).unwrap().contains("kind: PersonalDataStore"));
    assert!(init("store.yaml").errors.contains("never overwritten"));
    let server = ended(cloister().args(["register", "init", "--cluster"]));
    assert!(server.exit == 2 && server.errors.contains("--kubeconfig FILE"), "{server:?}");
}
