//! The facts of a breach as a form has them: one field for each that a person states, by its path in the document.

use cloister_breach::facts::{Access, Assurance, Cause, Effect, Method, Recipients, Recovery, Role, Source};
use cloister_breach::{Breach, Facts, Refusal};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

use crate::http::Query;

/// A field.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its path in `spec`.
    pub path: &'static str,
    /// What it is called.
    pub label: &'static str,
    /// More about it.
    pub hint: &'static str,
    /// What stands in it.
    pub kind: Kind,
}

/// What stands in a field.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A line.
    Line,
    /// Some sentences.
    Text,
    /// One thing a line.
    Lines,
    /// A whole number.
    Number,
    /// A moment, UTC.
    Time,
    /// Yes, no, or not known.
    YesNo,
    /// One of these words.
    Choice(fn() -> Words),
}

/// Words with what they mean.
pub type Words = Vec<(&'static str, &'static str)>;

macro_rules! choice {
    ($list:ident) => {
        Kind::Choice(|| $list::ALL.iter().map(|one| (one.as_str(), one.meaning())).collect())
    };
}

const fn field(path: &'static str, label: &'static str, hint: &'static str, kind: Kind) -> Field {
    Field { path, label, hint, kind }
}

/// All fields, in the groups in which a page shows them.
pub const GROUPS: &[(&str, &[Field])] = &[
    (
        "What happened",
        &[
            field("title", "Title", "For people, without naming anybody.", Kind::Line),
            field("description", "Description", "A few sentences. Art. 33(3)(a)", Kind::Text),
            field("cause", "Cause", "", choice!(Cause)),
            field("suspicion.source", "Where the suspicion came from", "", choice!(Source)),
            field(
                "suspicion.processor",
                "Processor that gave notice",
                "By its name in the register. Art. 33(2)",
                Kind::Line,
            ),
            field("occurred.from", "It began", "UTC. Not when it became known.", Kind::Time),
            field("occurred.to", "It ended", "UTC. Empty while it goes on.", Kind::Time),
        ],
    ),
    (
        "Who and what is affected, Art. 33(3)(a)",
        &[
            field("affected.people", "About how many people", "", Kind::Number),
            field("affected.records", "About how many records", "", Kind::Number),
            field("affected.dataSubjects", "Whose data", "One a line: patients, employees, children …", Kind::Lines),
            field(
                "affected.dataCategories",
                "Which data",
                "One a line, in the words of the register: health, name, bank-details …",
                Kind::Lines,
            ),
            field("affected.children", "Children among them", "", Kind::YesNo),
            field("affected.vulnerable", "Others in need of protection among them", "", Kind::YesNo),
            field("affected.stores", "Stores", "One a line, as the register calls them.", Kind::Lines),
            field("affected.activities", "Activities", "One a line, as the register calls them.", Kind::Lines),
            field("affected.recipients", "Recipients who may have to be told", "One a line.", Kind::Lines),
        ],
    ),
    (
        "Disclosure or access",
        &[
            field(
                "confidentiality.access",
                "Did somebody have the data",
                "Empty where confidentiality is not concerned.",
                choice!(Access),
            ),
            field("confidentiality.evidence", "What shows it", "Without it, access is not excluded.", Kind::Text),
            field("confidentiality.recipients", "Who", "", choice!(Recipients)),
            field("confidentiality.number", "How many of them", "", Kind::Number),
            field("confidentiality.assurance", "What they promised", "", choice!(Assurance)),
        ],
    ),
    (
        "Alteration",
        &[
            field("integrity.used", "Altered data was used", "", Kind::YesNo),
            field(
                "integrity.recovery",
                "It is right again",
                "Empty where integrity is not concerned.",
                choice!(Recovery),
            ),
            field("integrity.effect", "What it does to people", "", choice!(Effect)),
        ],
    ),
    (
        "Loss",
        &[
            field(
                "availability.recovery",
                "It is there again",
                "Empty where availability is not concerned.",
                choice!(Recovery),
            ),
            field("availability.duration", "How long it was missing", "Such as PT4H or P2D.", Kind::Line),
            field("availability.effect", "What it does to people", "", choice!(Effect)),
        ],
    ),
    (
        "What made the data unintelligible, Art. 34(3)(a)",
        &[
            field("protection.method", "Method", "", choice!(Method)),
            field("protection.stateOfTheArt", "As the state of the art asks", "", Kind::YesNo),
            field("protection.keySafe", "The key is still secret", "", Kind::YesNo),
            field("protection.evidence", "How that is known", "", Kind::Text),
        ],
    ),
    (
        "Consequences, and what people are told",
        &[
            field("consequences", "Likely consequences", "One a line. Art. 33(3)(c)", Kind::Lines),
            field(
                "communication.plainly",
                "What happened, in plain words",
                "For those whose data it is. Art. 34(2)",
                Kind::Text,
            ),
            field("communication.advice", "What they can do themselves", "One a line.", Kind::Lines),
            field(
                "communication.disproportionate",
                "Why reaching each of them is a disproportionate effort",
                "Art. 34(3)(c); a public communication takes its place.",
                Kind::Text,
            ),
        ],
    ),
    (
        "Who we are, and whom we answer to",
        &[
            field("role", "Our role", "", choice!(Role)),
            field("organisation.name", "Name", "", Kind::Line),
            field("organisation.address", "Address", "", Kind::Line),
            field("organisation.country", "Country", "Two letters.", Kind::Line),
            field("organisation.controller", "Controller that we act for", "Only for a processor.", Kind::Line),
            field("contact.name", "Contact", "The data protection officer. Art. 33(3)(b)", Kind::Line),
            field("contact.email", "E-mail", "", Kind::Line),
            field("contact.phone", "Telephone", "", Kind::Line),
            field("authority", "Supervisory authority", "Art. 55", Kind::Line),
            field(
                "keepFor",
                "The record is kept after closure for",
                "Such as P5Y, five years, which holds where nothing is said.",
                Kind::Line,
            ),
        ],
    ),
];

