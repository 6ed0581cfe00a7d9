//! Which kinds the API server serves: aggregated discovery, two requests in all.

use http::Request;
use kube::{Client, Error};
use serde_json::Value;

/// One kind that can be listed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ListedKind {
    /// `apps/v1`.
    pub api_version: String,
    /// `Deployment`.
    pub kind: String,
    /// `deployments`.
    pub plural: String,
    /// Whether it lives in namespaces.
    pub namespaced: bool,
}

impl ListedKind {
    /// The path of all its objects, or of those in one namespace.
    pub fn path(&self, namespace: Option<&str>) -> String {
        let root = if self.api_version.contains('/') { "/apis" } else { "/api" };
        match namespace {
            Some(namespace) => format!("{root}/{}/namespaces/{namespace}/{}", self.api_version, self.plural),
            None => format!("{root}/{}/{}", self.api_version, self.plural),
        }
    }

    /// The API group, empty for the core.
    pub fn group(&self) -> &str {
        self.api_version.split_once('/').map_or("", |(group, _)| group)
    }
}

/// Kinds that change by the second or repeat others, and say nothing about
/// how personal data is protected.
const LEFT_OUT: [&str; 9] = [
    "ComponentStatus",
    "ControllerRevision",
    "Endpoints",
    "EndpointSlice",
    "Event",
    "Lease",
    "CSIStorageCapacity",
    "CiliumEndpoint",
    "CiliumIdentity",
];
/// Groups of measurements and of other scanners' reports.
const GROUPS_LEFT_OUT: [&str; 5] =
    ["metrics.k8s.io", "custom.metrics.k8s.io", "external.metrics.k8s.io", "wgpolicyk8s.io", "openreports.io"];

/// Every kind worth listing, at the version that the server prefers.
pub async fn discover(client: &Client) -> Result<Vec<ListedKind>, Error> {
    let mut kinds = Vec::new();
    for path in ["/api", "/apis"] {
        let text = client.request_text(request(path)?).await?;
        let answer: Value = serde_json::from_str(&text).map_err(Error::SerdeError)?;
        for group in array(&answer, "items") {
            kinds.extend(kinds_of(group));
        }
    }
    kinds.sort();
    Ok(kinds)
}

/// What the server says that it is. Everybody may ask that, unless it was forbidden: then it is not known.
pub async fn version(client: &Client) -> Option<String> {
    let text = client.request_text(request("/version").ok()?).await.ok()?;
    let answer: Value = serde_json::from_str(&text).ok()?;
    answer.get("gitVersion").and_then(Value::as_str).map(str::to_owned)
}

fn request(path: &str) -> Result<Request<Vec<u8>>, Error> {
    Request::get(path)
        .header("Accept", "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json")
        .body(Vec::new())
        .map_err(Error::HttpError)
}

fn kinds_of(group: &Value) -> Vec<ListedKind> {
    let name = text(group, "/metadata/name");
    let mut kinds: Vec<ListedKind> = Vec::new();
    // Versions come in the server's order of preference; each kind counts once.
    for version in array(group, "versions") {
        let number = text(version, "/version");
        let api_version = if name.is_empty() { number.to_owned() } else { format!("{name}/{number}") };
        for resource in array(version, "resources") {
            let kind = text(resource, "/responseKind/kind");
            let listed = array(resource, "verbs").iter().any(|verb| verb == "list");
            let known = kinds.iter().any(|other| other.kind == kind);
            if !listed || known || LEFT_OUT.contains(&kind) || GROUPS_LEFT_OUT.contains(&name) {
                continue;
            }
            kinds.push(ListedKind {
                api_version: api_version.clone(),
                kind: kind.to_owned(),
                plural: text(resource, "/resource").to_owned(),
                namespaced: text(resource, "/scope") == "Namespaced",
            });
        }
    }
    kinds
}

fn array<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or("")
}
