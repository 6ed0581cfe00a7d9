//! What one flag holds while the words are read: its default, and then what each further word makes of it.

use std::collections::BTreeMap;

use crate::go::{address, csv, duration, number, quantity, url};
use crate::kind::{Kind, Pairs};
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

/// Cuts pairs; of a boolean the value is written out.
fn cut(pairs: Pairs, text: &str) -> Result<Vec<(String, String)>, Refusal> {
    match pairs {
        Pairs::Whole => pair(text, '=').map(|pair| vec![pair]),
        Pairs::Csv => csv_pairs(text),
        Pairs::Loose => Ok(parts(text)
            .map(|part| {
                let (key, value) = part.split_once('=').unwrap_or((part, ""));
                (key.trim().to_owned(), value.trim().to_owned())
            })
            .collect()),
        Pairs::Split => parts(text).map(|part| pair(part, '=')).collect(),
        Pairs::LessThan => parts(text).map(|part| pair(part, '<')).collect(),
        Pairs::Boolean => {
            let switch = |part| {
                let (key, value) = pair(part, '=')?;
                let value = number::boolean(&value).ok_or("a value is true or false")?;
                Ok((key, value.to_string()))
            };
            parts(text).map(switch).collect()
        }
    }
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').filter(|part| !part.is_empty())
}

fn pair(text: &str, mark: char) -> Result<(String, String), Refusal> {
    let (key, value) = text.split_once(mark).ok_or("a pair is written key=value")?;
    Ok((key.trim().to_owned(), value.trim().to_owned()))
}

fn csv_pairs(text: &str) -> Result<Vec<(String, String)>, Refusal> {
    let parts = match text.matches('=').count() {
        0 => return Err("a pair is written key=value"),
        1 => vec![text.trim_matches('"').to_owned()],
        _ => csv::read(text).ok_or("it is no line of CSV")?,
    };
    let cut = |part: String| part.split_once('=').map(|(key, value)| (key.to_owned(), value.to_owned()));
    parts.into_iter().map(cut).collect::<Option<_>>().ok_or("a pair is written key=value")
}

/// `certificate,key` with names behind a colon, as it is printed.
fn certificate_and_key(text: &str) -> Result<String, Refusal> {
    let (files, names) = text.split_once(':').map_or((text, None), |(files, names)| (files, Some(names.trim())));
    let (certificate, key) = files.trim().split_once(',').ok_or("it is written certificate,key")?;
    if key.contains(',') {
        return Err("it is written certificate,key");
    }
    let files = format!("{},{}", certificate.trim(), key.trim());
    match names {
        None => Ok(files),
        Some("") => Err("no names follow the colon"),
        Some(names) => Ok(format!("{files}:{}", names.split(',').map(str::trim).collect::<Vec<_>>().join(","))),
    }
}

fn verbosity_of_files(text: &str) -> Result<Vec<String>, Refusal> {
    let read = |part: &str| {
        let (pattern, level) = part.split_once('=')?;
        let level = number::decimal_digits(level, 31)?;
        (!pattern.is_empty()).then(|| format!("{pattern}={level}"))
    };
    parts(text).map(read).collect::<Option<_>>().ok_or("it is written pattern=number")
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

fn is_address_and_port(text: &str) -> bool {
    let with_port = || {
        let (host, port) = address::split_port(text)?;
        address::parse_sloppy(host)?;
        number::decimal_digits(port, 16)
    };
    address::parse_sloppy(text).is_some() || with_port().is_some()
}

/// A range as it is printed; nothing for an empty one.
fn port_range(text: &str) -> Option<String> {
    let text = text.trim();
    if text.is_empty() {
        return Some(String::new());
    }
    let (low, high) = match (text.split_once('-'), text.split_once('+')) {
        (None, None) => (number::atoi(text)?, number::atoi(text)?),
        (Some((low, high)), None) => (number::atoi(low)?, number::atoi(high)?),
        (None, Some((low, offset))) => (number::atoi(low)?, number::atoi(low)?.checked_add(number::atoi(offset)?)?),
        (Some(_), Some(_)) => return None,
    };
    (low <= high && high <= 65_535).then(|| format!("{low}-{high}"))
}

/// `--version=vX.Y.Z` makes the program tell another build of its own version.
fn pretended(text: &str, version: Option<Version>) -> Option<String> {
    if !text.starts_with('v') {
        return if text == "raw" {
            Some(text.to_owned())
        } else {
            number::boolean(text).map(|value| value.to_string())
        };
    }
    let told = Version::parse(text)?;
    let core = format!("v{told}");
    let ends = text.strip_prefix(&core).is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '+']));
    let same = version.is_none_or(|own| {
        (own.major, own.minor) == (told.major, told.minor) && (own.patch.is_none() || own.patch == told.patch)
    });
    (same && ends && told.patch.is_some()).then(|| text.to_owned())
}

