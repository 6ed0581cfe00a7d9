//! How service accounts climb by what roles, workloads and nodes give them together: worked out once for a run, and only
//! where somebody's own bindings name service accounts.

use std::collections::{BTreeMap, HashMap};

use cloister_inventory::Inventory;
use cloister_model::{Finding, Place, Severity};
use cloister_rbac::ServerRules;
use cloister_rbac::escalation::{Closure, Conditions, Evidence, Path, Power, Scope, Step, Vertex};
use cloister_rbac::{Binding, Policy, Rule, Subject};

use super::rules::{is_builtin, is_clusters_own};
use crate::Findings;

/// Groups of whom every service account is one.
const EVERYBODY: [&str; 2] = ["system:serviceaccounts", "system:authenticated"];

/// A way that begins with what is bound to somebody.
#[derive(Clone, Debug)]
pub(crate) struct Climb<'a> {
    /// Who, in words.
    pub who: String,
    /// What they do, in order, each with what shows it.
    pub way: String,
    /// How many things they do.
    pub steps: usize,
    /// Where they are bound to the role that the way begins with.
    pub place: Place<'a>,
    /// Where the role holds; empty is everywhere.
    pub namespace: &'a str,
    /// Nothing that the input does not tell can be in the way.
    pub is_certain: bool,
    /// What other ways begin with: they stay where this one is cut.
    pub others: Vec<String>,
}

/// With more bindings than these, a scan would wait for the answer, which `cloister rbac escalate` gives by itself.
const MOST: usize = 100_000;

/// All of them.
#[derive(Debug, Default)]
pub(crate) struct Climbs<'a> {
    /// There are too many bindings to look within a scan.
    pub is_too_large: bool,
    /// Service accounts, and groups of them, that were looked at.
    pub accounts: usize,
    /// To cluster-admin, in one step or more.
    pub to_admin: Vec<Climb<'a>>,
    /// Service accounts of other namespaces in RoleBindings that were looked at.
    pub guests: usize,
    /// From a RoleBinding to every service account of its namespace, for one of another.
    pub across: Vec<Climb<'a>>,
}

impl Climbs<'_> {
    /// Says so where they were not looked for, and counts those who were looked at and do not climb.
    pub fn examine(&self, looked_at: usize, found: usize, findings: &mut Findings<'_>) {
        if self.is_too_large {
            findings.not_evaluated(
                format!("more than {MOST} bindings: a scan does not follow every way through them"),
                "ask for the ways alone: cloister rbac escalate",
            );
        }
        (found..looked_at).for_each(|_| {
            findings.examine(false);
        });
    }
}

impl Climb<'_> {
    /// Reports it: milder where admission that was not read may refuse a step.
    pub fn report<'f>(&self, findings: &'f mut Findings<'_>, message: String) -> &'f mut Finding {
        findings.examine(true);
        let finding = findings.report(self.place).message(message);
        if self.is_certain { finding } else { finding.severity(Severity::Medium) }
    }
}

/// Works them out.
pub(crate) fn climbs<'a>(policy: &Policy<'a>, inventory: &'a Inventory) -> Climbs<'a> {
    let mut climbs = Climbs::default();
    let own = || policy.bindings().iter().filter(|binding| !is_builtin(binding.resource));
    if !own().flat_map(|binding| &binding.subjects).any(|subject| who(subject, inventory).is_some()) {
        return climbs;
    }
    climbs.is_too_large = own().count() > MOST;
    if !climbs.is_too_large {
        let closure = Closure::new(policy, inventory, ServerRules::of(inventory), &[]);
        to_admin(inventory, policy, &closure, &mut climbs);
        across(inventory, policy, &closure, &mut climbs);
    }
    climbs
}

fn to_admin<'a>(inventory: &Inventory, policy: &Policy<'a>, closure: &Closure<'_, 'a>, climbs: &mut Climbs<'a>) {
    let subjects = policy.bindings().iter().flat_map(|binding| &binding.subjects);
    let meant: BTreeMap<Vertex<'a>, String> = subjects
        .filter_map(|subject| who(subject, inventory))
        .filter(|(vertex, _)| !closure.is_built_in(vertex))
        .collect();
    climbs.accounts = meant.len();
    let (certain, admitted) =
        (closure.ways_to_admin(Conditions::NONE), closure.ways_to_admin(Conditions::UNLESS_ADMISSION));
    climbs.to_admin.extend(meant.into_iter().filter_map(|(vertex, who)| {
        // Who is cluster-admin already climbs nowhere.
        closure.steps_to_admin(&vertex).filter(|steps| *steps > 0)?;
        let mut ways = admitted.from(&vertex);
        // One that nothing can be in the way of is worse than a shorter one that admission may cut.
        ways.splice(0..0, certain.from(&vertex).into_iter().take(1));
        let path = ways.first()?;
        let Evidence::Grant { grant, .. } = path.steps.first()?.proof.first()? else { return None };
        // What somebody has by a group is told of the group.
        let is_own = Vertex::of(grant.subject) == vertex;
        let place = Place::of(grant.binding.resource, grant.subject.node).at("name");
        let found = climb(path, place, grant.binding.namespace, who).filter(|_| is_own)?;
        Some(Climb { others: others(&ways), ..found })
    }));
}

