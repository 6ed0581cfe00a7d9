//! How rarely a schedule in cron's notation comes round, as Kubernetes and
//! Velero read it: five fields, an optional sixth for seconds in front, names,
//! `@` words, `@every`, and a time zone before all.

use jiff::civil::{Date, date};

/// Minutes of a day and of a week.
pub(crate) const DAY: u32 = 24 * 60;
pub(crate) const WEEK: u32 = 7 * DAY;

/// The longest pause between two runs, in minutes. `None` when the schedule
/// cannot be read or never comes round.
pub(crate) fn longest_pause(schedule: &str) -> Option<u32> {
    let mut words: Vec<&str> = schedule.split_whitespace().collect();
    words.retain(|word| !word.starts_with("TZ=") && !word.starts_with("CRON_TZ="));
    match *words.as_slice() {
        ["@yearly" | "@annually"] => Fields::parse(["0", "0", "1", "1", "*"])?.longest_pause(),
        ["@monthly"] => Fields::parse(["0", "0", "1", "*", "*"])?.longest_pause(),
        ["@weekly"] => Some(WEEK),
        ["@daily" | "@midnight"] => Some(DAY),
        ["@hourly"] => Some(60),
        ["@every", every] => duration(every),
        [minute, hour, day, month, weekday] | [_, minute, hour, day, month, weekday] => {
            Fields::parse([minute, hour, day, month, weekday])?.longest_pause()
        }
        _ => None,
    }
}

/// A Go duration such as `36h` or `1h30m`, in whole minutes.
fn duration(text: &str) -> Option<u32> {
    let (mut minutes, mut number) = (0.0, String::new());
    for letter in text.chars() {
        if letter.is_ascii_digit() || letter == '.' {
            number.push(letter);
            continue;
        }
        let value: f64 = std::mem::take(&mut number).parse().ok()?;
        minutes += match letter {
            'h' => value * 60.0,
            'm' => value,
            's' => value / 60.0,
            _ => return None,
        };
    }
    // A duration of more than centuries is none that anybody means.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded just before")]
    (number.is_empty() && (0.0..1e9).contains(&minutes)).then_some(minutes as u32)
}

/// What each field allows, one bit for each value.
#[derive(Clone, Copy, Debug)]
struct Fields {
    minutes: u64,
    hours: u64,
    days: u64,
    months: u64,
    weekdays: u64,
    /// Days and weekdays are joined by OR when both are restricted.
    either_day: bool,
}

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

impl Fields {
    fn parse(words: [&str; 5]) -> Option<Fields> {
        let [minute, hour, day, month, weekday] = words;
        let weekdays = field(weekday, 0, 7, &WEEKDAYS, 0)?;
        let open = |word: &str| matches!(word, "*" | "?");
        Some(Fields {
            minutes: field(minute, 0, 59, &[], 0)?,
            hours: field(hour, 0, 23, &[], 0)?,
            days: field(day, 1, 31, &[], 0)?,
            months: field(month, 1, 12, &MONTHS, 1)?,
            // Seven is Sunday as well.
            weekdays: (weekdays & 0x7f) | (weekdays >> 7),
            either_day: !open(day) && !open(weekday),
        })
    }

    fn runs_on(&self, day: Date) -> bool {
        let has = |set: u64, bit: i8| set >> bit & 1 == 1;
        let (by_day, by_weekday) =
            (has(self.days, day.day()), has(self.weekdays, day.weekday().to_sunday_zero_offset()));
        let fits = if self.either_day { by_day || by_weekday } else { by_day && by_weekday };
        has(self.months, day.month()) && fits
    }

