//! Two reports of the same service, side by side.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::stand_in::{items, text};

/// A resource as both reports name it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Resource {
    kind: String,
    namespace: String,
    name: String,
}

/// A finding without its place, which differs by nature.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The check.
    pub check: String,
    /// What it blames.
    pub resource: Resource,
}

/// The findings of one report, each with how often it stands there.
pub type Findings = BTreeMap<Finding, usize>;

/// Reads the findings of a JSON report. What the files put into no namespace went to the default one.
pub fn findings(report: &Value, applied: &BTreeSet<Resource>) -> Findings {
    let mut findings = Findings::new();
    for finding in items(report, "/findings") {
        let field = |name: &str| text(finding, name).to_owned();
        let mut resource = resource(field("/resource/kind"), field("/resource/namespace"), field("/resource/name"));
        let defaulted = Resource { namespace: "default".to_owned(), ..resource.clone() };
        if resource.namespace.is_empty() && applied.contains(&defaulted) {
            resource = defaulted;
        }
        *findings.entry(Finding { check: field("/check"), resource }).or_default() += 1;
    }
    findings
}

/// The resource of an object as applied.
pub fn of_object(object: &Value) -> Resource {
    let field = |name: &str| text(object, name).to_owned();
    resource(field("/kind"), field("/metadata/namespace"), field("/metadata/name"))
}

fn resource(kind: String, namespace: String, name: String) -> Resource {
    Resource { kind, namespace, name }
}

/// Why a difference is one that must be.
#[derive(Debug, Clone, Copy)]
pub struct Explanation {
    /// The check that it is about.
    pub check: &'static str,
    /// The reason, as a sentence without a full stop.
    pub reason: &'static str,
}

/// What the comparison came to.
#[derive(Debug, Default)]
pub struct Difference {
    /// Findings that both have, as often.
    pub same: usize,
    /// Findings on objects that were not applied: the cluster's own, and our stand-ins.
    pub of_cluster: usize,
    /// Explained differences by their reason.
    pub explained: BTreeMap<&'static str, Vec<String>>,
    /// The rest: there must be none.
    pub unexplained: Vec<String>,
}

/// Compares what the files and the cluster show of the objects that were applied.
pub fn compare(
    files: &Findings,
    cluster: &Findings,
    applied: &BTreeSet<Resource>,
    explanations: &[Explanation],
) -> Difference {
    let mut difference = Difference::default();
    let all: BTreeSet<&Finding> = files.keys().chain(cluster.keys()).collect();
    for finding in all {
        let count = |side: &Findings| side.get(finding).copied().unwrap_or_default();
        let (written, running) = (count(files), count(cluster));
        if written == running {
            difference.same += written;
        } else if written == 0 && !applied.contains(&finding.resource) {
            difference.of_cluster += running;
        } else {
            let Resource { kind, namespace, name } = &finding.resource;
            let line = format!("{} on {kind} {namespace}/{name}: {written} in files, {running} live", finding.check);
            match explanations.iter().find(|one| one.check == finding.check) {
                Some(one) => difference.explained.entry(one.reason).or_default().push(line),
                None => difference.unexplained.push(line),
            }
        }
    }
    difference
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_told_apart() {
        let on = |check: &str, name: &str| Finding {
            check: check.to_owned(),
            resource: resource("Secret".into(), "shop".into(), name.into()),
        };
        let files = Findings::from([(on("a", "x"), 2), (on("b", "x"), 1), (on("c", "x"), 1)]);
        let live = Findings::from([(on("a", "x"), 2), (on("d", "token"), 1)]);
        let applied = BTreeSet::from([resource("Secret".into(), "shop".into(), "x".into())]);
        let explained = [Explanation { check: "b", reason: "only files show it" }];
        let difference = compare(&files, &live, &applied, &explained);
        assert_eq!((difference.same, difference.of_cluster), (2, 1));
        assert_eq!(difference.explained["only files show it"].len(), 1);
        assert_eq!(difference.unexplained, ["c on Secret shop/x: 1 in files, 0 live"]);
    }
}
