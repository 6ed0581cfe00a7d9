//! Names with values, wherever a workload gets them: environment, arguments, ConfigMaps.

use std::borrow::Cow;
use std::collections::HashMap;

use cloister_detect::{Category, Confidence, Detection, pairs, scan_field};
use cloister_inventory::Container;
use cloister_model::{Node, Place, Resource, Severity};

/// One name with its value. Bare words of a command line have no name; flags no value.
#[derive(Clone, Debug)]
pub(crate) struct Setting<'a> {
    pub name: Cow<'a, str>,
    pub value: Cow<'a, str>,
    pub place: Place<'a>,
}

impl Setting<'_> {
    /// The name's letters and digits, lower case: `ssl-mode` and `SSL_MODE` are the same.
    pub(crate) fn joined(&self) -> String {
        joined(&self.name)
    }
}

/// Letters and digits only, lower case.
pub(crate) fn joined(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}

/// What a container is told: its literal environment and its command line.
pub(crate) fn of_container<'a>(container: &Container<'a>) -> Vec<Setting<'a>> {
    let mut settings = environment(container);
    settings.extend(arguments(container));
    settings
}

/// The literal environment; of doubled names the last counts, as for the kubelet.
pub(crate) fn environment<'a>(container: &Container<'a>) -> Vec<Setting<'a>> {
    let last: HashMap<&str, usize> = container.env().enumerate().map(|(index, (name, _))| (name, index)).collect();
    let known = Literals::of(container);
    let settings = container.env().enumerate().filter_map(|(index, (name, entry))| {
        let node = entry.get("value").filter(|_| last.get(name) == Some(&index))?;
        Some(Setting { name: name.into(), value: known.expand(scalar(node)?), place: container.place(node) })
    });
    settings.collect()
}

/// The container's own literal environment, which `$(NAME)` refers to.
struct Literals<'a>(HashMap<&'a str, &'a str>);

/// The kernel takes no longer word (`MAX_ARG_STRLEN`).
const LONGEST: usize = 128 * 1024;

impl<'a> Literals<'a> {
    fn of(container: &Container<'a>) -> Literals<'a> {
        let values = container.env().filter_map(|(name, entry)| Some((name, entry.str_at("value")?)));
        Literals(values.filter(|(_, value)| !value.contains("$(")).collect())
    }

    /// `$(NAME)` replaced where the name is known; what would become too long stays as it is.
    fn expand<'t>(&self, text: Cow<'t, str>) -> Cow<'t, str> {
        if !text.contains("$(") {
            return text;
        }
        let mut pieces = text.split("$(");
        let mut expanded = pieces.next().unwrap_or("").to_owned();
        for piece in pieces {
            let known = piece.split_once(')').and_then(|(name, rest)| Some((*self.0.get(name)?, rest)));
            let (value, rest) = known.unwrap_or(("$(", piece));
            if expanded.len() + value.len() + rest.len() > LONGEST {
                return text;
            }
            expanded.push_str(value);
            expanded.push_str(rest);
        }
        expanded.into()
    }
}

/// A scalar as it is written; texts are borrowed, since there are thousands.
fn scalar(node: &Node) -> Option<Cow<'_, str>> {
    node.as_str().map(Cow::Borrowed).or_else(|| node.scalar().map(Cow::Owned))
}

/// `--name=value`, `--name value`, `name=value`, flags and bare words, in
/// arguments and in the scripts among them.
pub(crate) fn arguments<'a>(container: &Container<'a>) -> Vec<Setting<'a>> {
    let known = Literals::of(container);
    let words: Vec<(Cow<'a, str>, Place<'a>)> =
        container.words().flat_map(|node| split(container, &known, node)).collect();
    let mut settings = Vec::new();
    let mut rest = words.iter().peekable();
    while let Some((word, place)) = rest.next() {
        let bare = word.trim_start_matches('-');
        let option = bare.len() < word.len();
        match assignment(bare) {
            Some((name, value)) => {
                let (name, value) = (name.to_owned().into(), unquoted(value).to_owned().into());
                settings.push(Setting { name, value, place: *place });
            }
            None if option => {
                let next =
                    rest.next_if(|(next, _)| (!next.starts_with('-') || next.len() == 1) && assignment(next).is_none());
                let (value, at) = next.map_or((Cow::Borrowed(""), *place), |(value, at)| (value.clone(), *at));
                settings.push(Setting { name: bare.to_owned().into(), value, place: at });
            }
            None => settings.push(Setting { name: "".into(), value: word.clone(), place: *place }),
        }
    }
    settings
}

/// `name=value`; the `=` in a URL makes no name.
fn assignment(word: &str) -> Option<(&str, &str)> {
    let named = |name: &str| {
        let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '.' | '[' | ']');
        name.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '_') && name.chars().all(plain)
    };
    word.split_once('=').filter(|(name, _)| named(name))
}

