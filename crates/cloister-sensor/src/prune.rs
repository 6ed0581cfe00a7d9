//! Of what the API server hands over, only what matters on the wire is kept: no environment, no argument, no volume.

use serde_json::{Map, Value, json};

/// What is kept of an object. Equal ones say the same.
pub fn prune(api_version: &str, kind: &str, object: &Value) -> Value {
    let mut kept = json!({
        "apiVersion": api_version,
        "kind": kind,
        "metadata": pick(object.get("metadata"), &["name", "namespace", "labels", "ownerReferences", "generation"]),
    });
    let parts = match kind {
        "Pod" => vec![
            ("spec", json!({ "hostNetwork": object.pointer("/spec/hostNetwork"), "containers": [] })),
            ("status", pick(object.get("status"), &["phase", "podIP", "podIPs"])),
        ],
        "Service" => vec![
            ("spec", pick(object.get("spec"), &["clusterIP", "clusterIPs", "externalIPs", "selector", "ports"])),
            ("status", pick(object.get("status"), &["loadBalancer"])),
        ],
        "Node" => vec![("status", pick(object.get("status"), &["addresses"]))],
        "DlpPolicy" | "DetectionProfile" => vec![("spec", object.get("spec").cloned().unwrap_or_default())],
        "CronJob" => {
            vec![("spec", json!({ "jobTemplate": { "spec": template(object.pointer("/spec/jobTemplate/spec")) } }))]
        }
        "Namespace" => Vec::new(),
        _ => vec![("spec", template(object.get("spec")))],
    };
    if let Value::Object(kept) = &mut kept {
        if let Some(Value::Object(metadata)) = kept.get_mut("metadata").filter(|_| kind != "DlpPolicy") {
            metadata.remove("generation");
        }
        kept.extend(parts.into_iter().map(|(key, value)| (key.to_owned(), value)));
    }
    kept
}

/// A pod template: labels, images and ports.
fn template(spec: Option<&Value>) -> Value {
    let containers = spec.and_then(|it| it.pointer("/template/spec/containers")).and_then(Value::as_array);
    let containers: Vec<Value> =
        containers.into_iter().flatten().map(|one| pick(Some(one), &["name", "image", "ports"])).collect();
    let metadata = pick(spec.and_then(|it| it.pointer("/template/metadata")), &["labels"]);
    json!({ "template": { "metadata": metadata, "spec": { "containers": containers } } })
}

fn pick(object: Option<&Value>, keys: &[&str]) -> Value {
    let picked = keys.iter().filter_map(|key| Some(((*key).to_owned(), object?.get(key)?.clone())));
    Value::Object(picked.collect::<Map<_, _>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_secret_stays() {
        let container =
            json!({ "name": "a", "image": "a", "env": [{ "name": "P", "value": "hunter2" }], "args": ["hunter2"] });
        let pod = json!({
            "metadata": { "name": "a", "annotations": { "x": "hunter2" }, "generation": 3 },
            "spec": { "containers": [container], "hostNetwork": true },
            "status": { "podIP": "10.0.0.1", "phase": "Running", "message": "hunter2" },
        });
        let deployment =
            json!({ "metadata": { "name": "a" }, "spec": { "template": { "spec": { "containers": [container] } } } });
        for (kind, object) in [("Pod", pod), ("Deployment", deployment)] {
            let kept = prune("v1", kind, &object).to_string();
            assert!(!kept.contains("hunter2"), "{kept}");
            assert!(!kept.contains("generation"));
        }
    }
}
