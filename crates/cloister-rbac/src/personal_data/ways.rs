//! The requests that lead to data. Source of what each does: Kubernetes 1.37.

use super::{Kept, Way};
use crate::{Action, ResourceAction, ServerRules, SubjectKind};

/// A way, what it is in words, and the request that must be allowed.
type Question = (Way, String, Action);

/// What makes pods from a template, by group, resource and kind.
pub const MAKERS: [(&str, &str, &str); 7] = [
    ("apps", "deployments", "Deployment"),
    ("apps", "statefulsets", "StatefulSet"),
    ("apps", "daemonsets", "DaemonSet"),
    ("apps", "replicasets", "ReplicaSet"),
    ("", "replicationcontrollers", "ReplicationController"),
    ("batch", "jobs", "Job"),
    ("batch", "cronjobs", "CronJob"),
];

/// Every request that reads what is kept at one place, or that makes a pod which does.
pub(super) fn direct(kept: &Kept, rules: ServerRules) -> Vec<Question> {
    // What upgrades a connection comes as a GET, or as a POST.
    let opening: &[&str] = if rules.get_opens { &["create", "get"] } else { &["create"] };
    let mut questions = Asking { kept, questions: Vec::new() };
    if kept.uses {
        let users = kept.workloads.iter().map(|(kind, name)| format!("{kind} {name}")).collect::<Vec<_>>().join(", ");
        questions.pods(Way::User, opening, &["exec", "attach"], &format!("opens a shell in {users}, which uses it"));
        questions.pods(
            Way::User,
            &["update", "patch"],
            &["ephemeralcontainers"],
            &format!("opens a shell in {users}, which uses it"),
        );
    } else {
        questions.secrets();
        questions.pods(Way::Shell, opening, &["exec", "attach"], "opens a shell in its pods");
        questions.pods(Way::Debug, &["update", "patch"], &["ephemeralcontainers"], "adds a container to its pods");
        questions.pods(Way::Port, opening, &["portforward"], "reaches the ports of its pods");
        // A proxy passes every method.
        questions.pods(Way::Port, &["get", "create"], &["proxy"], "reaches the ports of its pods");
        questions.making();
        questions.nodes();
    }
    questions.questions
}

struct Asking<'k> {
    kept: &'k Kept,
    questions: Vec<Question>,
}

impl Asking<'_> {
    fn ask(
        &mut self,
        way: Way,
        what: &str,
        verb: &str,
        (group, resource, subresource): (&str, &str, &str),
        name: &str,
    ) {
        let action = ResourceAction {
            verb: verb.to_owned(),
            group: group.to_owned(),
            resource: resource.to_owned(),
            subresource: subresource.to_owned(),
            name: name.to_owned(),
            namespace: if resource == "nodes" { String::new() } else { self.kept.namespace.clone() },
            ..ResourceAction::default()
        };
        let place = if resource == "nodes" { String::new() } else { format!(" in {}", self.kept.namespace) };
        self.questions.push((way, format!("{what}{place}"), Action::Resource(action)));
    }

    fn secrets(&mut self) {
        for name in &self.kept.secrets {
            let what = format!("reads its Secret \"{name}\"");
            // A list that is limited to a name carries it.
            for (verb, named) in [("get", true), ("list", true), ("watch", true), ("list", false), ("watch", false)] {
                self.ask(Way::Secret, &what, verb, ("", "secrets", ""), if named { name } else { "" });
            }
        }
    }

    /// On any pod, and on those whose names are known.
    fn pods(&mut self, way: Way, verbs: &[&str], subresources: &[&str], what: &str) {
        let names: Vec<&str> = std::iter::once("").chain(self.kept.pods.iter().map(String::as_str)).collect();
        for verb in verbs {
            for subresource in subresources {
                names.iter().for_each(|name| self.ask(way, what, verb, ("", "pods", subresource), name));
            }
        }
    }

    fn making(&mut self) {
        let mounts = if self.kept.claims.is_empty() { "its Secrets" } else { "its volumes and Secrets" };
        self.ask(Way::Pod, &format!("makes a pod that mounts {mounts}"), "create", ("", "pods", ""), "");
        for (group, resource, kind) in MAKERS {
            let what = "makes or changes workloads that mount the same";
            self.ask(Way::Workload, what, "create", (group, resource, ""), "");
            let own = self.kept.workloads.iter().filter(|(other, _)| other == kind).map(|(_, name)| name.as_str());
            for verb in ["update", "patch"] {
                std::iter::once("")
                    .chain(own.clone())
                    .for_each(|name| self.ask(Way::Workload, what, verb, (group, resource, ""), name));
            }
        }
    }

    /// The kubelet runs commands for whoever may get or create `nodes/proxy`.
    fn nodes(&mut self) {
        let names: Vec<&str> = std::iter::once("").chain(self.kept.nodes.iter().map(String::as_str)).collect();
        for verb in ["get", "create"] {
            let what = "enters its pods through the kubelet of their node";
            names.iter().for_each(|name| self.ask(Way::Node, what, verb, ("", "nodes", "proxy"), name));
        }
    }
}

/// How one acts for somebody: impersonation, and for a service account a token of its own.
pub(super) fn in_the_name_of(kind: SubjectKind, name: &str) -> Vec<Question> {
    let action = |verb: &str, resource: &str, subresource: &str, namespace: &str, name: &str| {
        Action::Resource(ResourceAction {
            verb: verb.to_owned(),
            resource: resource.to_owned(),
            subresource: subresource.to_owned(),
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            ..ResourceAction::default()
        })
    };
    let acts = format!("acts in the name of {name}");
    let account = name.strip_prefix("system:serviceaccount:").and_then(|rest| rest.split_once(':'));
    match (kind, account) {
        // A group is impersonated together with any user.
        (SubjectKind::Group, _) => vec![(Way::Impersonate, acts, action("impersonate", "groups", "", "", name))],
        (_, Some((namespace, account))) => vec![
            (Way::Impersonate, acts, action("impersonate", "serviceaccounts", "", namespace, account)),
            (
                Way::Token,
                format!("gets tokens of {name}"),
                action("create", "serviceaccounts", "token", namespace, account),
            ),
        ],
        _ => vec![(Way::Impersonate, acts, action("impersonate", "users", "", "", name))],
    }
}
