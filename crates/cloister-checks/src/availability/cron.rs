//! How rarely a cron schedule fires, from its five fields.

/// The longest time between two runs, in days: 1 for every day or more often.
/// `None` when the schedule cannot be read.
pub(crate) fn rarest_days(schedule: &str) -> Option<u32> {
    let schedule = schedule.trim();
    let schedule = if schedule.starts_with("CRON_TZ=") || schedule.starts_with("TZ=") {
        schedule.split_once(' ')?.1.trim()
    } else {
        schedule
    };
    if let Some(word) = schedule.strip_prefix('@') {
        return match word.split_whitespace().next()? {
            "yearly" | "annually" => Some(366),
            "monthly" => Some(31),
            "weekly" => Some(7),
            "daily" | "midnight" | "hourly" => Some(1),
            "every" => every(word.split_whitespace().nth(1)?),
            _ => None,
        };
    }
    let fields: Vec<&str> = schedule.split_whitespace().collect();
    let &[_, _, day, month, weekday] = fields.as_slice() else { return None };
    let days = values(day, 1, 31, &[])?;
    let months = values(month, 1, 12, &MONTHS)?;
    let weekdays = values(weekday, 0, 7, &WEEKDAYS)?;
    Some(longest_gap(day, &days, &months, weekday, &weekdays))
}

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// Over two years of days. Cron fires when either of day and weekday matches,
/// if both are restricted, and when both match otherwise.
fn longest_gap(day: &str, days: &[u32], months: &[u32], weekday: &str, weekdays: &[u32]) -> u32 {
    const LENGTHS: [u32; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let (mut gap, mut since, mut number) = (0, None, 0_u32);
    for _year in 0..2 {
        for (index, length) in (1..).zip(LENGTHS) {
            for date in 1..=length {
                number += 1;
                let by_day = days.contains(&date);
                let by_weekday = weekdays.iter().any(|weekday| weekday % 7 == number % 7);
                let restricted = !day.starts_with('*') && !weekday.starts_with('*');
                let fires =
                    months.contains(&index) && if restricted { by_day || by_weekday } else { by_day && by_weekday };
                if fires {
                    gap = gap.max(since.map_or(0, |last| number - last));
                    since = Some(number);
                }
            }
        }
    }
    if gap == 0 { 366 } else { gap }
}

/// A field: `*`, `*/2`, `1-5`, `1,3`, `mon-fri`.
fn values(field: &str, least: u32, most: u32, names: &[&str]) -> Option<Vec<u32>> {
    let mut found = Vec::new();
    for part in field.split(',') {
        let (range, step) = part.split_once('/').unwrap_or((part, "1"));
        let step: usize = step.parse().ok().filter(|step| *step > 0)?;
        let (from, to) = match range.split_once('-') {
            _ if range == "*" || range == "?" => (least, most),
            Some((from, to)) => (value(from, least, names)?, value(to, least, names)?),
            None => {
                let from = value(range, least, names)?;
                (from, if part.contains('/') { most } else { from })
            }
        };
        found.extend((from..=to.min(most)).step_by(step));
    }
    Some(found)
}

fn value(text: &str, least: u32, names: &[&str]) -> Option<u32> {
    let named = names.iter().position(|name| text.eq_ignore_ascii_case(name));
    named
        .and_then(|position| u32::try_from(position).ok())
        .map(|position| position + least)
        .or_else(|| text.parse().ok())
}

fn every(period: &str) -> Option<u32> {
    let hours: u32 = period.strip_suffix('h')?.parse().ok()?;
    Some(hours.div_ceil(24).max(1))
}

#[cfg(test)]
mod tests {
    use super::rarest_days;

    #[test]
    fn schedules_are_read_as_cron_reads_them() {
        for (schedule, days) in [
            ("15 2 * * *", 1),
            ("*/5 * * * *", 1),
            ("0 3 * * 1-5", 3),
            ("0 3 * * sun", 7),
            ("0 3 1 * *", 31),
            ("0 3 */2 * *", 2),
            ("0 3 1 1 *", 365),
            ("@weekly", 7),
            ("@every 36h", 2),
            ("CRON_TZ=Europe/Berlin 0 3 * * 0", 7),
        ] {
            assert_eq!(rarest_days(schedule), Some(days), "{schedule}");
        }
        assert_eq!(rarest_days("whenever"), None);
    }
}
