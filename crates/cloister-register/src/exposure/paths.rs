//! From a resource to the workloads behind it: one way for each kind.

use cloister_inventory::{Scope, Selector, scope_of};
use cloister_model::{Node, Resource};

use super::index::{Index, Risky};
use super::{AtRisk, PersonalData};
use crate::documents::GROUP;

/// Owners of owners are followed this far: a pod, its Job, its CronJob, and one more.
const OWNERS: usize = 4;

/// What is at risk in `resource`.
pub(super) fn at_risk<'a>(index: &Index<'a>, resource: &'a Resource) -> AtRisk {
    if let Some(risky) = index.of_workload(resource) {
        return risky.at_risk.clone();
    }
    if resource.group() == GROUP {
        return of_document(index, resource);
    }
    match by_kind(index, resource) {
        Way::Through(Some((risky, way))) => risky.because(&format!("{way} {}, which", risky.workload.phrase())),
        Way::Through(None) => AtRisk::default(),
        Way::Found(at_risk) => at_risk,
    }
}

fn of_document<'a>(index: &Index<'a>, resource: &'a Resource) -> AtRisk {
    match &*resource.kind {
        "Organisation" => index.everywhere(),
        "Exception" => excepted(index, resource).unwrap_or_default(),
        _ => index.of_document(resource).cloned().unwrap_or_default(),
    }
}

/// What an exception accepts: the risk of the resource that it names.
fn excepted<'a>(index: &Index<'a>, exception: &'a Resource) -> Option<AtRisk> {
    let named = exception.root.at("spec/resource")?;
    let (kind, name) = (named.str_at("kind")?, named.str_at("name")?);
    let resource = index.inventory.get(kind, named.str_at("namespace").unwrap_or("default"), name)?;
    // Its own document would lead here again.
    (resource.group() != GROUP).then(|| at_risk(index, resource))
}

