//! What the roles of a cluster look like beside what is used of them.

use std::collections::{BTreeSet, HashSet};

use cloister_audit::Use;
use cloister_model::Resource;
use cloister_rbac::{Action, Policy, Role};

use crate::minimise::{Master, Minimised, Subject};
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
    let mut seen = Seen::new(present);
    seen.uses(uses);
    minimised.masters.iter().for_each(|(who, master)| seen.master(who, master));
    minimised.subjects.iter().for_each(|subject| seen.subject(subject));
    seen.findings()
}

/// What is seen of a cluster's roles while subjects pass by, in any number of parts.
#[derive(Debug)]
pub struct Seen<'p, 'a> {
    present: &'p Policy<'a>,
    /// Where the roles and bindings lie whose rights were used.
    used: HashSet<usize>,
    masters: Vec<Finding<'a>>,
    readers: Vec<Finding<'a>>,
}

impl<'p, 'a> Seen<'p, 'a> {
    /// Nothing yet.
    pub fn new(present: &'p Policy<'a>) -> Seen<'p, 'a> {
        Seen { present, used: HashSet::new(), masters: Vec::new(), readers: Vec::new() }
    }

    /// Uses of anybody.
    pub fn uses(&mut self, uses: &[Use]) {
        for used in uses.iter().filter(|used| used.requests > 0) {
            for grant in self.present.grants(&used.request()) {
                // An aggregated role uses those that it collects.
                let used = [grant.binding.resource, grant.role.resource, grant.rule.role];
                self.used.extend(used.map(place));
            }
        }
    }

    /// One who may do everything.
    pub fn master(&mut self, who: &Who, master: &Master) {
        if who.is_person() && master.reads {
            self.masters.push(reader(who, "it has only read, and is in system:masters"));
        }
    }

    /// One for whom roles were made.
    pub fn subject(&mut self, subject: &Subject<'_>) {
        if subject.who.is_person()
            && only_reads(subject)
            && let Some(role) = admin(self.present, subject)
        {
            self.readers.push(reader(&subject.who, &format!("it has only read, and holds \"{role}\"")));
        }
    }

    /// Adds what was seen of other subjects, that come behind these.
    pub fn merge(&mut self, other: Seen<'p, 'a>) {
        self.used.extend(other.used);
        self.masters.extend(other.masters);
        self.readers.extend(other.readers);
    }

    /// What there is to say.
    pub fn findings(self) -> Vec<Finding<'a>> {
        let mut found = unused(self.present, &self.used);
        found.extend(duplicates(self.present));
        found.extend(self.masters);
        found.extend(self.readers);
        found
    }
}

/// The resource itself, and not one that is like it.
fn place(resource: &Resource) -> usize {
    std::ptr::from_ref(resource).addr()
}

fn about<'a>(kind: &'static str, resource: &'a Resource, message: String) -> Finding<'a> {
    Finding { kind, about: Some(resource), who: None, message }
}

fn unused<'a>(present: &Policy<'a>, used: &HashSet<usize>) -> Vec<Finding<'a>> {
    let is_unused = |object: &&Resource| !is_born(object) && !used.contains(&place(object));
    let bindings = present.bindings().iter().map(|binding| binding.resource).filter(is_unused);
    let roles = present.roles().iter().map(|role| role.resource).filter(is_unused);
    let bindings = bindings.map(|binding| about("unused-binding", binding, "nobody used what it gives".to_owned()));
    let nothing = "nothing that it gives was used by anybody";
    bindings.chain(roles.map(|role| about("unused-role", role, nothing.to_owned()))).collect()
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