/// The facts as a value whose fields have paths.
pub fn to_value(facts: &Facts) -> Value {
    serde_json::to_value(facts).unwrap_or_else(|_| json!({}))
}

/// The way back.
pub fn of_value(value: Value) -> Result<Facts, Refusal> {
    serde_json::from_value(value).map_err(|_| Refusal {
        cause: "a field does not hold what it should".to_owned(),
        help: "docs/schema/breach.v1alpha1.json says what it may hold; which data it is, is said in the words of docs/reference/register.md".to_owned(),
    })
}

/// What stands at a path.
pub fn at<'v>(facts: &'v Value, path: &str) -> &'v Value {
    path.split('.').fold(facts, |value, step| value.get(step).unwrap_or(&Value::Null))
}

/// Sets what stands at a path; takes it away where it is null.
pub fn set(facts: &mut Value, path: &str, value: Value) {
    let Some(fields) = facts.as_object_mut() else { return };
    match path.split_once('.') {
        None if value.is_null() => drop(fields.remove(path)),
        None => drop(fields.insert(path.to_owned(), value)),
        Some((step, rest)) => {
            let below = fields.entry(step).or_insert_with(|| Value::Object(Map::new()));
            set(below, rest, value);
            if below.as_object().is_some_and(Map::is_empty) {
                fields.remove(step);
            }
        }
    }
}

/// Takes a proposal: adds to what comes in any number, sets what nobody has set yet.
pub fn take(facts: &mut Value, path: &str, value: &Value) {
    let known = at(facts, path).clone();
    let is_list = matches!(
        path,
        "affected.stores"
            | "affected.activities"
            | "affected.dataSubjects"
            | "affected.dataCategories"
            | "affected.recipients"
            | "consequences"
            | "suspicion.evidence"
    );
    match known {
        Value::Array(mut all) if !all.contains(value) => {
            all.push(value.clone());
            set(facts, path, Value::Array(all));
        }
        Value::Null => set(facts, path, if is_list { json!([value]) } else { value.clone() }),
        _ => {}
    }
}

