//! Who needs a name asks the cluster's DNS.

use std::collections::{BTreeMap, BTreeSet};

use super::services::Services;
use super::{Block, End, Needs, Unseen, Why};
use crate::ports::{PortSet, Protocol};

/// Where every cluster's DNS lives, and the label that its pods carry (`cluster/addons/dns`).
const NAMESPACE: &str = "kube-system";
const LABEL: (&str, &str) = ("k8s-app", "kube-dns");
/// The usual address of NodeLocal DNSCache.
const NODE_LOCAL: &str = "169.254.20.10/32";

/// Both protocols' port 53.
pub(crate) fn ports() -> PortSet {
    PortSet::one(Protocol::Udp, 53).union(&PortSet::one(Protocol::Tcp, 53))
}

/// The pods that answer.
pub(crate) fn pods() -> Unseen {
    let labels = BTreeMap::from([(LABEL.0.to_owned(), LABEL.1.to_owned())]);
    Unseen { namespace: NAMESPACE.to_owned(), labels }
}

pub(super) fn find(services: &Services<'_, '_>, named: &BTreeSet<usize>, needs: &mut Needs) {
    let carries = |labels: &[cloister_model::Entry], value: &str| {
        labels.iter().any(|it| &*it.key == LABEL.0 && it.node.as_str() == Some(value))
    };
    let in_system = services.workloads().filter(|(_, it)| it.namespace == NAMESPACE);
    let (servers, caches): (Vec<_>, Vec<_>) = in_system
        .filter(|(_, it)| carries(&it.labels, LABEL.1) || carries(&it.labels, "node-local-dns"))
        .partition(|(_, it)| carries(&it.labels, LABEL.1));
    let servers: Vec<End> = match servers.is_empty() {
        true => vec![End::Unseen(pods())],
        false => servers.into_iter().map(|(number, _)| End::Workload(number)).collect(),
    };
    let why = Why { words: "names are looked up".to_owned(), location: None };
    for number in named {
        for server in &servers {
            needs.need(End::Workload(*number), server.clone(), ports(), why.clone());
        }
        if !caches.is_empty() {
            let why = Why { words: "NodeLocal DNSCache".to_owned(), location: None };
            needs.need(End::Workload(*number), End::Outside(Block::whole(NODE_LOCAL)), ports(), why);
        }
    }
    if !named.is_empty() && caches.is_empty() && !services.inventory.inputs().cluster {
        needs.note(
            "where NodeLocal DNSCache runs, names are asked of 169.254.20.10: allow UDP and TCP 53 to it as well",
        );
    }
}
