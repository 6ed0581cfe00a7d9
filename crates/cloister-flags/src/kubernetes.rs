//! Values of kinds that Kubernetes defines itself.
//! Source: Kubernetes 1.37, `pkg/util/flag/flags.go`, `pkg/util/taints/taints.go`; component-base 0.37, `cli/flag`,
//! `logs/api/v1/pflags.go`, `version/verflag`; apimachinery 0.37, `pkg/util/net/port_range.go`.

use crate::go::{address, number, quantity};
use crate::pairs::parts;
use crate::setting::Refusal;
use crate::version::Version;

/// `certificate,key` with names behind a colon, as it is printed.
pub(crate) fn certificate_and_key(text: &str) -> Result<String, Refusal> {
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

pub(crate) fn verbosity_of_files(text: &str) -> Result<Vec<String>, Refusal> {
    let read = |part: &str| {
        let (pattern, level) = part.split_once('=')?;
        let level = number::decimal_digits(level, 31)?;
        (!pattern.is_empty()).then(|| format!("{pattern}={level}"))
    };
    parts(text).map(read).collect::<Option<_>>().ok_or("it is written pattern=number")
}

pub(crate) fn is_address_and_port(text: &str) -> bool {
    let with_port = || {
        let (host, port) = address::split_port(text)?;
        address::parse_sloppy(host)?;
        number::decimal_digits(port, 16)
    };
    address::parse_sloppy(text).is_some() || with_port().is_some()
}

/// A range as it is printed; nothing for an empty one.
pub(crate) fn port_range(text: &str) -> Option<String> {
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
pub(crate) fn pretended(text: &str, version: Option<Version>) -> Option<String> {
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

pub(crate) fn taints(text: &str) -> Option<Vec<String>> {
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
pub(crate) fn reservation(text: &str) -> String {
    let (node, amounts) = text.split_once(':').unwrap_or((text, ""));
    let mut amounts: Vec<&str> = amounts.split(',').collect();
    amounts.sort_unstable();
    format!("{node}:{}", amounts.join(","))
}

pub(crate) fn is_reserved_memory(text: &str) -> bool {
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
