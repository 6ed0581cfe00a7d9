//! Which resources are workloads, and their pods by label.

use std::sync::{Arc, OnceLock};

use cloister_model::{Resource, Value};
use foldhash::HashMap;

use crate::template::{Trail, trails};
use crate::{Pod, owners};

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
    /// The ways to the templates of each resource.
    trails: Vec<Box<[Trail]>>,
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
        let trails: Vec<Box<[Trail]>> = resources.iter().map(|resource| trails(resource).into()).collect();
        let carries: Vec<bool> = trails.iter().map(|templates| !templates.is_empty()).collect();
        let owned = owners::owned(resources, &carries);
        let varied = |index: usize| trails.get(index).is_some_and(|templates| templates.len() > 1);
        let all: Vec<usize> = (0..resources.len())
            .filter(|index| carries.get(*index) == Some(&true) && owned.get(*index) == Some(&false))
            .collect();
        let mut workloads =
            Workloads { varied: all.iter().any(|index| varied(*index)), trails, ..Workloads::default() };
        for (index, resource) in all.iter().filter_map(|index| Some((*index, resources.get(*index)?))) {
            workloads.add(index, resource);
        }
        workloads.all = all;
        workloads
    }

    /// The pods of the resource with this index.
    pub(crate) fn pods_of<'a>(
        &'a self,
        index: usize,
        resource: &'a Resource,
    ) -> impl Iterator<Item = Pod<'a>> + use<'a> {
        let trails = self.trails.get(index).into_iter().flatten();
        trails.filter_map(|trail| Pod::new(resource, trail.follow(&resource.root)?))
    }

    fn add(&mut self, index: usize, resource: &Resource) {
        let namespace: Arc<str> = Arc::from(resource.namespace_or_default());
        self.of.entry(namespace.clone()).or_default().push(index);
        let labelled = self.labelled.entry(namespace).or_default();
        let trails = self.trails.get(index).into_iter().flatten();
        let pods = trails.filter_map(|trail| Pod::new(resource, trail.follow(&resource.root)?));
        for label in pods.flat_map(|pod| pod.labels()) {
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
