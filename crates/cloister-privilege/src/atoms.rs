//! The parts of a result that cannot be divided: each must be needed.

use crate::minimise::{Role, Subject};
use crate::rules::Rule;

/// One verb, group, resource, name or path of a rule, or one namespace of a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Atom {
    role: usize,
    /// `None`: a namespace that the role is bound in, or its one ClusterRoleBinding.
    rule: Option<usize>,
    /// What it is: `verb`, `group`, `resource`, `subresource`, `name`, `path`, `namespace` or `binding`.
    pub kind: &'static str,
    /// The word.
    pub word: String,
}

/// All atoms of a subject's roles.
pub fn atoms(subject: &Subject<'_>) -> Vec<Atom> {
    subject.roles.iter().enumerate().flat_map(|(at, role)| of_role(at, role)).collect()
}

fn of_role(at: usize, role: &Role) -> Vec<Atom> {
    let mut atoms: Vec<Atom> = role
        .bound
        .iter()
        .map(|namespace| Atom { role: at, rule: None, kind: "namespace", word: namespace.clone() })
        .collect();
    if role.bound.is_empty() {
        atoms.push(Atom { role: at, rule: None, kind: "binding", word: role.name.clone() });
    }
    for (place, rule) in role.rules.iter().enumerate() {
        let sides = [
            ("verb", &rule.verbs),
            ("group", &rule.groups),
            ("resource", &rule.resources),
            ("name", &rule.names),
            ("path", &rule.urls),
        ];
        for (kind, words) in sides {
            atoms.extend(words.iter().map(|word| {
                let kind = if kind == "resource" && word.contains('/') { "subresource" } else { kind };
                Atom { role: at, rule: Some(place), kind, word: word.clone() }
            }));
        }
    }
    atoms
}

/// The subject with one atom taken away. A rule that loses the last word of a side gives nothing any more.
pub fn without<'u>(subject: &Subject<'u>, atom: &Atom) -> Subject<'u> {
    let mut subject = subject.clone();
    let Some(role) = subject.roles.get_mut(atom.role) else { return subject };
    let Some(place) = atom.rule else {
        role.bound.remove(&atom.word);
        if role.bound.is_empty() {
            subject.roles.remove(atom.role);
        }
        return subject;
    };
    let Some(rule) = role.rules.get_mut(place) else { return subject };
    if take(rule, atom) {
        role.rules.remove(place);
    }
    subject
}

/// Takes the word away; `true` where nothing is left of its side.
fn take(rule: &mut Rule, atom: &Atom) -> bool {
    let words = match atom.kind {
        "verb" => &mut rule.verbs,
        "group" => &mut rule.groups,
        "name" => &mut rule.names,
        "path" => &mut rule.urls,
        _ => &mut rule.resources,
    };
    words.remove(&atom.word);
    words.is_empty()
}
