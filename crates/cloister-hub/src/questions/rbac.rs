//! Who may do what.

use std::collections::{BTreeMap, BTreeSet};

use cloister_graph::{Edge, Graph, Node, Shape};
use cloister_inventory::Inventory;
use cloister_pictures::rbac::{self as pictures, Wish};
use cloister_questions::Wrong;
use cloister_questions::climb::{Found, find};
use cloister_questions::proof::{evidence_line, place, rule_text};
use cloister_questions::store::{From, answered as read_by, meant};
use cloister_questions::subject::{identity, unknown};
use cloister_questions::words::{What, say, understand};
use cloister_rbac::escalation::{Closure, Path};
use cloister_rbac::{Action, Binding, Catalogue, Chain, Grant, Identity, Policy, ServerRules, SubjectKind};
use cloister_register::Register;

use super::{Answered, Line, MOST_ROWS, NODES, Piece, Question, count, names};
use crate::http::Problem;

/// Answers what is about rights.
pub fn answer(question: &Question, inventory: &Inventory) -> Result<Answered, Problem> {
    let policy = Policy::new(inventory);
    let asked = Asked { policy: &policy, inventory };
    let mut answer = match question {
        Question::WhoCan { verb, resource, name, namespace } => {
            asked.who_can((verb, resource), name.as_deref(), namespace.as_deref())?
        }
        Question::WhatCan { subject } => asked.what_can(subject),
        Question::Climb { subject, to } => asked.climb(subject, to.as_deref())?,
        Question::WhoReads { store } => asked.who_reads(store)?,
        Question::WhoReaches { .. } | Question::Reaches { .. } => {
            return Err(Problem::missing("this is a question about the network"));
        }
    };
    answer.notes.extend(Chain::of(inventory).notes().iter().map(|note| sentence(note)));
    if policy.is_incomplete() {
        answer.notes.push("Not all roles and bindings could be read: there may be more.".to_owned());
    }
    answer.picture.title.clone_from(&answer.title);
    Ok(answer)
}

/// What questions are asked of.
struct Asked<'a> {
    policy: &'a Policy<'a>,
    inventory: &'a Inventory,
}

