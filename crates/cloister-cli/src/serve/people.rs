//! People of a cluster, who sign in with its tokens.

use std::sync::Arc;

use cloister_hub::{Access, Cluster, Kubernetes, Person};
use cloister_source::cluster::{Attributes, ClusterRequest, Reviewed, Reviewer};

use super::args::{Serve, SignIn};
use crate::way_out::failure;

/// An API server, as the hub asks it.
#[derive(Debug)]
struct Asked(Reviewer);

impl Cluster for Asked {
    fn whose(&self, token: &str) -> Result<Option<Person>, String> {
        let found = self.0.whose(token)?;
        Ok(found.map(|one| Person { name: one.user, uid: one.uid, groups: one.groups, extra: one.extra }))
    }

    fn may(&self, person: &Person, asked: &[Access]) -> Result<Vec<bool>, String> {
        let person = person.clone();
        let who = Reviewed { user: person.name, uid: person.uid, groups: person.groups, extra: person.extra };
        let asked: Vec<Attributes> = asked.iter().map(attributes).collect();
        self.0.may(&who, &asked)
    }
}

fn attributes(one: &Access) -> Attributes {
    Attributes {
        group: one.group.to_owned(),
        resource: one.resource.to_owned(),
        verb: one.verb.to_owned(),
        namespace: one.namespace.as_deref().unwrap_or("").to_owned(),
    }
}

/// Those who sign in by Kubernetes, where they may.
pub fn of_cluster(asked: &Serve, source: &Arc<str>) -> anyhow::Result<Option<Kubernetes>> {
    if asked.sign_in != Some(SignIn::Kubernetes) {
        return Ok(None);
    }
    if !asked.live.is_named() {
        return Err(failure("no cluster is named that people could be of", "name it: --cluster"));
    }
    let (kubeconfig, context) = (asked.live.kubeconfig.clone(), asked.live.context.clone());
    let request = ClusterRequest { kubeconfig, context, namespaces: Vec::new() };
    let reviewer = Reviewer::new(request, asked.kubernetes_audience.clone())?;
    Ok(Some(Kubernetes::new(Arc::new(Asked(reviewer)), source.clone())))
}
