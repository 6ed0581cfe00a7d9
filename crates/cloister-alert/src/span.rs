//! A span of time as people of Kubernetes and Prometheus write it: `30s`, `1h30m`, `7d`.

use std::fmt;
use std::str::FromStr;

use jiff::SignedDuration;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A span of time in whole seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span(u32);

const UNITS: [(char, u32); 4] = [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

impl Span {
    /// So many seconds.
    pub const fn seconds(seconds: u32) -> Span {
        Span(seconds)
    }

    /// How many seconds it has.
    pub fn as_seconds(self) -> u32 {
        self.0
    }

    /// As a duration.
    pub fn duration(self) -> SignedDuration {
        SignedDuration::from_secs(i64::from(self.0))
    }
}

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Span, String> {
        let wrong = || "a span of time is written like 30s, 5m, 1h30m or 7d".to_owned();
        let (mut rest, mut total, mut last) = (text, 0_u32, u32::MAX);
        while !rest.is_empty() {
            let digits = rest.find(|character: char| !character.is_ascii_digit()).ok_or_else(wrong)?;
            let (number, after) = rest.split_at(digits);
            let unit = after.chars().next().ok_or_else(wrong)?;
            let (_, seconds) = UNITS.into_iter().find(|(letter, _)| *letter == unit).ok_or_else(wrong)?;
            if seconds >= last {
                return Err(wrong());
            }
            let number: u32 = number.parse().map_err(|_| wrong())?;
            total = number.checked_mul(seconds).and_then(|it| total.checked_add(it)).ok_or_else(wrong)?;
            (rest, last) = (after.get(1..).unwrap_or_default(), seconds);
        }
        if text.is_empty() { Err(wrong()) } else { Ok(Span(total)) }
    }
}

impl fmt::Display for Span {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        for (letter, seconds) in UNITS {
            if rest >= seconds {
                write!(to, "{}{letter}", rest / seconds)?;
                rest %= seconds;
            }
        }
        if self.0 == 0 { to.write_str("0s") } else { Ok(()) }
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Span, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Span {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Span".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "A span of time, such as 30s, 5m, 1h30m or 7d.",
            "pattern": "^(\\d+d)?(\\d+h)?(\\d+m)?(\\d+s)?$",
            "minLength": 2,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Span;

    proptest! {
        #[test]
        fn what_is_written_is_read(seconds in any::<u32>()) {
            let span = Span::seconds(seconds);
            prop_assert_eq!(span.to_string().parse::<Span>(), Ok(span));
        }

        #[test]
        fn no_text_breaks_it(text in "\\PC{0,12}") {
            let _ = text.parse::<Span>();
        }
    }

    #[test]
    fn what_is_no_span_is_refused() {
        for wrong in ["", "5", "m", "5 m", "1m1h", "1h1h", "-1s", "5ms", "99999999999s", "50000d"] {
            assert!(wrong.parse::<Span>().is_err(), "{wrong}");
        }
        assert_eq!("1h30m".parse(), Ok(Span::seconds(5_400)));
    }
}