impl Asked<'_> {
    fn who_can(
        &self,
        (verb, resource): (&str, &str),
        name: Option<&str>,
        namespace: Option<&str>,
    ) -> Result<Answered, Problem> {
        let catalogue = Catalogue::new(self.inventory);
        names::verb(verb, self.policy)?;
        names::resource(resource, &catalogue, self.policy)?;
        namespace.map_or(Ok(()), |name| names::namespace(name, self.inventory))?;
        let what =
            What { namespace: namespace.map(str::to_owned), all_namespaces: namespace.is_none(), ..What::default() };
        let understood = understand(verb, resource, name, &what, &catalogue);
        let action = understood.action;
        let anywhere = is_of_some_namespace(&action, &catalogue);
        let grants = if anywhere { self.policy.who_can_somewhere(&action) } else { self.policy.who_can(&action) };
        let mut subjects: BTreeMap<(SubjectKind, String), Vec<&Grant<'_, '_>>> = BTreeMap::new();
        for grant in &grants {
            subjects.entry((grant.subject.kind, grant.subject.full_name())).or_default().push(grant);
        }
        let somewhere = if anywhere { " in any namespace" } else { "" };
        let words = say(&action);
        let title = format!("Who can {words}{somewhere}");
        let all = count(subjects.len(), "subject", "subjects");
        let summary = format!("{all} by {}.", count(grants.len(), "rule that is bound", "rules that are bound"));
        let asked = pictures::Question { action, words, anywhere };
        let wish = Wish { question: Some(asked), namespace, most: NODES, ..Wish::default() };
        let rows = subjects.values().flatten().take(MOST_ROWS).map(|grant| granted(grant)).collect();
        let by_namespace = by_namespace(grants.iter().map(|grant| grant.binding), grants.len());
        Ok(Answered {
            title,
            summary,
            notes: understood.notes.iter().map(|note| sentence(note)).collect(),
            columns: vec![
                ("Who", "name"),
                ("Kind", "kind"),
                ("Where", "namespace"),
                ("Binding", "binding"),
                ("Role", "role"),
                ("Rule", "rule"),
                ("Bound at", "bindingAt"),
                ("Written at", "ruleAt"),
            ],
            rows,
            all: grants.len(),
            by_namespace,
            picture: pictures::picture(self.policy, &[], &wish),
        })
    }

    fn what_can(&self, subject: &str) -> Answered {
        let identity = identity(subject, &[]);
        let holdings = self.policy.what_can(&identity);
        let mut rows = Vec::new();
        let mut all = 0;
        for holding in &holdings {
            let everywhere = holding.binding.namespace.is_empty();
            for rule in self.policy.rules_of(holding.role).filter(|rule| everywhere || !rule.resources.is_empty()) {
                all += 1;
                if rows.len() < MOST_ROWS {
                    rows.push(vec![
                        Piece::of(rule_text(rule)),
                        Piece::of(scope(holding.binding)),
                        Piece::of(named(holding.binding)),
                        Piece::of(format!("{} {}", holding.role.resource.kind, holding.role.name)),
                        Piece::of(place(cloister_model::Place::of(holding.binding.resource, holding.subject.node))),
                        Piece::of(place(rule.place())),
                    ]);
                }
            }
        }
        let wish = Wish { subject: Some(identity.clone()), built_in: true, most: NODES, ..Wish::default() };
        Answered {
            title: format!("What {} may do", whom(subject)),
            summary: format!("{} by {}.", count(all, "rule", "rules"), count(holdings.len(), "binding", "bindings")),
            notes: self.about(&identity),
            columns: vec![
                ("May", "allows"),
                ("Where", "namespace"),
                ("Binding", "binding"),
                ("Role", "role"),
                ("Bound at", "bindingAt"),
                ("Written at", "ruleAt"),
            ],
            rows,
            all,
            by_namespace: Vec::new(),
            picture: pictures::picture(self.policy, &self.stores(), &wish),
        }
    }

    fn climb(&self, subject: &str, to: Option<&str>) -> Result<Answered, Problem> {
        let askers = [identity(subject, &[])];
        let rules = ServerRules::of(self.inventory);
        let closure = Closure::new(self.policy, self.inventory, rules, &askers);
        let found = find(true, to, &closure).map_err(|_| Problem::new(400, HALF))?;
        let (Found::Paths(paths) | Found::Ways(paths)) = found else {
            return Err(Problem::missing("nobody is asked about"));
        };
        let rows: Vec<Line> = (1..).zip(&paths).flat_map(|(number, path)| steps(&closure, number, path)).collect();
        let all = rows.len();
        let whom = whom(subject);
        let whither = to.map_or(String::new(), |to| format!(" to {}", target(to)));
        let summary = match (paths.len(), to) {
            (0, None) => format!("{whom} climbs nowhere."),
            (0, Some(to)) => format!("{whom} does not reach {}.", target(to)),
            (ways, _) => format!("{} up, the shortest first.", count(ways, "way", "ways")),
        };
        Ok(Answered {
            title: format!("How {whom} could climb{whither}"),
            summary,
            notes: self.about(askers.first().unwrap_or(&Identity::authenticated("", []))),
            columns: vec![
                ("Way", "way"),
                ("Step", "step"),
                ("Who", "actor"),
                ("Can", "does"),
                ("Reaches", "reaches"),
                ("If", "conditions"),
                ("Because of", "proof"),
            ],
            rows: rows.into_iter().take(MOST_ROWS).collect(),
            all,
            by_namespace: Vec::new(),
            picture: drawn(&closure, &paths),
        })
    }

    fn who_reads(&self, store: &str) -> Result<Answered, Problem> {
        let (register, _) = Register::from_inventory(self.inventory);
        let rules = ServerRules::of(self.inventory);
        let meant = meant(Some(store), &register).map_err(|wrong| no_store(&wrong))?;
        let closure = Closure::new(self.policy, self.inventory, rules, &[]);
        let from = From { policy: self.policy, inventory: self.inventory, rules, closure: &closure };
        let answered = read_by(meant, &register, from).map_err(|wrong| told(409, &wrong))?;
        let rows = answered.rows();
        let line = |[class, kind, name, way, what, runs, proof]: [String; 7]| {
            vec![
                Piece::to(name.clone(), Question::WhatCan { subject: spelled(&kind, &name) }),
                Piece::of(kind),
                Piece::of(what),
                Piece::of(way),
                Piece::of(runs),
                Piece::of(proof),
                Piece::of(class),
            ]
        };
        let stores = self.stores();
        let wish = Wish { store: Some(store), most: NODES, ..Wish::default() };
        Ok(Answered {
            title: format!("Who can read the data of {}", answered.store),
            summary: format!("{}.", answered.sentence().trim_end_matches('.')),
            notes: vec![
                "Besides, whoever holds a certificate of the group system:masters can, and whoever administers the nodes or \
                 the storage."
                    .to_owned(),
            ],
            columns: vec![
                ("Who", "name"),
                ("Kind", "kind"),
                ("How", "what"),
                ("", "way"),
                ("Runs as it", "runs"),
                ("Because of", "proof"),
                ("", "class"),
            ],
            all: rows.len(),
            rows: rows.into_iter().take(MOST_ROWS).map(line).collect(),
            by_namespace: Vec::new(),
            picture: pictures::picture(self.policy, &stores, &wish),
        })
    }

    fn stores(&self) -> Vec<pictures::Store> {
        pictures::stores(self.policy, &Register::from_inventory(self.inventory).0, self.inventory)
    }

    fn about(&self, identity: &Identity) -> Vec<String> {
        unknown(identity, self.policy).iter().map(|note| sentence(note)).collect()
    }
}

