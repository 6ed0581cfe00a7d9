//! Reports as objects of a cluster: `openreports.io`, and `wgpolicyk8s.io` before it.

use cloister_model::ResourceRef;
use jiff::Timestamp;

use super::{Reading, fixed, found, is_vulnerability, name, word};
use crate::shape::{Format, Found, Kind, Subject};
use crate::view::View;

const KINDS: [&str; 4] = ["Report", "ClusterReport", "PolicyReport", "ClusterPolicyReport"];
const LISTS: [&str; 4] = ["ReportList", "ClusterReportList", "PolicyReportList", "ClusterPolicyReportList"];

/// Whether it is one, or a list of them.
pub fn format(whole: &View<'_>) -> Option<Format> {
    let kind = whole.text("kind");
    if kind == "List" {
        // An empty list says of no scanner anything.
        return Some(whole.items("items").find_map(|one| of_object(&one)).unwrap_or(Format::OpenReports));
    }
    let of_kind = KINDS.contains(&kind) || LISTS.contains(&kind);
    of_group(whole.text("apiVersion")).filter(|_| of_kind)
}

fn of_object(one: &View<'_>) -> Option<Format> {
    of_group(one.text("apiVersion")).filter(|_| KINDS.contains(&one.text("kind")))
}

fn of_group(version: &str) -> Option<Format> {
    match version.split_once('/')?.0 {
        "openreports.io" => Some(Format::OpenReports),
        "wgpolicyk8s.io" | "reports.x-k8s.io" => Some(Format::PolicyReport),
        _ => None,
    }
}

/// Reads one or many; none where there are too many results.
pub fn read(whole: &View<'_>, into: &mut Reading) -> Option<()> {
    let kind = whole.text("kind");
    if KINDS.contains(&kind) {
        let scope = scope_of_one(whole, kind);
        return object(whole, &scope, into);
    }
    for one in whole.items("items") {
        // Objects of a list that was made by its own kind may leave theirs out.
        if of_object(&one).is_none() && one.has("kind") {
            one.wrong("", "it is no report");
            continue;
        }
        object(&one, &scope_of_many(&one), into)?;
    }
    Some(())
}

/// One object speaks for itself.
fn scope_of_one(report: &View<'_>, kind: &str) -> String {
    let namespace = report.text("metadata/namespace");
    let slash = if namespace.is_empty() { "" } else { "/" };
    name(&format!("{kind} {namespace}{slash}{}", report.text("metadata/name")))
}

/// A list speaks for each namespace that is in it: engines make one object of each resource, and remove it with that.
fn scope_of_many(report: &View<'_>) -> String {
    match report.text("metadata/namespace") {
        "" => "reports of the cluster".to_owned(),
        namespace => name(&format!("reports of namespace {namespace}")),
    }
}

fn object(report: &View<'_>, scope: &str, into: &mut Reading) -> Option<()> {
    let namespace = name(report.text("metadata/namespace"));
    let engine = engine(report);
    // Without results it still says something: that what it said before is over.
    if report.is_empty("results") && !engine.is_empty() {
        let part = into.into.part((&engine, ""), scope, None);
        into.into.passed(part, passed(report));
        return Some(());
    }
    let scope_of_all = report.below("scope").and_then(|scope| reference(&scope, &namespace));
    for one in report.items("results") {
        let scanner = match name(one.text("source")) {
            own if own.is_empty() && engine.is_empty() => "unnamed".to_owned(),
            own if own.is_empty() => engine.clone(),
            own => own,
        };
        // When a result came says nothing of the report: the newest one may be the one that is over.
        let seen = seconds(&one);
        let part = into.into.part((&scanner, ""), scope, None);
        if matches!(one.text("result"), "pass" | "skip") {
            into.into.passed(part, 1);
            continue;
        }
        let Some(found) = result(&one, seen).filter(|found| !found.id.is_empty()) else {
            one.wrong("", "a result without a policy");
            continue;
        };
        let named = one.items("resources").chain(one.items("subjects"));
        let mut objects: Vec<_> = named.filter_map(|one| reference(&one, &namespace)).collect();
        if objects.is_empty() {
            objects.extend(scope_of_all.clone().or_else(|| of_namespace(&namespace)));
        }
        if objects.is_empty() {
            into.add(part, Subject::default(), found)?;
            continue;
        }
        for object in objects {
            into.add(part, Subject { object: Some(object), image: None }, found.clone())?;
        }
    }
    Some(())
}

/// Who made it, as the report says: by its field, or by the label that came before.
fn engine(report: &View<'_>) -> String {
    let label = |key: &str| report.below("metadata/labels").map_or("", |labels| labels.text_of(key));
    let said = [
        report.text("source"),
        label("policy.kubernetes.io/engine"),
        label("wgpolicyk8s.io/engine"),
        label("app.kubernetes.io/managed-by"),
    ];
    name(said.into_iter().find(|one| !one.is_empty()).unwrap_or(""))
}

fn passed(report: &View<'_>) -> u64 {
    let number = |path| report.number(path).unwrap_or(0);
    number("summary/pass").saturating_add(number("summary/skip"))
}

fn result(one: &View<'_>, seen: Option<Timestamp>) -> Option<Found> {
    let (policy, rule) = (one.text("policy"), one.text("rule"));
    if policy.is_empty() {
        return None;
    }
    let id = if rule.is_empty() || rule == policy { policy.to_owned() } else { format!("{policy}/{rule}") };
    let kind = if is_vulnerability(policy) { Kind::Vulnerability } else { Kind::Policy };
    let title = one.first(&["message", "description", "category", "policy"]);
    let properties = one.below("properties");
    let property = |key| properties.as_ref().map_or("", |all| all.text_of(key));
    // Some engines tell how bad it is in a property, and some not at all.
    let said = [one.text("severity"), property("severity"), one.text("result")];
    let said = said.into_iter().find(|one| !one.is_empty()).unwrap_or("");
    let of_vulnerability = |key| if kind == Kind::Vulnerability { property(key) } else { "" };
    Some(Found {
        package: name(of_vulnerability("resource")),
        version: word(of_vulnerability("installedVersion")),
        fixed: fixed(of_vulnerability("fixedVersion").split(',').map(str::trim)),
        seen,
        ..found(&id, kind, said, title)
    })
}

fn seconds(one: &View<'_>) -> Option<Timestamp> {
    let seconds = one.number("timestamp/seconds").and_then(|seconds| i64::try_from(seconds).ok())?;
    // A time that nobody set is written as 0.
    Timestamp::from_second(seconds).ok().filter(|_| seconds > 0)
}

/// An object that is named; in the report's namespace where that is not said and the kind is known to have one.
fn reference(one: &View<'_>, namespace: &str) -> Option<ResourceRef> {
    let (kind, named) = (name(one.text("kind")), name(one.text("name")));
    if kind.is_empty() || named.is_empty() {
        return None;
    }
    let own = name(one.text("namespace"));
    let own = if own.is_empty() && kind != "Namespace" { namespace.to_owned() } else { own };
    let own = Some(own).filter(|name| !name.is_empty()).map(Into::into);
    Some(ResourceRef {
        api_version: name(one.text("apiVersion")).into(),
        kind: kind.into(),
        namespace: own,
        name: named.into(),
    })
}

fn of_namespace(namespace: &str) -> Option<ResourceRef> {
    (!namespace.is_empty()).then(|| ResourceRef {
        api_version: "v1".into(),
        kind: "Namespace".into(),
        namespace: None,
        name: namespace.into(),
    })
}
