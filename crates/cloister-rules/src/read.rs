//! Rules from YAML: strict, so that a word that is mistaken is no rule that never fires.

use cloister_model::Diagnostic;
use cloister_model::spelling::nearest;
use serde_saphyr::Spanned;

use crate::condition::Condition;
use crate::own::Origin;
use crate::pattern::Pattern;
use crate::rule::{Document, FirstSeen, Match, OutcomeWanted, Threshold};
use crate::rules::{Narrows, Over, Resource, Rule};
use crate::tells::Tells;
use crate::{API_VERSION, Actor, KIND, period};

/// Larger files hold no rules.
const LARGEST: usize = 1 << 20;
/// Above this a threshold would need much memory for each user.
const MOST: u32 = 1_000;
/// An hour, in microseconds.
const TOGETHER: i64 = 3_600_000_000;

/// Reads the rules of a file, and says what is wrong with it. A rule with a fault is left out.
pub fn read(file: &str, text: &str) -> (Vec<Rule>, Vec<Diagnostic>) {
    if text.len() > LARGEST {
        let error = Diagnostic::error(file, "is larger than 1 MiB").help("name a file of rules, or part it");
        return (Vec::new(), vec![error]);
    }
    let documents = match serde_saphyr::from_multiple::<Document>(text) {
        Ok(documents) => documents,
        Err(error) => return (Vec::new(), vec![unreadable(file, &error)]),
    };
    if documents.is_empty() {
        let error = Diagnostic::error(file, "holds no rule").help(format!("a rule is a document of kind {KIND}"));
        return (Vec::new(), vec![error]);
    }
    let mut diagnostics = Vec::new();
    let rules = documents.into_iter().filter_map(|document| {
        let mut faults = Faults { file, found: Vec::new() };
        let rule = faults.rule(document);
        let is_good = faults.found.is_empty();
        diagnostics.append(&mut faults.found);
        rule.filter(|_| is_good)
    });
    (rules.collect(), diagnostics)
}

pub(crate) fn unreadable(file: &str, error: &serde_saphyr::Error) -> Diagnostic {
    let told = error.without_snippet().to_string();
    let cause = told.lines().next().unwrap_or("it cannot be read").to_owned();
    let diagnostic = Diagnostic::error(file, cause)
        .help("docs/schema/detection-rule.v1alpha1.json says what a rule may hold, docs/detections.md what it means");
    match error.location() {
        Some(at) => diagnostic.at(narrow(at.line()), narrow(at.column())),
        None => diagnostic,
    }
}

pub(crate) fn narrow(number: impl TryInto<u32>) -> u32 {
    number.try_into().unwrap_or(u32::MAX)
}

/// What is wrong with one rule.
struct Faults<'f> {
    file: &'f str,
    found: Vec<Diagnostic>,
}

