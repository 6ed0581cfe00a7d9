//! What a flag comes to, and why.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::kind::Kind;
use crate::value::Value;
use crate::version::Versions;

/// Who says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The words at these indexes. Where the flag does not add up, only the last of them counts.
    Words(Vec<usize>),
    /// This variable of etcd's environment.
    Environment(String),
    /// The default of these versions.
    Default(Versions),
}

/// What a flag, or a feature gate, comes to.
#[derive(Clone, Debug, PartialEq)]
pub enum Effective {
    /// This.
    Is {
        /// What.
        value: Value,
        /// How it is written.
        kind: Kind,
        /// By whom.
        source: Source,
    },
    /// The version is not known, and this is what each has by default; none where it does not exist.
    Depends(Vec<(Versions, Option<Value>)>),
    /// There is no such flag.
    Absent,
    /// It cannot be told, for this reason.
    Unknown(&'static str),
}

impl Effective {
    /// The value, where it is certain.
    #[must_use]
    pub fn value(&self) -> Option<&Value> {
        if let Effective::Is { value, .. } = self { Some(value) } else { None }
    }

    /// Who says so, where it is certain.
    #[must_use]
    pub fn source(&self) -> Option<&Source> {
        if let Effective::Is { source, .. } = self { Some(source) } else { None }
    }

    /// The last word that sets it.
    #[must_use]
    pub fn word(&self) -> Option<usize> {
        if let Some(Source::Words(words)) = self.source() { words.last().copied() } else { None }
    }

    /// Whether it is set, and not left at its default.
    #[must_use]
    pub fn is_set(&self) -> bool {
        matches!(self.source(), Some(Source::Words(_) | Source::Environment(_)))
    }

    /// Of a switch.
    #[must_use]
    pub fn boolean(&self) -> Option<bool> {
        self.value()?.boolean()
    }

    /// Of a text; also of an address, a range of ports or an amount. Empty where there is none.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.value()?.text()
    }

    /// Of a list.
    #[must_use]
    pub fn list(&self) -> Option<&[String]> {
        self.value()?.list()
    }

    /// Of pairs.
    #[must_use]
    pub fn map(&self) -> Option<&BTreeMap<String, Vec<String>>> {
        self.value()?.map()
    }

    /// Of a whole number.
    #[must_use]
    pub fn number(&self) -> Option<i128> {
        self.value()?.number()
    }

    /// Of a decimal number.
    #[must_use]
    pub fn decimal(&self) -> Option<f64> {
        self.value()?.decimal()
    }

    /// Of a duration that is not below zero.
    #[must_use]
    pub fn duration(&self) -> Option<Duration> {
        self.value()?.nanoseconds()?.try_into().ok().map(Duration::from_nanos)
    }

    /// As the program prints it.
    #[must_use]
    pub fn shown(&self) -> Option<String> {
        if let Effective::Is { value, kind, .. } = self { Some(kind.show(value)) } else { None }
    }
}
