//! Names with values, as a container gets them: in its environment and its arguments.

use std::borrow::Cow;
use std::cell::OnceCell;

use cloister_detect::{Detection, Pair, pairs};
use cloister_inventory::Container;
use cloister_model::{Node, Place};

use super::recognised::Recognised;

/// One name with its value. Bare words of a command line have no name; flags no value.
#[derive(Debug)]
pub(crate) struct Setting<'a> {
    pub name: Cow<'a, str>,
    pub value: Cow<'a, str>,
    pub place: Place<'a>,
    /// Whether there may be a URL in the value.
    pub has_url: bool,
    joined: OnceCell<String>,
    options: OnceCell<Vec<Choice>>,
    recognised: Recognised,
}

/// A `name=value` inside the value of a setting.
#[derive(Debug)]
pub(crate) struct Choice {
    /// As written.
    pub name: String,
    /// Letters and digits, lower case.
    pub joined: String,
    /// Lower case, without what closes it.
    pub value: String,
}

/// The longest value that an option inside another value has, in bytes. Values overlap (`a=b=c`): long ones would
/// cost quadratic time.
const LONGEST_OPTION: usize = 1024;

impl<'a> Setting<'a> {
    pub(crate) fn new(name: impl Into<Cow<'a, str>>, value: impl Into<Cow<'a, str>>, place: Place<'a>) -> Setting<'a> {
        let value = value.into();
        Setting {
            name: name.into(),
            has_url: value.contains("://"),
            value,
            place,
            joined: OnceCell::new(),
            options: OnceCell::new(),
            recognised: Recognised::default(),
        }
    }

    /// The name's letters and digits, lower case: `ssl-mode` and `SSL_MODE` are the same.
    pub(crate) fn joined(&self) -> &str {
        self.joined.get_or_init(|| joined(&self.name))
    }

    /// The value in lower case.
    pub(crate) fn lower(&self) -> Cow<'_, str> {
        if self.value.bytes().any(|byte| byte.is_ascii_uppercase()) {
            Cow::Owned(self.value.to_ascii_lowercase())
        } else {
            Cow::Borrowed(&self.value)
        }
    }

    /// Options inside the value: query strings, `host=db sslmode=disable`.
    pub(crate) fn options(&self) -> &[Choice] {
        self.options.get_or_init(|| choices(&self.value))
    }

    /// Credentials in the value: those that its name or form shows, passwords that everybody knows apart.
    pub(crate) fn credentials(&self) -> impl Iterator<Item = &Detection> {
        self.recognised.credentials(&self.name, &self.value)
    }

    /// Personal data in the value.
    pub(crate) fn personal_data(&self) -> Vec<&Detection> {
        self.recognised.personal_data(&self.name, &self.value)
    }
}

/// The options in a text.
pub(crate) fn choices(text: &str) -> Vec<Choice> {
    // Most values are a word or a number.
    if !text.contains(['=', ':']) {
        return Vec::new();
    }
    let short = |pair: &Pair<'_>| pair.value.len() <= LONGEST_OPTION;
    let choice = |pair: Pair<'_>| {
        let value = pair.value.to_ascii_lowercase();
        let value = value.trim_end_matches(['"', '\'', ')']).to_owned();
        Choice { name: pair.name.to_owned(), joined: joined(pair.name), value }
    };
    pairs(text).into_iter().filter(short).map(choice).collect()
}

/// Letters and digits only, lower case.
pub(crate) fn joined(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}

/// What a container is told: its literal environment, then its command line.
#[derive(Debug)]
pub(crate) struct Settings<'a> {
    all: Vec<Setting<'a>>,
    environment: usize,
}

impl<'a> Settings<'a> {
    pub(crate) fn of(container: &Container<'a>) -> Settings<'a> {
        let mut all = environment(container);
        let environment = all.len();
        all.extend(arguments(container));
        Settings { all, environment }
    }

    pub(crate) fn all(&self) -> &[Setting<'a>] {
        &self.all
    }

    pub(crate) fn environment(&self) -> &[Setting<'a>] {
        self.all.get(..self.environment).unwrap_or_default()
    }

    pub(crate) fn arguments(&self) -> &[Setting<'a>] {
        self.all.get(self.environment..).unwrap_or_default()
    }
}

/// The literal environment; of doubled names the last counts, as for the kubelet.
fn environment<'a>(container: &Container<'a>) -> Vec<Setting<'a>> {
    let mut settings: Vec<Setting<'a>> = Vec::new();
    for (name, entry) in container.env() {
        settings.retain(|other| other.name != name);
        let Some(node) = entry.get("value") else { continue };
        let Some(value) = scalar(node) else { continue };
        settings.push(Setting::new(name, expand(container, value), container.place(node)));
    }
    settings
}

/// `$(NAME)` replaced where the container's own literal environment knows it.
fn expand<'a>(container: &Container<'a>, text: Cow<'a, str>) -> Cow<'a, str> {
    if !text.contains("$(") {
        return text;
    }
    let mut text = text.into_owned();
    for (name, entry) in container.env() {
        if let Some(value) = entry.str_at("value").filter(|value| !value.contains("$(")) {
            text = text.replace(&format!("$({name})"), value);
        }
    }
    text.into()
}

/// A scalar as it is written; texts are borrowed, since there are thousands.
fn scalar(node: &Node) -> Option<Cow<'_, str>> {
    node.as_str().map(Cow::Borrowed).or_else(|| node.scalar().map(Cow::Owned))
}

/// `--name=value`, `--name value`, `name=value`, flags and bare words, in
/// arguments and in the scripts among them.
fn arguments<'a>(container: &Container<'a>) -> Vec<Setting<'a>> {
    let words: Vec<(Cow<'a, str>, Place<'a>)> = container.words().flat_map(|node| split(container, node)).collect();
    let mut settings = Vec::new();
    let mut rest = words.iter().peekable();
    while let Some((word, place)) = rest.next() {
        let bare = word.trim_start_matches('-');
        let option = bare.len() < word.len();
        match assignment(bare) {
            Some((name, value)) => {
                settings.push(Setting::new(name.to_owned(), unquoted(value).to_owned(), *place));
            }
            None if option => {
                let next =
                    rest.next_if(|(next, _)| (!next.starts_with('-') || next.len() == 1) && assignment(next).is_none());
                let (value, at) = next.map_or((Cow::Borrowed(""), *place), |(value, at)| (value.clone(), *at));
                settings.push(Setting::new(bare.to_owned(), value, at));
            }
            None => settings.push(Setting::new("", word.clone(), *place)),
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
fn split<'a>(container: &Container<'a>, node: &'a Node) -> Vec<(Cow<'a, str>, Place<'a>)> {
    let Some(text) = scalar(node) else { return Vec::new() };
    let (text, place) = (expand(container, text), container.place(node));
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
