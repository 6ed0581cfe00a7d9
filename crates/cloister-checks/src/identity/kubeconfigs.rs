//! Kubeconfigs: who signs in, and by what.

use cloister_certificate::{Certificate, read_base64};
use cloister_model::{Node, Place, Resource};

use crate::{Need, OfResource, Run};

const KIND: &str = "Config";
pub(super) const NEEDS: &[Need] = &[Need::Kind(KIND)];

/// Runs over every kubeconfig; other documents of this kind have no users.
pub(super) const fn each_kubeconfig(run: OfResource) -> Run {
    Run::Resource(&[KIND], run)
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
