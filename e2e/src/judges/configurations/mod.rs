//! Configurations of real API servers and etcd: what they then show, and what the checks say of the same flags and files.

mod etcd;
mod issuer;
mod kubelet;
mod log;
mod manager;
mod observe;
mod page;
mod people;
mod rollout;
mod scenarios;
mod server;
mod slow;

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use cloister_checks::{Context, entries, run as run_checks};
use cloister_harden::Version;
use cloister_harden::encryption_config::Kms;
use cloister_inventory::{Inputs, Inventory};
use cloister_manifest::{Interner, parse};
use cloister_model::Origin;
use cloister_register::Register;

use super::report;
use observe::Seen;
use scenarios::{AUTHENTICATION, ENCRYPTION, Etcd, Scenario, scenarios};
use server::{Started, World};

/// A key of 32 bytes, of no other use.
const KEY: &str = "anVkZ2Uta2V5LW9mLTMyLWJ5dGVzLTAxMjM0NTY3ODk=";
/// In the file of static tokens, where there is one.
const TOKEN: &str = "judge-static-token";
/// An object with invented personal data.
const CONFIG_MAP: &str = r#"{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "personal", "namespace": "default"},
    "data": {"debit": "A. Person, DE02 1203 0000 0000 2020 51"}}"#;

/// What one kind of observation came to.
#[derive(Debug, Default, Clone, Copy)]
struct Class {
    judged: usize,
    bad: usize,
}

/// What a run came to.
#[derive(Debug, Default)]
pub struct Tally {
    servers: usize,
    refused: usize,
    classes: BTreeMap<&'static str, (Class, &'static [&'static str])>,
    disagreements: Vec<String>,
    /// Secrets that were read after the steps of a roll-out.
    read_in_rollout: usize,
    /// Checks that a running server spoke of.
    shown: BTreeSet<&'static str>,
}

/// Starts every scenario whose name holds one of the parts of `only`, which are set apart by commas.
///
/// # Errors
/// A program is missing, or a server neither became ready nor ended.
pub fn judge(only: &str) -> Result<Tally> {
    let mut tally = Tally::default();
    let parts: Vec<&str> = only.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
    if parts.is_empty() || parts.contains(&"roll-out") {
        tally.read_in_rollout = rollout::rollout().context("the roll-out of a key")?;
        println!("configurations: roll-out: {} reads, none refused", tally.read_in_rollout);
    }
    for scenario in scenarios() {
        if parts.is_empty() || parts.iter().any(|part| scenario.name.contains(part)) {
            // One that cannot be played costs only itself.
            if let Err(error) = tally.play(scenario) {
                tally.disagreements.push(format!("{}: not played: {error:#}", scenario.name));
            }
        }
    }
    Ok(tally)
}

impl Tally {
    fn play(&mut self, scenario: &Scenario) -> Result<()> {
        let world = World::new(scenario)?;
        let documents = scenario.files.iter().map(|(_, text)| world.filled(text));
        let text = [world.manifests(), CONFIG_MAP.to_owned()].into_iter().chain(documents).collect::<Vec<_>>();
        let found = findings(&text.join("\n---\n"));
        self.servers += 1;
        let seen = match world.start()? {
            Started::Refused(log) => {
                self.refused += 1;
                let (what, checks) = refusing(scenario);
                if checks.is_empty() {
                    anyhow::bail!("the server did not start:\n{log}");
                }
                if checks.iter().all(|check| !found.contains_key(check)) {
                    let lines = log.lines().filter(|line| line.contains("command failed"));
                    lines.for_each(|line| println!("configurations: {}: {line}", scenario.name));
                }
                vec![Seen { what, checks, bad: true }]
            }
            Started::Running(running) => {
                let mut seen = observe::all(&running, scenario)?;
                let (what, checks) = refusing(scenario);
                if !checks.is_empty() {
                    seen.push(Seen { what, checks, bad: false });
                }
                seen
            }
        };
        println!("configurations: {}: {} observations", scenario.name, seen.len());
        seen.iter().for_each(|seen| self.compare(scenario.name, seen, &found));
        Ok(())
    }

