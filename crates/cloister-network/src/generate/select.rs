//! The fewest labels that tell some pods from the others of their namespace.

use std::collections::{BTreeMap, BTreeSet};

/// The labels of a workload that stay.
pub(super) type Labels = BTreeMap<String, String>;

/// A label that is asked for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Requirement {
    pub(super) key: String,
    /// Its value; `None` where the label must not be there.
    pub(super) value: Option<String>,
}

/// Ends of keys whose values change with a release or a pod.
const PASSING: [&str; 16] = [
    "pod-template-hash",
    "controller-revision-hash",
    "pod-template-generation",
    "statefulset.kubernetes.io/pod-name",
    "apps.kubernetes.io/pod-index",
    "controller-uid",
    "job-name",
    "job-completion-index",
    "helm.sh/chart",
    "chart",
    "heritage",
    "app.kubernetes.io/version",
    "version",
    "app.kubernetes.io/managed-by",
    "date",
    "commit",
];

/// Keys that people read first.
const FIRST: [&str; 9] = [
    "app.kubernetes.io/name",
    "app",
    "k8s-app",
    "app.kubernetes.io/component",
    "component",
    "name",
    "app.kubernetes.io/instance",
    "role",
    "tier",
];

/// So many labels are tried together.
const TRIED: usize = 12;

/// Whether a label stays when a workload is released anew.
pub(super) fn stays(key: &str) -> bool {
    !PASSING.iter().any(|end| key == *end || key.strip_suffix(end).is_some_and(|start| start.ends_with(['/', '-'])))
}

/// Whether pods with these labels are selected.
pub(super) fn matches(selector: &[Requirement], labels: &Labels) -> bool {
    selector.iter().all(|asked| labels.get(&asked.key) == asked.value.as_ref())
}

/// The selector of one among others, none of which has the same labels.
pub(super) fn selector(own: &Labels, others: &[&Labels]) -> Vec<Requirement> {
    let base = base(own, others);
    let mut selector = base;
    let mut left: Vec<&Labels> = others.iter().copied().filter(|it| matches(&selector, it)).collect();
    // What is left has all of its labels and more: these must not be there.
    while !left.is_empty() {
        let keys: BTreeSet<&String> =
            left.iter().flat_map(|it| it.keys()).filter(|key| !own.contains_key(*key)).collect();
        let covered = |key: &str| left.iter().filter(|it| it.contains_key(key)).count();
        let Some(key) = keys
            .into_iter()
            .max_by(|one, other| covered(one).cmp(&covered(other)).then_with(|| rank(other).cmp(&rank(one))))
        else {
            break;
        };
        selector.push(Requirement { key: key.clone(), value: None });
        left.retain(|it| matches(&selector, it));
    }
    selector
}

fn rank(key: &str) -> (usize, &str) {
    (FIRST.iter().position(|first| *first == key).unwrap_or(FIRST.len()), key)
}

/// The fewest of its labels that leave no more of the others than all of them do.
fn base(own: &Labels, others: &[&Labels]) -> Vec<Requirement> {
    let mut labels: Vec<Requirement> =
        own.iter().map(|(key, value)| Requirement { key: key.clone(), value: Some(value.clone()) }).collect();
    labels.sort_by(|one, other| rank(&one.key).cmp(&rank(&other.key)));
    let left = |selector: &[Requirement]| others.iter().filter(|it| matches(selector, it)).count();
    let least = left(&labels);
    let tried: Vec<&Requirement> = labels.iter().take(TRIED).collect();
    if let Some(one) = tried.iter().find(|one| left(std::slice::from_ref(**one)) == least) {
        return vec![(*one).clone()];
    }
    for (first, one) in tried.iter().enumerate() {
        for other in tried.iter().skip(first + 1) {
            let two = [(*one).clone(), (*other).clone()];
            if left(&two) == least {
                return two.into();
            }
        }
    }
    for (first, one) in tried.iter().enumerate() {
        for (second, other) in tried.iter().enumerate().skip(first + 1) {
            for third in tried.iter().skip(second + 1) {
                let three = [(*one).clone(), (*other).clone(), (*third).clone()];
                if left(&three) == least {
                    return three.into();
                }
            }
        }
    }
    labels
}

#[cfg(test)]
mod tests {
    use super::{Labels, matches, selector, stays};

    fn labels(pairs: &[(&str, &str)]) -> Labels {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn the_fewest_labels_that_tell_apart_are_taken() {
        let (one, other) = (labels(&[("app", "a"), ("role", "x")]), labels(&[("app", "a"), ("role", "y")]));
        let show = |own: &Labels, others: &[&Labels]| {
            let all = selector(own, others);
            assert!(matches(&all, own) && !others.iter().any(|it| matches(&all, it)));
            all.into_iter().map(|it| format!("{}={}", it.key, it.value.unwrap_or("-".into()))).collect::<Vec<_>>()
        };
        assert_eq!(show(&one, &[&other]), ["role=x"]);
        assert_eq!(show(&one, &[]), ["app=a"]);
        let three = labels(&[("app", "b"), ("role", "x")]);
        assert_eq!(show(&one, &[&other, &three]), ["app=a", "role=x"]);
        let less = labels(&[("app", "a")]);
        assert_eq!(show(&less, &[&one, &three]), ["app=a", "role=-"]);
        assert_eq!(show(&Labels::new(), &[&one, &less]), ["app=-"]);
    }

    #[test]
    fn labels_of_a_release_are_not_taken() {
        let passing =
            ["pod-template-hash", "rollouts-pod-template-hash", "batch.kubernetes.io/job-name", "helm.sh/chart"];
        assert!(passing.iter().all(|key| !stays(key)));
        assert!(["app", "app.kubernetes.io/name", "app.kubernetes.io/instance", "update"].iter().all(|key| stays(key)));
    }
}
