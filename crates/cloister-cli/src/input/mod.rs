//! What commands read: files, charts, overlays, a cluster.

pub mod args;
mod read;

use std::path::PathBuf;

use cloister_assessment::Subject;
use cloister_inventory::Inputs;
use cloister_model::{Diagnostic, Resource};
use cloister_source::cluster::{self, ClusterRead, ClusterRequest};
use cloister_source::{HelmOptions, Request};

pub use read::read;

/// Where to read from, as the user said it.
#[derive(Debug, Default)]
pub struct Sources {
    pub paths: Vec<PathBuf>,
    pub node_facts: Vec<PathBuf>,
    pub kubelets: bool,
    pub cluster: bool,
    pub request: ClusterRequest,
    /// A cluster that was read already.
    pub read: Option<ClusterRead>,
    pub helm: HelmOptions,
    pub kubectl: Option<PathBuf>,
}

/// Everything that was read.
pub struct Input {
    pub resources: Vec<Resource>,
    pub diagnostics: Vec<Diagnostic>,
    pub inputs: Inputs,
    pub subject: Subject,
}

impl Sources {
    /// Reads them all; this folder where nothing is named.
    pub fn read(self, progress: &(dyn Fn(&str) + Sync)) -> Input {
        let wants_cluster =
            self.cluster || self.kubelets || self.request.context.is_some() || self.request.kubeconfig.is_some();
        let mut targets = self.paths;
        if targets.is_empty() && !wants_cluster && self.read.is_none() && self.node_facts.is_empty() {
            targets.push(PathBuf::from("."));
        }
        // Facts of nodes are files like others, but tell nothing of what is written in a repository.
        let files = !targets.is_empty();
        targets.extend(self.node_facts);
        let mut input = read_files(Request { targets, helm: self.helm, kubectl: self.kubectl }, progress);
        input.inputs.files = files;
        let read = if wants_cluster { Some(cluster::read(&self.request, progress)) } else { self.read };
        if let Some(read) = read {
            add_cluster(read, &mut input);
        }
        if self.kubelets {
            progress("asking kubelets");
            let (resources, diagnostics) = cluster::configz(&self.request);
            input.resources.extend(resources);
            input.diagnostics.extend(diagnostics);
        }
        input
    }
}

fn read_files(request: Request, progress: &(dyn Fn(&str) + Sync)) -> Input {
    let read = cloister_source::read(&request, progress);
    let subject = Subject {
        targets: request.targets.iter().map(|target| target.to_string_lossy().into_owned()).collect(),
        files: read.files,
        rendered: read.rendered,
        other_documents: read.others,
        ..Subject::default()
    };
    let inputs = Inputs { files: !request.targets.is_empty(), ..Inputs::default() };
    Input { resources: read.resources, diagnostics: read.diagnostics, inputs, subject }
}

fn add_cluster(read: ClusterRead, input: &mut Input) {
    input.inputs.cluster = !read.name.is_empty();
    input.inputs.server_version = read.version;
    input.inputs.unread = read.unread;
    input.resources.extend(read.resources);
    input.diagnostics.extend(read.diagnostics);
    input.subject.targets.push(if read.name.is_empty() { "cluster".to_owned() } else { read.name });
}
