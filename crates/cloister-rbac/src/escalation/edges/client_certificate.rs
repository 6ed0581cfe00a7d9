//! # What it is
//! A certificate for any name and groups but system:masters: somebody creates a CertificateSigningRequest for the
//! signer kubernetes.io/kube-apiserver-client, and somebody approves it by update or patch on its approval with the
//! verb approve on the signer. The two can be two identities. Everything that is bound to a user or group is
//! reached.
//!
//! # Source
//! plugin/pkg/admission/certificates/approval, plugin/pkg/admission/certificates/subjectrestriction (which refuses
//! system:masters), pkg/controller/certificates/signer.
//!
//! # Since
//! 1.18 (signer names).
//!
//! # What cuts it
//! resourceNames on signers; no signing controller, as on some managed clusters.
//!
//! # Proof
//! Climbed on a real cluster, with the right and without, by `cargo xtask judge climb` (docs/conformance.md:
//! client-certificate, certificate-of-masters); the closure was asked too. The second is refused, as it must be.
//! Wildcards over signers are argued (`IsAuthorizedForSignerName`).

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
const SIGNERS: [&str; 2] = ["kubernetes.io/kube-apiserver-client", "kubernetes.io/*"];

pub(super) const EDGE: Edge = Edge::new("have a client certificate signed", 1).rights(RIGHTS).holder(draw).world(sign);

fn draw<'p, 'a>(sketch: &mut Sketch<'p, 'a>, holder: &Holder<'_, 'p, 'a>) {
    if let Some(create) = holder.of(&[0]).next() {
        let to = sketch.can_all(Power::RequestCertificates);
        sketch.by_rights(EdgeKind::ClientCertificate, holder, &[create], to, Conditions::NONE);
    }
    let signs = |names: crate::escalation::right::Names<'_, '_>| SIGNERS.iter().any(|name| names.has(name));
    let signer = holder.of(&[2]).find(|right| signs(right.names));
    if let (Some(approval), Some(signer)) = (holder.of(&[1]).next(), signer) {
        let to = sketch.can_all(Power::ApproveClients);
        sketch.by_rights(EdgeKind::ClientCertificate, holder, &[approval, signer], to, Conditions::NONE);
    }
}

fn sign(sketch: &mut Sketch<'_, '_>) {
    let find = |power| sketch.graph.find(&Vertex::Can(power, Scope::Cluster));
    if let (Some(request), Some(approve)) = (find(Power::RequestCertificates), find(Power::ApproveClients)) {
        let to = sketch.can_all(Power::AnyIdentity);
        sketch.together(EdgeKind::ClientCertificate, &[request, approve].map(Need::of), to, Conditions::NONE);
    }
}
