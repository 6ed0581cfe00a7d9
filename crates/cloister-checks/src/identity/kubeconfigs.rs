//! Kubeconfigs: who signs in, and by what.

use cloister_certificate::{Certificate, read_base64};
use cloister_model::{Node, Place, Resource};
use cloister_node::{Facts, File, Role};

use crate::{Need, OfResource, Run};

const KIND: &str = "Config";
pub(super) const NEEDS: &[Need] = &[Need::Kind(KIND)];

/// Runs over every kubeconfig; other documents of this kind have no users.
pub(super) const fn each_kubeconfig(run: OfResource) -> Run {
    Run::Resource(&[KIND], run)
}

pub(super) const CERTIFICATES: &[Need] = &[Need::KindOrFacts(KIND)];

/// Runs over every kubeconfig, and over facts of nodes.
pub(super) const fn each_holder(run: OfResource) -> Run {
    Run::Resource(&[KIND, "NodeFacts.cloister.dev"], run)
}

/// A certificate by which somebody signs in at the API server.
pub(super) struct Held<'a> {
    /// Whose it is: `user "admin"`, or the file of a node.
    pub who: String,
    pub place: Place<'a>,
    pub certificate: Certificate,
}

/// Those of a kubeconfig, or of a node's files: etcd has an authority of its own, to which groups mean nothing.
pub(super) fn held(resource: &Resource) -> Vec<Held<'_>> {
    let Some(facts) = Facts::of(resource) else {
        let own = users(resource).into_iter().filter_map(|user| {
            let (who, place) = (format!("user \"{}\"", user.name), user.place.at("client-certificate-data"));
            user.certificate.map(|certificate| Held { who, place, certificate })
        });
        return own.collect();
    };
    let files: Vec<_> = facts.files().filter(|file| !file.path().contains("etcd")).collect();
    let all = files.iter().flat_map(|file| file.certificates().into_iter().map(move |it| (file, it)));
    let clients = all.filter(|(file, it)| !it.authority && signs_in(file, it));
    let held = clients.map(|(file, certificate)| Held {
        who: file.path().to_owned(),
        place: file.at("certificates"),
        certificate,
    });
    held.collect()
}

/// Whether the API server takes a certificate of a client: one that names no use is good for all, and is a client's where
/// it stands in a kubeconfig (RFC 5280, 4.2.1.12; `crypto/x509` of Go reads it so).
fn signs_in(file: &File<'_>, certificate: &Certificate) -> bool {
    let usages = &certificate.extended_usages;
    usages.iter().any(|usage| usage == "clientAuth")
        || usages.is_empty() && Role::KUBECONFIGS.iter().any(|it| file.is(*it))
}

/// One user of a kubeconfig.
pub(super) struct User<'a> {
    pub name: &'a str,
    pub node: &'a Node,
    pub place: Place<'a>,
    /// What it signs in with, where that stands in the file.
    pub certificate: Option<Certificate>,
}

pub(super) fn users(resource: &Resource) -> Vec<User<'_>> {
    let is_kubeconfig = &*resource.api_version == "v1";
    let items = if is_kubeconfig { resource.root.items_at("users") } else { &[] };
    items
        .iter()
        .filter_map(|item| {
            let node = item.get("user")?;
            let data = node.str_at("client-certificate-data");
            Some(User {
                name: item.str_at("name").unwrap_or_default(),
                node,
                place: Place::of(resource, node),
                certificate: data.and_then(|data| read_base64(data).certificates.into_iter().next()),
            })
        })
        .collect()
}

/// Whether a certificate is a program's of the cluster itself.
pub(super) fn is_component(certificate: &Certificate) -> bool {
    let name = certificate.common_name.as_deref().unwrap_or_default();
    let programs = ["kube-apiserver", "kube-etcd", "front-proxy-client", "kubelet"];
    name.starts_with("system:") || programs.iter().any(|program| name.starts_with(program))
}