    fn compare(&mut self, scenario: &str, seen: &Seen, found: &BTreeMap<&'static str, usize>) {
        let (class, _) = self.classes.entry(seen.what).or_insert((Class::default(), seen.checks));
        class.judged += 1;
        class.bad += usize::from(seen.bad);
        self.shown.extend(seen.checks);
        let told: Vec<&str> = seen.checks.iter().copied().filter(|check| found.contains_key(check)).collect();
        if told.is_empty() == seen.bad {
            self.disagreements.push(format!(
                "{scenario}: {}: seen bad: {}; findings of {:?}: {told:?}",
                seen.what, seen.bad, seen.checks
            ));
        }
    }
}

/// What `cloister harden` writes of a topic: `authentication`, a step of encryption, or `kms` and such a step.
fn hardened(topic: &str, issuer: &str, authority: &str, plug_in: &str) -> String {
    if topic == "authentication" {
        let wish = cloister_harden::authentication::Wish {
            version: Version::NEWEST,
            issuer: issuer.to_owned(),
            audience: "kubernetes".to_owned(),
            certificate_authority: authority.to_owned(),
            username_claim: "email".to_owned(),
            username_prefix: String::new(),
            groups_claim: "groups".to_owned(),
            groups_prefix: String::new(),
        };
        return cloister_harden::authentication::authentication(&wish).map(|step| step.annotated()).unwrap_or_default();
    }
    let (step, kms) = match topic.strip_prefix("kms ") {
        Some(step) => (step, Some(Kms { name: "store".to_owned(), endpoint: plug_in.to_owned() })),
        None => (topic, None),
    };
    let wish = cloister_harden::encryption_config::Wish {
        version: Version::NEWEST,
        resources: vec!["secrets".to_owned(), "configmaps".to_owned()],
        exempt: Vec::new(),
        kms,
        key: Some(KEY.to_owned()),
        today: jiff::Zoned::now().date(),
        current: Vec::new(),
    };
    let steps = cloister_harden::encryption_config::encryption_config(&wish).unwrap_or_default();
    steps.into_iter().find(|it| it.name == step).map(|step| step.annotated()).unwrap_or_default()
}

/// Why a server of this scenario may not start, and the checks that say whether it does.
fn refusing(scenario: &Scenario) -> (&'static str, &'static [&'static str]) {
    let has = |flag: &str| scenario.files.iter().any(|(name, _)| *name == flag);
    if has(ENCRYPTION) || has(AUTHENTICATION) {
        let checks = &["encryption-config-refused", "authentication-config-refused"];
        ("the server refuses the configuration", checks)
    } else if scenario.flags.contains(&("service-account-key-file", None)) {
        ("the server does not start without a key for tokens", &["api-server-without-account-key"])
    } else if matches!(scenario.etcd, Etcd::Shared | Etcd::Own) {
        let checks = &["api-server-without-etcd-credentials", "api-server-trusts-any-etcd"];
        ("the server and an etcd that asks for certificates do not come together", checks)
    } else {
        ("", &[])
    }
}

/// How many findings each check has of a text.
fn findings(text: &str) -> BTreeMap<&'static str, usize> {
    let parsed = parse(text, &Origin::File("configurations.yaml".into()), 1, &mut Interner::default());
    let inventory = Inventory::new(parsed.resources, Inputs { files: true, ..Inputs::default() });
    let (register, _) = Register::from_inventory(&inventory);
    let context =
        Context { inventory: &inventory, register: &register, today: jiff::Zoned::now().date(), profile: None };
    let all: Vec<_> = entries().collect();
    let outcomes = run_checks(&all, &context);
    let found = outcomes.into_iter().filter(|outcome| !outcome.findings.is_empty());
    found.map(|outcome| (outcome.entry.check.name, outcome.findings.len())).collect()
}

/// Runs the judge as a program: prints what it found and, with `write`, puts it into `docs/conformance.md`.
///
/// # Errors
/// See [`judge`]; or the document could not be written.
pub fn run(only: &str, write: bool) -> Result<ExitCode> {
    let tally = judge(only)?;
    let text = page::page(&tally);
    println!("{text}");
    tally.disagreements.iter().for_each(|example| println!("configurations: {example}"));
    if write {
        let path = report::project().join("docs/conformance.md");
        report::write_section(&path, report::TITLE, "configurations", &text)?;
        println!("wrote {}", path.display());
    }
    Ok(if tally.disagreements.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
