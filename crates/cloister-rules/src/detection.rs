//! What a rule found.

use std::fmt::Write as _;

use cloister_audit::{Event, Outcome};
use cloister_model::Severity;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::rules::Rule;
use crate::{Actor, Ground};

/// So many of the things that come in any number are kept.
const MOST: usize = 10;
/// Longer words are cut: whoever asks chooses them.
const LONGEST: usize = 256;

/// Somebody did something that somebody should know of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Detection {
    /// The rule, by its name.
    pub rule: String,
    /// What happened, in a few words.
    pub title: String,
    /// How bad.
    pub severity: Severity,
    /// When the first of these requests arrived; absent where its event does not say.
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub at: Option<Timestamp>,
    /// When the last did.
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub last: Option<Timestamp>,
    /// Who.
    pub who: Who,
    /// What.
    pub what: What,
    /// `allowed`, `denied` or `unsaid`.
    pub decision: String,
    /// What happened, in a sentence.
    pub why: String,
    /// Who says that the namespace holds personal data.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub personal_data: Option<String>,
    /// Articles of the GDPR.
    pub articles: Vec<String>,
    /// Techniques of MITRE ATT&CK.
    pub attack: Vec<String>,
    /// What tells the first event from every other.
    pub event: String,
    /// How many requests it is about.
    pub count: u64,
    /// Whether it alone gives reason to suspect a breach of personal data.
    pub suspects_breach: bool,
}

/// Who asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Who {
    /// The user who really asked; empty where nobody was recognised.
    pub user: String,
    /// What kind of somebody.
    pub kind: Option<Actor>,
    /// The groups.
    pub groups: Vec<String>,
    /// In whose name, where that is somebody else.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub acting_as: String,
    /// Where from: what proxies say first, the real other end last.
    #[serde(rename = "sourceIPs")]
    pub source_ips: Vec<String>,
    /// What the client calls itself.
    pub user_agent: String,
}

/// What was asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct What {
    /// The verb.
    pub verb: String,
    /// The API group; empty for the core group.
    pub group: String,
    /// The kind of object; empty where a path was asked for.
    pub resource: String,
    /// The part of it.
    pub subresource: String,
    /// The namespace; empty for all of them, and for what is in none.
    pub namespace: String,
    /// The object's name; empty for all of them.
    pub name: String,
    /// Names that the later ones had, the first ten.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub also: Vec<String>,
    /// The path, where no object was asked for.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub path: String,
}

impl Detection {
    pub(crate) fn new(rule: &Rule, event: &Event<'_>, ground: &Ground, count: u64) -> Detection {
        let personal = ground.personal(event.namespace());
        Detection {
            rule: rule.name.clone(),
            title: rule.title.clone(),
            severity: rule.severity,
            at: event.time(),
            last: event.time(),
            who: Who::of(event),
            what: What::of(event),
            decision: decision(event.outcome()).to_owned(),
            why: why(rule, event, personal.unwrap_or_default()),
            personal_data: personal.map(str::to_owned),
            articles: rule.articles.clone(),
            attack: rule.attack.clone(),
            event: event.id(),
            count,
            suspects_breach: rule.suspects_breach,
        }
    }

    /// The same for the same who and what by the same rule, whenever it happens: 32 hexadecimal digits. Which verb, which
    /// object of a kind and from where is not part of it.
    pub fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        let what = &self.what;
        for part in [
            &self.rule,
            &self.who.user,
            &self.who.acting_as,
            &what.group,
            &what.resource,
            &what.subresource,
            &what.namespace,
        ] {
            hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
            hash.update(part.as_bytes());
        }
        let mut text = String::with_capacity(32);
        hash.finalize().iter().take(16).for_each(|byte| {
            let _ = write!(text, "{byte:02x}");
        });
        text
    }

    /// Adds one that came later, of the same fingerprint.
    pub fn add(&mut self, other: &Detection) {
        self.count = self.count.saturating_add(other.count);
        self.last = self.last.max(other.last);
        keep(&mut self.who.source_ips, &other.who.source_ips);
        let names = std::iter::once(&other.what.name).chain(&other.what.also);
        for name in names.filter(|name| !name.is_empty() && **name != self.what.name) {
            keep(&mut self.what.also, std::slice::from_ref(name));
        }
    }
}

/// Adds what is not there yet, up to a bound.
fn keep(all: &mut Vec<String>, more: &[String]) {
    for one in more {
        if all.len() < MOST && !all.contains(one) {
            all.push(one.clone());
        }
    }
}

/// The rule's sentence, and what became of it where that is not what one would think.
fn why(rule: &Rule, event: &Event<'_>, personal: &str) -> String {
    let mut why = cut(&rule.tells.tell(event, rule.number(), personal), 4 * LONGEST);
    if event.outcome() == Outcome::Allowed && event.code() >= 400 {
        let _ = write!(why, " It was allowed, but failed ({}).", event.code());
    }
    why
}

fn decision(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Allowed => "allowed",
        Outcome::Denied => "denied",
        Outcome::Unsaid => "unsaid",
    }
}

/// At most so many bytes.
fn cut(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    let end = (0..=most).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    format!("{}…", text.get(..end).unwrap_or_default())
}

impl Who {
    fn of(event: &Event<'_>) -> Who {
        let word = |text: &str| cut(text, LONGEST);
        Who {
            user: word(event.user()),
            kind: Some(Actor::of(event)),
            groups: event.groups().take(2 * MOST).map(word).collect(),
            acting_as: word(event.acting_as()),
            source_ips: event.addresses().take(MOST).map(word).collect(),
            user_agent: word(event.agent()),
        }
    }
}

impl What {
    fn of(event: &Event<'_>) -> What {
        let word = |text: &str| cut(text, LONGEST);
        What {
            verb: word(event.verb()),
            group: word(event.group()),
            resource: word(event.resource()),
            subresource: word(event.subresource()),
            namespace: word(event.namespace()),
            name: word(event.name()),
            also: Vec::new(),
            path: if event.has_object() { String::new() } else { word(&event.path()) },
        }
    }
}
