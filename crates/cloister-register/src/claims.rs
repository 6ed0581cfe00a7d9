//! Which documents select which workloads, without trying every pair: equal
//! selectors are tried once, and each only for the workloads that may fit.

use std::collections::HashMap;
use std::sync::Arc;

use cloister_model::{Node, Value};

use crate::documents::WorkloadSelector;
use crate::workload::Workload;

/// What a workload must at least be for a selector to select it.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Mark<'a> {
    Name(&'a str),
    Label(&'a str, &'a str),
    Namespace(&'a str),
}

/// Things that select workloads, by what they select.
#[derive(Debug, Default)]
pub(crate) struct Selectors<'a> {
    /// Each different selector, with the documents that have it.
    classes: Vec<(WorkloadSelector<'a>, Vec<usize>)>,
    by_mark: HashMap<Mark<'a>, Vec<usize>>,
    /// Those that any workload may fit.
    open: Vec<usize>,
}

impl<'a> Selectors<'a> {
    /// Gathers the selectors of documents, in their order.
    pub(crate) fn of(selectors: impl Iterator<Item = Option<WorkloadSelector<'a>>>) -> Selectors<'a> {
        let mut all = Selectors::default();
        let mut known: HashMap<String, usize> = HashMap::new();
        for (document, selector) in selectors.enumerate() {
            let Some(selector) = selector else { continue };
            match known.entry(selector.wording()) {
                std::collections::hash_map::Entry::Occupied(class) => {
                    all.classes.get_mut(*class.get()).into_iter().for_each(|(_, documents)| documents.push(document));
                }
                std::collections::hash_map::Entry::Vacant(class) => {
                    class.insert(all.classes.len());
                    all.add(selector, document);
                }
            }
        }
        all
    }

    fn add(&mut self, selector: WorkloadSelector<'a>, document: usize) {
        let class = self.classes.len();
        let marks = marks(&selector);
        if marks.is_empty() {
            self.open.push(class);
        }
        for mark in marks {
            self.by_mark.entry(mark).or_default().push(class);
        }
        self.classes.push((selector, vec![document]));
    }

    /// The classes that select `workload`, in their order.
    fn selecting(&self, workload: &Workload<'_>) -> Vec<usize> {
        let labels = workload.label_sets().flatten();
        let labels = labels.filter_map(|label| Some(Mark::Label(&label.key, label.node.as_str()?)));
        let own = [Mark::Name(&workload.resource.name), Mark::Namespace(workload.namespace())];
        let fitting = own.into_iter().chain(labels).filter_map(|mark| self.by_mark.get(&mark)).flatten();
        let mut classes: Vec<usize> = fitting.chain(&self.open).copied().collect();
        classes.sort_unstable();
        classes.dedup();
        classes.retain(|&class| self.classes.get(class).is_some_and(|(selector, _)| selector.selects(workload)));
        classes
    }

    /// For each workload, the documents that select it. Workloads with the same share one list.
    pub(crate) fn claims(&self, workloads: &[Workload<'a>]) -> Vec<Arc<[usize]>> {
        let mut known: HashMap<Vec<usize>, Arc<[usize]>> = HashMap::new();
        let documents = |classes: &[usize]| {
            let lists = classes.iter().filter_map(|&class| self.classes.get(class));
            let mut documents: Vec<usize> = lists.flat_map(|(_, documents)| documents.iter().copied()).collect();
            documents.sort_unstable();
            Arc::from(documents)
        };
        let claim = |workload| {
            let classes = self.selecting(workload);
            let list = known.get(&classes).cloned().unwrap_or_else(|| documents(&classes));
            known.entry(classes).or_insert(list).clone()
        };
        workloads.iter().map(claim).collect()
    }
}

/// The marks of which a workload must have one; none where any workload may fit.
fn marks<'a>(selector: &WorkloadSelector<'a>) -> Vec<Mark<'a>> {
    let names = selector.names().items();
    if !names.is_empty() {
        let bare = |name: &'a str| name.split_once('/').map_or(name, |(_, name)| name);
        return names.into_iter().map(|name| Mark::Name(bare(name))).collect();
    }
    if let Some((key, value)) = selector.required_label() {
        return vec![Mark::Label(key, value)];
    }
    let namespaces = selector.namespaces_or_own();
    if namespaces.iter().any(|namespace| namespace.ends_with('*')) {
        return Vec::new();
    }
    namespaces.into_iter().map(Mark::Namespace).collect()
}

/// A tree in one text, equal where the trees are.
pub(crate) fn wording(node: &Node, text: &mut String) {
    match &node.value {
        Value::Map(entries) => entries.iter().for_each(|entry| {
            text.push_str(&format!("{:?}:{{", entry.key));
            wording(&entry.node, text);
            text.push('}');
        }),
        Value::List(items) => items.iter().for_each(|item| {
            text.push('[');
            wording(item, text);
            text.push(']');
        }),
        scalar => text.push_str(&format!("{scalar:?}")),
    }
}
