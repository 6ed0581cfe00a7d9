//! What the roles of a cluster look like beside what is used of them.

use std::collections::{BTreeSet, HashSet};

use cloister_audit::Use;
use cloister_model::Resource;
use cloister_rbac::{Action, Policy, Role};

use crate::minimise::{Minimised, Subject};
use crate::subject::Who;
use crate::taken::is_born;

/// One of them.
#[derive(Clone, Debug)]
pub struct Finding<'a> {
    /// `unused-binding`, `unused-role`, `duplicate-role` or `reads-with-admin-rights`.
    pub kind: &'static str,
    /// The role or binding.
    pub about: Option<&'a Resource>,
    /// The subject.
    pub who: Option<Who>,
    /// What there is to say.
    pub message: String,
}

/// Looks at everything; `uses` are those of all subjects.
pub fn findings<'a>(present: &Policy<'a>, uses: &[Use], minimised: &Minimised<'_>) -> Vec<Finding<'a>> {
    let mut found = unused(present, uses);
    found.extend(duplicates(present));
    found.extend(readers(present, minimised));
    found
}

fn about<'a>(kind: &'static str, resource: &'a Resource, message: String) -> Finding<'a> {
    Finding { kind, about: Some(resource), who: None, message }
}

fn unused<'a>(present: &Policy<'a>, uses: &[Use]) -> Vec<Finding<'a>> {
    let (mut bindings, mut roles) = (HashSet::new(), HashSet::new());
    for used in uses.iter().filter(|used| used.requests > 0) {
        for grant in present.grants(&used.request()) {
            bindings.insert(std::ptr::from_ref(grant.binding.resource));
            roles.insert(std::ptr::from_ref(grant.role.resource));
            // An aggregated role uses those that it collects.
            roles.insert(std::ptr::from_ref(grant.rule.role));
        }
    }
    let mut found = Vec::new();
    for binding in present.bindings().iter().map(|binding| binding.resource).filter(|binding| !is_born(binding)) {
        if !bindings.contains(&std::ptr::from_ref(binding)) {
            found.push(about("unused-binding", binding, "nobody used what it gives".to_owned()));
        }
    }
    for role in present.roles().iter().map(|role| role.resource).filter(|role| !is_born(role)) {
        if !roles.contains(&std::ptr::from_ref(role)) {
            found.push(about("unused-role", role, "nothing that it gives was used by anybody".to_owned()));
        }
    }
    found
}

fn duplicates<'a>(present: &Policy<'a>) -> Vec<Finding<'a>> {
    let built_in = |name: &str| present.roles().iter().find(|role| role.namespace.is_empty() && role.name == name);
    let built_in: Vec<(&str, BTreeSet<[&str; 4]>)> = ["view", "edit", "admin"]
        .into_iter()
        .filter_map(|name| Some((name, given(present, built_in(name)?))))
        .collect();
    let mut found = Vec::new();
    for role in present.roles().iter().filter(|role| !is_born(role.resource)) {
        let given = given(present, role);
        if let Some((name, _)) = built_in.iter().find(|(_, theirs)| !given.is_empty() && *theirs == given) {
            let message = format!("it gives what the built-in ClusterRole \"{name}\" gives: bind that one");
            found.push(about("duplicate-role", role.resource, message));
        }
    }
    found
}

fn given<'a>(present: &Policy<'a>, role: &Role<'a>) -> BTreeSet<[&'a str; 4]> {
    let mut given = BTreeSet::new();
    for rule in present.rules_of(role) {
        let names = if rule.names.is_empty() { &[""][..] } else { &rule.names };
        for verb in &rule.verbs {
            for group in &rule.groups {
                let resources = rule.resources.iter();
                given.extend(resources.flat_map(|resource| names.iter().map(|name| [*verb, *group, *resource, *name])));
            }
            given.extend(rule.urls.iter().map(|url| [*verb, "", "", *url]));
        }
    }
    given
}

fn readers<'a>(present: &Policy<'a>, minimised: &Minimised<'_>) -> Vec<Finding<'a>> {
    let masters = minimised.masters.iter().filter(|(who, master)| who.is_person() && master.reads);
    let mut found: Vec<Finding<'_>> =
        masters.map(|(who, _)| reader(who, "it has only read, and is in system:masters")).collect();
    let people = minimised.subjects.iter().filter(|subject| subject.who.is_person() && only_reads(subject));
    let admins = people.filter_map(|subject| Some((subject, admin(present, subject)?)));
    found
        .extend(admins.map(|(subject, role)| reader(&subject.who, &format!("it has only read, and holds \"{role}\""))));
    found
}

fn reader<'a>(who: &Who, message: &str) -> Finding<'a> {
    Finding { kind: "reads-with-admin-rights", about: None, who: Some(who.clone()), message: message.to_owned() }
}

fn only_reads(subject: &Subject<'_>) -> bool {
    let mut used = subject.all.iter().filter(|used| used.requests > 0).peekable();
    used.peek().is_some() && used.all(|used| reads(&used.action))
}

/// The role by which a subject may do more or less everything, somewhere.
fn admin<'a>(present: &Policy<'a>, subject: &Subject<'_>) -> Option<&'a str> {
    let identities: HashSet<_> =
        subject.all.iter().filter(|used| used.requests > 0).map(|used| &*used.identity).collect();
    let mut holdings = identities.into_iter().flat_map(|identity| present.what_can(identity));
    let mut roles: Vec<&str> = holdings
        .by_ref()
        .filter(|holding| {
            let everything =
                |rule: &cloister_rbac::Rule<'_>| rule.verbs.contains(&"*") && rule.resources.contains(&"*");
            matches!(holding.role.name, "admin" | "edit") || present.rules_of(holding.role).any(everything)
        })
        .map(|holding| holding.role.name)
        .collect();
    roles.sort_unstable();
    roles.first().copied()
}

/// Whether an action only looks, or asks for one's own rights.
pub(crate) fn reads(action: &Action) -> bool {
    match action {
        Action::Resource(action) => {
            let looks = matches!(&*action.verb, "get" | "list" | "watch");
            let enters = matches!(&*action.subresource, "exec" | "attach" | "portforward" | "proxy");
            let asks = action.verb == "create" && action.resource.starts_with("selfsubject");
            (looks && !enters) || asks
        }
        Action::Url { verb, .. } => matches!(&**verb, "get" | "head"),
    }
}
