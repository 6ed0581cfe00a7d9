//! What every cluster is born with: read from the server, compared with what the crate holds, and with what the server
//! itself says that its subjects may do.

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context, Result};
use cloister_rbac::{Identity, Policy, SubjectKind};
use serde_json::{Map, Value, json};

use crate::judges::report;
use crate::{Api, ControlPlane};

const KINDS: [(&str, &str); 4] = [
    ("clusterroles", "ClusterRole"),
    ("roles", "Role"),
    ("clusterrolebindings", "ClusterRoleBinding"),
    ("rolebindings", "RoleBinding"),
];

/// The roles and bindings of a new cluster, as the crate keeps them.
pub fn bootstrap(api: &Api) -> Result<String> {
    let mut objects = Vec::new();
    for (path, kind) in KINDS {
        let list = api.get(&format!("/apis/rbac.authorization.k8s.io/v1/{path}"))?.success()?.json()?;
        let items = list["items"].as_array().cloned().unwrap_or_default();
        let mut items: Vec<Value> = items.into_iter().map(|item| stripped(item, kind)).collect();
        items.sort_by_key(|item| {
            let text = |field: &str| item["metadata"][field].as_str().unwrap_or_default().to_owned();
            (text("namespace"), text("name"))
        });
        objects.extend(items.iter().map(Value::to_string));
    }
    Ok(format!("{{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[\n{}\n]}}\n", objects.join(",\n")))
}

fn stripped(mut item: Value, kind: &str) -> Value {
    let keep = |from: &mut Value, fields: &[&str]| -> Map<String, Value> {
        let fields = fields.iter().map(|field| ((*field).to_owned(), from[*field].take()));
        fields.filter(|(_, value)| !value.is_null()).collect()
    };
    let metadata = keep(&mut item["metadata"], &["labels", "name", "namespace"]);
    let mut kept = keep(&mut item, &["aggregationRule", "roleRef", "rules", "subjects"]);
    if kept.contains_key("aggregationRule") {
        kept.remove("rules");
    }
    kept.insert("apiVersion".to_owned(), json!("rbac.authorization.k8s.io/v1"));
    kept.insert("kind".to_owned(), json!(kind));
    kept.insert("metadata".to_owned(), Value::Object(metadata));
    Value::Object(kept)
}

/// The resources of a new cluster, each group in the version that the server prefers, as the crate keeps them.
pub fn resources(api: &Api) -> Result<String> {
    let groups = api.get("/apis")?.success()?.json()?;
    let groups = groups["groups"].as_array().cloned().unwrap_or_default();
    let groups = groups.iter().filter_map(|group| {
        let version = group["preferredVersion"]["groupVersion"].as_str()?;
        Some((group["name"].as_str()?.to_owned(), format!("/apis/{version}")))
    });
    let mut text = String::new();
    for (group, path) in std::iter::once((String::new(), "/api/v1".to_owned())).chain(groups) {
        let list = api.get(&path)?.success()?.json()?;
        text.push_str(&lines(&group, list["resources"].as_array().map_or(&[], Vec::as_slice)));
    }
    Ok(text)
}

fn lines(group: &str, resources: &[Value]) -> String {
    let name = |resource: &Value| resource["name"].as_str().unwrap_or_default().to_owned();
    let or_dash = |words: Vec<String>| if words.is_empty() { "-".to_owned() } else { words.join(",") };
    let mut own: Vec<&Value> = resources.iter().filter(|resource| !name(resource).contains('/')).collect();
    own.sort_by_key(|resource| name(resource));
    let line = |resource: &Value| {
        let start = format!("{}/", name(resource));
        let mut below: Vec<String> =
            resources.iter().filter_map(|other| Some(name(other).strip_prefix(&start)?.to_owned())).collect();
        below.sort();
        let short = resource["shortNames"].as_array().into_iter().flatten();
        let short = short.filter_map(|word| word.as_str().map(str::to_owned)).collect();
        let scope = if resource["namespaced"] == json!(true) { "namespaced" } else { "cluster" };
        let group = if group.is_empty() { "-" } else { group };
        let kind = resource["kind"].as_str().unwrap_or_default();
        format!("{}\t{group}\t{kind}\t{scope}\t{}\t{}\n", name(resource), or_dash(short), or_dash(below))
    };
    own.into_iter().map(line).collect()
}

/// Writes facts where the crate is built from.
pub fn write(file: &str, text: &str) -> Result<()> {
    let path = report::project().join("crates/cloister-rbac/data").join(file);
    fs::write(&path, text).with_context(|| format!("failed to write {}", path.display()))
}

/// A subject whose rules the server counts otherwise.
#[derive(Debug)]
pub struct Difference {
    /// Who and where.
    pub subject: String,
    /// Rules that only the server gives, and rules that only we give.
    pub rules: [Vec<String>; 2],
}

/// Asks the server what each subject of the built-in bindings may do, as that subject, in three namespaces.
pub fn self_reviews(plane: &ControlPlane, policy: &Policy<'_>) -> Result<(usize, Vec<Difference>)> {
    let identities: BTreeSet<Identity> = policy
        .bindings()
        .iter()
        .flat_map(|binding| &binding.subjects)
        .map(|subject| match subject.kind {
            SubjectKind::ServiceAccount => Identity::account(subject.namespace, subject.name),
            SubjectKind::User => Identity::authenticated(subject.name, []),
            SubjectKind::Group => Identity::authenticated("someone", [subject.name.to_owned()]),
        })
        // Who is not known may not ask for rights.
        .filter(|identity| !identity.is_in("system:unauthenticated"))
        .collect();
    let mut asked = 0;
    let mut differences = Vec::new();
    for identity in &identities {
        let api = plane.api().impersonating(&identity.user, &identity.groups);
        for namespace in ["default", "kube-system", "kube-public"] {
            asked += 1;
            let (theirs, ours) = (reviewed(&api, namespace)?, held(policy, identity, namespace));
            if theirs != ours {
                let only =
                    |left: &BTreeSet<String>, right: &BTreeSet<String>| left.difference(right).cloned().collect();
                let rules = [only(&theirs, &ours), only(&ours, &theirs)];
                differences.push(Difference { subject: format!("{} in {namespace}", identity.user), rules });
            }
        }
    }
    Ok((asked, differences))
}

fn reviewed(api: &Api, namespace: &str) -> Result<BTreeSet<String>> {
    let body = json!({
        "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectRulesReview", "spec": {"namespace": namespace},
    });
    let path = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews";
    let status = &api.post(path, &body.to_string())?.success()?.json()?["status"];
    let rules =
        ["resourceRules", "nonResourceRules"].iter().flat_map(|field| status[*field].as_array().into_iter().flatten());
    let words = |rule: &Value, field: &str| -> Vec<String> {
        rule[field].as_array().into_iter().flatten().filter_map(|word| word.as_str().map(str::to_owned)).collect()
    };
    let fields = ["verbs", "apiGroups", "resources", "resourceNames", "nonResourceURLs"];
    Ok(rules.map(|rule| format!("{:?}", fields.map(|field| words(rule, field)))).collect())
}

fn held(policy: &Policy<'_>, identity: &Identity, namespace: &str) -> BTreeSet<String> {
    let holdings = policy.what_can(identity);
    let here = holdings.iter().filter(|held| held.binding.namespace.is_empty() || held.binding.namespace == namespace);
    let rules = here.flat_map(|held| policy.rules_of(held.role));
    rules.map(|rule| format!("{:?}", [&rule.verbs, &rule.groups, &rule.resources, &rule.names, &rule.urls])).collect()
}
