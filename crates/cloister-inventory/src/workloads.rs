//! Which resources are workloads, and their pods by label.

use std::sync::{Arc, OnceLock};

use cloister_model::{Resource, Value};
use foldhash::HashMap;

use crate::inventory::pods_of;
use crate::{owners, template};

/// Indexes by a label's key and value.
pub(crate) type Labels = HashMap<Arc<str>, HashMap<Arc<str>, Vec<usize>>>;

/// Indexes by a label's key alone.
type Keyed = HashMap<Arc<str>, Vec<usize>>;

/// Those of each namespace.
pub(crate) type Labelled = HashMap<Arc<str>, Labels>;

/// Resources that carry pods and are not part of another workload.
#[derive(Debug, Default)]
pub(crate) struct Workloads {
    pub(crate) all: Vec<usize>,
    of: HashMap<Arc<str>, Vec<usize>>,
    /// By namespace, and by label and value of their pods.
    labelled: Labelled,
    /// By namespace and label, whatever its value: made when a selector first asks for it.
    keyed: OnceLock<HashMap<Arc<str>, Keyed>>,
    /// Whether any has several templates, whose pods may differ in their labels.
    varied: bool,
}

impl Workloads {
    pub(crate) fn of(resources: &[Resource]) -> Workloads {
        let carried: Vec<usize> = resources.iter().map(|resource| template::templates(resource).len()).collect();
        let carries: Vec<bool> = carried.iter().map(|templates| *templates > 0).collect();
        let owned = owners::owned(resources, &carries);
        let mut workloads = Workloads::default();
        for (index, resource) in resources.iter().enumerate() {
            if carries.get(index) == Some(&true) && owned.get(index) == Some(&false) {
                workloads.add(index, resource);
                workloads.varied |= carried.get(index).is_some_and(|templates| *templates > 1);
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
    /// Those of a namespace some of whose pods have this label with this value, in order.
    pub(crate) fn labelled(&self, namespace: &str, key: &str, value: &str) -> &[usize] {
        let values = self.labelled.get(namespace).and_then(|labels| labels.get(key));
        values.and_then(|values| values.get(value)).map_or(&[], Vec::as_slice)
    }

    /// Those of a namespace some of whose pods have this label, in order.
    pub(crate) fn with_label(&self, namespace: &str, key: &str) -> &[usize] {
        let keyed =
            self.keyed.get_or_init(|| self.labelled.iter().map(|(name, all)| (name.clone(), by_key(all))).collect());
        keyed.get(namespace).and_then(|keys| keys.get(key)).map_or(&[], Vec::as_slice)
    }

    /// Those of a namespace from the first on that is not among `some` of them.
    pub(crate) fn first_beyond(&self, namespace: &str, some: &[usize]) -> &[usize] {
        let all = self.within(namespace);
        if self.varied {
            return all;
        }
        // Both are in order: they are alike up to that one, and never again.
        let (mut low, mut high) = (0, some.len().min(all.len()));
        while low < high {
            let middle = low.midpoint(high);
            if all.get(middle) == some.get(middle) { low = middle + 1 } else { high = middle }
        }
        all.get(low..).unwrap_or_default()
    }
}

/// The values of each label thrown together.
fn by_key(labels: &Labels) -> Keyed {
    let all = |values: &HashMap<Arc<str>, Vec<usize>>| {
        let mut any: Vec<usize> = values.values().flatten().copied().collect();
        any.sort_unstable();
        any.dedup();
        any
    };
    labels.iter().map(|(key, values)| (key.clone(), all(values))).collect()
}