/// Beside each field a form says what stood there when it was shown, under the field's name after this.
pub const WAS: &str = "was:";

/// How a field stands in a form.
pub fn shown(field: &Field, value: &Value) -> String {
    match (field.kind, value) {
        (_, Value::Null) => String::new(),
        (Kind::Time, Value::String(text)) => text.get(..16).unwrap_or("").to_owned(),
        (_, Value::String(text)) => text.clone(),
        (_, Value::Bool(yes)) => if *yes { "yes" } else { "no" }.to_owned(),
        (_, Value::Array(all)) => all.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n"),
        (_, other) => other.to_string(),
    }
}

/// Whether somebody wrote into a field of a form: else it stays as it is, whatever others made of it meanwhile.
pub fn is_written(form: &Query, path: &str) -> bool {
    let was = format!("{WAS}{path}");
    let lines = |name: &str| form.get(name).unwrap_or("").lines().map(str::trim).collect::<Vec<_>>().join("\n");
    form.has(path) && !(form.has(&was) && lines(&was) == lines(path))
}

/// The facts with what a form says; what the form does not have, or nobody wrote into, stays.
pub fn written(facts: &Facts, form: &Query) -> Result<Facts, Refusal> {
    let mut value = to_value(facts);
    for field in GROUPS.iter().flat_map(|(_, fields)| *fields).filter(|field| is_written(form, field.path)) {
        set(&mut value, field.path, read(field, form.get(field.path))?);
    }
    // Without a method nothing is said about protection.
    if at(&value, "protection.method").is_null() {
        set(&mut value, "protection", Value::Null);
    }
    of_value(value)
}

fn read(field: &Field, text: Option<&str>) -> Result<Value, Refusal> {
    let Some(text) = text else { return Ok(Value::Null) };
    let wrong =
        |help: &str| Refusal { cause: format!("“{}” is not as it should be", field.label), help: help.to_owned() };
    Ok(match field.kind {
        Kind::Line => json!(line(text)),
        Kind::Text => json!(lines(text).join("\n")),
        Kind::Lines => json!(lines(text)),
        Kind::Number => {
            let digits: String = text.chars().filter(|one| !one.is_whitespace()).collect();
            json!(digits.parse::<u64>().map_err(|_| wrong("write a whole number, such as 1200"))?)
        }
        Kind::Time => {
            json!(moment(text).ok_or_else(|| wrong("write a day and a time, such as 2026-11-20T10:20, UTC"))?)
        }
        Kind::YesNo => match text {
            "yes" => json!(true),
            "no" => json!(false),
            _ => return Err(wrong("yes, no, or nothing where it is not known")),
        },
        Kind::Choice(words) => match words().into_iter().find(|(word, _)| *word == text) {
            Some((word, _)) => json!(word),
            None => return Err(wrong("choose one of the list")),
        },
    })
}

/// A moment that somebody wrote in a form: UTC where nothing else is said.
pub fn moment(text: &str) -> Option<Timestamp> {
    let of_day = |text: &str| text.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok();
    text.parse().ok().or_else(|| of_day(text).map(|at| at.timestamp()))
}

/// A text on one line, without what hides.
pub fn line(text: &str) -> String {
    cloister_report::clean(&text.replace(['\r', '\n'], " ")).trim().to_owned()
}

/// The lines of a text that say something.
pub fn lines(text: &str) -> Vec<String> {
    text.lines().map(line).filter(|line| !line.is_empty()).collect()
}

/// Which fields are others.
pub fn changed(before: &Facts, after: &Facts) -> Vec<String> {
    let (before, after) = (to_value(before), to_value(after));
    let mut fields = Vec::new();
    differ(&before, &after, "", &mut fields);
    fields
}

