//! The configurations that a node holds, as resources of their own: checks over an EncryptionConfiguration look at it
//! wherever it was found.

use cloister_model::{Node, Resource};

use crate::{Facts, File, Role};

/// Kinds that other parts look at by themselves. What the kubelet and kube-proxy are set to hangs on their flags too
/// and is asked of the facts.
///
/// Each counts only in a file that was looked at as such: what another file says that it is, nobody reads there.
const KINDS: [(&str, &str, &[Role]); 7] = [
    ("apiserver.config.k8s.io", "EncryptionConfiguration", &[Role::EncryptionConfig]),
    ("apiserver.config.k8s.io", "AuthenticationConfiguration", &[Role::AuthenticationConfig]),
    ("apiserver.config.k8s.io", "AuthorizationConfiguration", &[Role::AuthorizationConfig]),
    ("apiserver.config.k8s.io", "AdmissionConfiguration", &[Role::AdmissionConfig]),
    ("kubescheduler.config.k8s.io", "KubeSchedulerConfiguration", &[Role::SchedulerConfig]),
    ("audit.k8s.io", "Policy", &[Role::AuditPolicy]),
    ("", "Pod", &MANIFESTS),
];

const MANIFESTS: [Role; 5] = [
    Role::ApiServerManifest,
    Role::ControllerManagerManifest,
    Role::SchedulerManifest,
    Role::EtcdManifest,
    Role::StaticPod,
];

/// What files are looked at as that hold configurations of a kind, which may stand with its group: `Policy.audit.k8s.io`.
pub fn roles_of(kind: &str) -> &'static [Role] {
    let (bare, group) = kind.split_once('.').map_or((kind, None), |(bare, group)| (bare, Some(group)));
    let is = |own: &str, name: &str| name == bare && group.is_none_or(|group| group == own);
    KINDS.iter().find(|(own, name, _)| is(own, name)).map_or(&[], |(.., roles)| roles)
}

/// Adds the configurations in facts to what was read.
pub fn unfold(resources: &mut Vec<Resource>) {
    let found: Vec<Resource> = resources.iter().filter_map(Facts::of).flat_map(|facts| documents(&facts)).collect();
    resources.extend(found);
}

fn documents(facts: &Facts<'_>) -> Vec<Resource> {
    facts.files().filter_map(|file| document(facts, &file, file.content()?)).collect()
}

fn document(facts: &Facts<'_>, file: &File<'_>, content: &Node) -> Option<Resource> {
    let (api_version, kind) = (content.str_at("apiVersion")?, content.str_at("kind")?);
    let group = api_version.split_once('/').map_or("", |(group, _)| group);
    let (.., roles) = KINDS.iter().find(|(own, name, _)| (*own, *name) == (group, kind))?;
    if !roles.iter().any(|role| file.is(*role)) {
        return None;
    }
    // A static pod is seen again as a process, which tells what really runs.
    if kind == "Pod" && started(facts, content) {
        return None;
    }
    let name =
        content.str_at("metadata/name").map_or_else(|| format!("{}:{}", facts.name(), file.path()), str::to_owned);
    Some(Resource {
        api_version: api_version.into(),
        kind: kind.into(),
        namespace: content.str_at("metadata/namespace").map(Into::into),
        name: if kind == "Pod" { format!("{name}-{}", facts.name()).into() } else { name.into() },
        root: content.clone().into(),
        origin: facts.resource.origin.clone(),
    })
}

/// Whether any program of the pod runs on the node.
fn started(facts: &Facts<'_>, pod: &Node) -> bool {
    let mut words = pod.items_at("spec/containers").iter().filter_map(|container| container.str_at("command/0"));
    words.any(|word| facts.runs(word.rsplit('/').next().unwrap_or(word)))
}
