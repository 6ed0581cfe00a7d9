//! `cloister rbac escalate`.

pub mod json;
pub mod text;

use std::process::ExitCode;

use cloister_inventory::Inventory;
use cloister_questions::climb::{Found, find, kinds};
use cloister_rbac::escalation::{Closure, Goal, Path};
use cloister_rbac::{Identity, ServerRules, ToldBy};

use super::args::Escalate;
use super::who::identity;
use super::{Asked, note_rules, unknown};
use crate::output::print;
use crate::table::Format;
use crate::table::Table;
use crate::way_out::unanswered;

/// Answers.
pub fn run(question: &Escalate, inventory: &Inventory, asked: &Asked<'_>) -> anyhow::Result<ExitCode> {
    let askers: Vec<Identity> = question.subject.iter().map(|subject| identity(subject, &question.groups)).collect();
    askers.iter().for_each(|asker| unknown::note(asker, asked.policy));
    let told = question.server_version.map(|version| ServerRules::of_version(version, ToldBy::User));
    let rules = told.unwrap_or_else(|| ServerRules::of(inventory));
    let closure = Closure::new(asked.policy, inventory, rules, &askers);
    let found = find(question.subject.is_some(), question.to.as_deref(), &closure).map_err(unanswered)?;
    note_rules(rules);
    let is_empty = match &found {
        Found::Climbers(climbers, _) => climbers.is_empty(),
        Found::Paths(paths) | Found::Ways(paths) => paths.is_empty(),
    };
    print(&match question.from.output {
        Format::Json => json::show(&closure, &found),
        Format::Text => text::show(question, &closure, &found, asked.width),
        format => table(&closure, &found).show(format, asked.width),
    })?;
    Ok(asked.exit(u8::from(!is_empty)))
}

/// The ways as rows.
fn table(closure: &Closure<'_, '_>, found: &Found<'_, '_>) -> Table {
    let mut table = Table::new(&["subject", "reaches", "steps", "by", "conditions", "built-in"]);
    let mut row = |path: &Path<'_, '_>, goal: Option<Goal>, is_built_in: bool| {
        let reaches = goal.map_or_else(|| closure.name(&path.to), |goal| goal.as_str().to_owned());
        let conditions = path.conditions().ids().collect::<Vec<_>>().join(" ");
        let built_in = if is_built_in { "yes" } else { "no" };
        let steps = path.length().to_string();
        table.row([closure.name(&path.from), reaches, steps, kinds(path), conditions, built_in.to_owned()]);
    };
    match found {
        Found::Climbers(others, own) => {
            others.iter().for_each(|climber| row(&climber.path, Some(climber.goal), false));
            own.iter().for_each(|climber| row(&climber.path, Some(climber.goal), true));
        }
        Found::Paths(paths) | Found::Ways(paths) => {
            paths.iter().for_each(|path| row(path, None, closure.is_built_in(&path.from)))
        }
    }
    table
}
