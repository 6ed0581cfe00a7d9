//! # What it is
//! The same by the signer kubernetes.io/kube-apiserver-client-kubelet, which signs only names of nodes in the group
//! system:nodes. The node authoriser then lets them read the Secrets and request tokens of the service accounts of
//! that node's pods, node by node.
//!
//! # Source
//! pkg/controller/certificates/signer, plugin/pkg/auth/authorizer/node/node_authorizer.go.
//!
//! # Since
//! 1.18 (signer names).
//!
//! # What cuts it
//! resourceNames on signers.
//!
//! # Proof
//! Climbed on a real cluster, with the right and without, by `cargo xtask judge climb` (docs/conformance.md:
//! kubelet-certificate); the closure was asked too. What the node may then do is compared by `cargo xtask judge
//! rbac`.

use super::Edge;
use crate::escalation::conditions::Conditions;
use crate::escalation::edges::EdgeKind;
use crate::escalation::holder::Holder;
use crate::escalation::right::Target;
use crate::escalation::sketch::Sketch;
use crate::escalation::together::Need;
use crate::escalation::vertex::{Power, Scope, Vertex};

const GROUP: &str = "certificates.k8s.io";
const RIGHTS: &[Target] = &[
    Target::outside(&["create"], GROUP, "certificatesigningrequests"),
    Target::outside(&["update", "patch"], GROUP, "certificatesigningrequests").below("approval"),
    Target::outside(&["approve"], GROUP, "signers"),
];
/// The signer's name, and the name of all of its domain.
const SIGNERS: [&str; 2] = ["kubernetes.io/kube-apiserver-client-kubelet", "kubernetes.io/*"];

pub(super) const EDGE: Edge =
    Edge::new("have a kubelet's certificate signed", 1).rights(RIGHTS).holder(draw).world(sign);

fn draw<'p, 'a>(sketch: &mut Sketch<'p, 'a>, holder: &Holder<'_, 'p, 'a>) {
    if let Some(create) = holder.of(&[0]).next() {
        let to = sketch.can_all(Power::RequestKubelets);
        sketch.by_rights(EdgeKind::KubeletCertificate, holder, &[create], to, Conditions::NONE);
    }
    let signs = |names: crate::escalation::right::Names<'_, '_>| SIGNERS.iter().any(|name| names.has(name));
    let signer = holder.of(&[2]).find(|right| signs(right.names));
    if let (Some(approval), Some(signer)) = (holder.of(&[1]).next(), signer) {
        let to = sketch.can_all(Power::ApproveKubelets);
        sketch.by_rights(EdgeKind::KubeletCertificate, holder, &[approval, signer], to, Conditions::NONE);
    }
}

fn sign(sketch: &mut Sketch<'_, '_>) {
    let find = |power| sketch.graph.find(&Vertex::Can(power, Scope::Cluster));
    if let (Some(request), Some(approve)) = (find(Power::RequestKubelets), find(Power::ApproveKubelets)) {
        let to = sketch.can_all(Power::AnyNodeIdentity);
        sketch.together(EdgeKind::KubeletCertificate, &[request, approve].map(Need::of), to, Conditions::NONE);
    }
}
