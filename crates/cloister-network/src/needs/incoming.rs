//! What is open to the outside: who brings the requests must be let in.

use std::collections::BTreeMap;

use cloister_model::{Node, Resource};

use super::services::{Services, port_number};
use super::{Block, End, NeedOptions, Needs, Unseen, Why};

/// Where controllers usually run, by what their class is called.
const USUAL: [(&str, &str); 7] = [
    ("nginx", "ingress-nginx"),
    ("traefik", "traefik"),
    ("haproxy", "haproxy-controller"),
    ("kong", "kong"),
    ("contour", "projectcontour"),
    ("istio", "istio-system"),
    ("openshift", "openshift-ingress"),
];

pub(super) fn find(services: &Services<'_, '_>, options: &NeedOptions, needs: &mut Needs) {
    for entry in services.network.entries(services.inventory) {
        let class = entry.resource.root.str_at("spec/ingressClassName").unwrap_or_default();
        let (controller, guessed) = controller(class, options);
        let guess = if guessed { "; the namespace is a guess" } else { "" };
        let why = Why {
            words: format!("{} {}{guess}", entry.resource.kind, entry.resource.name),
            location: entry.resource.locate(entry.resource.root.mark),
        };
        if guessed {
            needs.note(format!(
                "no controller of Ingresses is in the input; its pods are taken to be in namespace \"{}\": \
                 --ingress-from says otherwise",
                controller.namespace
            ));
        }
        needs.need(End::Unseen(controller), End::Workload(entry.workload), entry.ports.clone(), why);
    }
    for service in services.inventory.of_kind("Service") {
        if matches!(service.root.str_at("spec/type"), Some("LoadBalancer" | "NodePort")) {
            opened(service, services, needs);
        }
    }
}

fn controller(class: &str, options: &NeedOptions) -> (Unseen, bool) {
    let usual =
        USUAL.iter().find(|(start, _)| class.contains(start)).map_or("ingress-nginx", |(_, namespace)| namespace);
    let namespace = options.ingress_from.clone().unwrap_or_else(|| usual.to_owned());
    (Unseen { namespace, labels: BTreeMap::new() }, options.ingress_from.is_none())
}

/// A Service that is open by itself.
fn opened<'a>(service: &'a Resource, services: &Services<'_, 'a>, needs: &mut Needs) {
    let kind = service.root.str_at("spec/type").unwrap_or_default();
    let local = service.root.str_at("spec/externalTrafficPolicy") == Some("Local");
    let ranges: Vec<&str> =
        service.root.items_at("spec/loadBalancerSourceRanges").iter().filter_map(Node::as_str).collect();
    // Otherwise policies see a node's address, not the caller's.
    let blocks: Vec<Block> = match ranges.is_empty() || !local {
        true => Block::everything().into(),
        false => ranges.into_iter().map(|cidr| Block::whole(cidr.trim())).collect(),
    };
    if !local {
        needs.note(
            "Services of type LoadBalancer and NodePort with externalTrafficPolicy Cluster show policies a node's \
             address instead of the caller's: they are opened to every address",
        );
    }
    let behind = services.behind(service, |port| port.get("port").and_then(port_number).is_some(), None);
    for (workload, ports) in behind.workloads {
        for block in &blocks {
            let why =
                Why { words: format!("{kind} Service {}", service.name), location: service.locate(service.root.mark) };
            needs.need(End::Outside(block.clone()), End::Workload(workload), ports.clone(), why);
        }
    }
}
