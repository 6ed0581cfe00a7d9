//! What a sensor found, as a detection.

use std::collections::BTreeMap;

use cloister_model::Severity;
use cloister_rules::{What, Who};
use serde::Deserialize;

/// A line that `cloister-sensor` writes, as far as it is shown here.
#[derive(Debug, Deserialize)]
pub struct Finding {
    finding: String,
    severity: Severity,
    policy: String,
    category: String,
    special: bool,
    sender: End,
    recipient: End,
    protocol: String,
    port: u16,
    #[serde(default)]
    values: u64,
    #[serde(default)]
    messages: u64,
    first: String,
    last: String,
    #[serde(default)]
    requirements: Vec<BTreeMap<String, String>>,
    message: String,
}

#[derive(Debug, Deserialize)]
struct End {
    name: String,
}

/// Reads one; `None` where it is none.
pub fn finding(text: &[u8]) -> Option<Finding> {
    let found: Finding = serde_json::from_slice(text).ok()?;
    let short = |text: &str, most: usize| text.len() <= most;
    let is_one = [&found.finding, &found.policy, &found.category, &found.protocol, &found.first, &found.last]
        .into_iter()
        .chain([&found.sender.name, &found.recipient.name])
        .all(|text| short(text, 512))
        && short(&found.message, 4096);
    is_one.then_some(found)
}

impl Finding {
    /// The same for the same leak: a sensor tells of it again when more is seen.
    pub fn leak(&self) -> String {
        let port = self.port.to_string();
        let parts = [&self.finding, &self.policy, &self.category, &self.sender.name, &self.recipient.name];
        let more = [&self.protocol, &port, &self.first];
        parts.into_iter().chain(more).map(|part| format!("{}:{part}", part.len())).collect()
    }

    /// The same for the same word of it.
    pub fn item(&self) -> String {
        format!("{}{}/{}/{}", self.leak(), self.last, self.values, self.messages)
    }

    /// As detections are.
    pub fn detection(self) -> cloister_rules::Detection {
        let event = self.leak();
        let (namespace, name) = place(&self.sender.name);
        let articles = self.requirements.iter().filter(|one| one.get("framework").is_some_and(|name| name == "gdpr"));
        cloister_rules::Detection {
            rule: self.finding.clone(),
            title: self.finding.replace('-', " "),
            severity: self.severity,
            at: self.first.parse().ok(),
            last: self.last.parse().ok(),
            who: Who::default(),
            what: What {
                verb: "sends".to_owned(),
                resource: self.protocol,
                namespace,
                name,
                also: vec![self.recipient.name],
                ..What::default()
            },
            decision: "unsaid".to_owned(),
            why: self.message,
            personal_data: Some(if self.special { format!("{} (Art. 9)", self.category) } else { self.category }),
            articles: articles.filter_map(|one| one.get("id").cloned()).collect(),
            attack: Vec::new(),
            event,
            count: self.values.max(1),
            suspects_breach: false,
        }
    }
}

/// Namespace and name of `namespace/name[Kind]`; what is no workload has no namespace.
fn place(end: &str) -> (String, String) {
    match end.split_once('/') {
        Some((namespace, name)) if end.ends_with(']') => {
            let name = name.split('[').next().unwrap_or(name);
            (namespace.to_owned(), name.to_owned())
        }
        _ => (String::new(), end.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAK: &str = r#"{"finding":"personal-data-in-the-clear","severity":"high","action":"alert","policy":"strict","category":"health","special":true,"sender":{"name":"shop/orders[Deployment]","activities":[],"stores":[]},"recipient":{"name":"mail.example.com"},"protocol":"http","port":80,"values":3,"messages":2,"first":"2026-11-26T10:00:00Z","last":"2026-11-26T10:01:00Z","requirements":[{"framework":"gdpr","id":"32(1)(a)"}],"message":"health data in the clear"}"#;

    #[test]
    fn a_leak_is_a_detection_and_the_same_leak_keeps_its_name() {
        let leak = finding(LEAK.as_bytes()).unwrap();
        let later = finding(LEAK.replace("10:01", "10:02").as_bytes()).unwrap();
        assert!(leak.leak() == later.leak() && leak.item() != later.item());
        let detection = leak.detection();
        assert_eq!((detection.what.namespace.as_str(), detection.what.name.as_str()), ("shop", "orders"));
        assert_eq!((detection.articles.as_slice(), detection.count), (&["32(1)(a)".to_owned()][..], 3));
        assert!(finding(LEAK.replace("strict", &"x".repeat(600)).as_bytes()).is_none());
        assert!(finding(b"{}").is_none() && finding(b"[").is_none());
    }
}
