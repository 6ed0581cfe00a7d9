//! Requests by which audit policies are tried, and what is told of those that go unwritten. A policy is judged by what it
//! does with them, as the API server would, and not by its words.

use std::collections::{BTreeMap, BTreeSet};

use cloister_audit::policy::{Asked, AuditPolicy, Decision, Level};
use cloister_model::{Node, Place, Resource, Severity};
use cloister_rbac::{Action, Identity, MASTERS, ResourceAction};

use crate::Findings;
use crate::system::is_system_namespace;

/// The kind that checks of audit policies look at.
pub(super) const POLICIES: &[&str] = &[AuditPolicy::KIND];
pub(super) const RBAC: &str = "rbac.authorization.k8s.io";
/// A name, a namespace or a user that no policy speaks of.
pub(super) const OTHER: &str = "\u{1}other";
/// What changes something.
pub(super) const CHANGES: [&str; 5] = ["create", "update", "patch", "delete", "deletecollection"];

/// So many of those whom a policy names are tried, of users and of groups.
const MOST_NAMED: usize = 100;

/// A request that an audit log should hold, or should not hold with its content.
#[derive(Clone, Debug)]
pub(super) struct Probe {
    /// What it is, after "nothing of": `reading Secrets`.
    pub(super) what: &'static str,
    pub(super) action: Action,
}

/// Requests of these verbs for one resource, in a namespace (empty for what lives outside).
pub(super) fn probes<'p>(
    what: &'static str,
    verbs: &'p [&'p str],
    group: &'p str,
    resource: &'p str,
    namespace: &'p str,
) -> impl Iterator<Item = Probe> + use<'p> {
    let (resource, below) = resource.split_once('/').unwrap_or((resource, ""));
    verbs.iter().map(move |verb| {
        let whole = below.is_empty() && matches!(*verb, "list" | "watch" | "create" | "deletecollection");
        let name = if whole { "" } else { OTHER };
        let action = ResourceAction {
            verb: (*verb).to_owned(),
            group: group.to_owned(),
            resource: resource.to_owned(),
            subresource: below.to_owned(),
            name: name.to_owned(),
            namespace: namespace.to_owned(),
            ..ResourceAction::default()
        };
        Probe { what, action: Action::Resource(action) }
    })
}

/// Somebody who asks, in words after "by"; nobody in particular where that is empty.
pub(super) struct Somebody {
    words: String,
    identity: Identity,
}

impl Somebody {
    pub(super) fn identity(&self) -> &Identity {
        &self.identity
    }
}

/// Who asks: anybody, administrators, service accounts, and everybody whom the policy names but the cluster's own parts.
pub(super) fn people(policy: &AuditPolicy<'_>) -> Vec<Somebody> {
    let one = |words: String, identity| Somebody { words, identity };
    let mut found = vec![
        one(String::new(), Identity::authenticated(OTHER, [])),
        one(format!("members of {MASTERS}"), Identity::authenticated(OTHER, [MASTERS.to_owned()])),
        one("service accounts".to_owned(), Identity::account(OTHER, OTHER)),
    ];
    let named = |field: &'static str| -> BTreeSet<&str> {
        policy.rules().flat_map(|rule| rule.node.items_at(field)).filter_map(Node::as_str).collect()
    };
    for user in named("users").into_iter().filter(|user| !is_component(user)).take(MOST_NAMED) {
        found.push(one(format!("\"{user}\""), Identity::authenticated(user, [])));
    }
    for group in named("userGroups").into_iter().filter(|group| !group.starts_with("system:")).take(MOST_NAMED) {
        found.push(one(format!("members of \"{group}\""), Identity::authenticated(OTHER, [group.to_owned()])));
    }
    found
}

/// Whether a user is a part of the cluster, whose noise may stay unwritten; or is nobody, which is another question.
fn is_component(user: &str) -> bool {
    match user.strip_prefix("system:serviceaccount:").and_then(|rest| rest.split_once(':')) {
        Some((namespace, _)) => is_system_namespace(namespace),
        None => user.starts_with("system:"),
    }
}

