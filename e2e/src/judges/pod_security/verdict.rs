//! What Cloister says of one pod: the checks that have a finding on it.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, bail};
use cloister_checks::{Context, Entry, by_name, run};
use cloister_inventory::{Inputs, Inventory};
use cloister_manifest::{Interner, parse};
use cloister_model::Origin;
use cloister_register::Register;

use super::controls::{CONTROLS, Level};

/// The names of the checks that have a finding on this manifest.
///
/// # Errors
/// The manifest was not read as one resource without complaint.
pub fn verdict(manifest: &str, checks: &[&'static Entry]) -> Result<BTreeSet<&'static str>> {
    let origin = Origin::File("pod.yaml".into());
    let parsed = parse(manifest, &origin, 1, &mut Interner::default());
    if !parsed.diagnostics.is_empty() || parsed.resources.len() != 1 {
        bail!("the pod was not read: {:?}\n{manifest}", parsed.diagnostics);
    }
    let inventory = Inventory::new(parsed.resources, Inputs { files: true, ..Inputs::default() });
    // No control of the standard depends on a register or a day.
    let register = Register::default();
    let context =
        Context { inventory: &inventory, register: &register, today: jiff::civil::Date::default(), profile: None };
    let outcomes = run(checks, &context);
    Ok(outcomes.iter().filter(|outcome| !outcome.findings.is_empty()).map(|outcome| outcome.entry.check.name).collect())
}

/// The checks of both levels.
///
/// # Errors
/// A framework or a control names a check that does not exist.
pub fn checks() -> Result<Vec<&'static Entry>> {
    let of_controls =
        CONTROLS.iter().flat_map(|control| Level::ALL.map(|level| control.checks(level))).flatten().copied();
    let named: BTreeSet<&str> = Level::ALL.into_iter().flat_map(Level::checks).chain(of_controls).collect();
    named.into_iter().map(|name| by_name(name).with_context(|| format!("no check is called {name}"))).collect()
}
