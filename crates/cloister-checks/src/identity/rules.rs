//! Roles and their rules, read as the RBAC authoriser of Kubernetes reads them.

use cloister_inventory::Inputs;
use cloister_model::{Node, Place, Resource};

use crate::system::is_system_namespace;

/// The group of roles and bindings.
pub(super) const RBAC: &str = "rbac.authorization.k8s.io";

/// A resource that a request may be for; a subresource as `pods/exec`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Target {
    /// Its API group; empty for the core group.
    pub group: &'static str,
    /// Its name in requests, such as `pods`.
    pub resource: &'static str,
    /// Lives outside namespaces: a Role gives nothing on it.
    pub cluster_wide: bool,
}

impl Target {
    /// A resource that lives in namespaces.
    pub const fn namespaced(group: &'static str, resource: &'static str) -> Target {
        Target { group, resource, cluster_wide: false }
    }

    /// A resource that lives outside namespaces.
    pub const fn cluster_wide(group: &'static str, resource: &'static str) -> Target {
        Target { group, resource, cluster_wide: true }
    }
}

/// Words of a rule, as written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Words<'a>(&'a [Node]);

/// One word with its node.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word<'a> {
    /// The word.
    pub text: &'a str,
    /// Its place in the role.
    pub node: &'a Node,
}

impl<'a> Words<'a> {
    fn at(rule: &'a Node, field: &str) -> Words<'a> {
        Words(rule.items_at(field))
    }

    /// The words in order; what is no string is left out.
    pub fn iter(self) -> impl Iterator<Item = Word<'a>> {
        self.0.iter().filter_map(|node| Some(Word { text: node.as_str()?, node }))
    }

    /// The first word that is one of `texts`.
    pub fn find(self, texts: &[&str]) -> Option<Word<'a>> {
        self.iter().find(|word| texts.contains(&word.text))
    }

    /// Whether there is no word at all.
    pub fn is_empty(self) -> bool {
        self.iter().next().is_none()
    }
}

/// One rule of a role.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rule<'a> {
    /// Where it was written.
    pub written: Place<'a>,
    /// `apiGroups`.
    pub groups: Words<'a>,
    /// `resources`.
    pub resources: Words<'a>,
    /// `verbs`.
    pub verbs: Words<'a>,
    /// `resourceNames`.
    pub names: Words<'a>,
    /// `nonResourceURLs`.
    pub urls: Words<'a>,
}

/// What a rule gives of what was asked.
#[derive(Clone, Debug)]
pub(super) struct Grant<'a> {
    /// The word of `resources` that gives it: the name itself, `*` or `*/exec`.
    pub resource: Word<'a>,
    /// The word of `verbs` that gives the first of them.
    pub verb: Word<'a>,
    /// The resources given, in the order asked.
    pub resources: Vec<&'static str>,
    /// The verbs given, in the order asked.
    pub verbs: Vec<&'static str>,
    /// Only what lives outside namespaces was named, in a Role: it has no effect.
    pub void: bool,
}

