//! What peers call by numbers: topics of Kafka, whose names one connection tells and others use.

use std::collections::VecDeque;

use foldhash::{HashMap, HashMapExt};

/// As many are remembered; the oldest makes room.
const MOST: usize = 1 << 14;
/// Longer names are not believed: Kafka's have 249 letters at most.
const LONGEST: usize = 256;

/// Names by number.
pub struct Numbered {
    names: HashMap<Box<str>, Box<str>>,
    order: VecDeque<Box<str>>,
}

impl Numbered {
    pub fn new() -> Numbered {
        Numbered { names: HashMap::new(), order: VecDeque::new() }
    }

    pub fn learn(&mut self, number: &str, name: &str) {
        if number.len() > LONGEST || name.len() > LONGEST {
            return;
        }
        if self.names.insert(number.into(), name.into()).is_some() {
            return;
        }
        self.order.push_back(number.into());
        if self.order.len() > MOST
            && let Some(oldest) = self.order.pop_front()
        {
            self.names.remove(&oldest);
        }
    }

    pub fn name(&self, number: &str) -> Option<&str> {
        self.names.get(number).map(|name| &**name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_makes_room() {
        let mut numbered = Numbered::new();
        for number in 0..=MOST {
            numbered.learn(&number.to_string(), "people");
            numbered.learn(&number.to_string(), "patients");
        }
        assert_eq!((numbered.name("0"), numbered.name("1")), (None, Some("patients")));
        assert_eq!(numbered.names.len(), MOST);
    }
}
