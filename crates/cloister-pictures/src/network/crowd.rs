//! Where parts are namespaces: what many of them reach, or who reaches many, is written in it and not drawn.

use std::collections::BTreeMap;

use super::arrows::{Arrow, Arrows};
use super::parts::Parts;

/// Connections of one part with many others.
type Crowd = BTreeMap<usize, (usize, Arrow)>;

/// By part: how many others, and what all of them together do.
#[derive(Debug, Default)]
pub(super) struct Crowds {
    from: Crowd,
    to: Crowd,
}

/// Fewer than these are drawn one by one.
const FEW: usize = 3;
/// More arrows than these nobody follows.
const MOST: usize = 150;

impl Crowds {
    /// Takes them out of the arrows: first parts that every other reaches; then, where there are still too many, those
    /// that some few more reach, or that reach some few more.
    pub fn take(arrows: &mut Arrows, parts: &Parts) -> Crowds {
        let mut crowds = Crowds::default();
        let others = parts.all.len().saturating_sub(1);
        if parts.is_banded() || others <= FEW {
            return crowds;
        }
        let between = &mut arrows.between;
        crowds.from = take(between, |(_, to)| to, others);
        if between.len() > MOST {
            crowds.from.extend(take(between, |(_, to)| to, FEW + 1));
        }
        if between.len() > MOST {
            crowds.to = take(between, |(from, _)| from, FEW + 1);
        }
        crowds
    }

    pub fn is_empty(&self) -> bool {
        self.from.is_empty() && self.to.is_empty()
    }

    /// What is written in a part: who, and what is open.
    pub fn words(&self, part: usize, parts: &Parts) -> impl Iterator<Item = (String, &Arrow)> {
        let others = parts.all.len().saturating_sub(1);
        let phrase = move |way: &str, many: usize| match many == others {
            true => format!("{way} every other"),
            false => format!("{way} {many} others"),
        };
        let from = self.from.get(&part).map(|(many, arrow)| (phrase("from", *many), arrow));
        let to = self.to.get(&part).map(|(many, arrow)| (phrase("to", *many), arrow));
        from.into_iter().chain(to)
    }
}

fn take(between: &mut BTreeMap<(usize, usize), Arrow>, end: fn((usize, usize)) -> usize, least: usize) -> Crowd {
    let mut crowd = Crowd::new();
    for (ends, arrow) in between.iter().filter(|((from, to), _)| from != to) {
        let (many, all) = crowd.entry(end(*ends)).or_insert_with(|| (0, arrow.clone()));
        *many += 1;
        all.join(&arrow.said);
        all.partial |= arrow.partial;
    }
    crowd.retain(|_, (many, _)| *many >= least);
    between.retain(|ends, _| ends.0 == ends.1 || !crowd.contains_key(&end(*ends)));
    crowd
}
