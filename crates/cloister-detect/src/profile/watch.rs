//! Profiles of several owners over one stream: the engine looks once, and each owner sees what a search with its own
//! profile alone would show.

use std::collections::VecDeque;
use std::sync::Arc;

use super::custom::LONGEST;
use super::search::{BLOCK, Own};
use super::{Hit, Profile};
use crate::detection::Detection;
use crate::engine::Stream;

/// For whom something counts, by number. The last number stands for all who have no profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Owners(u128);

impl Owners {
    /// Everybody.
    pub const ALL: Owners = Owners(u128::MAX);
    /// So many profiles can be told apart.
    pub const MOST: usize = 127;
    /// The number of those who have no profile.
    pub const NONE: usize = 127;

    /// One alone.
    pub fn only(number: usize) -> Owners {
        Owners(Owners::bit(number))
    }

    fn bit(number: usize) -> u128 {
        u32::try_from(number).ok().and_then(|number| 1_u128.checked_shl(number)).unwrap_or(0)
    }

    /// Whether it counts for this one.
    pub fn has(self, number: usize) -> bool {
        self.0 & Owners::bit(number) != 0
    }

    /// From now on, it does not count for this one.
    pub fn remove(&mut self, number: usize) {
        self.0 &= !Owners::bit(number);
    }

    /// Whether it counts for nobody.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// The profiles, by number.
#[derive(Debug, Default)]
pub struct Several {
    profiles: Vec<Profile>,
    /// Numbers of those with detectors of their own.
    detecting: Vec<usize>,
}

impl Several {
    /// These profiles; more than [`Owners::MOST`] are not told apart, and left out.
    pub fn new(mut profiles: Vec<Profile>) -> Several {
        profiles.truncate(Owners::MOST);
        let own = profiles.iter().enumerate().filter(|(_, profile)| !profile.detectors.is_empty());
        Several { detecting: own.map(|(number, _)| number).collect(), profiles }
    }

    /// One of them.
    pub fn get(&self, number: usize) -> Option<&Profile> {
        self.profiles.get(number)
    }

    /// Each, with its number.
    pub fn iter(&self) -> impl Iterator<Item = (usize, &Profile)> {
        self.profiles.iter().enumerate()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.profiles.is_empty()
    }

    /// What is left of it in a field of this name: the words of its detector may stand there, and only there.
    pub fn in_field(&self, sight: Sight, field: &str) -> Option<Sight> {
        let Some(owner) = sight.owner else { return Some(sight) };
        let custom = sight.hit.custom.and_then(|index| self.get(owner)?.detectors.get(index))?;
        let mut hit = sight.hit.clone();
        hit.detection = custom.in_field(sight.hit, field)?;
        Some(Sight { hit, ..sight })
    }

    fn detectors(&self, number: usize) -> &[super::custom::Custom] {
        self.get(number).map_or(&[], |profile| &profile.detectors)
    }
}

/// What was recognised, and for whom it counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sight {
    hit: Hit,
    /// Whose detector found it; none where the engine did.
    owner: Option<usize>,
    /// For whom.
    pub counts_for: Owners,
}

impl Sight {
    fn of_engine(detection: Detection) -> Sight {
        Sight { hit: Hit::of_engine(detection), owner: None, counts_for: Owners::ALL }
    }

    /// What was recognised.
    pub fn detection(&self) -> &Detection {
        &self.hit.detection
    }

    /// The same, taken out.
    pub fn into_detection(self) -> Detection {
        self.hit.detection
    }

    /// Whose detector found it, and which it is.
    pub(super) fn custom(&self) -> Option<(usize, usize)> {
        self.owner.zip(self.hit.custom)
    }

    /// What was recognised, to be made surer.
    pub(super) fn detection_mut(&mut self) -> &mut Detection {
        &mut self.hit.detection
    }
}

/// Looks through a stream for all of them.
pub struct Watch {
    several: Arc<Several>,
    stream: Stream,
    /// What the engine found and is not handed out, since somebody's detectors may outrank it.
    engine: VecDeque<Detection>,
    views: Vec<View>,
}

/// What one owner with detectors sees.
struct View {
    number: usize,
    own: Own,
    seen: VecDeque<Hit>,
}

impl Watch {
    /// For the value of `field`; empty where it has no name.
    pub fn new(several: &Arc<Several>, field: &str) -> Watch {
        let view =
            |number: &usize| View { number: *number, own: Own::new(several.detectors(*number)), seen: VecDeque::new() };
        Watch {
            several: Arc::clone(several),
            stream: Stream::new(field),
            engine: VecDeque::new(),
            views: several.detecting.iter().map(view).collect(),
        }
    }

