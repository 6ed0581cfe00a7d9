//! What a report tells before its subjects and behind them; the subjects themselves pass by.

use std::collections::BTreeMap;

use cloister_audit::{Tally, Users, Window};
use cloister_privilege::{Finding, Master, Who};
use jiff::Timestamp;

/// Known before any role is made.
#[derive(Debug)]
pub struct Head {
    pub tally: Tally,
    pub logs: usize,
    pub window: Window,
    pub subjects: usize,
    /// In the window, those of masters left out.
    pub requests: u64,
    /// The last time of anything that was allowed.
    pub last: Option<Timestamp>,
}

impl Head {
    /// Counts the users that are meant.
    pub fn of(users: &Users<'_>, is_meant: impl Fn(&str) -> bool) -> Head {
        let meant = || users.users.iter().filter(|user| user.is_bound && is_meant(user.name));
        Head {
            tally: Tally::default(),
            logs: 0,
            window: Window::default(),
            subjects: meant().count(),
            requests: meant().map(|user| user.requests).sum(),
            last: users.users.iter().filter_map(|user| user.last).max(),
        }
    }
}

/// Known when all subjects are through.
#[derive(Debug, Default)]
pub struct Foot<'r> {
    pub subjects: usize,
    pub masters: BTreeMap<Who, Master>,
    pub findings: Vec<Finding<'r>>,
    /// Actions that the roles were made from.
    pub counted: usize,
    /// Those of them that the roles do not allow, in words: there are none.
    pub refused: Vec<String>,
}
