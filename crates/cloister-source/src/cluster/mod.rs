//! A live cluster: discovered, listed page by page, never changed.

mod connect;
mod discover;
mod exec;
mod follow;
mod limit;
mod list;
mod nodes;
mod review;

use std::path::PathBuf;
use std::sync::Arc;

use cloister_inventory::Unread;
use cloister_model::{Diagnostic, Resource};

use tokio::runtime::{Builder, Runtime};

pub use follow::Follower;
pub use nodes::{Gathered, NAMESPACE, configz, gather};
pub use review::{Attributes, Reviewed, Reviewer};

/// Which cluster, as the user said it.
#[derive(Clone, Debug, Default)]
pub struct ClusterRequest {
    /// A kubeconfig file; the usual places and the pod's own account when absent.
    pub kubeconfig: Option<PathBuf>,
    /// A context of it; the current one when absent.
    pub context: Option<String>,
    /// Only these namespaces; all when empty.
    pub namespaces: Vec<String>,
}

/// What a cluster held.
#[derive(Debug, Default)]
pub struct ClusterRead {
    /// The context or address, for the report's title.
    pub name: String,
    /// The API server's own version, where it tells it, such as `v1.37.2`.
    pub version: Option<String>,
    /// Every object of the kinds that may matter.
    pub resources: Vec<Resource>,
    /// Kinds that could not be listed, with the permission that is missing.
    pub unread: Vec<Unread>,
    /// Whatever else went wrong.
    pub diagnostics: Vec<Diagnostic>,
}

/// Lists a cluster.
pub fn read(request: &ClusterRequest, progress: &(dyn Fn(&str) + Sync)) -> ClusterRead {
    let runtime = match runtime() {
        Ok(runtime) => runtime,
        Err(diagnostic) => return failed(*diagnostic),
    };
    runtime.block_on(async {
        let (client, name) = match connect::connect(request).await {
            Ok(connected) => connected,
            Err(diagnostic) => return failed(*diagnostic),
        };
        progress(&format!("discovering {name}"));
        let origin: Arc<str> = Arc::from(name.as_str());
        match discover::discover(&client).await {
            Ok(kinds) => {
                let version = discover::version(&client).await;
                ClusterRead { version, ..list::list(&client, kinds, request, origin, progress).await }
            }
            Err(error) => failed(connect::explain(&name, &error)),
        }
    })
}

fn runtime() -> Result<Runtime, Box<Diagnostic>> {
    let built = Builder::new_current_thread().enable_all().build();
    built.map_err(|error| Box::new(Diagnostic::of_cluster("cluster", format!("cannot start: {error}"))))
}

fn failed(diagnostic: Diagnostic) -> ClusterRead {
    ClusterRead { diagnostics: vec![diagnostic], ..ClusterRead::default() }
}
