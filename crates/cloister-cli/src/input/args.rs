//! Where commands that answer questions read from, as options.

use std::path::PathBuf;

use clap::Args;
use cloister_source::cluster::ClusterRequest;

use super::Sources;

/// A cluster to read from.
#[derive(Debug, Args)]
pub struct Cluster {
    /// A live cluster, through the kubeconfig or a pod's own account.
    #[arg(long, help_heading = "Input")]
    pub cluster: bool,

    /// The kubeconfig's context; implies --cluster.
    #[arg(long, value_name = "NAME", help_heading = "Input")]
    pub context: Option<String>,

    /// The kubeconfig file; implies --cluster.
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    pub kubeconfig: Option<PathBuf>,
}

impl Cluster {
    /// Whether one is named.
    pub fn is_named(&self) -> bool {
        self.cluster || self.context.is_some() || self.kubeconfig.is_some()
    }

    /// What to read: this, and `paths`.
    pub fn sources(&self, paths: &[PathBuf]) -> Sources {
        let request = ClusterRequest {
            kubeconfig: self.kubeconfig.clone(),
            context: self.context.clone(),
            ..ClusterRequest::default()
        };
        Sources { paths: paths.to_vec(), cluster: self.cluster, request, ..Sources::default() }
    }
}

/// Where roles and bindings are read from.
#[derive(Debug, Args)]
pub struct Source {
    /// Files, folders, globs, charts, or - for standard input [default: this folder].
    #[arg(long, value_name = "PATH", num_args = 1.., help_heading = "Input")]
    pub from: Vec<PathBuf>,

    #[command(flatten)]
    pub live: Cluster,
}

impl Source {
    /// What to read.
    pub fn sources(&self) -> Sources {
        self.live.sources(&self.from)
    }

    /// What is read, for the title of a picture of it.
    pub fn title(&self) -> String {
        let named = self.live.context.clone().or_else(|| self.live.cluster.then(|| "cluster".to_owned()));
        let paths = self.from.iter().map(|path| path.to_string_lossy().into_owned());
        let all: Vec<String> = named.into_iter().chain(paths).collect();
        if all.is_empty() { "this folder".to_owned() } else { all.join(", ") }
    }
}