/// What was asked is not quoted in what is said of it.
const HALF: &str = "this names half of a target; write it as secret:NAMESPACE:NAME or serviceaccount:NAMESPACE:NAME";

/// There is no such store.
fn no_store(wrong: &Wrong) -> Problem {
    let is_named = wrong.cause.starts_with("no store is called");
    let cause = if is_named { "no store is called so" } else { &wrong.cause };
    Problem::new(404, format!("{cause}; {}", wrong.help.trim_end_matches('?')))
}

fn told(status: u16, wrong: &Wrong) -> Problem {
    Problem::new(status, format!("{}; {}", wrong.cause, wrong.help.trim_end_matches('?')))
}

/// What is known to live outside namespaces is given by the whole cluster's bindings alone.
fn is_of_some_namespace(action: &Action, catalogue: &Catalogue) -> bool {
    let Action::Resource(action) = action else { return false };
    let known = catalogue.find(&action.resource, Some(&action.group));
    action.namespace.is_empty() && known.is_none_or(|known| known.namespaced)
}

fn granted(grant: &Grant<'_, '_>) -> Line {
    let (kind, name) = (grant.subject.kind.as_str(), grant.subject.full_name());
    let own = std::ptr::eq(grant.role.resource, grant.rule.role);
    let through = if own { String::new() } else { format!(" (of {} {})", grant.rule.role.kind, grant.rule.role.name) };
    vec![
        Piece::to(name.clone(), Question::WhatCan { subject: spelled(kind, &name) }),
        Piece::of(kind),
        Piece::of(scope(grant.binding)),
        Piece::of(named(grant.binding)),
        Piece::of(format!("{} {}", grant.role.resource.kind, grant.role.name)),
        Piece::of(format!("{}{through}", rule_text(grant.rule))),
        Piece::of(place(grant.subject_place())),
        Piece::of(place(grant.rule.place())),
    ]
}

fn named(binding: &Binding<'_>) -> String {
    format!("{} {}", binding.resource.kind, binding.resource.name)
}

fn scope(binding: &Binding<'_>) -> String {
    if binding.namespace.is_empty() { "everywhere".to_owned() } else { binding.namespace.to_owned() }
}

/// How a subject is asked about.
pub fn spelled(kind: &str, name: &str) -> String {
    match (kind, name.strip_prefix("system:serviceaccount:")) {
        ("Group", _) => format!("group:{name}"),
        (_, Some(account)) => format!("serviceaccount:{account}"),
        _ => name.to_owned(),
    }
}

