//! Names with values, as a container gets them: in its environment and its arguments.

use std::borrow::Cow;
use std::cell::OnceCell;

use cloister_detect::profile::Profile;
use cloister_detect::{Detection, Pair, pairs};
use cloister_inventory::Container;
use cloister_model::{Node, Place};
use foldhash::HashMap;

use super::engines;
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
    may_tell_of_encryption: OnceCell<bool>,
    recognised: Recognised<'a>,
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
            may_tell_of_encryption: OnceCell::new(),
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

    /// Whether any engine could say something of it: of most settings none does.
    pub(crate) fn may_tell_of_encryption(&self) -> bool {
        *self.may_tell_of_encryption.get_or_init(|| {
            self.has_url
                || engines::is_about_encryption(self.joined())
                || self.options().iter().any(|option| engines::is_about_encryption(&option.joined))
        })
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
    pub(crate) fn of(container: &Container<'a>, profile: Option<&'a Profile>) -> Settings<'a> {
        let mut all = environment(container);
        let environment = all.len();
        all.extend(arguments(container));
        all.iter_mut().for_each(|setting| setting.recognised = Recognised::by(profile));
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
    let last: HashMap<&str, usize> = container.env().enumerate().map(|(index, (name, _))| (name, index)).collect();
    let known = Literals::of(*container);
    let settings = container.env().enumerate().filter_map(|(index, (name, entry))| {
        let node = entry.get("value").filter(|_| last.get(name) == Some(&index))?;
        Some(Setting::new(name, known.expand(scalar(node)?), container.place(node)))
    });
    settings.collect()
}

/// The container's own literal environment, which `$(NAME)` refers to.
struct Literals<'a> {
    container: Container<'a>,
    /// Found when the first reference comes.
    known: OnceCell<HashMap<&'a str, &'a str>>,
}

/// The kernel takes no longer word (`MAX_ARG_STRLEN`).
const LONGEST: usize = 128 * 1024;

impl<'a> Literals<'a> {
    fn of(container: Container<'a>) -> Literals<'a> {
        Literals { container, known: OnceCell::new() }
    }

    fn get(&self, name: &str) -> Option<&'a str> {
        let known = self.known.get_or_init(|| {
            let values = self.container.env().filter_map(|(name, entry)| Some((name, entry.str_at("value")?)));
            values.filter(|(_, value)| !value.contains("$(")).collect()
        });
        known.get(name).copied()
    }

    /// `$(NAME)` replaced where the name is known; what would become too long stays as it is.
    fn expand<'t>(&self, text: Cow<'t, str>) -> Cow<'t, str> {
        if !text.contains("$(") {
            return text;
        }
        let mut pieces = text.split("$(");
        let mut expanded = pieces.next().unwrap_or("").to_owned();
        for piece in pieces {
            let known = piece.split_once(')').and_then(|(name, rest)| Some((self.get(name)?, rest)));
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
fn arguments<'a>(container: &Container<'a>) -> Vec<Setting<'a>> {
    let known = Literals::of(*container);
    let words: Vec<(Cow<'a, str>, Place<'a>)> =
        container.words().flat_map(|node| split(container, &known, node)).collect();
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
