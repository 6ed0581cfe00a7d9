//! The objects of a large cluster: ordinary shops, one like the other.

use serde_json::{Value, json};

use crate::Request;

/// Services in each namespace.
pub const APPS: usize = 10;
/// Pods of each of them.
pub const REPLICAS: usize = 20;

/// The namespace with this number.
pub fn namespace(number: usize) -> String {
    format!("shop-{number}")
}

fn app(number: usize) -> String {
    format!("app-{number}")
}

fn labels(app: &str) -> Value {
    json!({"app.kubernetes.io/name": app, "app.kubernetes.io/part-of": "shop", "team": "orders"})
}

/// What a namespace holds besides pods, its own object and the default account: 48 objects.
pub fn others(namespace: &str) -> Vec<Request> {
    let mut requests = Vec::new();
    let mut add = |group: &str, plural: &str, body: Value| {
        let path = format!("{group}/namespaces/{namespace}/{plural}");
        requests.push(Request::Post { path, body: body.to_string() });
    };
    for number in 0..APPS {
        let name = app(number);
        add("/apis/apps/v1", "deployments", workload("Deployment", &name, None));
        add("/apis/apps/v1", "replicasets", workload("ReplicaSet", &format!("{name}-7d9c5b"), Some(&name)));
        add(
            "/api/v1",
            "services",
            json!({
                "metadata": {"name": name, "labels": labels(&name)},
                "spec": {"selector": labels(&name), "ports": [{"name": "http", "port": 80, "targetPort": 8080}]},
            }),
        );
        add(
            "/api/v1",
            "configmaps",
            json!({
                "metadata": {"name": name, "labels": labels(&name)},
                "data": {"LOG_LEVEL": "info", "DATABASE_HOST": "orders-db", "REGION": "eu-central-1", "PAGE_SIZE": "50"},
            }),
        );
    }
    for kind in ["database", "mail", "payment"] {
        add("/api/v1", "secrets", json!({"metadata": {"name": kind}, "stringData": {"password": "not-a-real-one"}}));
    }
    for direction in ["Ingress", "Egress"] {
        let name = format!("deny-{}", direction.to_lowercase());
        let spec = json!({"podSelector": {}, "policyTypes": [direction]});
        add("/apis/networking.k8s.io/v1", "networkpolicies", json!({"metadata": {"name": name}, "spec": spec}));
    }
    let rules = json!([{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get", "list", "watch"]}]);
    add("/apis/rbac.authorization.k8s.io/v1", "roles", json!({"metadata": {"name": "reader"}, "rules": rules}));
    add(
        "/apis/rbac.authorization.k8s.io/v1",
        "rolebindings",
        json!({
            "metadata": {"name": "reader"},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "reader"},
            "subjects": [{"kind": "ServiceAccount", "name": "default", "namespace": namespace}],
        }),
    );
    add(
        "/apis/policy/v1",
        "poddisruptionbudgets",
        json!({
            "metadata": {"name": "app-0"}, "spec": {"minAvailable": 1, "selector": {"matchLabels": labels("app-0")}},
        }),
    );
    requests
}

/// The pods of one ReplicaSet.
pub fn pods(namespace: &str, owner: &Value) -> Vec<Request> {
    let owner_name = owner.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default();
    let reference = json!([{
        "apiVersion": "apps/v1", "kind": "ReplicaSet", "name": owner_name, "controller": true,
        "uid": owner.pointer("/metadata/uid"),
    }]);
    let template = owner.pointer("/spec/template").cloned().unwrap_or_default();
    (0..REPLICAS)
        .map(|number| {
            let mut metadata = template.get("metadata").cloned().unwrap_or_default();
            if let Some(metadata) = metadata.as_object_mut() {
                metadata.insert("name".into(), format!("{owner_name}-{number:05}").into());
                metadata.insert("ownerReferences".into(), reference.clone());
            }
            let body = json!({"metadata": metadata, "spec": template.get("spec")});
            Request::Post { path: format!("/api/v1/namespaces/{namespace}/pods"), body: body.to_string() }
        })
        .collect()
}

/// A Deployment, or the ReplicaSet of one.
fn workload(kind: &str, name: &str, owner: Option<&str>) -> Value {
    let app = owner.unwrap_or(name);
    let reference = owner.map(|owner| {
        json!([{"apiVersion": "apps/v1", "kind": "Deployment", "name": owner, "controller": true, "uid": owner}])
    });
    json!({
        "kind": kind,
        "apiVersion": "apps/v1",
        "metadata": {"name": name, "labels": labels(app), "ownerReferences": reference},
        "spec": {
            "replicas": REPLICAS,
            "selector": {"matchLabels": labels(app)},
            "template": {"metadata": {"labels": labels(app)}, "spec": pod(app)},
        },
    })
}

fn pod(app: &str) -> Value {
    let probe = json!({"httpGet": {"path": "/healthz", "port": "http"}, "periodSeconds": 10});
    let resources = json!({"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"memory": "256Mi"}});
    let security = json!({
        "allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "capabilities": {"drop": ["ALL"]},
    });
    json!({
        "securityContext": {"runAsNonRoot": true, "runAsUser": 10001, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [
            {
                "name": "main",
                "image": format!("registry.example.com/shop/{app}:1.4.2"),
                "ports": [{"name": "http", "containerPort": 8080}],
                "env": [
                    {"name": "LOG_LEVEL", "valueFrom": {"configMapKeyRef": {"name": app, "key": "LOG_LEVEL"}}},
                    {"name": "DATABASE_HOST", "value": "orders-db"},
                    {"name": "DATABASE_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "database", "key": "password"}}},
                    {"name": "POD_NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
                ],
                "livenessProbe": probe, "readinessProbe": probe, "resources": resources, "securityContext": security,
                "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}, {"name": "settings", "mountPath": "/etc/shop"}],
            },
            {
                "name": "proxy", "image": "registry.example.com/mesh/proxy:2.11.0",
                "args": ["--upstream=127.0.0.1:8080"], "resources": resources, "securityContext": security,
            },
        ],
        "volumes": [{"name": "tmp", "emptyDir": {}}, {"name": "settings", "configMap": {"name": app}}],
    })
}
