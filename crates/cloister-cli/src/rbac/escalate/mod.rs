//! `cloister rbac escalate`.

pub mod json;
pub mod text;

use std::collections::BTreeSet;
use std::process::ExitCode;

use cloister_inventory::Inventory;
use cloister_rbac::escalation::{Climber, Closure, Conditions, Evidence, Goal, Path, Power, Scope, Step, Vertex};
use cloister_rbac::{Identity, ServerRules, ToldBy};

use super::args::Escalate;
use super::proof::{grant_line, place};
use super::who::identity;
use super::{Asked, note_rules, unknown};
use crate::output::print;
use crate::table::Format;
use crate::table::Table;

/// What is to be shown.
pub enum Found<'p, 'a> {
    /// Everybody who climbs; those with nothing but what Kubernetes gave them apart.
    Climbers(Vec<Climber<'p, 'a>>, Vec<Climber<'p, 'a>>),
    /// The ways of one, or to one thing.
    Paths(Vec<Path<'p, 'a>>),
    /// The ways of one to cluster-admin, each with a beginning of its own.
    Ways(Vec<Path<'p, 'a>>),
}

/// Answers.
pub fn run(question: &Escalate, inventory: &Inventory, asked: &Asked<'_>) -> anyhow::Result<ExitCode> {
    let askers: Vec<Identity> = question.subject.iter().map(|subject| identity(subject, &question.groups)).collect();
    askers.iter().for_each(|asker| unknown::note(asker, asked.policy));
    let told = question.server_version.map(|version| ServerRules::of_version(version, ToldBy::User));
    let rules = told.unwrap_or_else(|| ServerRules::of(inventory));
    let closure = Closure::new(asked.policy, inventory, rules, &askers);
    let found = find(question, &closure)?;
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

fn find<'p, 'a>(question: &'a Escalate, closure: &Closure<'p, 'a>) -> anyhow::Result<Found<'p, 'a>> {
    let targets = question.to.as_deref().map(|to| targets(to, closure)).transpose()?;
    let asker = question.subject.as_ref().map(|_| Vertex::Asker(0));
    Ok(match (asker, targets) {
        (None, None) => {
            let (own, others) = closure.climbers().into_iter().partition(|it| closure.is_built_in(&it.path.from));
            Found::Climbers(others, own)
        }
        (None, Some(targets)) => Found::Paths(targets.iter().flat_map(|target| closure.paths_to(target)).collect()),
        // Who may do everything needs nothing else.
        (Some(asker), None) => match ways_to_admin(&asker, closure) {
            ways if ways.is_empty() => Found::Paths(closure.paths_from(&asker)),
            ways => Found::Ways(ways),
        },
        (Some(asker), Some(targets)) if targets == [Vertex::Admin] => Found::Ways(ways_to_admin(&asker, closure)),
        (Some(asker), Some(targets)) => {
            let paths = closure.paths_from(&asker).into_iter();
            let mut paths: Vec<_> = paths.filter(|path| targets.contains(&path.to)).collect();
            // Who may do everything reaches it that way.
            if paths.is_empty() {
                paths.extend(closure.path_to_admin(&asker));
            }
            Found::Paths(paths)
        }
    })
}

/// The shortest way of each beginning: whoever cuts the first has not cut the others.
fn ways_to_admin<'p, 'a>(asker: &Vertex<'_>, closure: &Closure<'p, 'a>) -> Vec<Path<'p, 'a>> {
    let mut ways = closure.ways_to_admin(Conditions::ALL).from(asker);
    // Whoever asks is a user, too, and so holds each role twice: what is shown alike is one beginning.
    let mut seen = BTreeSet::new();
    ways.retain(|path| path.steps.first().is_none_or(|step| seen.insert(beginning(step))));
    if ways.is_empty() { closure.path_to_admin(asker).into_iter().collect() } else { ways }
}

fn beginning(step: &Step<'_, '_>) -> (&'static str, BTreeSet<String>) {
    (step.kind.id(), step.proof.iter().map(evidence_line).collect())
}

/// What a word for a target means.
fn targets<'a>(to: &'a str, closure: &Closure<'_, 'a>) -> anyhow::Result<Vec<Vertex<'a>>> {
    let pair = |rest: &'a str| rest.split_once(':').ok_or_else(|| anyhow::anyhow!("write it as {to}:NAME"));
    Ok(match to.split_once(':') {
        None if to == "cluster-admin" => vec![Vertex::Admin],
        None if to == "node" => {
            let any = [Power::AnyNode, Power::SomeNode].map(|power| Vertex::Can(power, Scope::Cluster));
            any.into_iter().chain(closure.nodes().map(Vertex::Node)).collect()
        }
        Some(("node", name)) => vec![Vertex::Node(name)],
        Some(("group", name)) => vec![Vertex::group(name)],
        Some(("secret", rest)) => pair(rest).map(|(namespace, name)| vec![Vertex::Secret(namespace, name)])?,
        Some(("serviceaccount" | "sa", rest)) => {
            pair(rest).map(|(namespace, name)| vec![Vertex::Account(namespace, name)])?
        }
        _ => vec![Vertex::user(to)],
    })
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

/// The kinds of a path's steps, in order.
pub fn kinds(path: &Path<'_, '_>) -> String {
    path.steps.iter().map(|step| step.kind.id()).collect::<Vec<_>>().join(" > ")
}

/// What shows a step, in a sentence.
pub fn evidence_line(evidence: &Evidence<'_, '_>) -> String {
    let at = |what: String, at: String| if at.is_empty() { what } else { format!("{what} ({at})") };
    match evidence {
        Evidence::Grant { grant, .. } => grant_line(grant),
        Evidence::Rule(rule) => {
            at(format!("{} {}, rule {}", rule.role.kind, rule.role.name, rule.index + 1), place(rule.place()))
        }
        Evidence::Object(object) => at(format!("{} {}", object.resource.kind, object.resource.name), place(*object)),
    }
}
