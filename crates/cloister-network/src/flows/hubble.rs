//! Cilium Hubble's export (`flow.proto`, as protobuf's JSON): `{"flow": {…}}`, one a line.

use serde_json::Value;

use super::whom::Workloads;
use super::{Line, Seen};
use crate::ports::Protocol;

/// One line of the export: other events than flows are skipped.
pub(super) fn read(line: &Value, workloads: &Workloads) -> Line {
    match line.get("flow") {
        Some(own) => flow(own, workloads),
        None if line.get("verdict").is_some() => flow(line, workloads),
        None if ["lost_events", "node_status", "agent_event", "debug_event"]
            .iter()
            .any(|it| line.get(it).is_some()) =>
        {
            Line::Skipped
        }
        None => Line::Broken("neither \"source\" nor \"flow\" stands in it".to_owned()),
    }
}

/// A flow: only requests that were let through count.
pub(super) fn flow(flow: &Value, workloads: &Workloads) -> Line {
    let forwarded = flow.get("verdict").and_then(Value::as_str) == Some("FORWARDED");
    if !forwarded || flow.get("is_reply").and_then(Value::as_bool) == Some(true) {
        return Line::Skipped;
    }
    let l4 = flow.get("l4").or_else(|| flow.get("L4"));
    let layer = Protocol::ALL.into_iter().find_map(|protocol| Some((protocol, l4?.get(protocol.as_str())?)));
    // ICMP is no matter of policies.
    let Some((protocol, layer)) = layer else { return Line::Skipped };
    let port = layer.get("destination_port").and_then(Value::as_u64).and_then(|it| u16::try_from(it).ok());
    let Some(port) = port.filter(|it| *it > 0) else {
        return Line::Broken("its destination has no port".to_owned());
    };
    match (end(flow, "source", workloads), end(flow, "destination", workloads)) {
        (Ok(from), Ok(to)) => Line::Flow { from, to, protocol, port },
        (Err(who), _) | (_, Err(who)) => who,
    }
}

fn end(flow: &Value, side: &str, workloads: &Workloads) -> Result<Seen, Line> {
    let end = flow.get(side).unwrap_or(&Value::Null);
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let labels: Vec<&str> =
        end.get("labels").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    let (namespace, pod) = (text(end, "namespace"), text(end, "pod_name"));
    let address = flow.get("IP").or_else(|| flow.get("ip")).map(|ip| text(ip, side)).and_then(|it| it.parse().ok());
    if namespace.is_empty() {
        let is_node =
            labels.iter().any(|it| matches!(*it, "reserved:host" | "reserved:remote-node" | "reserved:health"));
        // The API server runs on a node, and is called by its address.
        let is_server = labels.contains(&"reserved:kube-apiserver");
        return match address {
            _ if is_node && !(is_server && side == "destination") => Ok(Seen::Node),
            Some(address) => Ok(Seen::Address(address)),
            None => Err(Line::Broken(format!("its {side} has neither a namespace nor an address"))),
        };
    }
    let owners = end.get("workloads").and_then(Value::as_array).into_iter().flatten();
    let mut owners = owners.filter_map(|it| workloads.named(&namespace, &text(it, "name"), Some(&text(it, "kind"))));
    let found = owners
        .next()
        .or_else(|| workloads.named(&namespace, &pod, Some("Pod")))
        .or_else(|| workloads.of_pod(&namespace, &pod));
    found.map(Seen::Workload).ok_or_else(|| Line::Unknown(format!("{side} {namespace}/{pod}")))
}
