//! What nodes of a cluster tell: the facts that collectors on them wrote into their logs, and the settings that running
//! kubelets answer with.

use std::sync::Arc;

use cloister_manifest::{Interner, objects_from_json};
use cloister_model::{Diagnostic, Origin, Resource};
use kube::{Client, Error};
use serde_json::{Value, json};

use super::{ClusterRequest, connect, list, runtime};

/// The label of the collector's pods.
const SELECTOR: &str = "app.kubernetes.io%2Fname%3Dcloister-node";
/// The namespace of the manifests in `deploy/`.
pub const NAMESPACE: &str = "cloister";
/// How many lines of a log are asked for: some rounds of facts.
const LINES: u32 = 40_000;
/// What begins one round in a log; what ends it is below.
const BEGIN: &str = "---\n";
const END: &str = "\n...";

/// One node's facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gathered {
    /// The node.
    pub node: String,
    /// Its facts as YAML; none where its collector has not written any.
    pub facts: Option<String>,
}

/// The newest facts of each node, from the logs of the collectors.
pub fn gather(request: &ClusterRequest) -> Result<Vec<Gathered>, Box<Diagnostic>> {
    runtime()?.block_on(async {
        let (client, name) = connect::connect(request).await?;
        let namespace = request.namespaces.first().map_or(NAMESPACE, String::as_str);
        let path = format!("/api/v1/namespaces/{namespace}/pods?labelSelector={SELECTOR}");
        let pods = get(&client, &name, &path).await?;
        let mut gathered = Vec::new();
        for pod in items(&pods) {
            let word = |pointer: &str| pod.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
            let (pod, node) = (word("/metadata/name"), word("/spec/nodeName"));
            let log =
                list::ask(&client, format!("/api/v1/namespaces/{namespace}/pods/{pod}/log?tailLines={LINES}")).await;
            gathered.push(Gathered { node, facts: log.ok().and_then(|log| newest(&log).map(str::to_owned)) });
        }
        gathered.sort_by(|one, other| one.node.cmp(&other.node));
        Ok(gathered)
    })
}

/// The last round that was written to its end.
fn newest(log: &str) -> Option<&str> {
    let whole = log.get(..log.rfind(END)? + 1)?;
    let start =
        whole.rfind(&format!("\n{BEGIN}")).map(|at| at + 1).or_else(|| whole.starts_with(BEGIN).then_some(0))?;
    whole.get(start + BEGIN.len()..)
}

/// What the kubelet of each node says that it is set to, as facts of that node. Needs the right to get `nodes/proxy`.
pub fn configz(request: &ClusterRequest) -> (Vec<Resource>, Vec<Diagnostic>) {
    let read = runtime().and_then(|runtime| runtime.block_on(ask_kubelets(request)));
    read.unwrap_or_else(|diagnostic| (Vec::new(), vec![*diagnostic]))
}

async fn ask_kubelets(request: &ClusterRequest) -> Result<(Vec<Resource>, Vec<Diagnostic>), Box<Diagnostic>> {
    let (client, name) = connect::connect(request).await?;
    let nodes = get(&client, &name, "/api/v1/nodes").await?;
    let origin = Origin::Cluster(Arc::from(name.as_str()));
    let (mut resources, mut diagnostics) = (Vec::new(), Vec::new());
    for node in items(&nodes) {
        let Some(node) = node.pointer("/metadata/name").and_then(Value::as_str) else { continue };
        let answer = get(&client, &name, &format!("/api/v1/nodes/{node}/proxy/configz")).await;
        let settings = answer.map(|answer| answer.get("kubeletconfig").cloned().unwrap_or_default());
        match settings {
            Ok(settings) => {
                let facts = json!({
                    "apiVersion": cloister_node::API_VERSION,
                    "kind": cloister_node::KIND,
                    "metadata": {"name": node},
                    "kubelet": {"configz": settings},
                });
                let parsed = objects_from_json(facts.to_string().as_bytes(), &origin, &mut Interner::default());
                resources.extend(parsed.map(|parsed| parsed.resources).unwrap_or_default());
            }
            Err(mut diagnostic) => {
                diagnostic.message = format!("the kubelet of {node} was not asked: {}", diagnostic.message);
                diagnostics
                    .push(diagnostic.help("grant the verb get on nodes/proxy, or collect its facts on the node"));
            }
        }
    }
    Ok((resources, diagnostics))
}

async fn get(client: &Client, name: &str, path: &str) -> Result<Value, Box<Diagnostic>> {
    let failed = |error: &Error| Box::new(connect::explain(name, error));
    let answer = list::ask(client, path.to_owned()).await.map_err(|failure| match failure {
        list::Failure::Api(error) => failed(&error),
        _ => Box::new(Diagnostic::of_cluster(name, "the API server took too long to answer")),
    })?;
    serde_json::from_str(&answer)
        .map_err(|_| Box::new(Diagnostic::of_cluster(name, format!("{path} is answered by no JSON"))))
}

fn items(list: &Value) -> &[Value] {
    list.get("items").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::newest;

    #[test]
    fn the_last_whole_round_counts() {
        assert_eq!(newest("---\na: 1\n...\n---\na: 2\n...\n---\na: 3"), Some("a: 2\n"));
        assert_eq!(newest("---\na: 1\n...\n"), Some("a: 1\n"));
        assert_eq!(newest("---\na: 1"), None);
        assert_eq!(newest("torn: 0\n...\n"), None);
    }
}
