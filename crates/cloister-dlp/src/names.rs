//! Names of addresses, from the DNS answers that were seen.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::Arc;

use foldhash::{HashMap, HashMapExt};

/// Names are believed for at least so long, since connections outlive the answers that led to them.
const LEAST: u64 = 300_000_000;
/// And for no longer than this.
const MOST: u64 = 86_400_000_000;

/// Which name an address was last looked up by. Bounded: the oldest goes first.
#[derive(Debug)]
pub struct Names {
    by_address: HashMap<IpAddr, (Arc<str>, u64)>,
    order: VecDeque<IpAddr>,
    limit: usize,
}

impl Names {
    /// At most `limit` addresses.
    pub fn new(limit: usize) -> Names {
        Names { by_address: HashMap::new(), order: VecDeque::new(), limit: limit.max(1) }
    }

    /// An answer, seen at `time` (microseconds), that holds for `ttl` seconds.
    pub fn learn(&mut self, address: IpAddr, name: &str, ttl: u32, time: u64) {
        let until = time.saturating_add((u64::from(ttl) * 1_000_000).clamp(LEAST, MOST));
        if self.by_address.insert(address, (name.to_ascii_lowercase().into(), until)).is_none() {
            self.order.push_back(address);
        }
        while self.by_address.len() > self.limit {
            let Some(oldest) = self.order.pop_front() else { break };
            self.by_address.remove(&oldest);
        }
    }

    /// The name of an address at `time`.
    pub fn of(&self, address: IpAddr, time: u64) -> Option<&Arc<str>> {
        self.by_address.get(&address).filter(|(_, until)| *until >= time).map(|(name, _)| name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_forgotten_by_time_and_by_number() {
        let mut names = Names::new(2);
        let address = |last: u8| IpAddr::from([198, 51, 100, last]);
        names.learn(address(1), "API.Mail.Example", 60, 0);
        assert_eq!(names.of(address(1), LEAST).map(|it| &**it), Some("api.mail.example"));
        assert_eq!(names.of(address(1), LEAST + 1), None);
        names.learn(address(2), "b.example", 60, 0);
        names.learn(address(3), "c.example", 60, 0);
        assert_eq!(names.of(address(1), 0), None);
        assert!(names.of(address(2), 0).is_some() && names.of(address(3), 0).is_some());
    }
}
