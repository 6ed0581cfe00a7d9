//! What a subject has now and would have no more.

use std::collections::{BTreeMap, BTreeSet};

use cloister_audit::Use;
use cloister_rbac::{Action, Binding, Holding, Identity, Policy, SubjectKind};
use jiff::Timestamp;

use crate::minimise::Subject;
use crate::right::{About, Right};
use crate::rules::{Rule, compact};

/// What becomes of a part of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// It was not used in the logs at all.
    Never,
    /// It was not used in the window; this was the last time.
    Last(Timestamp),
    /// It was used, for less than it gives.
    Narrowed,
}

/// A rule that a binding gives the subject itself, and its parts that would be taken away.
#[derive(Clone, Debug)]
pub struct Taken<'p, 'a> {
    /// Binding and role.
    pub holding: Holding<'p, 'a>,
    /// The rule.
    pub rule: &'p cloister_rbac::Rule<'a>,
    /// Its parts, by what becomes of them.
    pub parts: BTreeMap<Fate, Vec<Rule>>,
}

/// Goes through everything that bindings give the subject by name. What groups give is not taken from one of them.
pub fn taken<'p, 'a>(subject: &Subject<'_>, present: &'p Policy<'a>) -> Vec<Taken<'p, 'a>> {
    let identity = Identity::authenticated(subject.who.user(), []);
    let own =
        |holding: &Holding<'_, '_>| holding.subject.kind != SubjectKind::Group && !is_born(holding.binding.resource);
    let holdings = present.what_can(&identity).into_iter().filter(own);
    let rules = holdings.flat_map(|holding| present.rules_of(holding.role).map(move |rule| (holding, rule)));
    rules
        .map(|(holding, rule)| Taken { holding, rule, parts: parts(subject, holding.binding, rule) })
        .filter(|taken| !taken.parts.is_empty())
        .collect()
}

/// Whether every cluster has it: the server writes it anew when it starts.
pub(crate) fn is_born(object: &cloister_model::Resource) -> bool {
    object.label("kubernetes.io/bootstrapping").is_some() || object.name.starts_with("system:")
}

fn parts(subject: &Subject<'_>, binding: &Binding<'_>, rule: &cloister_rbac::Rule<'_>) -> BTreeMap<Fate, Vec<Rule>> {
    let met: Vec<&Use> = subject
        .all
        .iter()
        .copied()
        .filter(|used| reaches(binding, &used.action) && rule.allows(&used.action))
        .collect();
    let mut fates: BTreeMap<Fate, BTreeSet<Right>> = BTreeMap::new();
    let cells = cells(rule);
    for (cell, rights) in &cells {
        if let Some(fate) = fate(subject, binding, cell, rights, &met) {
            fates.entry(fate).or_default().extend(rights.iter().cloned());
        }
    }
    let whole: usize = cells.iter().map(|(_, rights)| rights.len()).sum();
    let show = |rights: &BTreeSet<Right>| if rights.len() == whole { vec![as_written(rule)] } else { compact(rights) };
    fates.iter().map(|(fate, rights)| (*fate, show(rights))).collect()
}

/// A RoleBinding counts for requests of its namespace, and never for paths.
fn reaches(binding: &Binding<'_>, action: &Action) -> bool {
    match action {
        Action::Resource(action) => binding.namespace.is_empty() || binding.namespace == action.namespace,
        Action::Url { .. } => binding.namespace.is_empty(),
    }
}

type Cell<'a> = (cloister_rbac::Rule<'a>, Vec<Right>);

/// A rule for each combination of its verbs, groups and resources, with its rights.
fn cells<'a>(rule: &cloister_rbac::Rule<'a>) -> Vec<Cell<'a>> {
    let mut cells = Vec::new();
    for verb in &rule.verbs {
        let right = |about| Right { namespace: String::new(), verb: (*verb).to_owned(), about };
        for group in &rule.groups {
            for resource in &rule.resources {
                let about = |name: &str| About::Resource {
                    group: (*group).to_owned(),
                    resource: (*resource).to_owned(),
                    name: name.to_owned(),
                };
                let names = if rule.names.is_empty() { &[""][..] } else { &rule.names };
                let rights = names.iter().map(|name| right(about(name))).collect();
                let one = |word: &'a str| Box::from([word]);
                let urls = Box::default();
                let cell = cloister_rbac::Rule {
                    verbs: one(verb),
                    groups: one(group),
                    resources: one(resource),
                    urls,
                    ..rule.clone()
                };
                cells.push((cell, rights));
            }
        }
        for url in &rule.urls {
            let cell = cloister_rbac::Rule {
                verbs: Box::from([*verb]),
                urls: Box::from([*url]),
                resources: Box::default(),
                ..rule.clone()
            };
            cells.push((cell, vec![right(About::Url((*url).to_owned()))]));
        }
    }
    cells
}

/// `None` for what stays as it is.
fn fate(
    subject: &Subject<'_>,
    binding: &Binding<'_>,
    cell: &cloister_rbac::Rule<'_>,
    rights: &[Right],
    met: &[&Use],
) -> Option<Fate> {
    let met: Vec<&&Use> = met.iter().filter(|used| cell.allows(&used.action)).collect();
    if !met.iter().any(|used| used.requests > 0) {
        return Some(met.iter().filter_map(|used| used.last).max().map_or(Fate::Never, Fate::Last));
    }
    let stays = |right: &Right| {
        let here = Right { namespace: binding.namespace.to_owned(), ..right.clone() };
        let wider = [here.unnamed(), here.everywhere(), here.unnamed().everywhere(), here];
        wider.iter().any(|right| subject.rights.contains(right))
    };
    (!rights.iter().all(stays)).then_some(Fate::Narrowed)
}

fn as_written(rule: &cloister_rbac::Rule<'_>) -> Rule {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    Rule {
        verbs: words(&rule.verbs),
        groups: words(&rule.groups),
        resources: words(&rule.resources),
        names: words(&rule.names),
        urls: words(&rule.urls),
    }
}
