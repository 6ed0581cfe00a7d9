//! What a kubelet is set to: generated flags, configuration files and folders of drop-ins, as the real kubelet merges them
//! when it starts, beside what `cloister-node` says. It prints its whole configuration before it looks whether that is
//! valid; each of ours has one setting that is not, so that it ends there.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use cloister_manifest::{Interner, parse};
use cloister_model::Origin;
use cloister_node::{Facts, Kind, Kubelet, SETTINGS, Setting, Value};
use serde_json::{Value as Json, json};

use super::Tally;
use crate::judges::Dice;

/// Above 100 no kubelet starts.
const ENDS: &str = "--image-gc-high-threshold=300";
/// Files of drop-ins, in no order. The last one is passed over.
const DROP_INS: [&str; 5] = ["20-b.conf", "10-a.conf", "10-a/x.conf", "z/y/30.conf", "15.conf.bak"];

/// One kubelet's command line and files.
struct Case {
    words: Vec<String>,
    /// Path below its folder, and what stands in it.
    files: Vec<(&'static str, Json)>,
}

/// Starts `count` kubelets.
pub(super) fn compare(tally: &mut Tally, count: usize, dice: &mut Dice) -> Result<()> {
    let program = cloister_tools::path("kubelet")?;
    for _ in 0..count {
        let folder = tempfile::tempdir().context("failed to make a folder")?;
        let case = case(folder.path(), dice);
        case.write(folder.path())?;
        let output = Command::new(&program).args(&case.words).arg(ENDS).stdin(Stdio::null()).output();
        let told = String::from_utf8_lossy(&output.context("failed to run the kubelet")?.stderr).into_owned();
        let real = effective(&told).with_context(|| format!("{:?}: {told}", case.words))?;
        let ours = case.facts(folder.path());
        let parsed = parse(&ours, &Origin::File("facts.yaml".into()), 1, &mut Interner::default());
        let facts = parsed.resources.first().and_then(Facts::of).with_context(|| format!("no facts: {ours}"))?;
        let kubelet = Kubelet::of(facts).context("no kubelet")?;
        tally.kubelets.0 += 1;
        for setting in SETTINGS.iter().filter(|setting| !setting.path.is_empty()) {
            let value = kubelet.value(setting).with_context(|| format!("nothing is said of {}", setting.path))?;
            tally.kubelets.1 += 1;
            let printed = real.pointer(&format!("/{}", setting.path)).cloned();
            // The flag is no part of the configuration, and takes nothing back (`RunKubelet`).
            let by_flag = setting.path == "seccompDefault" && case.has_seccomp_flag();
            let real = if by_flag { Some(Json::Bool(true)) } else { printed };
            if let Some(difference) = difference(&value, real.as_ref()) {
                let files: Vec<String> = case.files.iter().map(|(name, text)| format!("{name}: {text}")).collect();
                tally.differences.push(format!("kubelet {:?} {files:?}: {difference}", case.words));
            }
        }
    }
    Ok(())
}

/// The configuration in what it printed: lines that are indented by a tab.
fn effective(told: &str) -> Result<Json> {
    let after =
        told.split_once("\"Effective KubeletConfiguration\" config=<\n").context("no configuration is printed")?.1;
    let lines = after.lines().map_while(|line| line.strip_prefix('\t'));
    let text: Vec<&str> = lines.collect();
    ensure!(!text.is_empty(), "an empty configuration is printed");
    serde_saphyr::from_str(&text.join("\n")).context("what is printed is no YAML")
}

fn difference(ours: &Value<'_>, theirs: Option<&Json>) -> Option<String> {
    let theirs = match theirs {
        None | Some(Json::Null) => String::new(),
        Some(Json::String(text)) => text.clone(),
        Some(Json::Array(items)) => items.iter().filter_map(Json::as_str).collect::<Vec<_>>().join(","),
        Some(other) => other.to_string(),
    };
    let setting = ours.setting;
    // Go leaves out what is false, zero or empty, and writes switches and durations in its own way.
    let plain = |text: &str| {
        let value = Value { words: vec![text.to_owned()], ..ours.clone() };
        match (setting.kind, text) {
            (Kind::Switch, _) => value.is_on().to_string(),
            (Kind::Duration, _) => value.seconds().unwrap_or(0).to_string(),
            (_, "0") => String::new(),
            (_, text) => text.to_owned(),
        }
    };
    let said = ours.words.join(",");
    (plain(&said) != plain(&theirs)).then(|| format!("{} is {theirs:?}, we say {said:?}", setting.path))
}

fn case(folder: &Path, dice: &mut Dice) -> Case {
    let mut case = Case { words: Vec::new(), files: Vec::new() };
    if dice.chance(75) {
        case.words.push(format!("--config={}", folder.join("config.yaml").display()));
        let mut document = document(dice, 40);
        // No null is a duration to who reads it: in a drop-in it is gone before.
        if document.get("streamingConnectionIdleTimeout").is_some_and(Json::is_null) {
            put(&mut document, "streamingConnectionIdleTimeout", json!("0s"));
        }
        case.files.push(("config.yaml", document));
    }
    if dice.chance(70) {
        case.words.push(format!("--config-dir={}", folder.join("d").display()));
        for name in dice.some(&DROP_INS, 45) {
            case.files.push((name, document(dice, 25)));
        }
    }
    for setting in SETTINGS.iter().filter(|setting| !setting.flag.is_empty()) {
        for _ in 0..[0, 0, 0, 1, 1, 2].get(dice.below(6)).copied().unwrap_or(0) {
            case.words.push(flag(setting, dice));
        }
    }
    case
}

fn flag(setting: &Setting, dice: &mut Dice) -> String {
    let name = if dice.chance(10) { setting.flag.replace('-', "_") } else { setting.flag.to_owned() };
    match setting.kind {
        Kind::Switch if dice.chance(40) => format!("--{name}"),
        Kind::Switch => format!("--{name}={}", dice.pick(&["true", "false", "T", "0"])),
        _ => format!("--{name}={}", word(setting, dice)),
    }
}

/// A value that its flag takes.
fn word(setting: &Setting, dice: &mut Dice) -> &'static str {
    match (setting.kind, setting.flag) {
        (Kind::Number, _) => dice.pick(&["0", "1", "7", "10255"]),
        (Kind::Duration, _) => dice.pick(&["0", "30s", "10m", "1h30m", "4h0m0s"]),
        (Kind::List, _) => dice.pick(&["", "A", "A,B", "C,D,E"]),
        (_, "address" | "healthz-bind-address") => dice.pick(&["0.0.0.0", "127.0.0.1", "::1", "192.0.2.1"]),
        (_, "container-log-max-size") => dice.pick(&["1Mi", "10Mi"]),
        _ => dice.pick(&["/a", "/b/c", "x"]),
    }
}

