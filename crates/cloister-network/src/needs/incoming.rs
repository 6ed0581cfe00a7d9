//! What is open to the outside: who brings the requests must be let in.

use std::collections::BTreeMap;

use cloister_model::Resource;

use super::services::Services;
use super::{Block, End, NeedOptions, Needs, Unseen, Why};
use crate::entry::{Entry, Through};

/// Where controllers usually run, by the start of their class.
const BY_CLASS: [(&str, &str); 7] = [
    ("nginx", "ingress-nginx"),
    ("traefik", "traefik"),
    ("haproxy", "haproxy-controller"),
    ("kong", "kong"),
    ("contour", "projectcontour"),
    ("istio", "istio-system"),
    ("openshift", "openshift-ingress"),
];
/// Likewise by the kind that only one of them reads, or that is mostly served by one.
const BY_KIND: [(&str, &str); 7] = [
    ("IngressRoute", "traefik"),
    ("IngressRouteTCP", "traefik"),
    ("IngressRouteUDP", "traefik"),
    ("HTTPProxy", "projectcontour"),
    ("VirtualService", "istio-system"),
    ("Route", "openshift-ingress"),
    ("HTTPRoute", "envoy-gateway-system"),
];

pub(super) fn find(services: &Services<'_, '_>, options: &NeedOptions, needs: &mut Needs) {
    let found = services.network.entries(services.inventory);
    if found.left_out > 0 {
        needs.note(format!(
            "there are more ways in than are followed: {} or more are left out, and are not let in; write policies for \
             fewer namespaces at a time",
            found.left_out
        ));
    }
    for entry in found.entries {
        for (from, guess) in sources(&entry, options, needs) {
            let guess = if guess { "; the namespace is a guess" } else { "" };
            let by = if entry.service.is_none() { "port of the node of " } else { "" };
            let words = format!("{by}{} {}{guess}", entry.resource.kind, entry.resource.name);
            needs.need(from, End::Workload(entry.workload), entry.ports.clone(), Why::at(words, &entry.place));
        }
    }
}

/// Who brings requests, and whether that is a guess.
fn sources(entry: &Entry<'_>, options: &NeedOptions, needs: &mut Needs) -> Vec<(End, bool)> {
    let certain = |end| (end, false);
    match &entry.through {
        Through::Pods(pods) => pods.iter().map(|pod| certain(End::Workload(*pod))).collect(),
        Through::Unseen => {
            let (controller, guess) = controller(entry.resource, options);
            if guess {
                needs.note(format!(
                    "what brings requests for {} is not in the input; its pods are taken to be in namespace \"{}\": \
                     --ingress-from says otherwise",
                    entry.resource.kind, controller.namespace
                ));
            }
            vec![(End::Unseen(controller), guess)]
        }
        // The caller's own address is seen.
        Through::Nodes(true) => {
            Block::of(&entry.guard.from).into_iter().map(|block| certain(End::Outside(block))).collect()
        }
        Through::Nodes(false) | Through::Cloud => {
            needs.note(
                "behind load balancers, node ports with externalTrafficPolicy Cluster and host ports, policies see \
                 somebody else's address than the caller's, or may: they are opened to every address",
            );
            Block::everything().map(|block| certain(End::Outside(block))).into()
        }
    }
}

fn controller(resource: &Resource, options: &NeedOptions) -> (Unseen, bool) {
    let class = resource.root.str_at("spec/ingressClassName").unwrap_or_default();
    let by_class = BY_CLASS.iter().find(|(start, _)| class.contains(start));
    let usual = by_class.or_else(|| BY_KIND.iter().find(|(kind, _)| *kind == &*resource.kind));
    let usual = usual.map_or("ingress-nginx", |(_, namespace)| namespace);
    let namespace = options.ingress_from.clone().unwrap_or_else(|| usual.to_owned());
    (Unseen { namespace, labels: BTreeMap::new() }, options.ingress_from.is_none())
}
