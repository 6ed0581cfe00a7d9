//! Bugs that others have, put into what the authoriser reads: each must change an answer, or the questions are too weak.

use cloister_rbac::Request;
use serde_json::{Value, json};

/// A bug.
pub struct Bug {
    /// What goes wrong.
    pub name: &'static str,
    /// Roles and bindings as an authoriser with this bug would understand them.
    pub object: fn(&mut Value),
    /// The request as it would understand it.
    pub request: fn(&mut Request),
}

const fn on_objects(name: &'static str, object: fn(&mut Value)) -> Bug {
    Bug { name, object, request: |_| {} }
}

/// All of them.
pub const BUGS: [Bug; 24] = [
    on_objects("pods/* is taken for a wildcard", |object| {
        words(object, "resources", |word| match word {
            "pods/*" => vec!["pods/exec", "pods/log", "pods/scale", "pods/token"],
            word => vec![word],
        })
    }),
    on_objects("*/exec is not understood", |object| {
        words(object, "resources", |word| if word.starts_with("*/") { Vec::new() } else { vec![word] })
    }),
    on_objects("* leaves out subresources", |object| {
        words(object, "resources", |word| match word {
            "*" => vec!["pods", "secrets", "configmaps", "serviceaccounts", "deployments", "nodes", "namespaces"],
            word => vec![word],
        })
    }),
    on_objects("a resource includes its subresources", |object| {
        words(object, "resources", |word| match word {
            "pods" => vec!["pods", "pods/exec", "pods/log"],
            word => vec![word],
        })
    }),
    on_objects("any verb is not understood", |object| {
        words(object, "verbs", |word| if word == "*" { Vec::new() } else { vec![word] })
    }),
    on_objects("any group is the core group", |object| {
        words(object, "apiGroups", |word| vec![if word == "*" { "" } else { word }])
    }),
    on_objects("groups are not looked at", |object| words(object, "apiGroups", |_| vec!["*"])),
    on_objects("names are not looked at", |object| each_rule(object, |rule| drop_field(rule, "resourceNames"))),
    on_objects("names match requests without one", |object| {
        each_rule(object, |rule| {
            if let Some(names) =
                rule.get_mut("resourceNames").and_then(Value::as_array_mut).filter(|names| !names.is_empty())
            {
                names.push(json!(""));
            }
        })
    }),
    on_objects("a null name is left out", |object| {
        words(object, "resourceNames", |word| if word.is_empty() { Vec::new() } else { vec![word] })
    }),
    on_objects("parts of different rules match together", merge_rules),
    on_objects("a RoleBinding of a ClusterRole holds everywhere", |object| {
        if object["kind"] == "RoleBinding" && object["roleRef"]["kind"] == "ClusterRole" {
            object["kind"] = json!("ClusterRoleBinding");
        }
    }),
    on_objects("a RoleBinding cannot give a ClusterRole", |object| {
        if object["kind"] == "RoleBinding" && object["roleRef"]["kind"] == "ClusterRole" {
            object["subjects"] = json!([]);
        }
    }),
    on_objects("an account is of the binding's namespace", |object| {
        let namespace = object["metadata"]["namespace"].clone();
        for subject in object["subjects"].as_array_mut().into_iter().flatten() {
            if subject["kind"] == "ServiceAccount" && namespace.is_string() {
                subject["namespace"] = namespace.clone();
            }
        }
    }),
    on_objects("aggregation is not resolved", |object| drop_field(object, "aggregationRule")),
    on_objects("/foo/* includes /foo", |object| {
        words(object, "nonResourceURLs", |word| match word {
            "/foo/*" => vec!["/foo/*", "/foo"],
            word => vec![word],
        })
    }),
    on_objects("only /* is a prefix of URLs", |object| {
        words(object, "nonResourceURLs", |word| {
            if word.ends_with('*') && !word.ends_with("/*") && word != "*" { Vec::new() } else { vec![word] }
        })
    }),
    on_objects("users and groups are confused", |object| {
        for subject in object["subjects"].as_array_mut().into_iter().flatten() {
            if subject["kind"] == "Group" {
                subject["kind"] = json!("User");
            }
        }
    }),
    on_objects("a node is given nothing by its pods' init containers", |object| {
        drop_field(&mut object["spec"], "initContainers");
    }),
    on_objects("a node is given nothing by projected volumes", |object| {
        for volume in object["spec"]["volumes"].as_array_mut().into_iter().flatten() {
            drop_field(volume, "projected");
        }
    }),
    on_objects("a node is given nothing by its pods' persistent volumes", |object| {
        drop_field(&mut object["spec"], "claimRef");
    }),
    on_objects("a secret of a volume lies where its claim does", |object| {
        drop_field(&mut object["spec"]["csi"]["nodePublishSecretRef"], "namespace");
        drop_field(&mut object["spec"]["csi"]["nodeStageSecretRef"], "namespace");
    }),
    Bug {
        name: "implied groups are forgotten",
        object: |_| {},
        request: |request| {
            request
                .identity
                .groups
                .retain(|group| !group.starts_with("system:serviceaccounts") && group != "system:authenticated");
        },
    },
    Bug {
        name: "system:masters is a group like any other",
        object: |_| {},
        request: |request| request.identity.groups.retain(|group| group != "system:masters"),
    },
];

fn drop_field(object: &mut Value, field: &str) {
    if let Some(object) = object.as_object_mut() {
        object.remove(field);
    }
}

fn each_rule(object: &mut Value, change: impl Fn(&mut Value)) {
    object.get_mut("rules").and_then(Value::as_array_mut).into_iter().flatten().for_each(change);
}

fn words(object: &mut Value, field: &str, change: impl Fn(&str) -> Vec<&str>) {
    each_rule(object, |rule| {
        let Some(words) = rule.get(field).and_then(Value::as_array) else { return };
        let words: Vec<Value> =
            words.iter().flat_map(|word| change(word.as_str().unwrap_or_default())).map(Value::from).collect();
        rule[field] = json!(words);
    });
}

fn merge_rules(object: &mut Value) {
    let Some(rules) = object.get("rules").and_then(Value::as_array) else { return };
    let all = |field: &str| -> Vec<Value> {
        rules.iter().filter_map(|rule| rule.get(field)?.as_array()).flatten().cloned().collect()
    };
    let fields = ["verbs", "apiGroups", "resources", "nonResourceURLs"];
    let merged: serde_json::Map<String, Value> =
        fields.iter().map(|field| ((*field).to_owned(), json!(all(field)))).collect();
    object["rules"] = json!([merged]);
}
