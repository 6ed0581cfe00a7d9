//! What a setting comes to, and who says so.

use cloister_model::{Node, Place, Resource};

use super::{Kind, Setting};

/// Who says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The running kubelet.
    Live,
    /// Its command line.
    Flag,
    /// A file.
    File,
    /// Nobody: the kubelet's own default.
    Default,
}

/// What a setting comes to.
#[derive(Clone, Debug)]
pub struct Value<'a> {
    /// Of which setting.
    pub setting: &'static Setting,
    /// One word, or those of a list; none where it is not set.
    pub words: Vec<String>,
    /// Where it is written.
    pub place: Option<Place<'a>>,
    /// Who says it.
    pub source: Source,
}

impl<'a> Value<'a> {
    /// As a configuration says it; none where that means the default.
    pub(super) fn of(
        setting: &'static Setting,
        node: &'a Node,
        resource: &'a Resource,
        source: Source,
    ) -> Option<Value<'a>> {
        let words: Vec<String> = match setting.kind {
            Kind::List => node.items().iter().filter_map(Node::as_str).map(str::to_owned).collect(),
            _ => vec![word(node)?],
        };
        let value = Value { setting, words, place: Some(Place::of(resource, node)), source };
        // Zero is how a configuration leaves a duration to the default, and nothing how it leaves a text.
        let is_left = match setting.kind {
            Kind::Duration => value.seconds() == Some(0),
            Kind::Text => value.text().is_empty() && !setting.default.is_empty(),
            _ => false,
        };
        (!is_left || source == Source::Live).then_some(value)
    }

    /// Nobody says it.
    pub(super) fn by_default(setting: &'static Setting, default: &str) -> Value<'a> {
        let words = if default.is_empty() { Vec::new() } else { vec![default.to_owned()] };
        Value { setting, words, place: None, source: Source::Default }
    }

    /// The only word; empty where it is not set.
    pub fn text(&self) -> &str {
        self.words.first().map_or("", String::as_str)
    }

    /// Of a switch, as Go reads booleans; what it does not read stops the kubelet and is false here.
    pub fn is_on(&self) -> bool {
        ["1", "t", "T", "true", "TRUE", "True"].contains(&self.text())
    }

    /// Of a number.
    pub fn number(&self) -> Option<i64> {
        self.text().parse().ok()
    }

    /// Of a duration, in whole seconds.
    pub fn seconds(&self) -> Option<u64> {
        seconds(self.text())
    }

    /// As it is written, for messages.
    pub fn says(&self) -> String {
        let name = if self.source == Source::Flag || self.setting.path.is_empty() {
            format!("--{}", self.setting.flag)
        } else {
            self.setting.path.replace('/', ".")
        };
        let value = self.words.join(",");
        match self.source {
            Source::Default if value.is_empty() => format!("no {name}"),
            Source::Default => format!("{name} is {value} where nothing is said"),
            Source::Flag => format!("{name}={value}"),
            Source::File | Source::Live => format!("{name}: {value}"),
        }
    }
}

fn word(node: &Node) -> Option<String> {
    let number = || node.as_int().map(|number| number.to_string());
    node.as_str().map(str::to_owned).or_else(|| node.as_bool().map(|it| it.to_string())).or_else(number)
}

/// Go's durations: `4h0m0s`, `30s`, `0`.
fn seconds(text: &str) -> Option<u64> {
    let text = text.strip_prefix('+').unwrap_or(text);
    if text == "0" {
        return Some(0);
    }
    let (mut total, mut rest) = (0.0_f64, text);
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, after) = rest.split_at_checked(digits)?;
        let unit = after.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(after.len());
        let (unit, after) = after.split_at_checked(unit)?;
        total += number.parse::<f64>().ok()? * in_seconds(unit)?;
        rest = after;
    }
    (!text.is_empty()).then_some(total as u64)
}

fn in_seconds(unit: &str) -> Option<f64> {
    Some(match unit {
        "h" => 3600.0,
        "m" => 60.0,
        "s" => 1.0,
        "ms" => 1e-3,
        "us" | "µs" => 1e-6,
        "ns" => 1e-9,
        _ => return None,
    })
}