fn taints(text: &str) -> Option<Vec<String>> {
    let mut seen: Vec<(&str, &str)> = Vec::new();
    let mut taints = Vec::new();
    for part in text.split(',').filter(|_| !text.is_empty()) {
        // What ends in a dash is to be removed: of a node that is only registered there is nothing to remove.
        let removed = part.strip_suffix('-');
        let (name, effect) = removed.unwrap_or(part).split_once(':').map_or((removed.unwrap_or(part), ""), |cut| cut);
        let known = matches!(effect, "NoSchedule" | "PreferNoSchedule" | "NoExecute");
        let (key, value) = if effect.is_empty() { (name, "") } else { name.split_once('=').unwrap_or((name, "")) };
        if !is_qualified_name(key) || !is_label_value(value) || (!known && (removed.is_none() || part.contains(':'))) {
            return None;
        }
        if removed.is_some() {
            continue;
        }
        if seen.contains(&(key, effect)) {
            return None;
        }
        seen.push((key, effect));
        taints.push(format!("{key}={value}:{effect}"));
    }
    Some(taints)
}

fn is_qualified_name(key: &str) -> bool {
    let (prefix, name) = key.split_once('/').map_or((None, key), |(prefix, name)| (Some(prefix), name));
    let lower = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let label = |part: &str| {
        part.bytes().all(|byte| lower(byte) || byte == b'-')
            && part.bytes().next().is_some_and(lower)
            && part.bytes().last().is_some_and(lower)
    };
    let prefixed = prefix.is_none_or(|prefix| prefix.len() <= 253 && prefix.split('.').all(label));
    prefixed && !name.is_empty() && is_label_value(name)
}

fn is_label_value(value: &str) -> bool {
    let ends = |byte: Option<u8>| byte.is_none_or(|byte| byte.is_ascii_alphanumeric());
    let middle = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    value.len() <= 63 && ends(value.bytes().next()) && ends(value.bytes().last()) && value.bytes().all(middle)
}

/// One node's reservation, its amounts sorted.
fn reservation(text: &str) -> String {
    let (node, amounts) = text.split_once(':').unwrap_or((text, ""));
    let mut amounts: Vec<&str> = amounts.split(',').collect();
    amounts.sort_unstable();
    format!("{node}:{}", amounts.join(","))
}

fn is_reserved_memory(text: &str) -> bool {
    let amount = |part: &str| {
        let mut sides = part.split('=');
        let (Some(name), Some(amount), None) = (sides.next(), sides.next(), sides.next()) else { return false };
        (name == "memory" || name.starts_with("hugepages-")) && quantity::is_valid(amount)
    };
    text.split(';').all(|node| {
        let mut sides = node.split(':');
        let (Some(node), Some(amounts), None) = (sides.next(), sides.next(), sides.next()) else { return false };
        number::atoi(node).is_some() && amounts.split(',').all(amount)
    })
}
