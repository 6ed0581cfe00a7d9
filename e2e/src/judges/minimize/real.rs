//! The least roles on a fresh server that has no others: applied by kubectl, asked by SubjectAccessReview.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result};
use cloister_privilege::{Minimised, Subject, atoms, manifest, without};
use cloister_rbac::Request;

use crate::judges::Dice;
use crate::judges::rbac::server;
use crate::{ControlPlane, Options, wait_for};

const SETTLED: Duration = Duration::from_secs(120);
/// Atoms that are taken away on the server, one by one.
const TAKEN: usize = 25;

/// Applies and asks: how much was asked, what was refused, and how many atoms were taken away.
pub fn check(minimised: &Minimised<'_>, namespaces: &[String], dice: &mut Dice) -> Result<(usize, Vec<String>, usize)> {
    let quiet = "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n- level: None\n";
    let plane = ControlPlane::start_with(&Options { audit_policy: Some(quiet.to_owned()), ..Options::default() })?;
    make_namespaces(&plane, minimised, namespaces)?;
    for subject in &minimised.subjects {
        apply(&plane, &manifest(subject))?;
    }
    server::sentinel(plane.api())?;
    let mut refused = Vec::new();
    let mut asked = 0;
    for subject in &minimised.subjects {
        let requests = requests(subject);
        let answers = server::review(plane.api(), &requests)?;
        asked += requests.len();
        let wrong = requests.iter().zip(&answers).filter(|(_, answer)| !answer.allowed);
        refused.extend(wrong.map(|(request, _)| format!("the server refuses {request:?}")));
    }
    let mut taken = 0;
    for _ in 0..TAKEN {
        taken += usize::from(take_away(&plane, minimised, dice)?);
    }
    Ok((asked, refused, taken))
}

fn requests(subject: &Subject<'_>) -> Vec<Request> {
    let request = |used: &&cloister_audit::Use| used.request();
    subject.uses.iter().map(request).collect()
}

/// Those of the roles, too: some requests were for namespaces that are not there.
fn make_namespaces(plane: &ControlPlane, minimised: &Minimised<'_>, namespaces: &[String]) -> Result<()> {
    let roles = minimised.subjects.iter().flat_map(|subject| &subject.roles);
    let mut all: Vec<&String> = roles.flat_map(|role| &role.bound).chain(namespaces).collect();
    all.sort();
    all.dedup();
    for name in all {
        let body = serde_json::json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}).to_string();
        // `default` is there already.
        let answer = plane.api().post("/api/v1/namespaces", &body)?;
        anyhow::ensure!(matches!(answer.status, 201 | 409), "the namespace {name}: {}", answer.body);
    }
    Ok(())
}

fn apply(plane: &ControlPlane, yaml: &str) -> Result<()> {
    let path = plane.folder().join("least.yaml");
    fs::write(&path, yaml).context("failed to write the roles")?;
    if yaml.contains("\n---\n") {
        plane.kubectl()?.apply(&path).with_context(|| yaml.to_owned())?;
    }
    Ok(())
}

/// Takes one atom away on the server, waits until something is refused, and puts it back.
fn take_away(plane: &ControlPlane, minimised: &Minimised<'_>, dice: &mut Dice) -> Result<bool> {
    let Some(subject) = minimised.subjects.get(dice.below(minimised.subjects.len())) else { return Ok(false) };
    let atoms = atoms(subject);
    let Some(atom) = atoms.get(dice.below(atoms.len())).filter(|atom| !matches!(atom.kind, "namespace" | "binding"))
    else {
        return Ok(false);
    };
    apply(plane, &manifest(&without(subject, atom)))?;
    let requests = requests(subject);
    let is_refused = || {
        let answers = server::review(plane.api(), &requests).ok()?;
        answers.iter().any(|answer| !answer.allowed).then_some(())
    };
    wait_for(&format!("a refusal without {atom:?}"), SETTLED, is_refused)?;
    apply(plane, &manifest(subject))?;
    let is_back = || {
        let answers = server::review(plane.api(), &requests).ok()?;
        answers.iter().all(|answer| answer.allowed).then_some(())
    };
    wait_for("everything to be allowed again", SETTLED, is_back)?;
    Ok(true)
}