    /// What is found in the whole value of a field, by its name too.
    pub fn whole(several: &Arc<Several>, field: &str, value: &str) -> Vec<Sight> {
        let found = Stream::whole(field, value);
        if several.detecting.is_empty() {
            return found.into_iter().map(Sight::of_engine).collect();
        }
        let mut watch = Watch::new(several, field);
        watch.hear(found);
        for view in &mut watch.views {
            let hits = view.own.all(several.detectors(view.number), value.as_bytes());
            view.seen.extend(hits);
        }
        watch.join(usize::MAX)
    }

    /// The next bytes; says what can no more change, in order.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<Sight> {
        let found = self.stream.push(bytes);
        if self.views.is_empty() {
            return found.into_iter().map(Sight::of_engine).collect();
        }
        self.hear(found);
        let held = self.stream.held();
        for view in &mut self.views {
            view.own.push(self.several.detectors(view.number), bytes);
            let told = view.own.told(held);
            view.seen.extend(view.own.take(told));
        }
        self.join(self.settled())
    }

    /// No more bytes come but these; those at hand stay there.
    pub fn close(&mut self, bytes: &[u8]) -> Vec<Sight> {
        let found = self.stream.close(bytes);
        if self.views.is_empty() {
            return found.into_iter().map(Sight::of_engine).collect();
        }
        self.hear(found);
        for view in &mut self.views {
            view.own.push(self.several.detectors(view.number), bytes);
        }
        for view in &mut self.views {
            view.own.end(self.several.detectors(view.number));
            view.seen.extend(view.own.take(usize::MAX));
        }
        self.join(usize::MAX)
    }

    /// From now on, so many bytes are gathered before they are looked at.
    pub fn gather(&mut self, bytes: usize) {
        self.stream.gather(bytes);
    }

    /// From now on, what lies behind this offset is kept: until the next one is said, its bytes are at hand.
    pub fn keep_from(&mut self, offset: usize) {
        self.stream.keep_from(offset);
    }

    /// Lets go at once what need not be kept any more.
    pub fn let_go(&mut self) {
        self.stream.let_go();
    }

    /// The bytes at hand, and where they start.
    pub fn bytes(&self) -> (usize, &[u8]) {
        self.stream.bytes()
    }

    /// Bytes that it holds, about.
    pub fn held(&self) -> usize {
        self.stream.held() + self.views.len() * (BLOCK + LONGEST)
    }

    /// All that starts before this offset was handed out.
    pub fn settled(&self) -> usize {
        let held = self.stream.held();
        let of_view = |view: &View| view.own.told(held).min(view.own.open().unwrap_or(usize::MAX));
        self.views.iter().map(of_view).min().unwrap_or(usize::MAX).min(self.stream.settled())
    }

    fn hear(&mut self, found: Vec<Detection>) {
        for view in &mut self.views {
            view.own.engine.extend(found.iter().cloned().map(Hit::of_engine));
        }
        self.engine.extend(found);
    }

    /// What starts before `to`, of the engine and of every view, in order.
    fn join(&mut self, to: usize) -> Vec<Sight> {
        let mut joined = Vec::new();
        while let Some(detection) = self.engine.pop_front_if(|detection| detection.offset < to) {
            self.customs(detection.offset.saturating_add(1), &mut joined);
            let mut sight = Sight::of_engine(detection);
            for view in &mut self.views {
                let same = |hit: &mut Hit| hit.custom.is_none() && hit.detection == sight.hit.detection;
                if view.seen.pop_front_if(same).is_none() {
                    sight.counts_for.remove(view.number);
                }
            }
            joined.push(sight);
        }
        self.customs(to, &mut joined);
        joined
    }

    /// What detectors of one's own found before `to`.
    fn customs(&mut self, to: usize, joined: &mut Vec<Sight>) {
        let from = joined.len();
        for view in &mut self.views {
            while let Some(hit) = view.seen.pop_front_if(|hit| hit.custom.is_some() && hit.detection.offset < to) {
                joined.push(Sight { hit, owner: Some(view.number), counts_for: Owners::only(view.number) });
            }
        }
        if let Some(new) = joined.get_mut(from..) {
            new.sort_by_key(|sight| (sight.hit.detection.offset, sight.owner));
        }
    }
}
