//! The 72 hours of Art. 33(1).
//!
//! Regulation (EEC, Euratom) No 1182/71 says how periods of the Union's law are counted, and the GDPR says nothing else:
//! - Art. 3(1): the hour in which the event falls is not counted. Who becomes aware at 10:20, or at 10:00, has a period that
//!   begins at 11:00.
//! - Art. 3(2)(a): a period in hours runs from the beginning of its first hour to the end of its last: 11:00 three days later.
//! - Art. 3(3): public holidays, Sundays and Saturdays count, unless they are expressly excepted, which Art. 33 does not.
//! - Art. 3(4): that a period is prolonged which ends on such a day holds for periods expressed otherwise than in hours.
//! - Art. 3(5): "any period of two days or more" has at least two working days. Whether that speaks of hours is disputed;
//!   nothing here relies on it, for an authority that does not share the view would find the notification late.
//!
//! Alarms count from awareness itself and so are never later than the period's hours.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::document::Breach;

/// Hours of the period, Art. 33(1).
pub const HOURS: i64 = 72;
/// Hours after awareness at which an alarm is due.
pub const ALARMS: [i64; 3] = [24, 48, 66];

const HOUR: i64 = 3_600;

/// The period of one breach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Clock {
    /// When the controller became aware.
    pub aware: Timestamp,
    /// 72 hours after it: plan for this.
    pub due: Timestamp,
    /// When the period ends as Regulation 1182/71 counts it, less than an hour later. After it, a notification is late.
    pub ends: Timestamp,
}

impl Clock {
    /// The period after awareness.
    pub fn since(aware: Timestamp) -> Clock {
        let hours =
            |from: Timestamp, hours: i64| from.checked_add(SignedDuration::from_hours(hours)).unwrap_or(Timestamp::MAX);
        // Zones of the Union differ by whole hours, so the hours of UTC are theirs.
        let hour = aware.as_second().div_euclid(HOUR) * HOUR;
        let begins = Timestamp::from_second(hour).map_or(aware, |hour| hours(hour, 1));
        Clock { aware, due: hours(aware, HOURS), ends: hours(begins, HOURS) }
    }

    /// When the alarm at `hours` is due.
    pub fn alarm(&self, hours: i64) -> Timestamp {
        self.aware.checked_add(SignedDuration::from_hours(hours)).unwrap_or(Timestamp::MAX)
    }

    /// The last alarm that is due by `now`, in hours after awareness; 72 once the hours are over.
    pub fn alarming(&self, now: Timestamp) -> Option<i64> {
        ALARMS.into_iter().chain([HOURS]).rfind(|hours| now >= self.alarm(*hours))
    }

    /// Whether a notification at this moment needs reasons for its delay.
    pub fn is_late(&self, at: Timestamp) -> bool {
        at >= self.ends
    }

    /// What is left until it is due; negative afterwards.
    pub fn left(&self, now: Timestamp) -> SignedDuration {
        self.due.duration_since(now)
    }
}

/// What the 72 hours of a breach come to at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Due {
    /// The period.
    pub clock: Clock,
    /// The last alarm that is due, in hours after awareness: 24, 48, 66, and 72 once the hours are over.
    pub alarm: Option<i64>,
    /// When the next one is; none once the hours are over.
    pub next: Option<Timestamp>,
}

/// What is due of a breach: nothing while it is only suspected, and nothing once the authority is notified, or it is decided not to.
pub fn due(breach: &Breach, now: Timestamp) -> Option<Due> {
    let clock = breach.state().ok()?.running()?;
    let next = ALARMS.into_iter().chain([HOURS]).map(|hours| clock.alarm(hours)).find(|at| *at > now);
    Some(Due { clock, alarm: clock.alarming(now), next })
}

/// `2 h 5 min`, `3 days 4 h`; without a sign.
pub fn hours_and_minutes(time: SignedDuration) -> String {
    let minutes = time.abs().as_secs() / 60;
    let (hours, minutes) = (minutes / 60, minutes % 60);
    match hours {
        0 => format!("{minutes} min"),
        1..HOURS => format!("{hours} h {minutes} min"),
        _ => format!("{} days {} h", hours / 24, hours % 24),
    }
}