fn across<'a>(inventory: &Inventory, policy: &Policy<'a>, closure: &Closure<'_, 'a>, climbs: &mut Climbs<'a>) {
    let mut known: HashMap<(&str, &str, &str), Option<Path<'_, 'a>>> = HashMap::new();
    for binding in policy.bindings().iter().filter(|binding| !binding.namespace.is_empty()) {
        let own = binding.namespace;
        let guests = binding
            .subjects
            .iter()
            .filter(|subject| matches!(Vertex::of(subject), Vertex::Account(namespace, _) if namespace != own));
        for subject in guests.filter(|_| !is_builtin(binding.resource)) {
            let Some((_, who)) = who(subject, inventory) else { continue };
            climbs.guests += 1;
            let goal = Vertex::Can(Power::BecomeAccounts, Scope::One(own));
            let key = (binding.role_kind, binding.role_name, own);
            let path = known.entry(key).or_insert_with(|| closure.path_by(binding, &goal));
            let place = Place::of(binding.resource, subject.node).at("name");
            climbs
                .across
                .extend(path.as_ref().and_then(|path| climb(path, place, own, who)).map(|found| first(found, binding)));
        }
    }
}

/// What the other ways begin with, each once.
fn others(ways: &[Path<'_, '_>]) -> Vec<String> {
    let mut steps = ways.iter().filter_map(|path| path.steps.first()).map(step);
    let shown = steps.next();
    let mut others: Vec<String> = Vec::new();
    for other in steps {
        if Some(&other) != shown.as_ref() && !others.contains(&other) {
            others.push(other);
        }
    }
    others
}

/// The binding stands before the rules that it gives.
fn first<'a>(climb: Climb<'a>, binding: &Binding<'_>) -> Climb<'a> {
    let (kind, name) = (&binding.resource.kind, &binding.resource.name);
    Climb { way: format!("by {kind} \"{name}\", {}", climb.way), ..climb }
}

fn is_everybody(group: &str) -> bool {
    EVERYBODY.contains(&group) || group.starts_with("system:serviceaccounts:")
}

/// Service accounts, and groups of them, but the cluster's own.
fn who<'a>(subject: &Subject<'a>, inventory: &Inventory) -> Option<(Vertex<'a>, String)> {
    let vertex = Vertex::of(subject);
    let words = match vertex {
        Vertex::Account(namespace, _) | Vertex::AccountsOf(namespace)
            if is_clusters_own(inventory.inputs(), namespace) =>
        {
            None
        }
        Vertex::Account(namespace, name) => Some(format!("service account \"{name}\" of namespace \"{namespace}\"")),
        Vertex::AccountsOf(namespace) => Some(format!("every service account of namespace \"{namespace}\"")),
        Vertex::Group(name) if is_everybody(name) => Some(format!("every service account (group \"{name}\")")),
        _ => None,
    };
    words.map(|words| (vertex, words))
}

/// A way that hangs on nothing but admission.
fn climb<'a>(path: &Path<'_, 'a>, place: Place<'a>, namespace: &'a str, who: String) -> Option<Climb<'a>> {
    let conditions = path.conditions();
    let is_meant = path.length() > 0 && conditions.is_within(Conditions::UNLESS_ADMISSION);
    is_meant.then(|| Climb {
        who,
        way: way(path),
        steps: path.length(),
        place,
        namespace,
        is_certain: conditions.is_certain(),
        others: Vec::new(),
    })
}

/// `exec (RoleBinding "support", rule 1 of Role "support"), then token-request (…)`.
fn way(path: &Path<'_, '_>) -> String {
    path.steps.iter().map(step).collect::<Vec<String>>().join(", then ")
}

fn step(step: &Step<'_, '_>) -> String {
    let mut shown: Vec<String> = step.proof.iter().map(evidence).collect();
    shown.dedup();
    let shown = shown.join("; ");
    if shown.is_empty() { step.kind.id().to_owned() } else { format!("{} ({shown})", step.kind.id()) }
}

fn evidence(evidence: &Evidence<'_, '_>) -> String {
    let named = |kind: &str, name: &str| format!("{kind} \"{name}\"");
    let rule = |rule: &Rule<'_>| format!("rule {} of {}", rule.index + 1, named(&rule.role.kind, &rule.role.name));
    match evidence {
        Evidence::Grant { grant, .. } => {
            let binding = grant.binding.resource;
            format!("{}, {}", named(&binding.kind, &binding.name), rule(grant.rule))
        }
        Evidence::Rule(held) => rule(held),
        Evidence::Object(at) => named(&at.resource.kind, &at.resource.name),
    }
}