enum Way<'i, 'a> {
    /// A workload, and how the resource concerns it.
    Through(Option<(&'i Risky<'a>, &'static str)>),
    /// An answer of its own.
    Found(AtRisk),
}

fn by_kind<'i, 'a>(index: &'i Index<'a>, resource: &'a Resource) -> Way<'i, 'a> {
    let namespace = resource.namespace_or_default();
    let root = &resource.root;
    let through = |risky: Option<&'i Risky<'a>>, way| Way::Through(risky.map(|risky| (risky, way)));
    match &*resource.kind {
        "ConfigMap" => through(index.user_of("ConfigMap", namespace, &resource.name), "used by"),
        "Secret" => through(user_of_secret(index, resource), "used by"),
        "PersistentVolumeClaim" => {
            through(index.user_of("PersistentVolumeClaim", namespace, &resource.name), "used by")
        }
        "PersistentVolume" => through(user_of_volume(index, resource), "used by"),
        "StorageClass" => through(user_of_class(index, &resource.name), "used by"),
        "ServiceAccount" => through(index.user_of("ServiceAccount", namespace, &resource.name), "used by"),
        "Service" => through(behind_service(index, root, namespace), "leads to"),
        "NetworkPolicy" | "PodDisruptionBudget" | "PodMonitor" => {
            let field = if &*resource.kind == "NetworkPolicy" { "spec/podSelector" } else { "spec/selector" };
            through(root.at(field).and_then(|node| index.selected(namespace, Selector::Labels(node))), "selects")
        }
        "HorizontalPodAutoscaler" => through(scaled(index, root, namespace), "scales"),
        "VerticalPodAutoscaler" => through(target(index, root, "spec/targetRef", namespace), "scales"),
        "Ingress" | "HTTPRoute" | "GRPCRoute" | "TCPRoute" | "TLSRoute" => {
            through(behind_route(index, resource), "leads to")
        }
        "RoleBinding" | "Role" | "Namespace" | "ResourceQuota" | "LimitRange" => {
            let namespace = if &*resource.kind == "Namespace" { &*resource.name } else { namespace };
            Way::Found(index.in_namespace(namespace))
        }
        "ClusterRole" => Way::Found(granted(index, resource)),
        _ => by_owner_or_scope(index, resource),
    }
}

/// A workload's parts, and what nobody has taught us: what lives in a
/// namespace concerns it, what has none concerns the cluster.
fn by_owner_or_scope<'i, 'a>(index: &'i Index<'a>, resource: &'a Resource) -> Way<'i, 'a> {
    if let Some(owner) = owning(index, resource) {
        return Way::Found(owner.at_risk.clone());
    }
    if index.is_workload(resource) || is_owned(resource) {
        return Way::Through(None);
    }
    match scope_of(resource) {
        Scope::Namespaced => Way::Found(index.in_namespace(resource.namespace_or_default())),
        Scope::Cluster => Way::Found(index.everywhere()),
    }
}

fn is_owned(resource: &Resource) -> bool {
    !resource.root.items_at("metadata/ownerReferences").is_empty()
}

fn owning<'i, 'a>(index: &'i Index<'a>, resource: &'a Resource) -> Option<&'i Risky<'a>> {
    let mut resource = resource;
    for _ in 0..OWNERS {
        let owner = resource.root.items_at("metadata/ownerReferences").first()?;
        let (kind, name) = (owner.str_at("kind")?, owner.str_at("name")?);
        if let Some(risky) = index.named(resource.namespace_or_default(), kind, name) {
            return Some(risky);
        }
        resource = index.inventory.get(kind, resource.namespace_or_default(), name)?;
    }
    None
}

/// A token opens what its account opens.
fn user_of_secret<'i, 'a>(index: &'i Index<'a>, secret: &Resource) -> Option<&'i Risky<'a>> {
    let namespace = secret.namespace_or_default();
    index.user_of("Secret", namespace, &secret.name).or_else(|| {
        index.user_of("ServiceAccount", namespace, secret.annotation("kubernetes.io/service-account.name")?)
    })
}

fn user_of_volume<'i, 'a>(index: &'i Index<'a>, volume: &Resource) -> Option<&'i Risky<'a>> {
    let claim =
        volume.root.at("spec/claimRef").and_then(|claim| Some((claim.str_at("namespace")?, claim.str_at("name")?)));
    let bound = claim.and_then(|(namespace, name)| index.user_of("PersistentVolumeClaim", namespace, name));
    bound.or_else(|| {
        let mut naming = index.links.of_volume(&volume.name);
        naming.find_map(|claim| index.user_of("PersistentVolumeClaim", claim.namespace_or_default(), &claim.name))
    })
}

fn user_of_class<'i, 'a>(index: &'i Index<'a>, class: &str) -> Option<&'i Risky<'a>> {
    let claims = index.links.of_class(class);
    let by_claim =
        claims.filter_map(|claim| index.user_of("PersistentVolumeClaim", claim.namespace_or_default(), &claim.name));
    by_claim.chain(index.user_of("StorageClass", "", class)).max_by_key(|risky| risky.at_risk.level)
}

fn behind_service<'i, 'a>(index: &'i Index<'a>, service: &'a Node, namespace: &str) -> Option<&'i Risky<'a>> {
    index.selected(namespace, Selector::Map(service.at("spec/selector")?))
}

fn scaled<'i, 'a>(index: &'i Index<'a>, root: &'a Node, namespace: &'a str) -> Option<&'i Risky<'a>> {
    target(index, root, "spec/scaleTargetRef", namespace)
}

fn target<'i, 'a>(index: &'i Index<'a>, root: &'a Node, path: &str, namespace: &'a str) -> Option<&'i Risky<'a>> {
    let target = root.at(path)?;
    index.named(namespace, target.str_at("kind")?, target.str_at("name")?)
}

/// The Services that an Ingress or a route names, in their namespaces.
fn behind_route<'i, 'a>(index: &'i Index<'a>, route: &'a Resource) -> Option<&'i Risky<'a>> {
    let namespace = route.namespace_or_default();
    let mut services = Vec::new();
    if let Some(default) = route.root.str_at("spec/defaultBackend/service/name") {
        services.push((namespace, default));
    }
    for rule in route.root.items_at("spec/rules") {
        let paths = rule.items_at("http/paths").iter().filter_map(|path| path.str_at("backend/service/name"));
        services.extend(paths.map(|name| (namespace, name)));
        let backends = rule.items_at("backendRefs").iter();
        services
            .extend(backends.filter_map(|to| Some((to.str_at("namespace").unwrap_or(namespace), to.str_at("name")?))));
    }
    let service = |(namespace, name): (&str, &str)| {
        behind_service(index, &index.inventory.get("Service", namespace, name)?.root, namespace)
    };
    services.into_iter().filter_map(service).max_by_key(|risky| risky.at_risk.level)
}

/// A ClusterRole by its bindings: what is bound in a namespace counts there,
/// what is bound or aggregated for the cluster counts everywhere.
fn granted(index: &Index<'_>, role: &Resource) -> AtRisk {
    let aggregated = role.labels().iter().any(|label| label.key.starts_with("rbac.authorization.k8s.io/aggregate-to-"));
    let bound = index.links.bound(&role.name);
    if aggregated || bound.is_some_and(|bound| bound.everywhere) {
        return index.everywhere();
    }
    let namespaces = bound.into_iter().flat_map(|bound| &bound.namespaces);
    let in_namespaces = namespaces.map(|namespace| index.in_namespace(namespace));
    in_namespaces
        .filter(|at_risk| at_risk.level > PersonalData::None)
        .max_by_key(|at_risk| at_risk.level)
        .unwrap_or_default()
}
