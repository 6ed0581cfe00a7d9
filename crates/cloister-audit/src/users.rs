//! Users one by one: what all of them did is too much to be held at once.

use std::sync::Arc;

use cloister_rbac::{Identity, MASTERS};
use foldhash::HashMap;
use jiff::Timestamp;

use crate::Use;
use crate::key;
use crate::log::Log;

/// One user, in whatever groups.
#[derive(Clone, Debug)]
pub struct User<'l> {
    /// The name.
    pub name: &'l str,
    /// How many requests in the window; those as a member of `system:masters` apart.
    pub requests: u64,
    /// Requests in the window as a member of `system:masters`.
    pub masters: u64,
    /// Whether there was any without `system:masters`, in the window or out of it.
    pub is_bound: bool,
    /// The last time that it did anything.
    pub last: Option<Timestamp>,
    rows: Vec<u32>,
}

/// A log by its users.
#[derive(Debug)]
pub struct Users<'l> {
    log: &'l Log,
    /// In the order of their names.
    pub users: Vec<User<'l>>,
    /// Requests that have started and not ended, by row.
    running: HashMap<u32, u64>,
}

impl<'l> Users<'l> {
    pub(crate) fn of(log: &'l Log) -> Users<'l> {
        let mut users = Users { log, users: Vec::new(), running: log.running() };
        let mut by_name: HashMap<&str, User<'l>> = HashMap::default();
        let identities: Vec<(&str, bool)> = log.identities.iter().map(name_and_might).collect();
        for (at, row) in log.actions.rows.iter().enumerate() {
            let identity = usize::try_from(row.identity()).ok().and_then(|at| identities.get(at));
            let (Some(&(name, is_master)), Ok(number)) = (identity, u32::try_from(at)) else { continue };
            let user = by_name.entry(name).or_insert_with(|| User::new(name));
            let requests = users.requests(number);
            *(if is_master { &mut user.masters } else { &mut user.requests }) += requests;
            user.is_bound |= !is_master;
            user.last = user.last.max(row.counted.last.time());
            user.rows.push(number);
        }
        users.users = by_name.into_values().collect();
        users.users.sort_unstable_by_key(|user| user.name);
        users
    }

    fn requests(&self, number: u32) -> u64 {
        let ended = self.log.actions.row(number).map_or(0, |row| row.counted.requests);
        ended + self.running.get(&number).copied().unwrap_or_default()
    }

    /// Everything that a user was allowed, in the order of what. Masters' requests are among it, nodes' are not.
    pub fn uses(&self, user: &User<'_>) -> Vec<Use> {
        let (mut identities, mut reasons) = (HashMap::default(), HashMap::default());
        let uses = user.rows.iter().filter_map(|&number| {
            let row = self.log.actions.row(number)?;
            let identity: &Arc<Identity> = identities
                .entry(row.identity())
                .or_insert_with_key(|number| Arc::new(key::read(self.log.identities.get(*number))));
            let reason: &Arc<str> = reasons
                .entry(row.counted.reason)
                .or_insert_with_key(|number| Arc::from(self.log.reasons.text(*number)));
            Some(Use {
                identity: Arc::clone(identity),
                action: self.log.actions.action(row),
                requests: self.requests(number),
                last: row.counted.last.time(),
                reason: Arc::clone(reason),
            })
        });
        joined(uses.collect())
    }
}

impl<'l> User<'l> {
    fn new(name: &'l str) -> User<'l> {
        User { name, requests: 0, masters: 0, is_bound: false, last: None, rows: Vec::new() }
    }
}

fn name_and_might(identity: &[u8]) -> (&str, bool) {
    let mut words = key::words(identity);
    (words.next().unwrap_or_default(), words.any(|group| group == MASTERS))
}

/// The same groups in another order are the same identity.
fn joined(mut uses: Vec<Use>) -> Vec<Use> {
    uses.sort_unstable();
    uses.dedup_by(|next, one| {
        let same = one.identity == next.identity && one.action == next.action;
        if same {
            one.requests += next.requests;
            if next.last > one.last {
                one.last = next.last;
                one.reason = Arc::clone(&next.reason);
            }
        }
        same
    });
    uses
}
