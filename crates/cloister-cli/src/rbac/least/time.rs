//! Moments as people write them.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, SpanRelativeTo, Timestamp};

use crate::way_out::failure;

/// A day (its start in UTC), a moment, or a time before `now`.
pub fn read(option: &str, text: &str, now: Timestamp) -> anyhow::Result<Timestamp> {
    let day = || text.parse::<Date>().ok()?.to_zoned(TimeZone::UTC).ok().map(|day| day.timestamp());
    let ago = || {
        let span: Span = text.parse().ok()?;
        let ago = span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?;
        now.checked_sub(ago.abs()).ok()
    };
    text.parse().ok().or_else(day).or_else(ago).ok_or_else(|| {
        failure(
            format!("{option} {text}: is no time"),
            "write a day (2026-11-25), a moment (2026-11-25T12:00:00Z), or a time ago (30d, 12h)",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn days_moments_and_times_ago_are_understood() {
        let now = "2026-11-25T12:00:00Z".parse().unwrap();
        let said = |text: &str| read("--since", text, now).map(|time| time.to_string()).unwrap_or_default();
        assert_eq!(said("2026-11-01"), "2026-11-01T00:00:00Z");
        assert_eq!(said("2026-11-01T01:02:03+01:00"), "2026-11-01T00:02:03Z");
        assert_eq!(said("2d"), "2026-11-23T12:00:00Z");
        assert_eq!(said("12h"), "2026-11-25T00:00:00Z");
        assert_eq!(said("yesterday"), "");
    }
}