#[cfg(test)]
mod tests {
    use super::{Clock, due, hours_and_minutes};
    use crate::{Breach, Extent, Facts, Step};
    use jiff::{SignedDuration, Timestamp};

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn the_hour_of_awareness_is_not_counted() {
        for aware in ["2026-11-20T10:00:00Z", "2026-11-20T10:20:00Z", "2026-11-20T10:59:59Z"] {
            assert_eq!(Clock::since(at(aware)).ends, at("2026-11-23T11:00:00Z"), "{aware}");
        }
        assert_eq!(Clock::since(at("2026-11-20T11:00:00Z")).ends, at("2026-11-23T12:00:00Z"));
        // Friday evening: the weekend counts, and so does Christmas.
        assert_eq!(Clock::since(at("2026-11-20T18:30:00Z")).ends, at("2026-11-23T19:00:00Z"));
        assert_eq!(Clock::since(at("2026-12-24T12:17:00Z")).ends, at("2026-12-27T13:00:00Z"));
    }

    #[test]
    fn summer_time_changes_no_hour() {
        // Three nights of which one has an hour more on the wall.
        let clock = Clock::since(at("2026-10-24T12:30:00+02:00"));
        assert_eq!(clock.due, at("2026-10-27T11:30:00+01:00"));
    }

    #[test]
    fn alarms_come_at_24_48_and_66() {
        let clock = Clock::since(at("2026-11-20T10:20:00Z"));
        let alarming = |text: &str| clock.alarming(at(text));
        assert_eq!(alarming("2026-11-21T10:19:59Z"), None);
        assert_eq!(alarming("2026-11-21T10:20:00Z"), Some(24));
        assert_eq!(alarming("2026-11-22T10:20:00Z"), Some(48));
        assert_eq!(alarming("2026-11-23T04:20:00Z"), Some(66));
        assert_eq!(alarming("2026-11-23T10:20:00Z"), Some(72));
        assert!(!clock.is_late(at("2026-11-23T10:59:59Z")) && clock.is_late(at("2026-11-23T11:00:00Z")));
    }

    #[test]
    fn a_breach_is_due_from_awareness_until_somebody_is_notified_or_it_is_decided_against() {
        let breach = Breach::suspected("1", Facts::default(), "a shell", at("2026-11-20T09:00:00Z"), "hub").unwrap();
        assert_eq!(due(&breach, at("2026-12-20T09:00:00Z")), None, "while it is suspected nothing runs");
        let aware = Step::BecomeAware { at: at("2026-11-20T10:20:00Z"), reason: "flows".to_owned() };
        let breach = breach.apply(aware, at("2026-11-20T11:00:00Z"), "dpo").unwrap();
        let told = |now: &str| due(&breach, at(now)).map(|due| (due.alarm, due.next)).unwrap();
        assert_eq!(told("2026-11-20T11:00:00Z"), (None, Some(at("2026-11-21T10:20:00Z"))));
        assert_eq!(told("2026-11-21T10:20:00Z"), (Some(24), Some(at("2026-11-22T10:20:00Z"))));
        assert_eq!(told("2026-11-22T10:20:00Z"), (Some(48), Some(at("2026-11-23T04:20:00Z"))));
        assert_eq!(told("2026-11-23T04:20:00Z"), (Some(66), Some(at("2026-11-23T10:20:00Z"))));
        assert_eq!(told("2026-11-23T10:20:00Z"), (Some(72), None));
        let now = at("2026-11-20T12:00:00Z");
        let text = String::new;
        let told = Step::Notify { extent: Extent::Initial, authority: text(), reference: text(), delay: text() };
        assert_eq!(due(&breach.apply(told, now, "dpo").unwrap(), now), None);
        let assessed = breach.apply(Step::Assess { outcome: None }, now, "dpo").unwrap();
        let no = Step::DecideNotification { notify: false, reason: "nobody had it".to_owned() };
        assert_eq!(due(&assessed.apply(no, now, "dpo").unwrap(), now), None);
    }

    #[test]
    fn durations_are_told_in_the_unit_that_matters() {
        let told = |minutes| hours_and_minutes(SignedDuration::from_mins(minutes));
        assert_eq!([told(5), told(125), told(-125), told(76 * 60)], ["5 min", "2 h 5 min", "2 h 5 min", "3 days 4 h"]);
    }

    #[test]
    fn no_time_is_too_late_to_be_counted() {
        assert_eq!(Clock::since(Timestamp::MAX).ends, Timestamp::MAX);
        assert!(Clock::since(Timestamp::MIN).ends > Timestamp::MIN);
    }
}
