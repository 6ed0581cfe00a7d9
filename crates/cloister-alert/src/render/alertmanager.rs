//! Alertmanager's API v2: `POST /api/v2/alerts`.

use serde_json::{Map, Value, json};

use super::{FACT, HEADLINE, SUMMARY, line, link};
use crate::state::{Message, Said};

/// Labels that are ours.
const OWN: [&str; 8] = ["alertname", "severity", "origin", "source", "namespace", "article", "category", "fingerprint"];

/// The body. What goes on is said to end when another word of it would be late, as Alertmanager's other clients do.
pub fn body(message: &Message) -> Value {
    message.all().map(|said| alert(message, said)).collect()
}

fn alert(message: &Message, said: &Said) -> Value {
    let end = said.resolved_at.or(said.alert.ends_at).unwrap_or(message.until).min(message.until);
    let mut alert = json!({
        "labels": labels(said),
        "annotations": annotations(said),
        "startsAt": said.alert.starts_at.min(end).to_string(),
        "endsAt": end.to_string(),
    });
    if let (Some(link), Some(map)) = (link(said), alert.as_object_mut()) {
        map.insert("generatorURL".to_owned(), link.into());
    }
    alert
}

fn labels(said: &Said) -> Map<String, Value> {
    let alert = &said.alert;
    let own = OWN.map(|label| (label, if label == "alertname" { alert.name.clone() } else { alert.label(label) }));
    let own = own.into_iter().map(|(label, value)| (label.to_owned(), value));
    let others = alert.labels.iter().filter(|(name, _)| is_name(name) && !OWN.contains(&name.as_str()));
    let others = others.map(|(name, value)| (name.clone(), value.clone()));
    let all = own.chain(others).map(|(name, value)| (name, line(&value, FACT)));
    all.filter(|(_, value)| !value.is_empty()).map(|(name, value)| (name, value.into())).collect()
}

fn annotations(said: &Said) -> Map<String, Value> {
    let alert = &said.alert;
    let all = [
        ("summary", line(&alert.title, HEADLINE)),
        ("description", line(&alert.summary, SUMMARY)),
        ("who", line(alert.who.as_deref().unwrap_or_default(), FACT)),
        ("what", line(alert.what.as_deref().unwrap_or_default(), FACT)),
        ("articles", line(&alert.articles.join(", "), FACT)),
        ("categories", line(&alert.categories.join(", "), FACT)),
    ];
    all.into_iter().filter(|(_, text)| !text.is_empty()).map(|(name, text)| (name.to_owned(), text.into())).collect()
}

/// `[a-zA-Z_][a-zA-Z0-9_]*`, as Prometheus has it.
fn is_name(name: &str) -> bool {
    let letter = |it: char| it.is_ascii_alphabetic() || it == '_';
    name.starts_with(letter) && name.chars().all(|it| letter(it) || it.is_ascii_digit())
}
