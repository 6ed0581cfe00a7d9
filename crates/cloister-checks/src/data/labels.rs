//! Labels and annotations, of a resource and of the pods it makes.

use cloister_detect::Detection;
use cloister_detect::profile::Profile;
use cloister_model::{Entry, Place, Resource};

use super::recognised::{Recognised, within};

/// Where metadata stands: the resource's own, and its pod template's.
const METADATA: [&str; 3] = ["metadata", "spec/template/metadata", "spec/jobTemplate/spec/template/metadata"];

/// One label or annotation.
#[derive(Debug)]
pub(crate) struct Label<'a> {
    pub key: &'a str,
    resource: &'a Resource,
    entry: &'a Entry,
    recognised: Recognised<'a>,
}

/// Every label and annotation.
pub(crate) fn labels_and_annotations<'a>(
    resource: &'a Resource,
    profile: Option<&'a Profile>,
) -> impl Iterator<Item = Label<'a>> {
    // Charts write the checksum of a Secret there, so that pods restart when it changes.
    METADATA
        .iter()
        .filter_map(|path| resource.root.at(path))
        .flat_map(|metadata| metadata.entries_at("labels").iter().chain(metadata.entries_at("annotations")))
        .filter(|entry| !entry.key.starts_with("checksum/"))
        .map(move |entry| Label { key: &entry.key, resource, entry, recognised: Recognised::by(profile) })
}

impl<'a> Label<'a> {
    /// The first credential in it.
    pub(crate) fn credential(&self) -> Option<&Detection> {
        self.recognised.credentials(self.name(), self.value()).next()
    }

    /// Personal data in it.
    pub(crate) fn personal_data(&self) -> Vec<&Detection> {
        self.recognised.personal_data(self.name(), self.value())
    }

    /// Where a detection stands.
    pub(crate) fn place_of(&self, detection: &Detection) -> Place<'a> {
        within(Place::of(self.resource, &self.entry.node), self.value(), detection)
    }

    /// Its name and value, where nothing is recognised in them.
    pub(crate) fn plain(&self) -> Option<(&'a str, &'a str)> {
        self.recognised.is_nothing(self.name(), self.value()).then(|| self.words())
    }

    /// The same, in which nothing is recognised.
    pub(crate) fn with_nothing(self) -> Label<'a> {
        Label { recognised: Recognised::nothing(), ..self }
    }

    /// Its name and value.
    pub(crate) fn words(&self) -> (&'a str, &'a str) {
        (self.name(), self.value())
    }

    fn name(&self) -> &'a str {
        self.key.rsplit('/').next().unwrap_or(self.key)
    }

    fn value(&self) -> &'a str {
        self.entry.node.as_str().unwrap_or("")
    }
}
