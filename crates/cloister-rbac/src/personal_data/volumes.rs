//! Ways to what a store keeps in volumes, by objects of storage. No single right suffices: nothing is read before a pod
//! mounts it. The claim needs none of its own, since a pod's generic ephemeral volume and a StatefulSet's template let a
//! controller make it, of any volume or snapshot; and handles are not secret.
//! Source: Kubernetes 1.37, external-snapshotter 8.

use std::collections::BTreeMap;

use foldhash::HashMap;

use super::ways::MAKERS;
use super::{Access, Kept, Way};
use crate::escalation::Vertex;
use crate::{Action, Binding, Grant, Policy, ResourceAction, Subject};

const SNAPSHOTS: &str = "snapshot.storage.k8s.io";

/// A way, and what it begins with.
struct Route {
    way: Way,
    what: &'static str,
    verbs: &'static [&'static str],
    group: &'static str,
    resource: &'static str,
    /// Beside pods, VolumeSnapshots must be made where the pod is.
    copies: bool,
}

/// In the store's own namespace, which a claim and its snapshots share.
const SNAPSHOT: Route = Route {
    way: Way::Snapshot,
    what: "copies its volume by a snapshot",
    verbs: &["create"],
    group: SNAPSHOTS,
    resource: "volumesnapshots",
    copies: false,
};

/// From outside of it.
const OUTSIDE: [Route; 3] = [
    // One that names a volume by its handle takes a snapshot of it, one that names a snapshot gives it to any namespace.
    Route {
        way: Way::Snapshot,
        what: "copies its volume by a VolumeSnapshotContent of its handle, mounted",
        verbs: &["create"],
        group: SNAPSHOTS,
        resource: "volumesnapshotcontents",
        copies: true,
    },
    Route {
        way: Way::Volume,
        what: "makes a PersistentVolume of its handle or path, mounted",
        verbs: &["create"],
        group: "",
        resource: "persistentvolumes",
        copies: false,
    },
    // `claimRef` may change; the claim that had the volume is lost.
    Route {
        way: Way::Volume,
        what: "gives its PersistentVolume to another claim, mounted",
        verbs: &["update", "patch"],
        group: "",
        resource: "persistentvolumes",
        copies: false,
    },
];

/// Who can do several things, by what is bound to them and to the groups that they are surely in.
#[derive(Debug)]
pub struct Volumes<'p, 'a> {
    policy: &'p Policy<'a>,
    bound: HashMap<Vertex<'a>, Vec<(&'p Binding<'a>, &'p Subject<'a>)>>,
    makes_pods: Vec<Action>,
    makes_snapshots: Vec<Action>,
}

impl<'p, 'a> Volumes<'p, 'a> {
    /// Of everybody who is bound.
    pub fn of(policy: &'p Policy<'a>) -> Volumes<'p, 'a> {
        let mut bound: HashMap<Vertex<'a>, Vec<_>> = HashMap::default();
        for binding in policy.bindings() {
            for subject in &binding.subjects {
                bound.entry(Vertex::of(subject)).or_default().push((binding, subject));
            }
        }
        let changed = MAKERS.iter().flat_map(|(group, resource, _)| {
            ["create", "update", "patch"].map(|verb| action(verb, group, resource, ""))
        });
        let makes_pods = std::iter::once(action("create", "", "pods", "")).chain(changed).collect();
        let makes_snapshots = vec![action("create", SNAPSHOTS, "volumesnapshots", "")];
        Volumes { policy, bound, makes_pods, makes_snapshots }
    }

    /// Every way to the volumes of what is kept.
    pub fn ways(&self, kept: &[Kept]) -> Vec<Access<'p, 'a>> {
        let mut found = Vec::new();
        for kept in kept.iter().filter(|kept| kept.has_volumes()) {
            let claimed = !kept.claims.is_empty();
            if claimed {
                found.extend(self.inside(kept));
            }
            let routes = OUTSIDE.iter().filter(|route| claimed || route.verbs == ["create"] && !route.copies);
            found.extend(routes.flat_map(|route| self.outside(route, kept)));
        }
        found
    }

    fn inside(&self, kept: &Kept) -> Vec<Access<'p, 'a>> {
        let namespace = kept.namespace.as_str();
        let mut asked = action("create", SNAPSHOT.group, SNAPSHOT.resource, "");
        if let Action::Resource(asked) = &mut asked {
            asked.namespace = kept.namespace.clone();
        }
        let one = |(whom, first): (Vertex<'a>, Vec<Grant<'p, 'a>>)| {
            let pods = self.grants(&whom, &self.makes_pods).into_iter().filter(|pod| holds(pod, namespace));
            let what = format!("{} in {namespace}", SNAPSHOT.what);
            access(&whom, SNAPSHOT.way, what, &first, &[pods.collect()])
        };
        self.able(&self.policy.who_can(&asked)).into_iter().filter_map(one).collect()
    }

