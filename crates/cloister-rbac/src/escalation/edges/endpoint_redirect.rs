//! # What it is
//! Create, update or patch on endpointslices or endpoints says where a Service's traffic goes: to a pod of one's own,
//! which is shown what others send, passwords and personal data among it; or to a pod of any namespace, which a load
//! balancer or an Ingress then reaches where network policies would not let the caller (CVE-2021-25740). By itself it
//! leads nowhere further.
//!
//! # Source
//! k8s.io/api/discovery/v1 (`EndpointSlice`), pkg/proxy/endpointslicecache.go: slices are taken by their label
//! kubernetes.io/service-name, whoever wrote them; kubernetes/kubernetes#103675.
//!
//! # Since
//! Every version with RBAC (1.8); the built-in edit and admin lost the right in new clusters of 1.22.
//!
//! # What cuts it
//! resourceNames for update and patch; mutual TLS between the callers and the Service; validating policies.
//!
//! # Proof
//! Argued from the source: addresses are validated for form alone, not for whose they are
//! (pkg/apis/discovery/validation). Not climbed: the cluster of the tests runs no kube-proxy.

use super::Edge;
use crate::escalation::conditions::Conditions;
use crate::escalation::edges::EdgeKind;
use crate::escalation::right::{Right, Target};
use crate::escalation::sketch::Sketch;
use crate::escalation::vertex::{Power, Scope};

const WRITE: &[&str] = &["create", "update", "patch"];
const RIGHTS: &[Target] =
    &[Target::inside(WRITE, "discovery.k8s.io", "endpointslices"), Target::inside(WRITE, "", "endpoints")];

pub(super) const EDGE: Edge = Edge::new("send a Service's traffic elsewhere", 1).rights(RIGHTS).right(draw);

fn draw<'a>(sketch: &mut Sketch<'_, 'a>, right: &Right<'_, 'a>) {
    let own = sketch.can(Power::ServiceTraffic, right.scope);
    sketch.by_right(EdgeKind::EndpointRedirect, right, own, Conditions::NONE);
    let ports = sketch.can(Power::ReachPorts, Scope::Namespaces);
    sketch.by_right(EdgeKind::EndpointRedirect, right, ports, Conditions::IF_EXISTS);
}
