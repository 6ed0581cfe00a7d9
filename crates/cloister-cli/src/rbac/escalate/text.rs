//! The ways for people.

use std::fmt::Write;

use cloister_rbac::escalation::{Climber, Closure, Evidence, Goal, Path, Step};

use super::{Escalate, Found, kinds};
use crate::rbac::proof::{place, rule_text};

/// More ways than this are counted.
const SHOWN: usize = 20;

/// Writing to a String cannot fail, so results of `write!` are dropped.
pub fn show(question: &Escalate, closure: &Closure<'_, '_>, found: &Found<'_, '_>) -> String {
    let mut text = String::new();
    match found {
        Found::Climbers(others, own) => climbers(question, closure, others, own, &mut text),
        Found::Paths(paths) if paths.is_empty() => {
            let _ = match (&question.subject, &question.to) {
                (Some(subject), None) => writeln!(text, "{subject} climbs nowhere"),
                (Some(subject), Some(to)) => writeln!(text, "{subject} does not reach {to}"),
                _ => writeln!(text, "nobody reaches {}", question.to.as_deref().unwrap_or_default()),
            };
        }
        Found::Paths(paths) => {
            for path in paths.iter().take(SHOWN) {
                way(closure, path, &mut text);
            }
            if let Some(more) = paths.len().checked_sub(SHOWN).filter(|more| *more > 0) {
                let _ = writeln!(text, "{more} more: -o json shows all, --to TARGET one");
            }
        }
    }
    text
}

fn climbers(
    question: &Escalate,
    closure: &Closure<'_, '_>,
    others: &[Climber<'_, '_>],
    own: &[Climber<'_, '_>],
    text: &mut String,
) {
    let goals = [
        (Goal::Admin, "cluster-admin is reached by"),
        (Goal::Node, "root on a node is reached by"),
        (Goal::Accounts, "service accounts of others are reached by"),
    ];
    for (goal, title) in goals {
        let of_goal: Vec<&Climber<'_, '_>> = others.iter().filter(|climber| climber.goal == goal).collect();
        if of_goal.is_empty() {
            continue;
        }
        let _ = writeln!(text, "{title} {}", of_goal.len());
        for climber in of_goal {
            if question.explain {
                way(closure, &climber.path, text);
            } else {
                line(closure, &climber.path, text);
            }
        }
        text.push('\n');
    }
    if others.is_empty() {
        text.push_str("nobody climbs, but for what Kubernetes itself gives\n");
    }
    if !own.is_empty() {
        let _ = writeln!(text, "Kubernetes' own, which are not counted: {} (-o json names them)", own.len());
    }
}

/// `2  service account ci/bot`, and below it by what.
fn line(closure: &Closure<'_, '_>, path: &Path<'_, '_>, text: &mut String) {
    let _ = writeln!(text, "  {}  {}", path.length(), closure.name(&path.from));
    let _ = writeln!(text, "     {}", kinds(path));
    conditions(path.conditions().ids(), "     ", text);
}

fn conditions<'c>(ids: impl Iterator<Item = &'c str>, indent: &str, text: &mut String) {
    let ids: Vec<&str> = ids.collect();
    if !ids.is_empty() {
        let _ = writeln!(text, "{indent}({})", ids.join(", "));
    }
}

fn way(closure: &Closure<'_, '_>, path: &Path<'_, '_>, text: &mut String) {
    let steps = path.length();
    let plural = if steps == 1 { "step" } else { "steps" };
    let _ = writeln!(text, "{} reaches {} in {steps} {plural}", closure.name(&path.from), closure.name(&path.to));
    for (number, step) in (1..).zip(&path.steps) {
        one_step(closure, number, step, text);
    }
    text.push('\n');
}

fn one_step(closure: &Closure<'_, '_>, number: usize, step: &Step<'_, '_>, text: &mut String) {
    let _ = writeln!(text, "  {number} {} → {}", step.kind.id(), closure.name(&step.to));
    let _ = writeln!(text, "    {} can {}", closure.name(&step.actor), step.kind.says());
    conditions(step.conditions.ids(), "    ", text);
    for evidence in &step.proof {
        proof(evidence, text);
    }
}

fn proof(evidence: &Evidence<'_, '_>, text: &mut String) {
    let _ = match evidence {
        Evidence::Grant { grant, .. } => writeln!(
            text,
            "    by {} \"{}\"\n       {}\n    rule {} of {} \"{}\": {}\n       {}",
            grant.binding.resource.kind,
            grant.binding.resource.name,
            place(grant.subject_place()),
            grant.rule.index + 1,
            grant.rule.role.kind,
            grant.rule.role.name,
            rule_text(grant.rule),
            place(grant.rule.place()),
        ),
        Evidence::Rule(rule) => writeln!(
            text,
            "    rule {} of {} \"{}\": {}\n       {}",
            rule.index + 1,
            rule.role.kind,
            rule.role.name,
            rule_text(rule),
            place(rule.place()),
        ),
        Evidence::Object(at) => {
            writeln!(text, "    shown by {} \"{}\"\n       {}", at.resource.kind, at.resource.name, place(*at))
        }
    };
}