impl<'a> Rule<'a> {
    /// The rule `node` of a role.
    pub fn of(role: &'a Resource, node: &'a Node) -> Rule<'a> {
        Rule {
            written: Place::of(role, node),
            groups: Words::at(node, "apiGroups"),
            resources: Words::at(node, "resources"),
            verbs: Words::at(node, "verbs"),
            names: Words::at(node, "resourceNames"),
            urls: Words::at(node, "nonResourceURLs"),
        }
    }

    /// The place of a word of this rule.
    pub fn place(&self, word: Word<'a>) -> Place<'a> {
        Place::of(self.written.resource, word.node)
    }

    /// What this rule gives of `verbs` on any of `targets`, whatever the object's
    /// name: a rule with `resourceNames` gives nothing here, unless it names the
    /// empty string, which is the name that lists and creations ask for.
    pub fn grants(&self, targets: &[Target], verbs: &[&'static str]) -> Option<Grant<'a>> {
        self.grants_if(targets, verbs, |verb| {
            self.names.is_empty() || (is_nameless(verb) && self.names.find(&[""]).is_some())
        })
    }

    /// The same, where the rule is limited to one of `names` as well.
    pub fn grants_on(&self, targets: &[Target], verbs: &[&'static str], names: &[&str]) -> Option<Grant<'a>> {
        self.grants_if(targets, verbs, |verb| {
            self.names.is_empty() || (!is_nameless(verb) && self.names.find(names).is_some())
        })
    }

    fn grants_if(
        &self,
        targets: &[Target],
        verbs: &[&'static str],
        reaches: impl Fn(&str) -> bool,
    ) -> Option<Grant<'a>> {
        let given = verbs.iter().copied().filter(|verb| self.verbs.find(&["*", verb]).is_some() && reaches(verb));
        let given: Vec<&'static str> = given.collect();
        let verb = exact_or_wildcard(self.verbs, given.first()?)?;
        let reached = targets.iter().filter_map(|target| Some((target, self.word_for(target)?)));
        let mut reached: Vec<(&Target, Word<'a>)> = reached.collect();
        let in_role = &*self.written.resource.kind == "Role";
        let void = in_role && reached.iter().all(|(target, _)| target.cluster_wide);
        // A Role with "*" is about its namespace; only a name says that more was meant.
        reached.retain(|(target, word)| !(in_role && target.cluster_wide) || (void && word.text != "*"));
        let (_, resource) = *reached.iter().find(|(_, word)| word.text != "*").or_else(|| reached.first())?;
        let resources = reached.iter().map(|(target, _)| target.resource).collect();
        Some(Grant { resource, verb, resources, verbs: given, void })
    }

    /// The word of `resources` that reaches the target. Only `*` and `*/sub` are
    /// wildcards; `pods/*` is a name like any other.
    fn word_for(&self, target: &Target) -> Option<Word<'a>> {
        self.groups.find(&["*", target.group])?;
        let any_parent = |word: &Word<'_>| {
            let sub = target.resource.split_once('/').map(|(_, sub)| sub);
            sub.is_some() && word.text.strip_prefix("*/") == sub
        };
        exact_or_wildcard(self.resources, target.resource).or_else(|| self.resources.iter().find(any_parent))
    }

    /// Whether everything may be done with everything.
    pub fn is_everything(&self) -> bool {
        self.names.is_empty()
            && [self.groups, self.resources, self.verbs].iter().all(|words| words.find(&["*"]).is_some())
    }
}

fn exact_or_wildcard<'a>(words: Words<'a>, text: &str) -> Option<Word<'a>> {
    words.find(&[text]).or_else(|| words.find(&["*"]))
}

/// Requests with these verbs name no object.
fn is_nameless(verb: &str) -> bool {
    ["create", "list", "watch", "deletecollection"].contains(&verb)
}

/// The rules written in a role, with what is no rule left out.
pub(super) fn rules_of(role: &Resource) -> impl Iterator<Item = Rule<'_>> {
    indexed_rules_of(role).map(|(_, rule)| rule)
}

/// The same, with the index of each among all that is written there.
pub(super) fn indexed_rules_of(role: &Resource) -> impl Iterator<Item = (usize, Rule<'_>)> {
    let all = role.root.items_at("rules").iter().enumerate();
    all.filter(|(_, node)| node.is_map()).map(|(index, node)| (index, Rule::of(role, node)))
}

/// Whether a controller fills this role's rules from other roles.
pub(super) fn is_aggregated(role: &Resource) -> bool {
    role.root.get("aggregationRule").is_some()
}

/// Roles and bindings that Kubernetes itself ships, or that its own parts bring.
pub(super) fn is_builtin(resource: &Resource) -> bool {
    resource.label("kubernetes.io/bootstrapping") == Some("rbac-defaults") || resource.name.starts_with("system:")
}

/// A cluster's own parts, where a cluster was listed. In files they are somebody's own words.
pub(super) fn is_clusters_own(inputs: &Inputs, namespace: &str) -> bool {
    inputs.cluster && is_system_namespace(namespace)
}

/// Whether a rule reaches nothing but the resources of extensions: groups such
/// as `postgresql.cnpg.io`, none of Kubernetes' own.
pub(super) fn is_extension(rule: &Rule<'_>) -> bool {
    let is_foreign = |word: Word<'_>| word.text.contains('.') && !word.text.ends_with(".k8s.io");
    !rule.groups.is_empty() && rule.groups.iter().all(is_foreign)
}
