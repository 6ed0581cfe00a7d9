//! Values as programs print them (`--help`, `/flagz`, their logs), and read back from there: so tables hold defaults.

use std::collections::BTreeMap;

use crate::go::{csv, duration, number};
use crate::kind::{Kind, Pairs};
use crate::setting::Setting;
use crate::value::Value;
use crate::version::Version;

impl Kind {
    /// A value as the program prints it.
    #[must_use]
    pub fn show(&self, value: &Value) -> String {
        match (self, value) {
            (Kind::Address, Value::Text(text)) if text.is_empty() => "<nil>".to_owned(),
            (Kind::CertificateAndKey, Value::List(items)) => format!("[{}]", items.join(";")),
            (Kind::List | Kind::Array | Kind::Numbers, Value::List(items)) => {
                bracketed(items.iter().map(String::as_str))
            }
            (Kind::ReservedMemory, Value::List(items)) => {
                let mut items = items.clone();
                items.sort();
                items.join(",")
            }
            (_, Value::List(items)) => items.join(","),
            (Kind::Map(Pairs::Csv), Value::Map(map)) => {
                let pairs: Vec<String> = pairs(map, '=').collect();
                bracketed(pairs.iter().map(String::as_str))
            }
            (kind, Value::Map(map)) => pairs(map, kind.mark()).collect::<Vec<_>>().join(","),
            (Kind::Decimal { short }, Value::Decimal(value)) => number::show_decimal(*value, *short),
            (_, Value::Decimal(value)) => number::show_decimal(*value, false),
            (_, Value::Duration(value)) => duration::show(*value),
            (_, Value::Boolean(value)) => value.to_string(),
            (_, Value::Integer(value)) => value.to_string(),
            (_, Value::Text(text)) => text.clone(),
        }
    }

    /// What stands between a key and its value.
    fn mark(&self) -> char {
        match self {
            Kind::Multimap { .. } => ':',
            Kind::Map(Pairs::LessThan) => '<',
            _ => '=',
        }
    }

    /// The value that is printed so; none where it is not one of this kind.
    #[must_use]
    pub fn read(&self, shown: &str) -> Option<Value> {
        let bare = match self {
            Kind::List | Kind::Array | Kind::Numbers | Kind::CertificateAndKey | Kind::Map(Pairs::Csv) => {
                shown.strip_prefix('[')?.strip_suffix(']')?
            }
            Kind::Address if shown == "<nil>" => "",
            _ => shown,
        };
        if bare.is_empty() {
            return Some(self.nothing(shown));
        }
        if let Kind::Array = self {
            return csv::read(bare).map(Value::List);
        }
        let mut setting = Setting::new(self.nothing(""));
        setting.set(self, bare, None::<Version>).ok()?;
        Some(setting.value)
    }

    /// The value of a flag that holds nothing.
    fn nothing(&self, shown: &str) -> Value {
        match self {
            Kind::Map(_) | Kind::Multimap { .. } | Kind::Gates => Value::Map(BTreeMap::new()),
            Kind::List | Kind::Array | Kind::Numbers | Kind::CertificateAndKey | Kind::VerbosityOfFiles => list(),
            Kind::Taints | Kind::ReservedMemory | Kind::Urls { .. } | Kind::Words | Kind::Set | Kind::Choices(_) => {
                list()
            }
            _ => Value::Text(shown.trim_start_matches("<nil>").to_owned()),
        }
    }
}

fn list() -> Value {
    Value::List(Vec::new())
}

fn bracketed<'a>(items: impl Iterator<Item = &'a str>) -> String {
    format!("[{}]", csv::write(items))
}

fn pairs(map: &BTreeMap<String, Vec<String>>, mark: char) -> impl Iterator<Item = String> {
    map.iter().flat_map(move |(key, values)| values.iter().map(move |value| format!("{key}{mark}{value}")))
}

impl Setting {
    /// As the program prints it.
    pub(crate) fn shown(&self, kind: &Kind) -> String {
        match (kind, self.detached) {
            (_, false) => kind.show(&self.value),
            // etcd counts the empty word among the URLs.
            (Kind::Urls { .. }, true) => match kind.show(&self.value) {
                urls if urls.is_empty() => urls,
                urls => format!(",{urls}"),
            },
            (_, true) => String::new(),
        }
    }
}
