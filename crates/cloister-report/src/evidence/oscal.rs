//! OSCAL assessment-results: each recorded assessment is a result of its own.
//!
//! OSCAL knows *satisfied* and *not satisfied*. A requirement that was not, or not wholly, looked at is neither: it has no
//! finding, but an observation that says so. What a person states is satisfied by their word, and says whose.

use std::collections::HashMap;

use cloister_model::clean;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::{About, Accepted, Entry, Finding, Recorded, Requirement, assessments, file_of};

/// The version of OSCAL that is written.
const VERSION: &str = "1.2.1";
/// Names of properties that are ours.
const NAMESPACE: &str = "https://cloister.dev/ns/oscal";

/// The assessments as OSCAL JSON; `None` where there are none, which OSCAL has no form for.
pub fn oscal(about: &About, entries: &[Entry]) -> Option<String> {
    let results: Vec<Value> = assessments(entries).map(|(entry, recorded)| result(about, entry, recorded)).collect();
    if results.is_empty() {
        return None;
    }
    let plan = uuid(&["plan", &about.log, &about.framework]);
    let document = json!({ "assessment-results": {
        "uuid": uuid(&["results", &about.log, &about.framework, &about.from, &about.to, &about.exported]),
        "metadata": {
            "title": line(&format!("{}: recorded assessments from {} to {}", about.title, about.from, about.to)),
            "last-modified": about.exported,
            "version": about.version,
            "oscal-version": VERSION,
        },
        "import-ap": { "href": format!("#{plan}") },
        "results": results,
        "back-matter": { "resources": [{
            "uuid": plan,
            "title": "How it was assessed",
            "description": "Each result is one assessment by Cloister: every check that the framework's requirements name, \
                            over everything that was read. Of assessments that were recorded as what changed since \
                            the one before, the last is a result. There is no assessment plan apart from that.",
        }] },
    } });
    Some(crate::json::pretty(&document))
}

fn result(about: &About, entry: &Entry, recorded: &Recorded) -> Value {
    let number = entry.number.to_string();
    let scope = Scope { log: &about.log, number: &number, entry, recorded };
    let by_id: HashMap<&str, &Finding> = recorded.findings.iter().map(|one| (&*one.id, &**one)).collect();
    let (mut observations, mut findings, mut seen) = (Vec::new(), Vec::new(), std::collections::HashSet::new());
    for requirement in recorded.of(&about.framework) {
        let of_it: Vec<&Finding> = requirement.findings.iter().filter_map(|id| by_id.get(&**id).copied()).collect();
        observations.extend(of_it.iter().filter(|one| seen.insert(&*one.id)).map(|one| scope.observation(one)));
        let mut related: Vec<String> = of_it.iter().map(|one| scope.uuid("observation", &one.id)).collect();
        related.extend(scope.stated(requirement, &mut observations));
        match requirement.status.as_str() {
            "not-evaluated" => observations.push(scope.gap(requirement)),
            _ => findings.push(scope.finding(requirement, &related)),
        }
    }
    let controls: Vec<Value> =
        recorded.of(&about.framework).map(|one| json!({ "control-id": token(&one.framework, &one.id) })).collect();
    let selection = if controls.is_empty() {
        json!({ "description": "No requirement of the framework was assessed." , "include-all": {} })
    } else {
        json!({ "include-controls": controls })
    };
    let mut result = json!({
        "uuid": scope.uuid("result", ""),
        "title": line(&format!("Assessment of {}", recorded.subject.title)),
        "description": format!("Entry {number} of the log {}, {} resources and {} workloads, by Cloister {}.{}",
            about.log, recorded.subject.resources, recorded.subject.workloads, recorded.version,
            if recorded.diagnostics.is_empty() { "" } else { " Some input could not be read: the entry says which." }),
        "start": recorded.assessed_at,
        "end": recorded.assessed_at,
        "props": [property("log-entry", &number)],
        "reviewed-controls": { "control-selections": [selection] },
    });
    // Lists without an element are not allowed.
    if let Some(result) = result.as_object_mut() {
        add(result, "observations", observations);
        add(result, "findings", findings);
    }
    result
}

fn add(to: &mut Map<String, Value>, name: &str, values: Vec<Value>) {
    if !values.is_empty() {
        to.insert(name.to_owned(), Value::Array(values));
    }
}

/// What is said of one assessment.
struct Scope<'a> {
    log: &'a str,
    number: &'a str,
    entry: &'a Entry,
    recorded: &'a Recorded,
}