impl Faults<'_> {
    fn fault<T>(&mut self, at: &Spanned<T>, cause: impl Into<String>, help: impl Into<String>) {
        let (line, column) = (narrow(at.referenced.line()), narrow(at.referenced.column()));
        self.found.push(Diagnostic::error(self.file, cause).at(line, column).help(help));
    }

    fn rule(&mut self, document: Document) -> Option<Rule> {
        let (spec, name) = (document.spec, document.metadata.name);
        if document.api_version.value != API_VERSION {
            self.fault(&document.api_version, "this apiVersion is not known", format!("write {API_VERSION}"));
        }
        if document.kind.value != KIND {
            self.fault(&document.kind, "this is no rule", format!("write kind: {KIND}"));
        }
        if !is_name(&name.value) {
            self.fault(&name, "this is no name", "use small letters, digits and hyphens, at most 63");
        }
        if spec.title.value.is_empty() || spec.title.value.len() > 80 {
            self.fault(&spec.title, "a title has 1 to 80 bytes", "say in a few words what happened");
        }
        if spec.articles.is_empty() {
            self.fault(&name, "it names no article", "add spec.articles, such as [\"32(1)(b)\"]");
        }
        for article in spec.articles.iter().filter(|article| !is_article(&article.value)) {
            self.fault(article, format!("\"{}\" is no article", article.value), "write it as 33(1) or 32(1)(b)");
        }
        for technique in spec.attack.iter().filter(|technique| !is_technique(&technique.value)) {
            let cause = format!("\"{}\" is no technique of ATT&CK", technique.value);
            self.fault(technique, cause, "write it as T1609 or T1552.007");
        }
        if spec.threshold.is_some() && spec.first_seen.is_some() {
            self.fault(&name, "it has both threshold and firstSeen", "make two rules of it");
        }
        let over = match (spec.threshold, spec.first_seen) {
            (Some(threshold), _) => self.threshold(&threshold),
            (None, Some(first)) => self.first(&first),
            (None, None) => None,
        };
        let condition = spec.condition.and_then(|source| match Condition::new(&source.value) {
            Ok(condition) => Some(condition),
            Err((cause, help)) => {
                self.fault(&source, format!("its condition cannot be used: {cause}"), help);
                None
            }
        });
        let tells = Tells::new(&spec.tells.value).map_err(|why| {
            self.fault(&spec.tells, why, "other braces cannot stand in it");
        });
        let together = spec.together.map_or(Some(TOGETHER), |together| self.period(&together));
        Some(Rule {
            narrows: self.narrows(&name, spec.matches),
            place: (self.file.to_owned(), narrow(name.referenced.line())),
            origin: Origin::Program,
            name: name.value,
            title: spec.title.value,
            description: spec.description.trim().to_owned(),
            severity: spec.severity,
            articles: values(spec.articles),
            attack: values(spec.attack),
            suspects_breach: spec.suspects_breach,
            condition,
            over,
            tells: tells.ok()?,
            together: together?,
        })
    }

    fn threshold(&mut self, threshold: &Threshold) -> Option<Over> {
        let most = threshold.more_than.value;
        if most == 0 || most > MOST {
            self.fault(&threshold.more_than, "this is no threshold", format!("write a number from 1 to {MOST}"));
        }
        let within = self.period(&threshold.within)?;
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        Some(Over::Threshold { most, within, counts: threshold.counts, each: threshold.each })
    }

    fn first(&mut self, first: &FirstSeen) -> Option<Over> {
        Some(Over::First { what: first.what, of: first.of, after: self.period(&first.after)? })
    }

    fn period(&mut self, written: &Spanned<String>) -> Option<i64> {
        let period = period::parse(&written.value);
        if period.is_none() {
            let cause = format!("\"{}\" is no length of time", written.value);
            self.fault(written, cause, "write 30s, 10m, 1h or 7d, a year at most");
        }
        period
    }

    fn narrows(&mut self, name: &Spanned<String>, matches: Match) -> Narrows {
        let says_nothing = matches.verbs.is_empty()
            && matches.groups.is_none()
            && matches.resources.is_empty()
            && matches.by.is_empty()
            && matches.users.is_empty()
            && matches.agents.is_empty()
            && matches.outcome == OutcomeWanted::Allowed
            && matches.break_glass.is_none()
            && matches.impersonated.is_none()
            && matches.outside.is_none();
        if says_nothing {
            let help = "say which verbs, resources, users or kinds of somebody it is about: else each event costs CEL";
            self.fault(name, "its match lets every event through", help);
        }
        for verb in &matches.verbs {
            self.verb(name, verb);
        }
        let by = if matches.by.is_empty() { &Actor::ALL[..] } else { &matches.by };
        Narrows {
            by: by.iter().fold(0, |bits, actor| bits | actor.bit()),
            resources: matches.resources.into_iter().filter_map(|resource| self.resource(&resource)).collect(),
            names: self.patterns(matches.names),
            namespaces: self.patterns(matches.namespaces),
            users: self.patterns(matches.users),
            except_users: self.patterns(matches.except_users),
            agents: self.patterns(matches.agents),
            except_agents: self.patterns(matches.except_agents),
            verbs: matches.verbs,
            groups: matches.groups,
            personal: matches.personal_data,
            outside: matches.outside,
            break_glass: matches.break_glass,
            impersonated: matches.impersonated,
            outcome: matches.outcome,
        }
    }

    /// Every word may be a verb, but few are.
    fn verb(&mut self, name: &Spanned<String>, verb: &str) {
        if VERBS.contains(&verb) {
            return;
        }
        let near = nearest(verb, VERBS).into_iter().next().map(|near| format!("did you mean {near}? "));
        let help = format!("{}there are {}", near.unwrap_or_default(), VERBS.join(", "));
        self.fault(name, format!("it asks for the verb \"{verb}\", which no event has"), help);
    }

    fn resource(&mut self, written: &Spanned<String>) -> Option<Resource> {
        let (resource, below) = written.value.split_once('/').unwrap_or((&written.value, ""));
        let part = |text: &str| (text != "*").then(|| text.to_owned());
        let wrong = |text: &str| text.contains(['/', ' ']) || (text.contains('*') && text != "*");
        if resource.is_empty() || wrong(resource) || wrong(below) || resource.contains('.') {
            let cause = format!("\"{}\" is no kind of object", written.value);
            self.fault(written, cause, "write it as secrets, pods/exec or pods/*; the API group stands under groups");
            return None;
        }
        Some(Resource { resource: part(resource), subresource: part(below) })
    }

    fn patterns(&mut self, written: Vec<Spanned<String>>) -> Vec<Pattern> {
        let pattern = |one: Spanned<String>| {
            let pattern = Pattern::new(&one.value);
            if pattern.is_none() {
                self.fault(&one, "a * can only stand at the end", "name what it begins with");
            }
            pattern
        };
        written.into_iter().filter_map(pattern).collect()
    }
}

const VERBS: [&str; 14] = [
    "get",
    "list",
    "watch",
    "create",
    "update",
    "patch",
    "delete",
    "deletecollection",
    "post",
    "put",
    "head",
    "options",
    "connect",
    "proxy",
];

fn values(all: Vec<Spanned<String>>) -> Vec<String> {
    all.into_iter().map(|one| one.value).collect()
}

fn is_name(name: &str) -> bool {
    let good = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=63).contains(&name.len()) && name.bytes().all(good) && !name.starts_with('-') && !name.ends_with('-')
}

/// `33`, `33(1)`, `32(1)(b)`.
fn is_article(article: &str) -> bool {
    let (number, rest) = article.split_once('(').map_or((article, None), |(number, rest)| (number, Some(rest)));
    let is_number = |text: &str| (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_letter = |text: &str| text.len() == 1 && text.bytes().all(|byte| byte.is_ascii_lowercase());
    let parts = rest.map_or(Vec::new(), |rest| rest.split(")(").collect());
    let closed = rest.is_none_or(|rest| rest.ends_with(')'));
    let parts: Vec<&str> = parts.into_iter().map(|part| part.trim_end_matches(')')).collect();
    is_number(number)
        && closed
        && match parts.as_slice() {
            [] => true,
            [one] => is_number(one) || is_letter(one),
            [one, two] => is_number(one) && is_letter(two),
            _ => false,
        }
}

fn is_technique(technique: &str) -> bool {
    let digits = |text: &str, count: usize| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    let Some(number) = technique.strip_prefix('T') else { return false };
    match number.split_once('.') {
        Some((number, below)) => digits(number, 4) && digits(below, 3),
        None => digits(number, 4),
    }
}
