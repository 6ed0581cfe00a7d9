//! `cloister rbac who-can read-personal-data STORE`: the data protection officer's question.

use std::mem::ManuallyDrop;
use std::process::ExitCode;

use cloister_inventory::Inventory;
use cloister_questions::store::{Answered, From, answered, meant, of, proof};
use cloister_rbac::escalation::Closure;
use cloister_rbac::personal_data::{Access, Indirect, Way};
use cloister_rbac::{Class, ServerRules};
use cloister_register::Register;

use super::args::WhoCan;
use super::escalate::text::steps;
use super::{Asked, note_rules};
use crate::output::print;
use crate::table::Format;
use crate::table::{Table, indented};
use crate::way_out::unanswered;

/// What stands in the place of a verb.
pub const QUESTION: &str = "read-personal-data";

/// Answers for one store.
pub fn run(question: &WhoCan, inventory: &Inventory, asked: &Asked<'_>) -> anyhow::Result<ExitCode> {
    let (register, _) = Register::from_inventory(inventory);
    let meant = meant(question.resource.as_deref(), &register).map_err(unanswered)?;
    let rules = ServerRules::of(inventory);
    let closure = ManuallyDrop::new(Closure::new(asked.policy, asked.inventory, rules, &[]));
    let from = From { policy: asked.policy, inventory, rules, closure: &closure };
    let answered = answered(meant, &register, from).map_err(unanswered)?;
    asked.note_other_authorizers();
    note_rules(rules);
    print(&match question.from.output {
        Format::Json => format!("{:#}\n", answered.json()),
        Format::Text => Text { answered: &answered, closure: &closure }.whole(asked.width),
        format => table(&answered).show(format, asked.width),
    })?;
    Ok(asked.exit(0))
}

fn table(answered: &Answered<'_>) -> Table {
    let mut table = Table::new(&["class", "kind", "name", "way", "what", "runs", "proof"]);
    answered.rows().into_iter().for_each(|row| table.row(row));
    table
}

/// The ways of one subject, those with one proof together; in whose name they act is folded.
fn by_proof(all: &[&Access<'_, '_>]) -> Vec<(String, Vec<String>)> {
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    for way in [None, Some(Way::Impersonate), Some(Way::Token)] {
        let is_asked = |it: &&&Access<'_, '_>| match way {
            None => !matches!(it.way, Way::Impersonate | Way::Token),
            Some(way) => it.way == way,
        };
        let of_way: Vec<&&Access<'_, '_>> = all.iter().filter(is_asked).collect();
        let said = match (way, of_way.as_slice()) {
            (_, []) => continue,
            (Some(Way::Token), [_, _, ..]) => {
                vec![format!("gets tokens of {} service accounts that can", of_way.len())]
            }
            (Some(_), [_, _, ..]) => vec![format!("acts in the name of {} others who can", of_way.len())],
            (Some(_), [one]) => vec![one.what.clone()],
            (None, _) => Vec::new(),
        };
        if said.is_empty() {
            of_way.iter().for_each(|it| add(&mut groups, proof(it), it.what.clone()));
        } else if let Some(first) = of_way.first() {
            said.into_iter().for_each(|said| add(&mut groups, proof(first), said));
        }
    }
    groups
}

fn add(groups: &mut Vec<(String, Vec<String>)>, proof: String, said: String) {
    match groups.iter_mut().find(|(known, _)| *known == proof) {
        Some((_, all)) => all.push(said),
        None => groups.push((proof, vec![said])),
    }
}

/// The answer for people.
struct Text<'t, 'q> {
    answered: &'t Answered<'q>,
    closure: &'t Closure<'q, 'q>,
}

impl Text<'_, '_> {
    fn whole(&self, width: usize) -> String {
        let mut text = indented(&self.answered.sentence(), 0, 0, width);
        for (class, head) in [(Class::Person, "People"), (Class::Workload, "Workloads")] {
            let of_class: Vec<&Access<'_, '_>> =
                self.answered.found.iter().filter(|it| it.subject.class() == class).collect();
            if of_class.is_empty() {
                continue;
            }
            text += &format!("\n{head}\n");
            let mut subjects: Vec<(String, Vec<&Access<'_, '_>>)> = Vec::new();
            for access in of_class {
                let whom = self.answered.whom(access.subject);
                match subjects.last_mut().filter(|(last, _)| *last == whom) {
                    Some((_, all)) => all.push(access),
                    None => subjects.push((whom, vec![access])),
                }
            }
            for (whom, all) in subjects {
                text += &indented(&whom, 1, 2, width);
                for (proof, ways) in by_proof(&all) {
                    ways.iter().for_each(|way| text += &indented(way, 3, 2, width));
                    text += &indented(&format!("by {proof}"), 5, 2, width);
                }
            }
        }
        text += &self.climbing_text(width);
        text.push('\n');
        let built_in =
            of(self.answered.count.built_in, "identity", "identities").unwrap_or_else(|| "no identity".to_owned());
        let rest = format!(
            "Besides, {built_in} of Kubernetes' own can, whoever holds a certificate of the group system:masters, and \
             whoever administers the nodes or the storage."
        );
        text + &indented(&rest, 0, 0, width)
    }

    /// Who has no direct way, and how they come to one.
    fn climbing_text(&self, width: usize) -> String {
        let mut text = String::new();
        for (class, head) in
            [(Class::Person, "People who must climb first"), (Class::Workload, "Workloads that must climb first")]
        {
            let of_class: Vec<&Indirect<'_, '_>> =
                self.answered.climbing.iter().filter(|it| it.subject.class() == class).collect();
            if of_class.is_empty() {
                continue;
            }
            text += &format!("\n{head}\n");
            for climber in of_class {
                text += &indented(&self.answered.whom(climber.subject), 1, 2, width);
                text += &indented(&self.answered.reaches(climber), 3, 2, width);
                text += &steps(self.closure, &climber.path, 5, width);
            }
        }
        text
    }
}
