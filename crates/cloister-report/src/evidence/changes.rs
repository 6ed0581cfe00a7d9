//! Assessments of which only what changed was recorded: read one behind the other, they are whole again.

use std::collections::BTreeMap;
use std::sync::Arc;

use cloister_assessment::ListChange;
use serde::Deserialize;

use super::{Content, Entry, Finding, Recorded, Requirement, Step, Subject};

/// Reads the entries of a log, in their order.
#[derive(Debug)]
pub struct Reading {
    framework: String,
    entries: Vec<Entry>,
    /// What the last assessment of each line of changes came to, by its entry.
    heads: BTreeMap<u64, Recorded>,
}

/// What changed.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Changes {
    version: String,
    assessed_at: String,
    since: Since,
    subject: Option<Subject>,
    findings: ListChange<Arc<Finding>>,
    requirements: Vec<RequirementChange>,
    diagnostics: Option<Vec<serde::de::IgnoredAny>>,
}

#[derive(Deserialize)]
struct Since {
    entry: Option<u64>,
}

#[derive(Deserialize)]
struct RequirementChange {
    now: Requirement,
    findings: ListChange<Arc<str>>,
}

impl Reading {
    /// For a report on this framework.
    pub fn new(framework: &str) -> Reading {
        Reading { framework: framework.to_owned(), entries: Vec::new(), heads: BTreeMap::new() }
    }

    /// The next entry; without its content where that was erased.
    pub fn next(&mut self, (number, time): (u64, String), kind: &'static str, content: Option<&[u8]>) {
        let content = content.map_or(Content::Erased, |content| self.content(number, kind, content));
        self.entries.push(Entry { number, time, kind, content });
    }

    fn content(&mut self, number: u64, kind: &str, content: &[u8]) -> Content {
        let other = || Content::Other(serde_json::from_slice(content).unwrap_or_default());
        if kind != "assessment" {
            return other();
        }
        if let Ok(changes) = serde_json::from_slice::<Changes>(content) {
            // What was before may lie before the period, or be erased.
            let before = changes.since.entry.and_then(|entry| self.heads.remove(&entry));
            let now = before.and_then(|before| applied(before, changes));
            return now.map_or_else(other, |now| {
                let step = Step::of(&now, &self.framework);
                self.heads.insert(number, now);
                Content::Change(Box::new(step))
            });
        }
        match serde_json::from_slice::<Recorded>(content) {
            Ok(recorded) => {
                self.heads.insert(number, recorded.clone());
                Content::Assessment(Box::new(recorded))
            }
            Err(_) => other(),
        }
    }

    /// All of them. The last one of each line of changes is there as a whole.
    pub fn entries(mut self) -> Vec<Entry> {
        for entry in &mut self.entries {
            if let (Content::Change(_), Some(recorded)) = (&entry.content, self.heads.remove(&entry.number)) {
                entry.content = Content::Assessment(Box::new(recorded));
            }
        }
        self.entries
    }
}

