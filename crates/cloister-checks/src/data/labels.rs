//! Labels and annotations, of a resource and of the pods it makes.

use cloister_model::{Entry, Resource};

/// Where metadata stands: the resource's own, and its pod template's.
const METADATA: [&str; 3] = ["metadata", "spec/template/metadata", "spec/jobTemplate/spec/template/metadata"];

/// Every label and annotation.
pub(crate) fn labels_and_annotations(resource: &Resource) -> impl Iterator<Item = &Entry> {
    // Charts write the checksum of a Secret there, so that pods restart when it changes.
    METADATA
        .iter()
        .filter_map(|path| resource.root.at(path))
        .flat_map(|metadata| metadata.entries_at("labels").iter().chain(metadata.entries_at("annotations")))
        .filter(|entry| !entry.key.starts_with("checksum/"))
}
