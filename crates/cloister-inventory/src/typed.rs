//! Fields whose value has a type that the API server refuses: `privileged: "true"`
//! is text, and no check that reads a boolean sees it. Told instead of guessed.

use cloister_model::{Diagnostic, Node, Origin, Resource, Value};

use crate::template;

/// What a field must be. Only fields that checks read are listed; the rest is the API server's affair.
#[derive(Clone, Copy, Debug)]
enum Type {
    Bool,
    Int,
    Text,
    /// A mapping whose values are texts: labels, annotations.
    Texts,
    List(&'static Type),
    Map(&'static [(&'static str, Type)]),
}

use Type::{Bool, Int, List, Map, Text, Texts};

const SECCOMP: Type = Map(&[("type", Text), ("localhostProfile", Text)]);
const SE_LINUX: Type = Map(&[("type", Text), ("user", Text), ("role", Text), ("level", Text)]);
const WINDOWS: Type = Map(&[("hostProcess", Bool), ("runAsUserName", Text)]);

const CONTAINER: Type = Map(&[
    ("name", Text),
    ("image", Text),
    ("imagePullPolicy", Text),
    ("command", List(&Text)),
    ("args", List(&Text)),
    ("env", List(&Map(&[("name", Text), ("value", Text)]))),
    ("envFrom", List(&Map(&[]))),
    ("ports", List(&Map(&[("name", Text), ("containerPort", Int), ("hostPort", Int), ("protocol", Text)]))),
    ("volumeMounts", List(&Map(&[("name", Text), ("mountPath", Text), ("readOnly", Bool)]))),
    ("resources", Map(&[("limits", Map(&[])), ("requests", Map(&[]))])),
    (
        "securityContext",
        Map(&[
            ("privileged", Bool),
            ("allowPrivilegeEscalation", Bool),
            ("readOnlyRootFilesystem", Bool),
            ("runAsNonRoot", Bool),
            ("runAsUser", Int),
            ("runAsGroup", Int),
            ("procMount", Text),
            ("capabilities", Map(&[("add", List(&Text)), ("drop", List(&Text))])),
            ("seccompProfile", SECCOMP),
            ("appArmorProfile", SECCOMP),
            ("seLinuxOptions", SE_LINUX),
            ("windowsOptions", WINDOWS),
        ]),
    ),
]);

const POD: Type = Map(&[
    ("metadata", METADATA),
    (
        "spec",
        Map(&[
            ("containers", List(&CONTAINER)),
            ("initContainers", List(&CONTAINER)),
            ("ephemeralContainers", List(&CONTAINER)),
            ("volumes", List(&Map(&[("name", Text), ("hostPath", Map(&[("path", Text)]))]))),
            ("hostNetwork", Bool),
            ("hostPID", Bool),
            ("hostIPC", Bool),
            ("hostUsers", Bool),
            ("shareProcessNamespace", Bool),
            ("automountServiceAccountToken", Bool),
            ("enableServiceLinks", Bool),
            ("serviceAccountName", Text),
            ("nodeName", Text),
            ("nodeSelector", Texts),
            (
                "securityContext",
                Map(&[
                    ("runAsNonRoot", Bool),
                    ("runAsUser", Int),
                    ("runAsGroup", Int),
                    ("fsGroup", Int),
                    ("supplementalGroups", List(&Int)),
                    ("sysctls", List(&Map(&[("name", Text), ("value", Text)]))),
                    ("seccompProfile", SECCOMP),
                    ("appArmorProfile", SECCOMP),
                    ("seLinuxOptions", SE_LINUX),
                    ("windowsOptions", WINDOWS),
                ]),
            ),
        ]),
    ),
]);

const METADATA: Type = Map(&[("name", Text), ("namespace", Text), ("labels", Texts), ("annotations", Texts)]);

const OBJECT: Type = Map(&[("metadata", METADATA)]);
const WORKLOAD: Type = Map(&[("spec", Map(&[("replicas", Int)]))]);
const RULE: Type = Map(&[
    ("apiGroups", List(&Text)),
    ("resources", List(&Text)),
    ("verbs", List(&Text)),
    ("resourceNames", List(&Text)),
    ("nonResourceURLs", List(&Text)),
]);

/// One error for each mistyped field of what was written in files.
pub(crate) fn diagnostics(resource: &Resource) -> Vec<Diagnostic> {
    if matches!(resource.origin, Origin::Cluster(_)) {
        return Vec::new();
    }
    let mut walk = Walk { resource, found: Vec::new() };
    // A Pod is its own template, whose metadata is looked at below.
    if &*resource.kind != "Pod" {
        walk.check(&resource.root, &OBJECT, "");
    }
    match &*resource.kind {
        "Deployment" | "StatefulSet" | "ReplicaSet" => walk.check(&resource.root, &WORKLOAD, ""),
        "Role" | "ClusterRole" => walk.check(&resource.root, &Map(&[("rules", List(&RULE))]), ""),
        "ConfigMap" => walk.check(&resource.root, &Map(&[("data", Texts)]), ""),
        _ => {}
    }
    for template in template::templates(resource) {
        walk.check(template, &POD, "");
    }
    walk.found
}

struct Walk<'a> {
    resource: &'a Resource,
    found: Vec<Diagnostic>,
}

impl Walk<'_> {
    fn check(&mut self, node: &Node, wanted: &Type, name: &str) {
        match (wanted, &node.value) {
            (_, Value::Null) | (Bool, Value::Bool(_)) | (Int, Value::Int(_)) | (Text, Value::Text(_)) => {}
            (List(item), Value::List(items)) => items.iter().for_each(|node| self.check(node, item, name)),
            (Texts, Value::Map(entries)) => {
                entries.iter().for_each(|entry| self.check(&entry.node, &Text, &entry.key));
            }
            (Map(fields), Value::Map(entries)) => {
                for entry in entries {
                    if let Some((key, field)) = fields.iter().find(|(key, _)| *key == &*entry.key) {
                        self.check(&entry.node, field, key);
                    }
                }
            }
            _ => self.report(node, wanted, name),
        }
    }

    fn report(&mut self, node: &Node, wanted: &Type, name: &str) {
        let (wanted, help) = match wanted {
            Bool => ("true or false", "write true or false without quotes"),
            Int => ("a whole number", "write the number without quotes"),
            Text => ("text", "put the value in quotes"),
            Texts | Map(_) => ("a mapping", "write key: value lines below it"),
            List(_) => ("a list", "start each item with a dash"),
        };
        let written = match &node.value {
            Value::Bool(_) => "a boolean",
            Value::Int(_) => "a number",
            Value::Float(_) => "no whole number of 64 bits",
            Value::Text(_) => "text",
            Value::List(_) => "a list",
            _ => "a mapping",
        };
        let Some(location) = self.resource.locate(node.mark) else { return };
        let of = format!("{} \"{}\"", self.resource.kind, self.resource.name);
        let name = if name.is_empty() { "an item" } else { name };
        let mut diagnostic =
            Diagnostic::error(location.file, format!("{of}: {name} is {written} and must be {wanted}"));
        diagnostic.line = location.line;
        diagnostic.column = location.column;
        self.found.push(diagnostic.help(format!("{help}; the API server refuses it, and no check can read it")));
    }
}
