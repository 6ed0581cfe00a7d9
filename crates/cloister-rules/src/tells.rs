//! Sentences with places for what an event says.

use cloister_audit::Event;

/// What stands in braces, and what it stands for.
pub(crate) const PLACES: [(&str, &str); 10] = [
    ("user", "who asked"),
    ("acting", "in whose name"),
    ("verb", "the verb"),
    ("what", "the kind of object, as in pods/exec, or the path"),
    ("name", "the object's name, or \"all\""),
    ("namespace", "its namespace, or \"every namespace\""),
    ("address", "where it came from"),
    ("agent", "what the client calls itself, up to the first space"),
    ("number", "how many it takes to fire"),
    ("personal", "who says that the namespace holds personal data"),
];

/// A sentence, read.
#[derive(Clone, Debug)]
pub(crate) struct Tells(Vec<Part>);

#[derive(Clone, Debug)]
enum Part {
    Text(String),
    Place(&'static str),
}

impl Tells {
    /// Reads one; else says what is wrong.
    pub fn new(text: &str) -> Result<Tells, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, from)) = rest.split_once('{') {
            let Some((name, after)) = from.split_once('}') else { return Err("a { is not closed".to_owned()) };
            let Some((place, _)) = PLACES.iter().find(|(place, _)| *place == name) else {
                let all: Vec<&str> = PLACES.iter().map(|(place, _)| *place).collect();
                return Err(format!("there is no {{{name}}}: there are {}", all.join(", ")));
            };
            parts.push(Part::Text(before.to_owned()));
            parts.push(Part::Place(place));
            rest = after;
        }
        parts.push(Part::Text(rest.to_owned()));
        Ok(Tells(parts))
    }

    /// With what an event says.
    pub fn tell(&self, event: &Event<'_>, number: u64, personal: &str) -> String {
        let mut told = String::new();
        for part in &self.0 {
            match part {
                Part::Text(text) => told.push_str(text),
                Part::Place(place) => told.push_str(&said(place, event, number, personal)),
            }
        }
        told
    }
}

fn said(place: &str, event: &Event<'_>, number: u64, personal: &str) -> String {
    let or = |text: &str, other: &str| if text.is_empty() { other.to_owned() } else { text.to_owned() };
    match place {
        "user" => or(event.user(), "somebody unknown"),
        "acting" => or(event.acting_as(), "nobody else"),
        "verb" => event.verb().to_owned(),
        "what" => what(event),
        "name" => or(event.name(), "all"),
        "namespace" => or(event.namespace(), "every namespace"),
        "address" => or(&event.addresses().collect::<Vec<_>>().join(", "), "an address that is not told"),
        "agent" => or(event.agent().split(' ').next().unwrap_or_default(), "a client without a name"),
        "number" => number.to_string(),
        _ => or(personal, "nobody"),
    }
}

/// `pods/exec`, `networkpolicies.networking.k8s.io`, or the path.
pub(crate) fn what(event: &Event<'_>) -> String {
    if !event.has_object() {
        return event.path().into_owned();
    }
    let group = if event.group().is_empty() { String::new() } else { format!(".{}", event.group()) };
    let below = if event.subresource().is_empty() { String::new() } else { format!("/{}", event.subresource()) };
    format!("{}{group}{below}", event.resource())
}
