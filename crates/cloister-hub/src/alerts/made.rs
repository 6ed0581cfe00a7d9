//! Alerts, made of what happened. The same thing has the same fingerprint, after any restart.

use std::collections::{BTreeMap, BTreeSet};

use cloister_alert::{Alert, Origin};
use cloister_breach::Clock;
use cloister_breach::clock::{HOURS, hours_and_minutes};
use cloister_model::{PersonalData, Severity, clean};
use cloister_report::words;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use crate::detections::{By, Detection};
use crate::http::segment;
use crate::read::Finding;
use crate::snapshot::Snapshot;

/// A detection is over by itself after this: it was something that happened, not something that goes on.
const LASTS: SignedDuration = SignedDuration::from_hours(7 * 24);
/// So many resources are named; the rest is counted.
const NAMED: usize = 3;

/// What one check found in one namespace.
#[derive(Clone, Debug)]
pub struct Group {
    /// As people are told of it.
    pub alert: Alert,
    /// A short hash of the id of each finding, sorted.
    pub findings: Vec<u32>,
}

/// A name of so many digits for these words, the same for the same, and for no other.
fn print(kind: &str, parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in [kind].iter().chain(parts) {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// Short: within one check and namespace two of the same are as good as impossible, and all of them are kept.
fn short(id: &str) -> u32 {
    let hash = Sha256::digest(id);
    hash.iter().take(4).fold(0, |number, byte| number << 8 | u32::from(*byte))
}

fn blank(fingerprint: String, (name, origin): (&str, Origin), severity: Severity, starts_at: Timestamp) -> Alert {
    Alert {
        fingerprint,
        name: name.to_owned(),
        origin,
        title: String::new(),
        severity,
        summary: String::new(),
        who: None,
        what: None,
        articles: Vec::new(),
        namespace: None,
        categories: Vec::new(),
        source: String::new(),
        labels: BTreeMap::new(),
        starts_at,
        ends_at: None,
        link: None,
    }
}

/// Open findings of this severity or worse: one alert for a check and a namespace, so that a first assessment is told in a
/// few messages.
pub fn findings(known: &Snapshot, least: Severity, base: &str) -> Vec<Group> {
    let mut groups: BTreeMap<(&str, &str), Vec<&Finding>> = BTreeMap::new();
    for one in known.report.findings.iter().filter(|one| one.is_open() && one.severity >= least) {
        groups.entry((&one.check, one.namespace())).or_default().push(one);
    }
    groups.into_iter().map(|(of, all)| group(known, of, &all, base)).collect()
}

fn group(known: &Snapshot, (check, namespace): (&str, &str), all: &[&Finding], base: &str) -> Group {
    let mut findings: Vec<u32> = all.iter().map(|one| short(&one.id)).collect();
    findings.sort_unstable();
    findings.dedup();
    let severity = all.iter().map(|one| one.severity).max().unwrap_or(Severity::Info);
    let worst = all.iter().max_by_key(|one| one.rank);
    let title = known.report.checks.iter().find(|one| one.name == check).map_or(check, |one| one.title.as_str());
    let times = if all.len() > 1 { format!(" ({} times)", all.len()) } else { String::new() };
    let articles = all.iter().flat_map(|one| &*one.requirements).filter(|one| &*one.framework == "gdpr");
    let articles: BTreeSet<&str> = articles.map(|one| &*one.id).collect();
    let level = all.iter().map(|one| one.exposure.level).max().unwrap_or(PersonalData::None);
    let namespace_query =
        if namespace.is_empty() { String::new() } else { format!("&namespace={}", segment(namespace)) };
    let source = &*known.source;
    let blank =
        blank(print("finding", &[source, check, namespace]), (check, Origin::Finding), severity, Timestamp::MIN);
    let alert = Alert {
        title: format!("{}{times}", capital(title)),
        summary: worst.map_or(String::new(), |one| one.exposure.reason.to_string()),
        what: Some(named(all)),
        articles: articles.into_iter().map(str::to_owned).collect(),
        namespace: Some(namespace.to_owned()).filter(|name| !name.is_empty()),
        categories: categories_of(known, all),
        source: source.to_owned(),
        labels: BTreeMap::from([("data".to_owned(), words::personal_data(level).to_owned())]),
        link: Some(format!("{base}/sources/{}/findings?check={}{namespace_query}", segment(source), segment(check))),
        ..blank
    };
    Group { alert, findings }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

/// The resources, the riskiest first.
fn named(all: &[&Finding]) -> String {
    let mut ranked: Vec<&&Finding> = all.iter().collect();
    ranked.sort_by_key(|one| std::cmp::Reverse(one.rank));
    let mut names: Vec<String> = Vec::new();
    for one in ranked {
        let name = one.resource.as_deref().map_or_else(|| one.message.to_string(), words::resource);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let rest = names.len().saturating_sub(NAMED);
    names.truncate(NAMED);
    let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
    format!("{}{more}", names.join(", "))
}

/// The categories of data in what these are about, as the register says.
fn categories_of(known: &Snapshot, all: &[&Finding]) -> Vec<String> {
    let about = |kind: &str, namespace: Option<&str>, name: &str| {
        all.iter()
            .filter_map(|one| one.resource.as_deref())
            .any(|one| &*one.kind == kind && one.namespace.as_deref() == namespace && &*one.name == name)
    };
    categories(known, |(kind, namespace, name)| about(kind, namespace.as_deref(), name))
}

/// The categories of data in a namespace, as the register says.
pub fn categories_in(known: &Snapshot, namespace: &str) -> Vec<String> {
    categories(known, |(_, of, _)| of.as_deref() == Some(namespace))
}

fn categories(known: &Snapshot, is_meant: impl Fn(&crate::sources::map::Workload) -> bool) -> Vec<String> {
    let map = &known.more.map;
    let stores = map.stores.iter().map(|one| (&one.workloads, &one.categories));
    let activities = map.activities.iter().map(|one| (&one.workloads, &one.categories));
    let found = stores.chain(activities).filter(|(workloads, _)| workloads.iter().any(&is_meant));
    let all: BTreeSet<&String> = found.flat_map(|(_, categories)| categories).collect();
    all.into_iter().cloned().collect()
}

/// What a rule or the sensor saw. The same who and what by the same rule is one alert, which begins anew each time.
pub fn detection(one: &Detection, categories: &[String], base: &str, now: Timestamp) -> Alert {
    let seen = &one.seen;
    let at = seen.last.or(seen.at);
    // Where the event has no time, only its own name tells whether it was told.
    let own = if at.is_some() { seen.fingerprint() } else { one.id.clone() };
    let origin = if one.by == By::Audit { Origin::Detection } else { Origin::Leak };
    let starts_at = at.unwrap_or(now);
    let place = if one.id.is_empty() { String::new() } else { format!("/{}", segment(&one.id)) };
    Alert {
        title: seen.title.clone(),
        summary: seen.why.clone(),
        who: who(seen),
        what: Some(what(seen)).filter(|what| !what.is_empty()),
        articles: seen.articles.clone(),
        namespace: Some(seen.what.namespace.clone()).filter(|name| !name.is_empty()),
        categories: categories.to_vec(),
        source: one.source.clone(),
        labels: BTreeMap::from([(
            "breach".to_owned(),
            if seen.suspects_breach { "suspected" } else { "no" }.to_owned(),
        )]),
        ends_at: starts_at.saturating_add(LASTS).ok(),
        link: Some(format!("{base}/sources/{}/detections{place}", segment(&one.source))),
        ..blank(print("detection", &[&one.source, &own]), (seen.rule.as_str(), origin), seen.severity, starts_at)
    }
}

fn who(seen: &cloister_rules::Detection) -> Option<String> {
    let who = &seen.who;
    let acting = if who.acting_as.is_empty() { String::new() } else { format!(" as {}", who.acting_as) };
    // The last address is the real other end.
    let from = who.source_ips.last().map(|from| format!(" from {from}")).unwrap_or_default();
    (!who.user.is_empty()).then(|| format!("{}{acting}{from}", who.user))
}

fn what(seen: &cloister_rules::Detection) -> String {
    let what = &seen.what;
    if what.resource.is_empty() {
        return format!("{} {}", what.verb, what.path).trim().to_owned();
    }
    let part = if what.subresource.is_empty() { String::new() } else { format!("/{}", what.subresource) };
    let place = [what.namespace.as_str(), what.name.as_str()];
    let place: Vec<&str> = place.into_iter().filter(|it| !it.is_empty()).collect();
    format!("{} {}{part} {}", what.verb, what.resource, place.join("/")).trim().to_owned()
}

/// A source cannot be assessed. Why may quote what stands in files: it is told on the source's page, not to receivers.
pub fn trouble(source: &str, trouble: Option<&str>, base: &str, now: Timestamp) -> Alert {
    let of = ("source-not-assessed", Origin::Cloister);
    Alert {
        title: format!("{} cannot be assessed any more", clean(source)),
        summary: trouble.map_or(String::new(), |_| {
            "What is shown of it is as it was; what changed since nobody has looked at.".to_owned()
        }),
        articles: vec!["32(1)(d)".to_owned()],
        source: source.to_owned(),
        link: Some(format!("{base}/sources/{}", segment(source))),
        ..blank(print("source", &[source]), of, Severity::High, now)
    }
}

/// The evidence log does not verify. It has a name where several hubs have one each.
pub fn evidence(log: &str, fault: Option<&str>, base: &str, now: Timestamp) -> Alert {
    let named = Some(log).filter(|log| !log.is_empty());
    Alert {
        title: "The evidence log does not verify".to_owned(),
        what: named.map(str::to_owned),
        summary: fault.map_or(String::new(), |fault| clean(fault).into_owned()),
        articles: vec!["5(2)".to_owned(), "32(1)(b)".to_owned()],
        link: Some(format!("{base}/evidence/verification")),
        ..blank(print("evidence", named.as_slice()), ("evidence-log-broken", Origin::Cloister), Severity::Critical, now)
    }
}

/// A breach that is suspected.
pub fn suspected(name: &str, since: Timestamp, base: &str) -> Alert {
    Alert {
        title: format!("A personal data breach is suspected: {}", clean(name)),
        summary: "Look into it: the 72 hours begin when it is reasonably certain, not when it suits.".to_owned(),
        what: Some(name.to_owned()),
        articles: vec!["33".to_owned()],
        link: Some(format!("{base}/breaches/{}", segment(name))),
        ..blank(print("breach", &[name]), ("breach-suspected", Origin::Breach), Severity::High, since)
    }
}

/// The fingerprint of a breach's clock.
pub fn of_clock(name: &str) -> String {
    print("clock", &[name])
}

/// The 72 hours of a breach, as they are told now: at their beginning, at each alarm, and when they are over.
pub fn clock(name: &str, clock: &Clock, base: &str, now: Timestamp) -> Alert {
    let alarm = clock.alarming(now);
    let (severity, title) = match alarm {
        None => (Severity::High, format!("The 72 hours of breach {} run", clean(name))),
        Some(HOURS) => (Severity::Critical, format!("The 72 hours of breach {} are over", clean(name))),
        Some(hours) if hours >= 66 => {
            (Severity::Critical, format!("{hours} of the 72 hours of breach {} are over", clean(name)))
        }
        Some(hours) => (Severity::High, format!("{hours} of the 72 hours of breach {} are over", clean(name))),
    };
    let starts_at = alarm.map_or(clock.aware, |hours| clock.alarm(hours));
    let due = clock.due.strftime("%Y-%m-%d %H:%M UTC");
    let left = hours_and_minutes(clock.due.duration_since(starts_at));
    let summary = match alarm {
        Some(HOURS) => {
            format!("The authority was to be notified by {due}: notify now, with the reasons for the delay.")
        }
        _ => format!(
            "The authority is to be notified by {due}, {left} after this alarm, or it is to be decided why not."
        ),
    };
    Alert {
        title,
        summary,
        what: Some(name.to_owned()),
        articles: vec!["33(1)".to_owned()],
        link: Some(format!("{base}/breaches/{}", segment(name))),
        ..blank(of_clock(name), ("breach-clock", Origin::Breach), severity, starts_at)
    }
}
