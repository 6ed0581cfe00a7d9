//! Who is told of which alert: a tree, as people of Alertmanager know it. An alert goes down into the first route that
//! fits, and into the next ones too where that one says `continue`; where no route below fits, it stays.

use std::collections::BTreeMap;

use crate::alert::Alert;
use crate::config::{Route, Spec};
use crate::span::Span;

/// How long a new group waits for more of its kind. Short: an alarm is more than its company.
const WAIT: Span = Span::seconds(1);
/// How long a group waits between two messages.
const INTERVAL: Span = Span::seconds(300);
/// The same where something happens: the second who enters a database does not wait for the first.
const URGENT: Span = Span::seconds(10);
/// After how long it is said again.
const REPEAT: Span = Span::seconds(4 * 3_600);
/// The same for who forgets what is not repeated.
const KEPT: Span = Span::seconds(3_600);

/// How patient a group is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// How long a group waits for more before it tells something new.
    pub wait: Span,
    /// The least time between two messages.
    pub interval: Span,
    /// The same where something happens that is told of now, not found: a detection, a leak, a breach.
    pub urgent: Span,
    /// After how long it is said again.
    pub repeat: Span,
    /// Whether what was acknowledged is said again, too: the receiver keeps account itself.
    pub always: bool,
    /// Whether it is told that something is over.
    pub resolved: bool,
}

/// A group that an alert belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// Which route of the tree: the number of each child on the way to it.
    pub path: Vec<usize>,
    /// The receiver.
    pub receiver: String,
    /// The labels that the alerts of the group share.
    pub labels: BTreeMap<String, String>,
}

/// The tree.
#[derive(Clone, Debug)]
pub struct Tree {
    root: Known,
}

#[derive(Clone, Debug)]
struct Known {
    receiver: String,
    group_by: Vec<String>,
    timing: Timing,
    /// What was said of the interval and of repeating, here or above.
    interval: Option<Span>,
    repeat: Option<Span>,
    asked: Route,
    below: Vec<Known>,
}

impl Tree {
    /// Each route takes from the one above it what it does not say.
    pub fn new(spec: &Spec) -> Tree {
        let root = Known {
            receiver: String::new(),
            group_by: vec!["source".to_owned(), "namespace".to_owned()],
            timing: Timing {
                wait: WAIT,
                interval: INTERVAL,
                urgent: URGENT,
                repeat: REPEAT,
                always: false,
                resolved: true,
            },
            interval: None,
            repeat: None,
            asked: Route::default(),
            below: Vec::new(),
        };
        Tree { root: known(&spec.route, &root, spec) }
    }

    /// The groups that this alert belongs to: at least one.
    pub fn ways(&self, alert: &Alert) -> Vec<Way> {
        let mut found = Vec::new();
        descend(&self.root, alert, &mut Vec::new(), &mut found);
        found
    }

    /// How patient the groups of a route are, where it is still there.
    pub fn timing(&self, path: &[usize], receiver: &str) -> Option<Timing> {
        let mut route = &self.root;
        for step in path {
            route = route.below.get(*step)?;
        }
        (route.receiver == receiver).then_some(route.timing)
    }
}

fn known(asked: &Route, above: &Known, spec: &Spec) -> Known {
    let receiver = asked.receiver.clone().unwrap_or_else(|| above.receiver.clone());
    let told = spec.receivers.iter().find(|it| it.name == receiver);
    let keeps = told.is_some_and(|it| it.keeps_account());
    let interval = asked.group_interval.or(above.interval);
    let repeat = asked.repeat_interval.or(above.repeat);
    let mut route = Known {
        group_by: asked.group_by.clone().unwrap_or_else(|| above.group_by.clone()),
        timing: Timing {
            wait: asked.group_wait.unwrap_or(above.timing.wait),
            interval: interval.unwrap_or(INTERVAL),
            urgent: interval.unwrap_or(URGENT),
            repeat: repeat.unwrap_or(if keeps { KEPT } else { REPEAT }),
            always: keeps,
            resolved: told.is_none_or(|it| it.send_resolved),
        },
        receiver,
        interval,
        repeat,
        asked: Route { routes: Vec::new(), ..asked.clone() },
        below: Vec::new(),
    };
    route.below = asked.routes.iter().map(|below| known(below, &route, spec)).collect();
    route
}

/// Whether the alert went into this route.
fn descend(route: &Known, alert: &Alert, path: &mut Vec<usize>, found: &mut Vec<Way>) -> bool {
    if !route.asked.matching.fits(alert) {
        return false;
    }
    let before = found.len();
    for (number, below) in route.below.iter().enumerate() {
        path.push(number);
        let took = descend(below, alert, path, found);
        path.pop();
        if took && !below.asked.goes_on {
            break;
        }
    }
    if found.len() == before {
        let labels = route.group_by.iter().map(|name| (name.clone(), alert.label(name))).collect();
        found.push(Way { path: path.clone(), receiver: route.receiver.clone(), labels });
    }
    true
}
