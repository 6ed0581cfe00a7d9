//! The two levels at which a security context can stand: the pod's own, and
//! each container's.

use cloister_inventory::{Container, Pod};
use cloister_model::{Finding, Node, Place};

use crate::Findings;

/// A security context that was written, on the pod or on a container.
#[derive(Clone, Copy)]
pub(super) struct Level<'a> {
    pod: Pod<'a>,
    container: Option<Container<'a>>,
    context: &'a Node,
}

/// Every security context that was written: the pod's, then each container's.
pub(super) fn levels<'a>(pod: &Pod<'a>) -> impl Iterator<Item = Level<'a>> + use<'a> {
    let pod = *pod;
    let own = pod.spec.get("securityContext").map(|context| Level { pod, container: None, context });
    let containers = pod.containers().filter_map(move |container| {
        let context = container.node.get("securityContext")?;
        Some(Level { pod, container: Some(container), context })
    });
    own.into_iter().chain(containers)
}

impl<'a> Level<'a> {
    /// A field of this very security context.
    pub(super) fn field(&self, path: &str) -> Option<&'a Node> {
        self.context.at(path)
    }

    /// Whether what this level says of `field` reaches any container: the pod's
    /// word counts only for containers that say nothing themselves.
    pub(super) fn takes_effect(&self, field: &str) -> bool {
        self.container.is_some() || self.pod.containers().any(|container| container.own_security(field).is_none())
    }

    /// Who wrote it, to begin a sentence with.
    pub(super) fn who(&self) -> String {
        self.container.map_or_else(|| "the pod".into(), |container| format!("container \"{}\"", container.name()))
    }

    /// Reports `path`, which starts at the pod's or the container's root:
    /// `securityContext/runAsUser`.
    pub(super) fn report<'f>(&self, findings: &'f mut Findings<'_>, path: &'a str) -> &'f mut Finding {
        match self.container {
            Some(container) => report_in(&container, container.at(path), findings),
            None => findings.report(self.pod.at(path)),
        }
    }
}

/// Reports a place in a container, in a check that looks at the whole pod.
pub(super) fn report_in<'f>(
    container: &Container<'_>,
    place: Place<'_>,
    findings: &'f mut Findings<'_>,
) -> &'f mut Finding {
    findings.report(place).container(container.name())
}

/// Whether the pod has a user namespace of its own, in which root is an
/// ordinary user of the node (KEP-127).
pub(super) fn in_user_namespace(pod: &Pod<'_>) -> bool {
    pod.spec.bool_at("hostUsers") == Some(false)
}
