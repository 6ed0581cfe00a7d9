//! What a cluster uses of the policies' APIs, so that nothing stays untried unnoticed.

use std::collections::BTreeSet;

use serde_json::Value;

/// All that must occur.
pub const FEATURES: [&str; 36] = [
    "policyTypes left out",
    "policyTypes empty",
    "policyTypes names egress alone",
    "a policy about both directions",
    "podSelector left out",
    "a selector that is empty",
    "matchLabels",
    "matchExpressions In",
    "matchExpressions NotIn",
    "matchExpressions Exists",
    "matchExpressions DoesNotExist",
    "ingress without rules isolates",
    "from or to left out",
    "from or to empty",
    "ports left out",
    "ports empty",
    "several peers",
    "pods and namespaces in one peer",
    "namespaceSelector alone",
    "podSelector alone",
    "ipBlock",
    "ipBlock with except",
    "a port by name",
    "endPort",
    "a protocol without port",
    "a port without protocol",
    "UDP in a rule",
    "SCTP in a rule",
    "SCTP alone isolates",
    "tier Admin",
    "tier Baseline",
    "AdminNetworkPolicy",
    "BaselineAdminNetworkPolicy",
    "Pass",
    "networks",
    "a peer of an unknown kind beside known ones",
];

/// Features that this cluster has, of those above.
pub fn features(objects: &[Value]) -> BTreeSet<&'static str> {
    let mut found = BTreeSet::new();
    for object in objects {
        match object["kind"].as_str() {
            Some("NetworkPolicy") => network(&object["spec"], &mut found),
            Some("Pod" | "Namespace") => {}
            Some(kind) => {
                note(&mut found, "AdminNetworkPolicy", kind == "AdminNetworkPolicy");
                note(&mut found, "BaselineAdminNetworkPolicy", kind == "BaselineAdminNetworkPolicy");
                tiered(&object["spec"], &mut found);
            }
            None => {}
        }
        selectors(&object["spec"], &mut found);
    }
    found
}

fn note(found: &mut BTreeSet<&'static str>, feature: &'static str, holds: bool) {
    if holds {
        found.insert(feature);
    }
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn network(spec: &Value, found: &mut BTreeSet<&'static str>) {
    let types = &spec["policyTypes"];
    let rules = [&spec["ingress"], &spec["egress"]];
    note(found, "policyTypes left out", types.is_null());
    note(found, "policyTypes empty", types.is_array() && items(types).is_empty());
    note(found, "policyTypes names egress alone", items(types).len() == 1 && types[0] == "Egress");
    note(found, "a policy about both directions", rules.iter().all(|rules| !items(rules).is_empty()));
    note(found, "podSelector left out", spec["podSelector"].is_null());
    let about_ingress = items(types).is_empty() || items(types).iter().any(|it| it == "Ingress");
    note(found, "ingress without rules isolates", about_ingress && items(&spec["ingress"]).is_empty());
    let ports: Vec<&Value> = items(&spec["ingress"]).iter().map(|rule| &rule["ports"]).collect();
    let sctp_alone =
        |ports: &&Value| !items(ports).is_empty() && items(ports).iter().all(|it| it["protocol"] == "SCTP");
    note(found, "SCTP alone isolates", about_ingress && !ports.is_empty() && ports.iter().all(sctp_alone));
    for rule in rules.iter().flat_map(|rules| items(rules)) {
        let peers = if rule["from"].is_null() { &rule["to"] } else { &rule["from"] };
        note(found, "from or to left out", peers.is_null());
        note(found, "from or to empty", peers.is_array() && items(peers).is_empty());
        note(found, "several peers", items(peers).len() > 1);
        note(found, "ports left out", rule["ports"].is_null());
        note(found, "ports empty", rule["ports"].is_array() && items(&rule["ports"]).is_empty());
        items(peers).iter().for_each(|peer| network_peer(peer, found));
        items(&rule["ports"]).iter().for_each(|port| network_port(port, found));
    }
}

fn network_peer(peer: &Value, found: &mut BTreeSet<&'static str>) {
    let (pods, namespaces) = (!peer["podSelector"].is_null(), !peer["namespaceSelector"].is_null());
    note(found, "pods and namespaces in one peer", pods && namespaces);
    note(found, "namespaceSelector alone", namespaces && !pods);
    note(found, "podSelector alone", pods && !namespaces);
    note(found, "ipBlock", !peer["ipBlock"].is_null());
    note(found, "ipBlock with except", !items(&peer["ipBlock"]["except"]).is_empty());
}

fn network_port(port: &Value, found: &mut BTreeSet<&'static str>) {
    note(found, "a port by name", port["port"].is_string());
    note(found, "endPort", !port["endPort"].is_null());
    note(found, "a protocol without port", port["port"].is_null());
    note(found, "a port without protocol", port["protocol"].is_null());
    note(found, "UDP in a rule", port["protocol"] == "UDP");
    note(found, "SCTP in a rule", port["protocol"] == "SCTP");
}

fn tiered(spec: &Value, found: &mut BTreeSet<&'static str>) {
    note(found, "tier Admin", spec["tier"] == "Admin");
    note(found, "tier Baseline", spec["tier"] == "Baseline");
    for rule in ["ingress", "egress"].iter().flat_map(|way| items(&spec[*way])) {
        note(found, "Pass", rule["action"] == "Pass");
        let peers = items(if rule["from"].is_null() { &rule["to"] } else { &rule["from"] });
        let unknown = peers.iter().filter(|peer| !peer["ofTheFuture"].is_null()).count();
        note(found, "a peer of an unknown kind beside known ones", (1..peers.len()).contains(&unknown));
        note(found, "networks", items(&rule["to"]).iter().any(|peer| !peer["networks"].is_null()));
    }
}

/// Looks for selectors at any depth.
fn selectors(value: &Value, found: &mut BTreeSet<&'static str>) {
    for (key, value) in value.as_object().into_iter().flatten() {
        note(
            found,
            "a selector that is empty",
            key.ends_with("Selector") && value.as_object().is_some_and(|it| it.is_empty()),
        );
        note(found, "matchLabels", key == "matchLabels");
        selectors(value, found);
    }
    for value in items(value) {
        let operator = |word: &str| value["operator"] == word;
        note(found, "matchExpressions In", operator("In"));
        note(found, "matchExpressions NotIn", operator("NotIn"));
        note(found, "matchExpressions Exists", operator("Exists"));
        note(found, "matchExpressions DoesNotExist", operator("DoesNotExist"));
        selectors(value, found);
    }
}
