//! # What it is
//! A Secret of the type kubernetes.io/service-account-token is a token of the account that its annotation names;
//! one of the type bootstrap.kubernetes.io/token in kube-system makes its reader a member of system:bootstrappers.
//!
//! # Source
//! pkg/serviceaccount/legacy.go, plugin/pkg/auth/authenticator/token/bootstrap/bootstrap.go.
//!
//! # Since
//! Every version with RBAC (1.8).
//!
//! # What cuts it
//! Deleting the Secret.
//!
//! # Proof
//! That its token is used is climbed as read-token-secret and create-token-secret; the groups of a bootstrap token
//! are argued from the source (bootstrap.go).

use super::Edge;
use crate::escalation::conditions::Conditions;
use crate::escalation::edges::EdgeKind;
use crate::escalation::sketch::Sketch;
use crate::escalation::vertex::Vertex;

pub(super) const EDGE: Edge = Edge::new("use the token", 0).world(draw);

fn draw(sketch: &mut Sketch<'_, '_>) {
    for secret in sketch.inventory.of_kind("Secret") {
        let namespace = secret.namespace_or_default();
        let to = match secret.root.str_at("type") {
            Some("kubernetes.io/service-account-token") => {
                let account = secret.annotation("kubernetes.io/service-account.name");
                account.map(|account| Vertex::Account(namespace, account))
            }
            Some("bootstrap.kubernetes.io/token") if namespace == "kube-system" => {
                Some(Vertex::Group("system:bootstrappers"))
            }
            _ => None,
        };
        let Some(to) = to else { continue };
        let (from, to) = (sketch.graph.vertex(Vertex::Secret(namespace, &secret.name)), sketch.graph.vertex(to));
        let place = (secret, secret.root.get("type").unwrap_or(&secret.root));
        sketch.by_object(EdgeKind::TokenSecret, (from, to), place, Conditions::NONE);
    }
}