fn applied(before: Recorded, changes: Changes) -> Option<Recorded> {
    let mut requirements = before.requirements;
    for change in changes.requirements {
        let is_it = |one: &&mut Requirement| one.framework == change.now.framework && one.id == change.now.id;
        let known = requirements.iter_mut().find(is_it)?;
        let findings = change.findings.apply(&known.findings, |one| one)?;
        *known = Requirement { findings, ..change.now };
    }
    Some(Recorded {
        version: changes.version,
        assessed_at: changes.assessed_at,
        subject: changes.subject.unwrap_or(before.subject),
        findings: changes.findings.apply(&before.findings, |one| &one.id)?,
        requirements,
        diagnostics: changes.diagnostics.unwrap_or(before.diagnostics),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::evidence::{About, oscal, page};

    fn finding(id: &str, message: &str) -> Value {
        json!({"id": id, "check": "single-replica", "severity": "high", "message": message, "accepted": null,
            "resource": {"kind": "Deployment", "namespace": "shop", "name": id}, "exposure": {"reason": ""}})
    }

    fn requirement(status: &str, findings: Value) -> Value {
        json!({"framework": "gdpr", "id": "32(1)(b)", "title": "Security", "status": status, "notEvaluated": [],
            "findings": findings, "attested": null})
    }

    fn whole() -> Value {
        json!({"version": "0.1.0", "assessedAt": "2026-11-27T00:00:00Z", "diagnostics": [],
            "subject": {"title": "shop", "resources": 2, "workloads": 2},
            "findings": [finding("a", "one"), finding("b", "two")],
            "requirements": [requirement("not-satisfied", json!(["a", "b"]))]})
    }

    fn change(since: u64, hour: u32, findings: Value, requirements: Value) -> Value {
        json!({"version": "0.1.0", "assessedAt": format!("2026-11-27T0{hour}:00:00Z"), "digest": "",
            "since": {"entry": since, "digest": ""}, "subject": null, "findings": findings,
            "requirements": requirements, "diagnostics": null})
    }

    fn read(said: &[(u64, Value)]) -> Vec<Entry> {
        let mut reading = Reading::new("gdpr");
        for (number, said) in said {
            reading.next((*number, String::new()), "assessment", Some(said.to_string().as_bytes()));
        }
        reading.entries()
    }

    #[test]
    fn what_was_recorded_as_changes_is_reported_as_it_was() {
        let one_is_gone = json!({"gone": ["a"], "came": []});
        let another_came = json!({"gone": ["b"], "came": [[0, finding("b", "three")], [1, finding("c", "four")]]});
        let none = json!([]);
        let satisfied =
            |gone: Value| json!([{"now": requirement("satisfied", json!([])), "findings": {"gone": gone, "came": []}}]);
        let said = [
            (3, whole()),
            (5, change(3, 1, one_is_gone, none.clone())),
            (6, json!({"kind": "no assessment"})),
            (9, change(5, 2, another_came, satisfied(json!(["a", "b"])))),
        ];
        let entries = read(&said);
        assert!(matches!(&entries[1].content, Content::Change(_)));
        let Content::Assessment(last) = &entries[3].content else { panic!("{:?}", entries[3]) };
        let says: Vec<_> = last.findings.iter().map(|one| (&*one.id, &*one.message)).collect();
        assert_eq!(says, [("b", "three"), ("c", "four")]);
        assert!(last.requirements[0].findings.is_empty() && last.requirements[0].status == "satisfied");
        let text = |word: &str| word.to_owned();
        let about = About {
            log: text("log"),
            framework: text("gdpr"),
            title: text("GDPR"),
            from: text("2026-11-27"),
            to: text("2026-11-27"),
            exported: text("2026-11-28T00:00:00Z"),
            version: text("0.1.0"),
        };
        let oscal: Value = serde_json::from_str(&oscal(&about, &entries).unwrap()).unwrap();
        let results = oscal["assessment-results"]["results"].as_array().unwrap();
        assert_eq!(results.len(), 2, "the whole one, and what it came to");
        assert_eq!(results[1]["start"], "2026-11-27T02:00:00Z");
        let page = page(&about, &entries);
        // The second one changed no status.
        assert!(
            page.contains("2 of 3") && page.contains("what changed in shop") && !page.contains("2026-11-27T01:00:00Z")
        );
    }

    #[test]
    fn changes_of_what_is_not_there_are_shown_as_they_are() {
        let nothing = json!({"gone": [], "came": []});
        let lies = json!({"gone": ["a", "z"], "came": []});
        let entries = read(&[
            (4, change(3, 1, nothing.clone(), json!([]))),
            (5, whole()),
            (6, change(5, 1, lies, json!([]))),
            (7, change(5, 1, nothing, json!([]))),
        ]);
        let kinds: Vec<_> = entries.iter().map(|entry| matches!(entry.content, Content::Other(_))).collect();
        assert_eq!(kinds, [true, false, true, true], "{entries:?}");
    }
}