/// Reports what the log does not show of these requests, once for each rule that hides some of them.
pub(super) fn report_unwritten<'a>(resource: &'a Resource, probes: &[Probe], findings: &mut Findings<'a>) {
    let policy = AuditPolicy::new(resource);
    let mut hidden: BTreeMap<Option<usize>, Hidden<'a>> = BTreeMap::new();
    for somebody in people(&policy) {
        for probe in probes {
            let asked = Asked { identity: Some(&somebody.identity), action: &probe.action };
            let decision = policy.decide(&asked);
            if decision.stages(&asked).is_empty() {
                let rule = decision.rule.map(|rule| rule.index);
                hidden.entry(rule).or_insert_with(|| Hidden::by(&policy, &decision)).add(probe.what, &somebody.words);
            }
        }
    }
    for hidden in hidden.into_values() {
        hidden.report(findings);
    }
}

/// What one rule hides, or the lack of one.
struct Hidden<'a> {
    place: Place<'a>,
    whats: Vec<&'static str>,
    whose: BTreeSet<String>,
}

impl<'a> Hidden<'a> {
    fn by(policy: &AuditPolicy<'a>, decision: &Decision<'a>) -> Hidden<'a> {
        Hidden { place: place(policy, decision), whats: Vec::new(), whose: BTreeSet::new() }
    }

    fn add(&mut self, what: &'static str, who: &str) {
        if !self.whats.contains(&what) {
            self.whats.push(what);
        }
        self.whose.insert(who.to_owned());
    }

    fn report(&self, findings: &mut Findings<'a>) {
        // What is hidden of anybody is hidden of those who are named, too.
        let by = match self.whose.contains("") {
            true => String::new(),
            false => format!(" by {}", listed(&self.whose.iter().map(String::as_str).collect::<Vec<_>>())),
        };
        let message = format!("the audit log shows nothing of {}{by}", listed(&self.whats));
        findings.report(self.place).message(message).fix("- level: Metadata");
    }
}

/// Where a decision is made: the level, or the stages that are all omitted, or the rules among which none fits.
pub(super) fn place<'a>(policy: &AuditPolicy<'a>, decision: &Decision<'a>) -> Place<'a> {
    match &decision.rule {
        None => Place::whole(policy.resource).at("rules"),
        Some(rule) if decision.level == Level::None => policy.place(rule).at("level"),
        Some(rule) if !rule.node.items_at("omitStages").is_empty() => policy.place(rule).at("omitStages"),
        Some(_) => Place::whole(policy.resource).at("omitStages"),
    }
}

/// Where content would have to stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// In the request or in its answer.
    Any,
    /// In the answer alone.
    Answer,
}

/// Reports the rules that write the content of these requests, once for each.
pub(super) fn report_content<'a>(
    resource: &'a Resource,
    probes: &[Probe],
    content: Content,
    severity: Severity,
    fix: &str,
    findings: &mut Findings<'a>,
) {
    let policy = AuditPolicy::new(resource);
    let mut found: BTreeMap<usize, (Place<'a>, Vec<&'static str>)> = BTreeMap::new();
    for somebody in people(&policy) {
        for probe in probes {
            let asked = Asked { identity: Some(&somebody.identity), action: &probe.action };
            let decision = policy.decide(&asked);
            let bodies = decision.bodies(&asked);
            let Some(rule) = decision.rule.filter(|_| bodies.response || (bodies.request && content == Content::Any))
            else {
                continue;
            };
            let (_, whats) = found.entry(rule.index).or_insert_with(|| (policy.place(&rule).at("level"), Vec::new()));
            if !whats.contains(&probe.what) {
                whats.push(probe.what);
            }
        }
    }
    for (place, whats) in found.into_values() {
        findings
            .report(place)
            .severity(severity)
            .message(format!("the audit log holds the content of {}", listed(&whats)))
            .fix(fix);
    }
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn listed(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [before @ .., last] => format!("{} and {last}", before.join(", ")),
    }
}