    fn outside(&self, route: &Route, kept: &Kept) -> Vec<Access<'p, 'a>> {
        // Only what is there already has a name.
        let names = kept.volumes.iter().map(String::as_str).filter(|_| route.verbs != ["create"]);
        let names: Vec<&str> = std::iter::once("").chain(names).collect();
        let asked = route
            .verbs
            .iter()
            .flat_map(|verb| names.iter().map(|name| action(verb, route.group, route.resource, name)));
        let first: Vec<Grant<'p, 'a>> = asked.flat_map(|asked| self.policy.who_can(&asked)).collect();
        let one = |(whom, first): (Vertex<'a>, Vec<Grant<'p, 'a>>)| {
            let pods = self.grants(&whom, &self.makes_pods);
            let snapshots = if route.copies { self.grants(&whom, &self.makes_snapshots) } else { Vec::new() };
            let copies = |pod: &Grant<'p, 'a>| -> Option<Vec<Vec<Grant<'p, 'a>>>> {
                if !route.copies {
                    return Some(vec![vec![*pod]]);
                }
                let there = snapshots.iter().filter(|it| meet(it, pod)).copied().collect::<Vec<_>>();
                (!there.is_empty()).then(|| vec![there, vec![*pod]])
            };
            pods.iter().find_map(|pod| {
                let more = copies(pod)?;
                let place = more.iter().flatten().map(|it| it.binding.namespace).find(|place| !place.is_empty());
                let place = place.map_or_else(|| "any namespace".to_owned(), str::to_owned);
                access(&whom, route.way, format!("{} in {place}", route.what), &first, &more)
            })
        };
        self.able(&first).into_iter().filter_map(one).collect()
    }

    /// By whom grants are had: their own come before those of their groups.
    fn able(&self, grants: &[Grant<'p, 'a>]) -> BTreeMap<Vertex<'a>, Vec<Grant<'p, 'a>>> {
        let mut able: BTreeMap<Vertex<'a>, Vec<Grant<'p, 'a>>> = BTreeMap::new();
        for grant in grants {
            able.entry(Vertex::of(grant.subject)).or_default().push(*grant);
        }
        for grant in grants {
            let group = Vertex::of(grant.subject);
            if is_joined_unasked(&group) {
                let members = self.bound.keys().filter(|whom| groups(whom).contains(&group));
                members.for_each(|whom| able.entry(*whom).or_default().push(*grant));
            }
        }
        able
    }

    /// What allows one of these, wherever it holds: what is one's own before what groups have.
    fn grants(&self, whom: &Vertex<'a>, actions: &[Action]) -> Vec<Grant<'p, 'a>> {
        let all = std::iter::once(*whom).chain(groups(whom)).filter_map(|whom| self.bound.get(&whom)).flatten();
        let mut found: Vec<Grant<'p, 'a>> = Vec::new();
        for (binding, subject) in all {
            for role in self.policy.roles_of(binding) {
                let rule = self.policy.rules_of(role).find(|rule| actions.iter().any(|action| rule.allows(action)));
                found.extend(rule.map(|rule| Grant { binding, subject, role, rule }));
            }
        }
        found
    }
}

/// One who has everything that a way takes, at least some of it in their own name.
fn access<'p, 'a>(
    whom: &Vertex<'a>,
    way: Way,
    what: String,
    first: &[Grant<'p, 'a>],
    more: &[Vec<Grant<'p, 'a>>],
) -> Option<Access<'p, 'a>> {
    let grant = *first.first()?;
    let also: Vec<Grant<'p, 'a>> = more.iter().map(|all| all.first().copied()).collect::<Option<_>>()?;
    let own = std::iter::once(&grant).chain(&also).find(|it| Vertex::of(it.subject) == *whom)?;
    Some(Access { subject: own.subject, way, what, grant, also })
}

fn holds(grant: &Grant<'_, '_>, namespace: &str) -> bool {
    ["", namespace].contains(&grant.binding.namespace)
}

/// Whether there is a namespace in which both hold.
fn meet(one: &Grant<'_, '_>, other: &Grant<'_, '_>) -> bool {
    let (one, other) = (one.binding.namespace, other.binding.namespace);
    one.is_empty() || other.is_empty() || one == other
}

/// Rules do not look at the namespace: their bindings say where they hold.
fn action(verb: &str, group: &str, resource: &str, name: &str) -> Action {
    Action::Resource(ResourceAction {
        verb: verb.to_owned(),
        group: group.to_owned(),
        resource: resource.to_owned(),
        name: name.to_owned(),
        ..ResourceAction::default()
    })
}

const ACCOUNTS: Vertex<'static> = Vertex::Group("system:serviceaccounts");
const SIGNED_IN: Vertex<'static> = Vertex::Group("system:authenticated");

/// The groups that somebody is in whatever an identity provider says.
fn groups<'a>(whom: &Vertex<'a>) -> Vec<Vertex<'a>> {
    match *whom {
        Vertex::Account(namespace, _) => vec![Vertex::AccountsOf(namespace), ACCOUNTS, SIGNED_IN],
        Vertex::AccountsOf(_) => vec![ACCOUNTS, SIGNED_IN],
        Vertex::User("system:anonymous") | Vertex::Group("system:unauthenticated" | "system:authenticated") => {
            Vec::new()
        }
        _ => vec![SIGNED_IN],
    }
}

fn is_joined_unasked(group: &Vertex<'_>) -> bool {
    matches!(group, Vertex::AccountsOf(_)) || *group == ACCOUNTS || *group == SIGNED_IN
}