/// One argument, or the words of each line where it is a script.
fn split<'a>(container: &Container<'a>, known: &Literals<'_>, node: &'a Node) -> Vec<(Cow<'a, str>, Place<'a>)> {
    let Some(text) = scalar(node) else { return Vec::new() };
    let (text, place) = (known.expand(text), container.place(node));
    if !text.contains(char::is_whitespace) {
        return vec![(text, place)];
    }
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with('#'));
    lines
        .flat_map(|(index, line)| {
            line.split_whitespace().map(move |word| (unquoted(word).to_owned().into(), place.line(index, 0)))
        })
        .collect()
}

fn unquoted(text: &str) -> &str {
    text.trim_matches(['"', '\''])
}

/// The texts of a ConfigMap, with their keys.
pub(crate) fn texts(resource: &Resource) -> impl Iterator<Item = (&str, &Node, &str)> {
    resource.root.entries_at("data").iter().filter_map(|entry| Some((&*entry.key, &entry.node, entry.node.as_str()?)))
}

/// The settings in a ConfigMap: of single values, and of whole files line by line.
pub(crate) fn of_config_map(resource: &Resource) -> Vec<Setting<'_>> {
    texts(resource).flat_map(|(key, node, text)| of_text(resource, key, node, text)).collect()
}

fn of_text<'a>(resource: &'a Resource, key: &str, node: &'a Node, text: &str) -> Vec<Setting<'a>> {
    let place = Place::of(resource, node);
    if !text.trim_end().contains('\n') && !text.trim_start().starts_with('{') && !key.contains('.') {
        return vec![Setting { name: key.to_owned().into(), value: text.trim().to_owned().into(), place }];
    }
    let mut settings = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let trimmed = line.trim_start();
        if trimmed.starts_with(['#', ';', '!']) || trimmed.starts_with("//") {
            continue;
        }
        let found = pairs(line);
        if found.is_empty() {
            let (name, value) = trimmed.split_once(char::is_whitespace).unwrap_or(("", trimmed));
            let value = value.split(" #").next().unwrap_or(value).trim();
            settings.push(Setting {
                name: name.to_owned().into(),
                value: value.to_owned().into(),
                place: place.line(index, line.len() - trimmed.len()),
            });
        }
        // What stands in the value of another is judged there: `url=jdbc:…?useSSL=false`.
        let mut judged = 0;
        for pair in found.into_iter() {
            if pair.offset < judged {
                continue;
            }
            if !pair.value.starts_with(['{', '[']) {
                judged = pair.offset + pair.value.len();
            }
            let column = line.get(..pair.offset).map_or(0, |before| before.chars().count());
            settings.push(Setting {
                name: pair.name.to_owned().into(),
                value: pair.value.to_owned().into(),
                place: place.line(index, column),
            });
        }
    }
    settings
}

/// What a detection found in a text of several lines: its place.
pub(crate) fn within<'a>(place: Place<'a>, text: &str, detection: &Detection) -> Place<'a> {
    let before = text.get(..detection.offset).unwrap_or("");
    let line = before.matches('\n').count();
    let column = before.rsplit('\n').next().unwrap_or("").chars().count();
    place.line(line, column)
}

/// Credentials in a value: those that its name or form shows, passwords that
/// everybody knows apart.
pub(crate) fn credentials(name: &str, value: &str) -> Vec<Detection> {
    let mut found = scan_field(name, value);
    found.retain(|one| one.category == Category::Credentials && one.confidence > Confidence::Possible);
    found
}

/// Personal data in a value.
pub(crate) fn personal_data(name: &str, value: &str) -> Vec<Detection> {
    let mut found = scan_field(name, value);
    found.retain(|one| one.category.is_personal() && one.confidence > Confidence::Possible);
    found
}

/// One finding for a value of personal data: what was seen, masked, and whether
/// it looks like an example.
pub(crate) fn personal_message(subject: &str, found: &[Detection]) -> String {
    let mut titles: Vec<String> = Vec::new();
    for one in found {
        let title = format!("{} ({})", one.title, one.masked);
        if !titles.contains(&title) {
            titles.push(title);
        }
    }
    let test = found.iter().all(|one| one.test_data);
    let note = if test { "; it looks like test data: make sure that no real person's is used" } else { "" };
    format!("{subject} holds {}{note}", titles.join(", "))
}

/// Examples are hygiene; data of a special category are worse than others.
pub(crate) fn personal_severity(found: &[Detection]) -> Severity {
    if found.iter().all(|one| one.test_data) {
        Severity::Low
    } else if found.iter().any(|one| one.category.is_special()) {
        Severity::High
    } else {
        Severity::Medium
    }
}
