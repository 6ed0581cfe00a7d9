//! Bugs that evaluators have, put into what ours reads: each must change an answer, or the requests are too weak.

use cloister_rbac::{Action, Identity, ResourceAction};
use serde_json::{Value, json};

/// A request as a bug may see it.
pub struct Asked {
    pub identity: Option<Identity>,
    pub impersonated: Option<Identity>,
    pub action: Action,
}

/// A bug.
pub struct Bug {
    /// What goes wrong.
    pub name: &'static str,
    /// The policy as an evaluator with this bug would understand it.
    pub policy: fn(&mut Value),
    /// The request as it would understand it.
    pub request: fn(&mut Asked),
}

const fn on_policy(name: &'static str, policy: fn(&mut Value)) -> Bug {
    Bug { name, policy, request: |_| {} }
}

const fn on_request(name: &'static str, request: fn(&mut Asked)) -> Bug {
    Bug { name, policy: |_| {}, request }
}

/// All of them.
pub const BUGS: [Bug; 27] = [
    on_policy("the last rule that matches decides", |policy| {
        if let Some(rules) = policy["rules"].as_array_mut() {
            rules.reverse();
        }
    }),
    on_policy("the highest level decides", |policy| {
        if let Some(rules) = policy["rules"].as_array_mut() {
            rules.sort_by_key(|rule| std::cmp::Reverse(rule["level"].as_str().unwrap_or_default().len()));
        }
    }),
    on_policy("what no rule matches is written", |policy| {
        if let Some(rules) = policy["rules"].as_array_mut() {
            rules.push(json!({"level": "Metadata"}));
        }
    }),
    on_policy("* leaves out subresources", |policy| {
        patterns(policy, |word| match word {
            "*" => {
                ["pods", "secrets", "configmaps", "serviceaccounts", "deployments", "jobs", "widgets", "nodes"].to_vec()
            }
            word => vec![word],
        });
    }),
    on_policy("pods/* leaves out pods", |policy| {
        patterns(policy, |word| match word {
            "pods/*" => vec!["pods/log", "pods/exec", "pods/status", "pods/attach", "pods/portforward", "pods/proxy"],
            word => vec![word],
        });
    }),
    on_policy("pods/* is not understood", |policy| {
        patterns(policy, |word| if word.ends_with("/*") { Vec::new() } else { vec![word] });
    }),
    on_policy("*/status is not understood", |policy| {
        patterns(policy, |word| if word.starts_with("*/") { vec!["none"] } else { vec![word] });
    }),
    on_policy("a resource includes its subresources", |policy| {
        patterns(policy, |word| match word {
            "pods" => vec!["pods/*"],
            "serviceaccounts" => vec!["serviceaccounts/*"],
            "namespaces" => vec!["namespaces/*"],
            word => vec![word],
        });
    }),
    on_policy("a group without resources takes none", |policy| {
        each_group(policy, |group| {
            if group["resources"].as_array().is_none_or(Vec::is_empty) {
                group["resources"] = json!(["none"]);
            }
        });
    }),
    on_policy("any group is the core group", |policy| {
        each_group(policy, |group| {
            if group["group"] == "*" {
                group["group"] = json!("");
            }
        });
    }),
    on_policy("groups are not looked at", |policy| each_group(policy, |group| group["group"] = json!("*"))),
    on_policy("names are not looked at", |policy| each_group(policy, |group| drop_field(group, "resourceNames"))),
    on_policy("namespaces are not looked at", |policy| each_rule(policy, |rule| drop_field(rule, "namespaces"))),
    on_policy("the empty namespace is any", |policy| {
        each_rule(policy, |rule| {
            if rule["namespaces"].as_array().is_some_and(|names| names.contains(&json!(""))) {
                drop_field(rule, "namespaces");
            }
        });
    }),
    on_policy("rules without conditions leave out paths", |policy| {
        each_rule(policy, |rule| {
            let free = |field: &str| rule[field].as_array().is_none_or(Vec::is_empty);
            if free("nonResourceURLs") && free("resources") {
                rule["resources"] = json!([{"group": "*"}]);
            }
        });
    }),
    on_policy("paths are prefixes", |policy| {
        paths(policy, |path| if path.ends_with('*') { path.to_owned() } else { format!("{path}*") });
    }),
    on_policy("a * in a path is not understood", |policy| paths(policy, |path| path.replace('*', "\u{1}"))),
    on_policy("verbs are not looked at", |policy| each_rule(policy, |rule| drop_field(rule, "verbs"))),
    on_policy("users are not looked at", |policy| each_rule(policy, |rule| drop_field(rule, "users"))),
    on_policy("groups of users are not looked at", |policy| each_rule(policy, |rule| drop_field(rule, "userGroups"))),
    on_policy("the policy's stages are forgotten", |policy| drop_field(policy, "omitStages")),
    on_policy("a rule's stages are forgotten", |policy| each_rule(policy, |rule| drop_field(rule, "omitStages"))),
    on_request("the user that is impersonated counts", |asked| {
        if let Some(other) = asked.impersonated.take() {
            asked.identity = Some(other);
        }
    }),
    on_request("who fails to authenticate is anonymous", |asked| {
        asked.identity.get_or_insert_with(|| Identity::authenticated("system:anonymous", []));
    }),
    on_request("implied groups are forgotten", |asked| {
        if let Some(identity) = &mut asked.identity {
            identity.groups.retain(|group| !group.starts_with("system:"));
        }
    }),
    on_request("a watch is a list, and of many is of one", |asked| {
        on_resource(asked, |action| {
            action.verb = match &*action.verb {
                "watch" => "list".to_owned(),
                "deletecollection" => "delete".to_owned(),
                _ => return,
            };
        });
    }),
    on_request("a namespace lives outside itself", |asked| {
        on_resource(asked, |action| {
            if action.resource == "namespaces" {
                action.namespace.clear();
            }
        });
    }),
];

fn on_resource(asked: &mut Asked, change: impl Fn(&mut ResourceAction)) {
    if let Action::Resource(action) = &mut asked.action {
        change(action);
    }
}

fn drop_field(value: &mut Value, field: &str) {
    if let Some(fields) = value.as_object_mut() {
        fields.remove(field);
    }
}

fn each_rule(policy: &mut Value, change: impl Fn(&mut Value)) {
    policy["rules"].as_array_mut().into_iter().flatten().for_each(change);
}

fn each_group(policy: &mut Value, change: impl Fn(&mut Value)) {
    each_rule(policy, |rule| {
        if rule.get("resources").is_some() {
            rule["resources"].as_array_mut().into_iter().flatten().for_each(&change);
        }
    });
}

/// What is left of no pattern must not become all.
fn patterns(policy: &mut Value, change: impl Fn(&str) -> Vec<&str>) {
    each_group(policy, |group| {
        let words: Vec<String> = group["resources"]
            .as_array()
            .into_iter()
            .flatten()
            .flat_map(|word| change(word.as_str().unwrap_or_default()))
            .map(str::to_owned)
            .collect();
        let was_empty = group["resources"].as_array().is_none_or(Vec::is_empty);
        group["resources"] = if words.is_empty() && !was_empty { json!(["none"]) } else { json!(words) };
    });
}

fn paths(policy: &mut Value, change: impl Fn(&str) -> String) {
    each_rule(policy, |rule| {
        if rule.get("nonResourceURLs").is_some() {
            for path in rule["nonResourceURLs"].as_array_mut().into_iter().flatten() {
                *path = json!(change(path.as_str().unwrap_or_default()));
            }
        }
    });
}