fn differ(before: &Value, after: &Value, path: &str, fields: &mut Vec<String>) {
    if before == after {
        return;
    }
    let none = Map::new();
    let (one, other) = (before.as_object(), after.as_object());
    if one.or(other).is_none() || (one.is_none() && !before.is_null()) || (other.is_none() && !after.is_null()) {
        fields.push(path.to_owned());
        return;
    }
    let (one, other) = (one.unwrap_or(&none), other.unwrap_or(&none));
    let names: std::collections::BTreeSet<&String> = one.keys().chain(other.keys()).collect();
    for name in names {
        let below = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        let value = |all: &Map<String, Value>| all.get(name).cloned().unwrap_or(Value::Null);
        differ(&value(one), &value(other), &below, fields);
    }
}

/// Whether the document means something.
pub fn check(breach: &Breach) -> Result<(), Refusal> {
    let text = serde_json::to_string(breach).unwrap_or_default();
    Breach::read(&text).map(drop).map_err(|why| Refusal { cause: why.cause, help: why.help })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(text: &str) -> Query {
        Query::read(text.as_bytes())
    }

    #[test]
    fn every_field_of_the_form_is_one_of_the_document() {
        for field in GROUPS.iter().flat_map(|(_, fields)| *fields) {
            let value = match field.kind {
                Kind::Line | Kind::Text => "text".to_owned(),
                Kind::Lines if field.path.ends_with("dataCategories") => "health".to_owned(),
                Kind::Lines => "one\r\ntwo".to_owned(),
                Kind::Number => "1 200".to_owned(),
                Kind::Time => "2026-11-20T10:20".to_owned(),
                Kind::YesNo => "yes".to_owned(),
                Kind::Choice(words) => words()[0].0.to_owned(),
            };
            let method = if field.path.starts_with("protection") { "&protection.method=encryption" } else { "" };
            let sent = form_urlencoded::Serializer::new(String::new()).append_pair(field.path, &value).finish();
            let facts = written(&Facts::default(), &form(&format!("{sent}{method}"))).unwrap();
            // The role that is first holds where nothing is said.
            assert!(field.path == "role" || !at(&to_value(&facts), field.path).is_null(), "{}", field.path);
        }
    }

    #[test]
    fn what_nobody_wrote_into_stays_as_it_is() {
        let example = include_str!("../../../../examples/breach/2026-001.yaml");
        let mut facts = Breach::read(example).unwrap().spec;
        facts.occurred.get_or_insert_default().from = Some("2026-11-20T10:20:31Z".parse().unwrap());
        let value = to_value(&facts);
        let mut sent = form_urlencoded::Serializer::new(String::new());
        for field in GROUPS.iter().flat_map(|(_, fields)| *fields) {
            let text = shown(field, at(&value, field.path)).replace('\n', "\r\n");
            sent.append_pair(field.path, &text).append_pair(&format!("{WAS}{}", field.path), &text);
        }
        let untouched = form(&sent.finish());
        assert_eq!(written(&facts, &untouched).unwrap(), facts, "seconds stay, too");
        // What somebody else set meanwhile is not put back by who wrote into another field.
        let late = form("title=Mine&was:title=Old&affected.people=5&was:affected.people=5&cause=&was:cause=theft");
        facts.affected.people = Some(900);
        let after = written(&facts, &late).unwrap();
        assert_eq!((after.title.as_str(), after.affected.people, after.cause), ("Mine", Some(900), None));
    }

    #[test]
    fn a_form_changes_what_it_has_and_leaves_the_rest() {
        let facts = written(&Facts::default(), &form("affected.people=12&affected.stores=a%0Ab&title=T")).unwrap();
        let after = written(&facts, &form("affected.people=&title=T2")).unwrap();
        assert_eq!((after.affected.people, after.affected.stores.len(), after.title.as_str()), (None, 2, "T2"));
        assert_eq!(changed(&facts, &after), ["affected.people", "title"]);
        for wrong in [
            "affected.people=many",
            "cause=fate",
            "occurred.from=then",
            "affected.dataCategories=nonsense",
            "affected.children=maybe",
        ] {
            let refused = written(&facts, &form(wrong)).unwrap_err();
            assert!(!refused.cause.contains("nonsense") && !refused.help.is_empty(), "{wrong}");
        }
    }
}
