//! Durations as ISO 8601 writes them.

use crate::spec::Spec;
use crate::view::{Shape, View};

/// How long something is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Period {
    months: u64,
    seconds: u64,
}

const HOUR: u64 = 3_600;
const DAY: u64 = 24 * HOUR;

/// Designators before and after the `T`, in the order they must have, with
/// their months and seconds.
const DATE_UNITS: [(char, u64, u64); 4] = [('Y', 12, 0), ('M', 1, 0), ('W', 0, 7 * DAY), ('D', 0, DAY)];
const TIME_UNITS: [(char, u64, u64); 3] = [('H', 0, HOUR), ('M', 0, 60), ('S', 0, 1)];

impl Period {
    /// Reads `P1Y6M`, `P30D`, `P4W`, `PT72H`. Whole numbers only, at least one part.
    pub fn parse(text: &str) -> Option<Period> {
        let rest = text.strip_prefix('P')?;
        let (date, time) = match rest.split_once('T') {
            Some((_, "")) => return None,
            Some((date, time)) => (date, time),
            None => (rest, ""),
        };
        if date.is_empty() && time.is_empty() {
            return None;
        }
        let mut period = Period::default();
        period.add(date, &DATE_UNITS)?;
        period.add(time, &TIME_UNITS)?;
        Some(period)
    }

    fn add(&mut self, mut rest: &str, units: &[(char, u64, u64)]) -> Option<()> {
        let mut units = units.iter();
        while !rest.is_empty() {
            let end = rest.find(|letter: char| !letter.is_ascii_digit())?;
            let (number, tail) = rest.split_at(end);
            let number: u64 = number.parse().ok()?;
            let designator = tail.chars().next()?;
            let (_, months, seconds) = units.find(|(unit, ..)| *unit == designator)?;
            self.months = self.months.checked_add(number.checked_mul(*months)?)?;
            self.seconds = self.seconds.checked_add(number.checked_mul(*seconds)?)?;
            rest = tail.get(designator.len_utf8()..)?;
        }
        Some(())
    }

    /// About how many seconds: a month is a twelfth of 365.25 days.
    pub fn as_seconds(&self) -> u64 {
        self.months.saturating_mul(2_629_800).saturating_add(self.seconds)
    }

    /// About how many days: a year is 365.25, a month a twelfth of it. Rounded down.
    pub fn days(&self) -> u64 {
        (self.months.saturating_mul(36_525) / 1_200).saturating_add(self.seconds / DAY)
    }
}

impl Shape<'_> for Period {
    const SPEC: Spec = Spec::Period;

    fn read(view: View<'_>) -> Option<Period> {
        Period::parse(view.node.as_str()?.trim())
    }
}

#[cfg(test)]
mod tests {
    use super::Period;

    #[test]
    fn periods_are_measured_in_days() {
        let days = |text| Period::parse(text).map(|period| period.days());
        assert_eq!(days("P10Y"), Some(3652));
        assert_eq!(days("P1Y6M"), Some(547));
        assert_eq!(days("P4W"), Some(28));
        assert_eq!(days("P1M1DT24H"), Some(32));
        assert_eq!(days("PT72H"), Some(3));
    }

    #[test]
    fn what_is_no_period_is_refused() {
        for text in [
            "",
            "P",
            "PT",
            "P1YT",
            "10Y",
            "P1D1Y",
            "P1H",
            "P-1Y",
            "P1.5Y",
            "P1",
            "p1y",
            "P99999999999999999999Y",
            "P1é",
        ] {
            assert_eq!(Period::parse(text), None, "{text}");
        }
    }
}