impl Scope<'_> {
    fn uuid(&self, what: &str, id: &str) -> String {
        uuid(&[what, self.log, self.number, id])
    }

    fn evidence(&self) -> Value {
        json!([{ "href": file_of(self.entry.number), "description": "The assessment as it was recorded." }])
    }

    fn observation(&self, finding: &Finding) -> Value {
        let place = finding.resource.as_ref().map(ToString::to_string).unwrap_or_default();
        let mut props = vec![property("check", &finding.check), property("severity", &finding.severity)];
        props.extend(Some(place).filter(|place| !place.is_empty()).map(|place| property("resource", &place)));
        let mut description = finding.message.clone();
        if !finding.exposure.reason.is_empty() {
            description = format!("{description}. {}", finding.exposure.reason);
        }
        let mut observation = json!({
            "uuid": self.uuid("observation", &finding.id),
            "title": line(&finding.check),
            "description": clean(&description),
            "props": props,
            "methods": ["TEST"],
            "types": ["finding"],
            "relevant-evidence": self.evidence(),
            "collected": self.recorded.assessed_at,
        });
        if let (Some(accepted), Some(observation)) = (&finding.accepted, observation.as_object_mut()) {
            observation.insert("remarks".to_owned(), Value::String(remark(accepted)));
        }
        observation
    }

    fn gap(&self, requirement: &Requirement) -> Value {
        let reasons: Vec<&str> = requirement.not_evaluated.iter().map(|gap| gap.reason.as_str()).collect();
        let reasons = if reasons.is_empty() { "no reason is recorded".to_owned() } else { reasons.join("; ") };
        json!({
            "uuid": self.uuid("gap", &requirement.id),
            "title": line(&format!("{} was not wholly looked at", requirement.id)),
            "description": clean(&reasons),
            "props": [property("control", &token(&requirement.framework, &requirement.id)), property("status", "not-evaluated")],
            "methods": ["UNKNOWN"],
            "relevant-evidence": self.evidence(),
            "collected": self.recorded.assessed_at,
        })
    }

    /// A person's statement, as an observation: its number.
    fn stated(&self, requirement: &Requirement, observations: &mut Vec<Value>) -> Option<String> {
        let attested = requirement.attested.as_ref()?;
        let evidence = attested.evidence.as_ref().map(|at| format!(" Evidence: {at}.")).unwrap_or_default();
        let uuid = self.uuid("statement", &requirement.id);
        observations.push(json!({
            "uuid": uuid,
            "title": line(&format!("{} is attested", requirement.id)),
            "description": clean(&format!("{} ({}, {}).{evidence}", attested.statement, attested.author, attested.date)),
            "methods": ["INTERVIEW"],
            "relevant-evidence": self.evidence(),
            "collected": self.recorded.assessed_at,
        }));
        Some(uuid)
    }

    fn finding(&self, requirement: &Requirement, related: &[String]) -> Value {
        let (state, reason, remarks) = match requirement.status.as_str() {
            "satisfied" => ("satisfied", "pass", "Everything that was looked at, in full, holds."),
            "attested" => ("satisfied", "other", "A person states it; nothing that was looked at speaks against it."),
            _ => ("not-satisfied", "fail", "Something speaks against it."),
        };
        let mut finding = json!({
            "uuid": self.uuid("finding", &requirement.id),
            "title": line(&format!("{} {}", requirement.id, requirement.title)),
            "description": remarks,
            "props": [property("status", &requirement.status)],
            "target": {
                "type": "objective-id",
                "target-id": token(&requirement.framework, &requirement.id),
                "status": { "state": state, "reason": reason },
            },
        });
        if let Some(finding) = finding.as_object_mut() {
            let related = related.iter().map(|uuid| json!({ "observation-uuid": uuid })).collect();
            add(finding, "related-observations", related);
        }
        finding
    }
}

fn remark(accepted: &Accepted) -> String {
    let text = format!("Accepted by {} until {}: {}", accepted.owner, accepted.expires, accepted.reason);
    clean(&text).into_owned()
}

fn property(name: &str, value: &str) -> Value {
    json!({ "name": name, "ns": NAMESPACE, "value": line(value) })
}

/// On one line, without space around, and never empty.
fn line(text: &str) -> String {
    let text = clean(text).split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() { "–".to_owned() } else { text }
}

/// `gdpr-32.1.a` of `gdpr` and `32(1)(a)`: what OSCAL allows in an id.
fn token(framework: &str, id: &str) -> String {
    let letters = id.chars().map(|sign| if sign.is_ascii_alphanumeric() || sign == '-' { sign } else { '.' });
    let parts = letters.collect::<String>();
    let parts: Vec<&str> = parts.split('.').filter(|part| !part.is_empty()).collect();
    let framework: String =
        framework.chars().map(|sign| if sign.is_ascii_alphanumeric() || sign == '.' { sign } else { '-' }).collect();
    format!("{framework}-{}", parts.join("."))
}

/// The same for the same thing, so that the same export gives the same bytes.
fn uuid(of: &[&str]) -> String {
    let hash = of.iter().fold(Sha256::new(), |hash, part| hash.chain_update(part).chain_update([0])).finalize();
    let mut bytes = [0; 16];
    hash.iter().zip(&mut bytes).for_each(|(from, to)| *to = *from);
    let [.., seventh, _, ninth, _, _, _, _, _, _, _] = &mut bytes;
    *seventh = *seventh & 0x0f | 0x40;
    *ninth = *ninth & 0x3f | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut rest = hex.as_str();
    let mut parts = Vec::new();
    for length in [8, 4, 4, 4, 12] {
        let (part, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        parts.push(part);
        rest = after;
    }
    parts.join("-")
}

#[cfg(test)]
mod tests {
    use super::{token, uuid};

    #[test]
    fn ids_are_what_oscal_allows() {
        assert_eq!(token("gdpr", "32(1)(a)"), "gdpr-32.1.a");
        assert_eq!(token("pci-dss-4.0", "1.2.1"), "pci-dss-4.0-1.2.1");
        let one = uuid(&["a", "b"]);
        assert_eq!(one, uuid(&["a", "b"]));
        assert_ne!(one, uuid(&["ab", ""]));
        let marks: Vec<char> = [14, 19].into_iter().filter_map(|at| one.chars().nth(at)).collect();
        assert!(marks[0] == '4' && "89ab".contains(marks[1]) && one.len() == 36, "{one}");
    }
}