/// A subject as it was written, for people.
fn whom(subject: &str) -> String {
    let account = subject.strip_prefix("serviceaccount:").or_else(|| subject.strip_prefix("sa:"));
    match (subject.strip_prefix("group:"), account.and_then(|account| account.split_once(':'))) {
        (Some(group), _) => format!("the group {group}"),
        (None, Some((namespace, name))) => format!("the service account {namespace}/{name}"),
        (None, None) => subject.to_owned(),
    }
}

fn target(to: &str) -> String {
    if to == "node" { "a node".to_owned() } else { to.to_owned() }
}

/// How many by namespace, where not all are told.
fn by_namespace<'b, 'a: 'b>(bindings: impl Iterator<Item = &'b Binding<'a>>, all: usize) -> Vec<(String, usize)> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    bindings.for_each(|binding| *counts.entry(scope(binding)).or_default() += 1);
    if all > MOST_ROWS { counts.into_iter().collect() } else { Vec::new() }
}

/// A note as a sentence.
fn sentence(note: &str) -> String {
    let mut signs = note.trim_end_matches('.').chars();
    let first = signs.next().map(|sign| sign.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", signs.as_str())
}

fn steps(closure: &Closure<'_, '_>, way: usize, path: &Path<'_, '_>) -> Vec<Line> {
    let one = |(number, step): (usize, &cloister_rbac::escalation::Step<'_, '_>)| {
        let proof: BTreeSet<String> = step.proof.iter().map(evidence_line).collect();
        let conditions = step.conditions.says();
        vec![
            Piece::of(way),
            Piece::of(number),
            Piece::of(closure.name(&step.actor)),
            Piece::of(step.kind.says()),
            Piece::of(closure.name(&step.to)),
            if conditions.is_empty() { Piece::default() } else { Piece::of(conditions) },
            Piece::of(proof.into_iter().collect::<Vec<_>>()),
        ]
    };
    (1..).zip(&path.steps).map(one).collect()
}

/// So many ways are drawn.
const DRAWN: usize = 12;
/// A label is cut on lines of so many letters.
const LETTERS: usize = 26;

/// Ways up: who becomes what, from left to right.
fn drawn(closure: &Closure<'_, '_>, paths: &[Path<'_, '_>]) -> Graph {
    let mut graph = Graph {
        summary: format!("{}, from left to right.", count(paths.len(), "way", "ways")),
        legend: vec![("W".to_owned(), "whoever asks".to_owned())],
        ..Graph::default()
    };
    if paths.len() > DRAWN {
        graph.notes.push(format!(
            "Drawn are the first {DRAWN} of {}; the table below has the others.",
            count(paths.len(), "way", "ways")
        ));
    }
    for path in paths.iter().take(DRAWN) {
        let mut before = node(&mut graph, 0, &closure.name(&path.from), path.steps.is_empty());
        for (at, step) in path.steps.iter().enumerate() {
            let here = node(&mut graph, at + 1, &closure.name(&step.to), at + 1 == path.steps.len());
            let full = format!("{} can {}", closure.name(&step.actor), step.kind.says());
            let partial = !step.conditions.is_certain();
            graph.edges.push(Edge {
                from: before,
                to: here.clone(),
                label: step.kind.id().to_owned(),
                full,
                partial,
                ..Edge::default()
            });
            before = here;
        }
    }
    graph
}

fn node(graph: &mut Graph, layer: usize, name: &str, is_end: bool) -> String {
    let id = format!("{layer}/{name}");
    let mut lines: Vec<String> = Vec::new();
    for word in name.split_inclusive([' ', ':', '/']) {
        match lines.last_mut().filter(|line| line.chars().count() + word.trim_end().chars().count() <= LETTERS) {
            Some(line) => line.push_str(word),
            None => lines.push(word.to_owned()),
        }
    }
    let mut lines = lines.into_iter().map(|line| line.trim_end().to_owned());
    graph.nodes.push(Node {
        layer,
        id: id.clone(),
        shape: if layer == 0 { Shape::Pill } else { Shape::Box },
        badge: if layer == 0 { "W" } else { "" }.to_owned(),
        label: lines.next().unwrap_or_default(),
        details: lines.collect(),
        full: name.to_owned(),
        attention: if is_end && layer > 0 {
            cloister_graph::Attention::Critical
        } else {
            cloister_graph::Attention::Ordinary
        },
        ..Node::default()
    });
    id
}
