//! What one flag holds while the words are read: its default, and then what each further word makes of it.

use std::collections::BTreeMap;

use crate::go::{address, csv, duration, number, quantity, url};
use crate::kind::{Kind, Pairs};
use crate::kubernetes::{
    certificate_and_key, is_address_and_port, is_reserved_memory, port_range, pretended, reservation, taints,
    verbosity_of_files,
};
use crate::pairs::cut;
use crate::value::Value;
use crate::version::Version;

/// Why a program does not take a value. The value itself is not told, for it may be a secret.
pub(crate) type Refusal = &'static str;

/// A flag's value on its way.
#[derive(Clone, Debug)]
pub(crate) struct Setting {
    pub(crate) value: Value,
    /// Whether a word has set it.
    pub(crate) changed: bool,
    /// Some kinds lose hold of the setting when they are given nothing: it stays as it was, and the flag shows nothing.
    pub(crate) detached: bool,
    /// The words that set it.
    pub(crate) words: Vec<usize>,
}

impl Setting {
    /// With its default.
    pub(crate) fn new(value: Value) -> Setting {
        Setting { value, changed: false, detached: false, words: Vec::new() }
    }

    /// Sets it, as the program does; `version` is the program's own.
    pub(crate) fn set(&mut self, kind: &Kind, text: &str, version: Option<Version>) -> Result<(), Refusal> {
        if let Kind::Urls { or_all } = kind {
            self.set_urls(*or_all, text)?;
        } else if matches!(kind, Kind::WrittenAddress | Kind::AddressAndPort | Kind::ReservedMemory) {
            self.set_attached(kind, text)?;
        } else if let Some(value) = self.combined(kind, text)? {
            self.value = value;
        } else if let Some(value) = single(kind, text, version)? {
            self.value = value;
        }
        self.changed = true;
        Ok(())
    }

    /// Of kinds that several words make up; none for the others.
    fn combined(&self, kind: &Kind, text: &str) -> Result<Option<Value>, Refusal> {
        Ok(Some(match kind {
            Kind::List => self.list_with(items(text)?),
            Kind::Array => self.list_with(vec![text.to_owned()]),
            Kind::Numbers => self.list_with(numbers(text)?),
            Kind::CertificateAndKey => self.list_with(vec![certificate_and_key(text)?]),
            Kind::VerbosityOfFiles => Value::List([self.list(), verbosity_of_files(text)?].concat()),
            Kind::Choices(words) => {
                let mut all = [self.list(), chosen(text, words)?].concat();
                all.sort();
                Value::List(all)
            }
            Kind::Map(pairs) => Value::Map(self.map_with(*pairs, text)?),
            Kind::Multimap { keyless } => Value::Map(self.multimap_with(text, *keyless)?),
            Kind::Gates => Value::Map(self.map_with(Pairs::Boolean, text)?),
            _ => return Ok(None),
        }))
    }

    fn list(&self) -> Vec<String> {
        self.value.list().map(<[String]>::to_vec).unwrap_or_default()
    }

    /// The first word replaces the default, each further one adds.
    fn list_with(&self, items: Vec<String>) -> Value {
        Value::List(if self.changed { [self.list(), items].concat() } else { items })
    }

    fn map(&self, keeps_default: bool) -> BTreeMap<String, Vec<String>> {
        let kept = if self.changed || keeps_default { self.value.map().cloned() } else { None };
        kept.unwrap_or_default()
    }

    fn map_with(&self, pairs: Pairs, text: &str) -> Result<BTreeMap<String, Vec<String>>, Refusal> {
        let mut map = self.map(pairs == Pairs::Loose);
        for (key, value) in cut(pairs, text)? {
            map.insert(key, vec![value]);
        }
        Ok(map)
    }

    fn multimap_with(&self, text: &str, keyless: bool) -> Result<BTreeMap<String, Vec<String>>, Refusal> {
        let mut map = self.map(false);
        for pair in text.split(',').filter(|pair| !pair.is_empty()) {
            let (key, value) = match pair.split_once(':') {
                Some((key, value)) => (key.trim(), value.trim()),
                None if keyless => ("", pair.trim()),
                None => return Err("a pair is written key:value"),
            };
            map.entry(key.to_owned()).or_default().push(value.to_owned());
        }
        Ok(map)
    }

    /// Nothing, or `*` where that is allowed, is kept beside the URLs; a URL that is there already changes nothing.
    fn set_urls(&mut self, or_all: bool, text: &str) -> Result<(), Refusal> {
        let before = self.list();
        if text.is_empty() && !or_all {
            self.detached = true;
        } else if or_all && text == "*" && !before.iter().any(|url| url == "*") {
            self.value = Value::List([vec![text.to_owned()], before].concat());
        } else if !before.iter().any(|url| url == text) {
            self.value = Value::List(urls(text)?);
            self.detached = false;
        }
        Ok(())
    }

