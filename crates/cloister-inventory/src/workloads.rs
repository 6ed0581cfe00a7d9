//! Which resources are workloads, and their pods by label.

use std::sync::Arc;

use cloister_model::{Resource, Value};
use foldhash::HashMap;

use crate::inventory::pods_of;
use crate::{owners, template};

/// Indexes by a label's key and value.
pub(crate) type Labels = HashMap<Arc<str>, HashMap<Arc<str>, Vec<usize>>>;

/// Those of each namespace.
pub(crate) type Labelled = HashMap<Arc<str>, Labels>;

/// Resources that carry pods and are not part of another workload.
#[derive(Debug, Default)]
pub(crate) struct Workloads {
    pub(crate) all: Vec<usize>,
    of: HashMap<Arc<str>, Vec<usize>>,
    /// By namespace, and by label and value of their pods.
    pub(crate) labelled: Labelled,
}

impl Workloads {
    pub(crate) fn of(resources: &[Resource]) -> Workloads {
        let carries: Vec<bool> = resources.iter().map(|resource| !template::templates(resource).is_empty()).collect();
        let owned = owners::owned(resources, &carries);
        let mut workloads = Workloads::default();
        for (index, resource) in resources.iter().enumerate() {
            if carries.get(index) == Some(&true) && owned.get(index) == Some(&false) {
                workloads.add(index, resource);
            }
        }
        workloads
    }

    fn add(&mut self, index: usize, resource: &Resource) {
        self.all.push(index);
        let namespace: Arc<str> = Arc::from(resource.namespace_or_default());
        self.of.entry(namespace.clone()).or_default().push(index);
        let labelled = self.labelled.entry(namespace).or_default();
        for label in pods_of(resource).flat_map(|pod| pod.labels()) {
            let Value::Text(value) = &label.node.value else { continue };
            let bucket = labelled.entry(label.key.clone()).or_default().entry(value.clone()).or_default();
            // Several templates of one resource may share a label.
            if bucket.last() != Some(&index) {
                bucket.push(index);
            }
        }
    }

    pub(crate) fn within(&self, namespace: &str) -> &[usize] {
        self.of.get(namespace).map_or(&[], Vec::as_slice)
    }
}