    /// Tried over the days of eight years, which hold every pattern of leap
    /// years and weekdays that matters here.
    fn longest_pause(&self) -> Option<u32> {
        let times: Vec<u32> = (0..DAY)
            .filter(|time| self.hours >> (time / 60) & 1 == 1 && self.minutes >> (time % 60) & 1 == 1)
            .collect();
        let (first, last) = (*times.first()?, *times.last()?);
        let within = times.windows(2).filter_map(|pair| Some(pair.last()? - pair.first()?)).max().unwrap_or(0);
        let mut longest = 0;
        let mut before: Option<u32> = None;
        for (number, day) in (0_u32..).zip(date(2024, 1, 1).series(jiff::Span::new().days(1)).take(8 * 366)) {
            if self.runs_on(day) {
                if let Some(before) = before {
                    longest = longest.max((number - before) * DAY + first - last);
                }
                before = Some(number);
            }
        }
        (longest > 0).then_some(longest.max(within))
    }
}

/// One field as bits: lists of `*`, values, ranges and steps.
fn field(text: &str, low: u32, high: u32, names: &[&str], base: u32) -> Option<u64> {
    let number = |word: &str| {
        let at = names.iter().position(|name| name.eq_ignore_ascii_case(word));
        let named = at.and_then(|at| u32::try_from(at).ok()).map(|at| at + base);
        named.or_else(|| word.parse().ok()).filter(|value| (low..=high).contains(value))
    };
    let mut bits = 0;
    for part in text.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, Some(step.parse::<u32>().ok().filter(|step| *step > 0)?)),
            None => (part, None),
        };
        let (from, to) = match range.split_once('-') {
            _ if matches!(range, "*" | "?") => (low, high),
            Some((from, to)) => (number(from)?, number(to)?),
            // A start with a step runs to the end.
            None => (number(range)?, if step.is_some() { high } else { number(range)? }),
        };
        let step = usize::try_from(step.unwrap_or(1)).ok()?;
        bits |= (from..=to).step_by(step).fold(0_u64, |bits, value| bits | 1 << value);
    }
    Some(bits)
}

#[cfg(test)]
mod tests {
    use super::{DAY, WEEK, longest_pause};

    #[test]
    fn the_longest_pause_is_found() {
        assert_eq!(longest_pause("0 3 * * *"), Some(DAY));
        assert_eq!(longest_pause("*/15 * * * *"), Some(15));
        assert_eq!(longest_pause("0 3,15 * * *"), Some(DAY / 2));
        assert_eq!(longest_pause("0 2 * * 0"), Some(WEEK));
        assert_eq!(longest_pause("0 2 * * SUN"), Some(WEEK));
        assert_eq!(longest_pause("0 2 * * 7"), Some(WEEK));
        assert_eq!(longest_pause("0 2 * * 1-5"), Some(3 * DAY));
        assert_eq!(longest_pause("0 2 1 * *"), Some(31 * DAY));
        assert_eq!(longest_pause("0 2 1,15 * *"), Some(17 * DAY));
        assert_eq!(longest_pause("0 2 */2 * *"), Some(2 * DAY));
        assert_eq!(longest_pause("0 2 29 2 *"), Some(1461 * DAY));
        // Either of the two days.
        assert_eq!(longest_pause("0 0 1 * MON"), Some(WEEK));
    }

    #[test]
    fn words_zones_and_seconds_are_read() {
        assert_eq!(longest_pause("@hourly"), Some(60));
        assert_eq!(longest_pause("@daily"), Some(DAY));
        assert_eq!(longest_pause("@monthly"), Some(31 * DAY));
        assert_eq!(longest_pause("@yearly"), Some(366 * DAY));
        assert_eq!(longest_pause("@every 36h"), Some(36 * 60));
        assert_eq!(longest_pause("@every 1h30m"), Some(90));
        assert_eq!(longest_pause("CRON_TZ=Europe/Berlin 0 3 * * *"), Some(DAY));
        assert_eq!(longest_pause("0 0 3 * * *"), Some(DAY));
    }

    #[test]
    fn what_never_comes_or_is_no_schedule_is_none() {
        for wrong in ["", "nightly", "@never", "0 3 * *", "61 3 * * *", "0 3 31 2 *", "0 3 * * */0", "@every x"] {
            assert_eq!(longest_pause(wrong), None, "{wrong}");
        }
    }
}