    /// Of kinds that lose hold of the setting when they are given nothing.
    fn set_attached(&mut self, kind: &Kind, text: &str) -> Result<(), Refusal> {
        if self.detached && *kind == Kind::ReservedMemory {
            return Err("it was emptied before, and takes no value after that");
        }
        if text.is_empty() {
            self.detached = true;
            return Ok(());
        }
        let valid = match kind {
            Kind::ReservedMemory => is_reserved_memory(text),
            Kind::AddressAndPort => is_address_and_port(text),
            _ => address::parse_sloppy(text).is_some(),
        };
        if !valid {
            return Err(match kind {
                Kind::ReservedMemory => "it is written node:memory=amount",
                Kind::AddressAndPort => "it is an address, or address:port",
                _ => "it is no IP address",
            });
        }
        if self.detached {
            return Err("it was emptied before, and the program crashes when it is set again");
        }
        self.value = match kind {
            Kind::ReservedMemory => self.list_with(text.split(';').map(reservation).collect()),
            _ => Value::Text(text.to_owned()),
        };
        Ok(())
    }
}

/// Of kinds of which the last word counts alone; none where it changes nothing.
fn single(kind: &Kind, text: &str, version: Option<Version>) -> Result<Option<Value>, Refusal> {
    let owned = || Value::Text(text.to_owned());
    let read = match kind {
        Kind::Boolean => number::boolean(text).map(Value::Boolean).ok_or("it is true or false"),
        Kind::Integer { bits, signed } => {
            let value = number::integer(text, bits.get(), *signed);
            value.map(Value::Integer).ok_or(if *signed {
                "it is no whole number in range"
            } else {
                "it is no whole number from 0"
            })
        }
        Kind::Decimal { short } => number::decimal(text, *short).map(Value::Decimal).ok_or("it is no number"),
        Kind::Duration => duration::parse(text).map(Value::Duration).ok_or("it is no duration such as 1h30m"),
        Kind::Verbosity => number::decimal_digits(text, 31).map(Value::Integer).ok_or("it is no whole number from 0"),
        Kind::Address if text.is_empty() => return Ok(None),
        Kind::Address => {
            let shown = address::parse(text.trim()).map(address::show);
            shown.map(Value::Text).ok_or("it is no IP address")
        }
        Kind::PortRange => port_range(text).map(Value::Text).ok_or("it is no range of ports"),
        Kind::Quantity => quantity::is_valid(text).then(owned).ok_or("it is no amount such as 10Mi"),
        Kind::Version => pretended(text, version)
            .map(Value::Text)
            .ok_or("it is true, false, raw or a version like the program's own"),
        Kind::Taints => taints(text).map(Value::List).ok_or("a taint is written key=value:effect, each once"),
        Kind::Choice(words) => {
            words.iter().any(|word| word == text).then(owned).ok_or("it is none of the words allowed")
        }
        Kind::Words => Ok(Value::List(text.split(',').map(str::to_owned).collect())),
        Kind::Set => {
            let words: std::collections::BTreeSet<&str> = text.split(',').collect();
            Ok(Value::List(words.into_iter().map(str::to_owned).collect()))
        }
        Kind::Ignored => return Ok(None),
        _ => Ok(owned()),
    };
    read.map(Some)
}

fn items(text: &str) -> Result<Vec<String>, Refusal> {
    if text.is_empty() { Ok(Vec::new()) } else { csv::read(text).ok_or("it is no line of CSV") }
}

fn numbers(text: &str) -> Result<Vec<String>, Refusal> {
    let read = |item| number::integer(item, 32, true).map(|number| number.to_string());
    text.split(',').map(read).collect::<Option<_>>().ok_or("it is no list of whole numbers")
}

fn chosen(text: &str, words: &[String]) -> Result<Vec<String>, Refusal> {
    let known = |word: &str| words.iter().find(|known| *known == word).cloned();
    text.split(',').map(known).collect::<Option<_>>().ok_or("it is none of the words allowed")
}

/// The URLs, sorted.
fn urls(text: &str) -> Result<Vec<String>, Refusal> {
    let mut urls: Vec<String> = text.split(',').map(|url| url.trim().to_owned()).collect();
    if !urls.iter().all(|url| url::is_valid(url)) {
        return Err("a URL is written scheme://host:port");
    }
    urls.sort();
    urls.dedup();
    Ok(urls)
}
