//! Bugs that engines have, put into what ours reads: each must change an answer, or the clusters are too weak.

use serde_json::{Map, Value, json};

/// A bug: its name, and a policy or pod as an engine with this bug would understand it.
pub type Bug = (&'static str, fn(&mut Value));

/// All of them.
pub const BUGS: [Bug; 26] = [
    ("a policy without types is about egress too", |it| {
        network(it, |spec| {
            if items(spec, "policyTypes").is_empty() {
                spec.insert("policyTypes".into(), json!(["Ingress", "Egress"]));
            }
        });
    }),
    ("a policy with egress rules and no types is about egress alone", |it| {
        network(it, |spec| {
            if items(spec, "policyTypes").is_empty() && !items(spec, "egress").is_empty() {
                spec.insert("policyTypes".into(), json!(["Egress"]));
            }
        });
    }),
    ("an egress field without rules counts as one", |it| {
        network(it, |spec| {
            if items(spec, "policyTypes").is_empty() && spec.contains_key("egress") {
                spec.insert("policyTypes".into(), json!(["Ingress", "Egress"]));
            }
        });
    }),
    ("policyTypes is not looked at", |it| network(it, |spec| drop(spec.remove("policyTypes")))),
    ("an empty from or to is nobody", |it| {
        rules(it, |rule| {
            for field in ["from", "to"] {
                if rule.get(field).is_some_and(|list| list == &json!([])) {
                    rule.insert(field.into(), json!([{ "podSelector": { "matchLabels": { "none": "such" } } }]));
                }
            }
        });
    }),
    ("empty ports are no port", |it| {
        rules(it, |rule| {
            if rule.get("ports").is_some_and(|list| list == &json!([])) {
                rule.insert("ports".into(), json!([{ "port": 2 }]));
            }
        });
    }),
    ("an empty selector of pods selects nothing", |it| {
        network(it, |spec| {
            if spec.get("podSelector").is_none_or(|selector| selector == &json!({})) {
                spec.insert("podSelector".into(), json!({ "matchLabels": { "none": "such" } }));
            }
        });
    }),
    ("pods AND namespaces in one peer is an OR", |it| {
        rules(it, |rule| {
            for field in ["from", "to"] {
                let Some(Value::Array(list)) = rule.get_mut(field) else { continue };
                let both = |peer: &&Value| peer.get("podSelector").is_some() && peer.get("namespaceSelector").is_some();
                let split: Vec<Value> =
                    list.iter().filter(both).map(|it| json!({ "podSelector": it["podSelector"] })).collect();
                list.extend(split);
                for peer in list.iter_mut().filter(|peer| peer.get("namespaceSelector").is_some()) {
                    remove(peer, "podSelector");
                }
            }
        });
    }),
    ("the namespaces of a peer with pods are not looked at", |it| {
        peers(it, |peer| {
            if peer.contains_key("podSelector") {
                peer.remove("namespaceSelector");
            }
        });
    }),
    ("pods without namespaces are of every namespace", |it| {
        peers(it, |peer| {
            if peer.contains_key("podSelector") && !peer.contains_key("namespaceSelector") {
                peer.insert("namespaceSelector".into(), json!({}));
            }
        });
    }),
    ("except is not looked at", |it| {
        peers(it, |peer| drop(peer.get_mut("ipBlock").and_then(|block| block.as_object_mut()?.remove("except"))));
    }),
    ("an ipBlock never means a pod", |it| {
        if it["kind"] == "Pod" {
            it["status"] = json!({ "podIPs": [{ "ip": "198.51.100.77" }], "podIP": "198.51.100.77" });
        }
    }),
    ("only the first address of a pod counts", |it| {
        if let Some(Value::Array(ips)) = it.get_mut("status").and_then(|status| status.get_mut("podIPs")) {
            ips.truncate(1);
        }
    }),
    ("endPort is not looked at", |it| ports(it, |port| drop(port.remove("endPort")))),
    ("a port without protocol is of all of them", |it| {
        rules(it, |rule| {
            let Some(Value::Array(list)) = rule.get_mut("ports") else { return };
            let bare: Vec<Value> = list
                .iter()
                .filter(|port| port.get("protocol").is_none() && port.get("namedPort").is_none())
                .cloned()
                .collect();
            for protocol in ["UDP", "SCTP"] {
                list.extend(bare.iter().map(|port| {
                    let mut port = port.clone();
                    port["protocol"] = json!(protocol);
                    port
                }));
            }
        });
    }),
    ("a rule about SCTP alone leaves TCP and UDP open", |it| {
        network(it, |spec| {
            for field in ["ingress", "egress"] {
                let Some(Value::Array(list)) = spec.get_mut(field) else { continue };
                let sctp = |rule: &Value| {
                    let ports = rule["ports"].as_array().map_or(&[][..], Vec::as_slice);
                    !ports.is_empty() && ports.iter().all(|port| port["protocol"] == "SCTP")
                };
                if list.iter().any(sctp) {
                    list.push(json!({ "ports": [{ "protocol": "TCP" }, { "protocol": "UDP" }] }));
                }
            }
        });
    }),
    ("names of ports are not looked up by protocol", |it| {
        if it["kind"] == "Pod" {
            for port in it["spec"]["containers"][0]["ports"].as_array_mut().into_iter().flatten() {
                remove(port, "protocol");
            }
        }
    }),
    ("NotIn wants the label to be there", |it| {
        each_selector(it, &mut |selector| {
            let Some(Value::Array(list)) = selector.get_mut("matchExpressions") else { return };
            let keys: Vec<Value> =
                list.iter().filter(|it| it["operator"] == "NotIn").map(|it| it["key"].clone()).collect();
            list.extend(keys.into_iter().map(|key| json!({ "key": key, "operator": "Exists" })));
        });
    }),
    ("DoesNotExist is taken for Exists", |it| {
        each_selector(it, &mut |selector| {
            for expression in selector.get_mut("matchExpressions").and_then(Value::as_array_mut).into_iter().flatten() {
                if expression["operator"] == "DoesNotExist" {
                    expression["operator"] = json!("Exists");
                }
            }
        });
    }),
    ("expressions are not looked at beside labels", |it| {
        each_selector(it, &mut |selector| drop(selector.remove("matchExpressions")));
    }),
    ("Pass accepts", |it| action(it, "Pass", |kind| if kind == "ClusterNetworkPolicy" { "Accept" } else { "Allow" })),
    ("Pass denies", |it| action(it, "Pass", |_| "Deny")),
    ("higher priorities are asked first", |it| {
        if let Some(priority) = it["spec"]["priority"].as_u64() {
            it["spec"]["priority"] = json!(1000 - priority);
        }
    }),
    ("Baseline is asked before NetworkPolicies", |it| {
        if it["spec"]["tier"] == "Baseline" {
            it["spec"]["tier"] = json!("Admin");
        }
    }),
    ("networks mean addresses outside only", |it| {
        peers(it, |peer| {
            if peer.contains_key("networks") {
                peer.insert("networks".into(), json!(["203.0.113.0/24", "2001:db8::/32"]));
            }
        });
    }),
    ("a peer of the future matches nothing", |it| {
        peers(it, |peer| {
            if peer.remove("ofTheFuture").is_some() {
                peer.insert("namespaces".into(), json!({ "matchLabels": { "none": "such" } }));
            }
        });
    }),
];

fn remove(value: &mut Value, field: &str) {
    if let Some(object) = value.as_object_mut() {
        object.remove(field);
    }
}

fn items<'v>(spec: &'v Map<String, Value>, field: &str) -> &'v [Value] {
    spec.get(field).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn network(it: &mut Value, change: impl Fn(&mut Map<String, Value>)) {
    if it["kind"] == "NetworkPolicy"
        && let Some(spec) = it["spec"].as_object_mut()
    {
        change(spec);
    }
}

