//! The way back from a pod to what selects it, without trying every selector.

use std::collections::{BTreeMap, HashMap};

use cloister_inventory::Selector;
use cloister_model::Entry;

/// Things with selectors, by a label that each of them asks for.
#[derive(Debug)]
pub(crate) struct Selecting<'a, T> {
    /// A label with one of some values.
    by_label: HashMap<&'a str, HashMap<&'a str, Vec<T>>>,
    /// A label with any value.
    by_key: HashMap<&'a str, Groups<'a, T>>,
    /// Those that ask for no label.
    by_absence: Groups<'a, T>,
    /// Those without a selector, which is tried for every pod.
    open: Vec<T>,
}

/// Things by what they rule out, so that it is asked once for all of them; in an order that stays.
type Groups<'a, T> = BTreeMap<Excluded<'a>, Vec<T>>;

/// Labels that must not be there: one at all, and one with some values.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Excluded<'a> {
    key: Option<&'a str>,
    values: Option<(&'a str, Vec<&'a str>)>,
}

impl<'a> Excluded<'a> {
    fn of(selector: &Selector<'a>) -> Excluded<'a> {
        Excluded { key: selector.absent(), values: selector.none_of() }
    }

    fn allows(&self, labels: &[Entry]) -> bool {
        let value = |key: &str| labels.iter().find(|label| &*label.key == key).and_then(|label| label.node.as_str());
        let listed = |(key, values): &(&str, Vec<&str>)| value(key).is_some_and(|value| values.contains(&value));
        self.key.is_none_or(|key| value(key).is_none()) && !self.values.as_ref().is_some_and(listed)
    }
}

impl<T> Default for Selecting<'_, T> {
    fn default() -> Self {
        let (by_label, by_key) = (HashMap::new(), HashMap::new());
        Selecting { by_label, by_key, by_absence: BTreeMap::new(), open: Vec::new() }
    }
}

impl<'a, T: Copy> Selecting<'a, T> {
    /// Adds one; without a selector it is tried for every pod.
    pub(crate) fn add(&mut self, selector: Option<Selector<'a>>, thing: T) {
        let Some(selector) = selector else { return self.open.push(thing) };
        if let Some((key, value)) = selector.required().next() {
            self.by_label.entry(key).or_default().entry(value).or_default().push(thing);
        } else if let Some((key, mut values)) = selector.one_of() {
            values.sort_unstable();
            values.dedup();
            let known = self.by_label.entry(key).or_default();
            values.into_iter().for_each(|value| known.entry(value).or_default().push(thing));
        } else {
            let groups = match selector.present() {
                Some(key) => self.by_key.entry(key).or_default(),
                None => &mut self.by_absence,
            };
            groups.entry(Excluded::of(&selector)).or_default().push(thing);
        }
    }

    /// Those that may select a pod with these labels; whether they do is still to be asked.
    pub(crate) fn candidates(&self, labels: &[Entry]) -> impl Iterator<Item = &T> {
        let by_label = labels.iter().filter_map(|label| self.by_label.get(&*label.key)?.get(label.node.as_str()?));
        let by_key = labels.iter().filter_map(|label| self.by_key.get(&*label.key)).flatten();
        let groups = self.by_absence.iter().chain(by_key);
        let allowed = groups.filter(|(excluded, _)| excluded.allows(labels)).map(|(_, things)| things);
        self.open.iter().chain(allowed.chain(by_label).flatten())
    }
}

#[cfg(test)]
mod tests {
    use cloister_inventory::Selector;
    use cloister_manifest::{Interner, parse_trees};
    use cloister_model::Node;

    use super::Selecting;

    fn tree(text: &str) -> Node {
        parse_trees(text, "", &mut Interner::default()).0.remove(0)
    }

    /// Whatever a selector matches is among the candidates, and what asks for other labels is not.
    #[test]
    fn candidates_are_few_and_none_is_missing() {
        let written = [
            ("{matchLabels: {app: a}}", true),
            ("{matchLabels: {app: b}}", false),
            ("{matchExpressions: [{key: app, operator: In, values: [b, a, a]}]}", true),
            ("{matchExpressions: [{key: app, operator: In, values: [b, c]}]}", false),
            ("{matchExpressions: [{key: app, operator: Exists}]}", true),
            ("{matchExpressions: [{key: zone, operator: Exists}, {key: app, operator: NotIn, values: [x]}]}", false),
            ("{matchExpressions: [{key: zone, operator: DoesNotExist}]}", true),
            ("{matchExpressions: [{key: app, operator: DoesNotExist}]}", false),
            ("{matchExpressions: [{key: app, operator: NotIn, values: [x]}]}", true),
            ("{matchExpressions: [{key: app, operator: NotIn, values: [x, a]}]}", false),
            ("{matchExpressions: [{key: app, operator: Exists}, {key: tier, operator: DoesNotExist}]}", false),
            ("{}", true),
        ];
        let selectors: Vec<Node> = written.iter().map(|(text, _)| tree(text)).collect();
        let mut selecting = Selecting::default();
        for (index, selector) in selectors.iter().enumerate() {
            selecting.add(Some(Selector::Labels(selector)), index);
        }
        let pod = tree("{app: a, tier: web}");
        let mut found: Vec<usize> = selecting.candidates(pod.entries()).copied().collect();
        found.sort_unstable();
        let expected: Vec<usize> = (0..written.len()).filter(|index| written[*index].1).collect();
        assert_eq!(found, expected);
        for (selector, (text, matches)) in selectors.iter().zip(written) {
            assert_eq!(Selector::Labels(selector).matches(pod.entries()), matches, "{text}");
        }
    }
}
