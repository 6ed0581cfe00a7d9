//! Audit policies (`audit.k8s.io/v1`), evaluated as the API server does: the first rule that matches decides.
//!
//! ```text
//! Policy ─▶ AuditPolicy ─ decide(request) ─▶ Decision: rule, level, stages, managed fields
//!               ├─ explain(request) ───────▶ why each earlier rule does not match
//!               ├─ faults, ignored ────────▶ what the server refuses, and what it passes over
//!               └─ unreachable ────────────▶ rules that no request comes to
//! ```
//!
//! A request is judged by who really sends it: audit comes before impersonation. Who fails to authenticate is nobody, and
//! then rules with users or groups never match.
//!
//! Source: Kubernetes 1.37, `apiserver/pkg/audit/policy` (checker, reader), `pkg/apis/audit/validation`, the filters
//! `audit.go` and `authn_audit.go` of `pkg/endpoints/filters`, and the order of handlers in `pkg/server/config.go`.

mod answer;
mod faults;
mod level;
mod matching;
mod witness;
mod written;

use cloister_model::{Node, Place, Resource};
use cloister_rbac::{Action, Identity};

pub use answer::{Explanation, Passed, Written};
pub use faults::Fault;
pub use level::{Level, Stage};
pub use matching::Mismatch;
pub use written::Bodies;

/// A request, as it comes to audit.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'r> {
    /// Who sends it, before impersonation; nobody where authentication fails.
    pub identity: Option<&'r Identity>,
    /// What is asked for.
    pub action: &'r Action,
}

/// A rule of a policy.
#[derive(Clone, Copy, Debug)]
pub struct Rule<'a> {
    /// Its index, from 0.
    pub index: usize,
    /// As it is written.
    pub node: &'a Node,
}

impl Rule<'_> {
    /// Its level; `None` for a word that the server refuses.
    pub fn level(&self) -> Level {
        self.node.str_at("level").and_then(Level::from_word).unwrap_or_default()
    }

    /// Whether it speaks of every request.
    pub fn is_for_all(&self) -> bool {
        ["users", "userGroups", "verbs", "namespaces", "resources", "nonResourceURLs"]
            .iter()
            .all(|field| self.node.items_at(field).is_empty())
    }
}

/// What a policy says of a request.
#[derive(Clone, Debug)]
pub struct Decision<'a> {
    /// The rule that decides; none where no rule matches, and then nothing is written.
    pub rule: Option<Rule<'a>>,
    /// How much is written.
    pub level: Level,
    /// The stages at which nothing is written, the policy's and the rule's together, in order.
    pub omitted: Vec<Stage>,
    /// Whether managed fields are left out of bodies.
    pub omit_managed_fields: bool,
}

/// A policy over the tree in which it was read.
#[derive(Clone, Copy, Debug)]
pub struct AuditPolicy<'a> {
    /// The document.
    pub resource: &'a Resource,
}

impl<'a> AuditPolicy<'a> {
    /// The kind in an inventory.
    pub const KIND: &'static str = "Policy.audit.k8s.io";

    /// A policy as it was read.
    pub fn new(resource: &'a Resource) -> AuditPolicy<'a> {
        AuditPolicy { resource }
    }

    /// Its rules, in their order.
    pub fn rules(&self) -> impl Iterator<Item = Rule<'a>> + use<'a> {
        self.resource.root.items_at("rules").iter().enumerate().map(|(index, node)| Rule { index, node })
    }

    /// Where a rule stands.
    pub fn place(&self, rule: &Rule<'a>) -> Place<'a> {
        Place::of(self.resource, rule.node)
    }

    /// What it says of a request.
    pub fn decide(&self, asked: &Asked<'_>) -> Decision<'a> {
        self.decision(self.rules().find(|rule| matching::mismatch(rule.node, asked).is_none()))
    }

    /// What it says of a request, and why the rules before the one that decides do not match.
    pub fn explain(&self, asked: &Asked<'_>) -> (Vec<(Rule<'a>, Mismatch)>, Decision<'a>) {
        let mut passed = Vec::new();
        for rule in self.rules() {
            match matching::mismatch(rule.node, asked) {
                Some(why) => passed.push((rule, why)),
                None => return (passed, self.decision(Some(rule))),
            }
        }
        (passed, self.decision(None))
    }

    fn decision(&self, rule: Option<Rule<'a>>) -> Decision<'a> {
        let root = &self.resource.root;
        let of_rule = rule.map_or(&[][..], |rule| rule.node.items_at("omitStages"));
        let words = root.items_at("omitStages").iter().chain(of_rule).filter_map(Node::as_str);
        let mut omitted: Vec<Stage> = words.filter_map(Stage::from_word).collect();
        omitted.sort_unstable();
        omitted.dedup();
        let own = rule.and_then(|rule| rule.node.bool_at("omitManagedFields"));
        let omit_managed_fields = own.or(root.bool_at("omitManagedFields")).unwrap_or(false);
        Decision { rule, level: rule.map_or(Level::None, |rule| rule.level()), omitted, omit_managed_fields }
    }

    /// Why the API server would not start with it, each with its place; nothing where it would.
    pub fn faults(&self) -> Vec<Fault<'a>> {
        faults::faults(self.resource)
    }

    /// Fields that the API server warns of and passes over, with their places.
    pub fn ignored(&self) -> Vec<Place<'a>> {
        faults::ignored(self.resource)
    }

    /// Rules that no request comes to, since those before them take all that they speak of.
    pub fn unreachable(&self) -> Vec<Rule<'a>> {
        self.rules().filter(|rule| !witness::is_reached(self, rule)).collect()
    }
}