fn rules(it: &mut Value, change: impl Fn(&mut Map<String, Value>)) {
    for field in ["ingress", "egress"] {
        let list = it.get_mut("spec").and_then(|spec| spec.get_mut(field)).and_then(Value::as_array_mut);
        list.into_iter().flatten().filter_map(Value::as_object_mut).for_each(&change);
    }
}

fn peers(it: &mut Value, change: impl Fn(&mut Map<String, Value>)) {
    rules(it, |rule| {
        for field in ["from", "to"] {
            let list = rule.get_mut(field).and_then(Value::as_array_mut);
            list.into_iter().flatten().filter_map(Value::as_object_mut).for_each(&change);
        }
    });
}

fn ports(it: &mut Value, change: impl Fn(&mut Map<String, Value>)) {
    rules(it, |rule| {
        let list = rule.get_mut("ports").and_then(Value::as_array_mut);
        list.into_iter().flatten().filter_map(Value::as_object_mut).for_each(&change);
    });
}

fn action(it: &mut Value, from: &str, to: impl Fn(&str) -> &'static str) {
    let kind = it["kind"].as_str().unwrap_or_default().to_owned();
    rules(it, |rule| {
        if rule.get("action").is_some_and(|action| action == from) {
            rule.insert("action".into(), json!(to(&kind)));
        }
    });
}

/// Every mapping that may be a selector.
fn each_selector(it: &mut Value, change: &mut dyn FnMut(&mut Map<String, Value>)) {
    match it {
        Value::Object(object) => {
            if object.contains_key("matchExpressions") {
                change(object);
            }
            object.values_mut().for_each(|value| each_selector(value, change));
        }
        Value::Array(list) => list.iter_mut().for_each(|value| each_selector(value, change)),
        _ => {}
    }
}
