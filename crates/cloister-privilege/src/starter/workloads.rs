//! A service account for each workload, and the rights that its program is known to need.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use cloister_inventory::{Image, Inventory, Pod};
use cloister_model::Resource;
use cloister_register::Register;

use super::{rule, write_role};
use crate::manifest::head;
use crate::rules::Rule;
use crate::scalar;

/// A program that asks the API server.
struct Known {
    /// The last part of its image.
    image: &'static str,
    /// What it does with the answers.
    why: &'static str,
    /// Groups and resources that it gets, lists and watches.
    needs: &'static [(&'static str, &'static str)],
}

/// Programs and their needs. Source: the roles that their own projects publish.
const KNOWN: [Known; 7] = [
    Known {
        image: "prometheus",
        why: "finds what to ask for figures",
        needs: &[("-", "endpoints nodes pods services"), ("discovery.k8s.io", "endpointslices")],
    },
    Known { image: "fluent-bit", why: "adds the names of pods to their logs", needs: &[("-", "namespaces pods")] },
    Known { image: "fluentd", why: "adds the names of pods to their logs", needs: &[("-", "namespaces pods")] },
    Known { image: "vector", why: "adds the names of pods to their logs", needs: &[("-", "namespaces nodes pods")] },
    Known { image: "promtail", why: "adds the names of pods to their logs", needs: &[("-", "nodes pods")] },
    Known {
        image: "external-dns",
        why: "publishes the names of services",
        needs: &[
            ("-", "nodes pods services"),
            ("discovery.k8s.io", "endpointslices"),
            ("networking.k8s.io", "ingresses"),
        ],
    },
    Known {
        image: "opentelemetry-collector",
        why: "adds the names of pods and workloads to what it passes on",
        needs: &[("-", "namespaces nodes pods"), ("apps", "replicasets")],
    },
];

pub fn write(inventory: &Inventory, register: &Register<'_>) -> String {
    let mut text = String::from(
        "# A service account for each workload that shares one by default, or has none. Write its name into the pod\n\
         # template as serviceAccountName. Its token is not mounted, unless the program is known to ask the API server.\n\
         # Workloads with an account of their own are left alone: what that account uses is told by the audit log, see\n\
         # `cloister rbac minimize`.\n",
    );
    let taken: BTreeSet<(&str, &str)> =
        inventory.of_kind("ServiceAccount").map(|it| (it.namespace_or_default(), &*it.name)).collect();
    let mut written = BTreeSet::new();
    for workload in register.workloads() {
        let resource = workload.resource;
        for pod in Inventory::pods_of(resource) {
            let named = !matches!(pod.service_account(), "" | "default");
            let account = account(resource, &taken);
            if named || !written.insert((pod.namespace().to_owned(), account.clone())) {
                continue;
            }
            write_account(&mut text, resource, &pod, &account);
        }
    }
    if written.is_empty() {
        text.push_str("#\n# No workload needs one.\n");
    }
    text
}

/// The workload's own name, unless an account with other work has it.
fn account(workload: &Resource, taken: &BTreeSet<(&str, &str)>) -> String {
    let free = |name: &String| name != "default" && !taken.contains(&(workload.namespace_or_default(), &**name));
    let names = [workload.name.to_string(), format!("{}-{}", workload.name, workload.kind.to_lowercase())];
    names.iter().find(|name| free(name)).or(names.last()).cloned().unwrap_or_default()
}

fn write_account(text: &mut String, workload: &Resource, pod: &Pod<'_>, account: &str) {
    let known = pod.containers().find_map(|container| known(container.image()));
    let (kind, name, namespace) = (&workload.kind, &workload.name, workload.namespace_or_default());
    let why = known.map_or("is not known to ask the API server for anything: no token, no role", |known| known.why);
    let _ = write!(
        text,
        "# {kind} {name} {why}.\n---\napiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: {}\n  namespace: {}\n\
         automountServiceAccountToken: {}\n",
        scalar(account),
        scalar(namespace),
        known.is_some()
    );
    let Some(known) = known else { return };
    let rules: Vec<Rule> =
        known.needs.iter().map(|(group, resources)| rule(group, resources, "get list watch")).collect();
    let role = format!("cloister:workload:{namespace}:{account}");
    write_role(text, "ClusterRole", &role, "", &rules);
    head(text, "ClusterRoleBinding", &role, "");
    let _ = write!(
        text,
        "roleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: ClusterRole\n  name: {}\nsubjects:\n  \
         - kind: ServiceAccount\n    name: {}\n    namespace: {}\n",
        scalar(&role),
        scalar(account),
        scalar(namespace)
    );
}

fn known(image: &str) -> Option<&'static Known> {
    let image = Image::parse(image).ok()?;
    let name = image.name();
    let last = name.rsplit('/').next().unwrap_or_default();
    KNOWN.iter().find(|known| known.image == last)
}
