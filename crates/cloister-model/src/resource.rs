//! A Kubernetes object with where it came from.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{Entry, Location, Mark, Node, Rendered};

/// Where a resource came from. Decides what a place in it is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A file as the user wrote it, or standard input (`-`). Marks count in this file.
    File(Arc<str>),
    /// Output of a renderer. Marks count in the rendered text.
    Rendered {
        /// The template or overlay file that the output comes from.
        file: Arc<str>,
        /// The template file has the very lines that were rendered, so that a
        /// rendered line is also a line of the file.
        verbatim: bool,
    },
    /// An API server, reached through this context. There are no lines.
    Cluster(Arc<str>),
}

/// One Kubernetes object.
#[derive(Clone, Debug)]
pub struct Resource {
    /// `apiVersion`, such as `apps/v1`.
    pub api_version: Arc<str>,
    /// `kind`, such as `Deployment`.
    pub kind: Arc<str>,
    /// `metadata.namespace` as written; `None` when absent.
    pub namespace: Option<Arc<str>>,
    /// `metadata.name`, or `metadata.generateName` with a `*`; empty when neither is there.
    pub name: Arc<str>,
    /// The whole object: held once, by whoever knows of it.
    pub root: Arc<Node>,
    /// Where it came from.
    pub origin: Origin,
}

/// Names one resource, in the words of the API.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ResourceRef {
    /// `apiVersion`.
    pub api_version: Arc<str>,
    /// `kind`.
    pub kind: Arc<str>,
    /// The namespace; null for what has none.
    pub namespace: Option<Arc<str>>,
    /// The name.
    pub name: Arc<str>,
}

impl Resource {
    /// The API group: `apps` of `apps/v1`, empty for the core group.
    pub fn group(&self) -> &str {
        self.api_version.split_once('/').map_or("", |(group, _)| group)
    }

    /// This resource's name for reports; the namespace as it takes effect.
    pub fn reference(&self) -> ResourceRef {
        ResourceRef {
            api_version: self.api_version.clone(),
            kind: self.kind.clone(),
            namespace: self.namespace.clone(),
            name: self.name.clone(),
        }
    }

    /// The namespace this resource ends up in: as written, otherwise `default`.
    /// Meaningful for namespaced kinds only.
    pub fn namespace_or_default(&self) -> &str {
        self.namespace.as_deref().unwrap_or("default")
    }

    /// `metadata.labels`.
    pub fn labels(&self) -> &[Entry] {
        self.root.entries_at("metadata/labels")
    }

    /// The value of one label.
    pub fn label(&self, key: &str) -> Option<&str> {
        self.root.at("metadata/labels")?.get(key)?.as_str()
    }

    /// The value of one annotation.
    pub fn annotation(&self, key: &str) -> Option<&str> {
        self.root.at("metadata/annotations")?.get(key)?.as_str()
    }

    /// The location of a mark in this resource; `None` where there are no lines.
    pub fn locate(&self, mark: Mark) -> Option<Location> {
        let written = (mark != Mark::NONE).then_some(mark);
        match &self.origin {
            Origin::Cluster(_) => None,
            Origin::File(file) => written.map(|mark| Location::written(file, mark)),
            Origin::Rendered { file, verbatim: true } => written.map(|mark| Location::written(file, mark)),
            Origin::Rendered { file, verbatim: false } => Some(Location {
                file: file.clone(),
                line: None,
                column: None,
                rendered: written.map(|mark| Rendered { line: mark.line, column: mark.column }),
            }),
        }
    }
}