/// A configuration with some settings; some of them, or what holds them, are taken away.
fn document(dice: &mut Dice, percent: usize) -> Json {
    let mut document = json!({"apiVersion": "kubelet.config.k8s.io/v1beta1", "kind": "KubeletConfiguration"});
    for setting in SETTINGS.iter().filter(|setting| !setting.path.is_empty()) {
        if dice.chance(percent) {
            let value = value(setting, dice);
            put(&mut document, setting.path, value);
        }
    }
    if dice.chance(10) {
        put(&mut document, dice.pick(&["authentication", "authorization"]), Json::Null);
    }
    document
}

fn value(setting: &Setting, dice: &mut Dice) -> Json {
    if dice.chance(12) {
        return Json::Null;
    }
    match setting.kind {
        Kind::Switch => json!(dice.chance(50)),
        Kind::Number => json!(dice.pick(&[0, 1, 7, 10255])),
        Kind::Duration => json!(dice.pick(&["0s", "30s", "10m", "4h0m0s"])),
        Kind::List => json!(dice.some(&["F", "G", "H"], 50)),
        Kind::Text if dice.chance(15) => json!(""),
        // The kubelet makes paths whole, from where the file lies.
        Kind::Text => json!(Some(word(setting, dice)).filter(|word| *word != "x").unwrap_or("/a")),
    }
}

fn put(document: &mut Json, path: &str, value: Json) {
    let (step, rest) = path.split_once('/').map_or((path, None), |(step, rest)| (step, Some(rest)));
    let Some(fields) = document.as_object_mut() else { return };
    match rest {
        None => drop(fields.insert(step.to_owned(), value)),
        Some(rest) => put(fields.entry(step).or_insert_with(|| json!({})), rest, value),
    }
}

impl Case {
    fn write(&self, folder: &Path) -> Result<()> {
        fs::create_dir_all(folder.join("d"))?;
        for (name, text) in &self.files {
            let path = Case::path(folder, name);
            fs::create_dir_all(path.parent().context("a file lies somewhere")?)?;
            fs::write(path, text.to_string())?;
        }
        Ok(())
    }

    fn has_seccomp_flag(&self) -> bool {
        let mut said = self.words.iter().filter_map(|word| {
            let (name, value) = word.split_once('=').unwrap_or((word, "true"));
            (name.replace('_', "-") == "--seccomp-default").then_some(value)
        });
        said.next_back().is_some_and(|value| matches!(value, "true" | "T"))
    }

    fn path(folder: &Path, name: &str) -> std::path::PathBuf {
        if name == "config.yaml" { folder.join(name) } else { folder.join("d").join(name) }
    }

    /// What a collector tells of it.
    fn facts(&self, folder: &Path) -> String {
        let read = self.files.iter().filter(|(name, _)| !name.ends_with(".bak"));
        let files = read.map(|(name, text)| {
            let role = if *name == "config.yaml" { "kubelet-config" } else { "kubelet-drop-in" };
            json!({"path": Case::path(folder, name), "role": role, "content": text})
        });
        json!({"apiVersion": "cloister.dev/v1alpha1", "kind": "NodeFacts", "metadata": {"name": "judged"},
            "processes": [{"program": "kubelet", "arguments": self.words}], "files": files.collect::<Vec<_>>()})
        .to_string()
    }
}
