//! How many records a reader is usually handed at once: a histogram of windows by hour of the week, in which old ones fade
//! and a single one, however large, changes nothing.

use serde::{Deserialize, Serialize};

/// After so long a window counts half: four weeks, in microseconds.
const HALF_LIFE: f64 = 28.0 * 24.0 * 3600.0 * 1e6;
/// So many half-lives after its landmark, weights are scaled anew.
const RESCALE: f64 = 32.0;
const HOUR: u64 = 3_600_000_000;
const HOURS: u64 = 168;
/// Steps of the histogram for each doubling.
const STEPS: f64 = 4.0;
/// So many windows say what is usual in their hours.
const ENOUGH: f64 = 20.0;
/// So many windows of all may hold more than what is usual.
const ABOVE: f64 = 0.01;
/// Cells of one sketch; beyond, the lightest goes.
const CELLS: usize = 192;

/// What was seen of one reader.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sketch {
    /// When the first window began, in microseconds since 1970.
    pub since: u64,
    /// When the last one was added.
    pub last: u64,
    /// How many there were.
    pub windows: u64,
    /// The time at which a window weighs 1.
    landmark: u64,
    cells: Vec<Cell>,
}

/// Windows of one hour of the week with about as many records.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Cell {
    hour: u8,
    step: u8,
    /// Written by its bits: it is read as it was.
    #[serde(with = "bits")]
    weight: f64,
    /// The most records of one of them.
    most: u64,
}

mod bits {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<S: Serializer>(number: &f64, to: S) -> Result<S::Ok, S::Error> {
        number.to_bits().serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
        Ok(f64::from_bits(u64::deserialize(from)?))
    }
}

impl Sketch {
    /// A window that began at `time` and held so many records.
    pub fn add(&mut self, time: u64, records: u64) {
        if records == 0 {
            return;
        }
        if self.windows == 0 {
            (self.since, self.landmark) = (time, time);
        }
        self.last = self.last.max(time);
        self.windows = self.windows.saturating_add(1);
        self.rescale(time);
        let (hour, step, weight) = (hour(time), step(records), self.weight(time));
        if let Some(cell) = self.cells.iter_mut().find(|cell| cell.hour == hour && cell.step == step) {
            cell.weight += weight;
            cell.most = cell.most.max(records);
            return;
        }
        if self.cells.len() >= CELLS {
            let lightest = self.cells.iter().enumerate().min_by(|one, other| one.1.weight.total_cmp(&other.1.weight));
            if let Some((at, _)) = lightest {
                self.cells.swap_remove(at);
            }
        }
        self.cells.push(Cell { hour, step, weight, most: records });
    }

    /// What a window at `time` usually holds at most: of windows of about this hour of the week, else of this hour of any
    /// day, else of all.
    pub fn usual(&self, time: u64) -> u64 {
        let now = u64::from(hour(time));
        let near = |cell: &Cell, period: u64| {
            let away = (u64::from(cell.hour) + HOURS - now) % period;
            away <= 1 || away + 1 == period
        };
        let one = self.weight(time);
        let by: [&dyn Fn(&Cell) -> bool; 3] = [&|cell| near(cell, HOURS), &|cell| near(cell, 24), &|_| true];
        let mut usual = 0;
        for is_asked in by {
            let cells: Vec<Cell> = self.cells.iter().copied().filter(|cell| is_asked(cell)).collect();
            let total: f64 = cells.iter().map(|cell| cell.weight).sum();
            usual = high(cells, (total * ABOVE).max(one));
            if total >= ENOUGH * one {
                break;
            }
        }
        usual
    }

    /// Bytes that it holds, about.
    pub fn held(&self) -> usize {
        self.cells.len() * size_of::<Cell>() + size_of::<Sketch>()
    }

    /// Whether it can be one: what is read from a file may be anything.
    pub fn is_sound(&self) -> bool {
        self.cells.len() <= CELLS
            && self.since <= self.last
            && self.cells.iter().all(|it| u64::from(it.hour) < HOURS && it.weight.is_finite() && it.weight >= 0.0)
    }

    fn weight(&self, time: u64) -> f64 {
        let since = time.saturating_sub(self.landmark) as f64 / HALF_LIFE;
        since.min(2.0 * RESCALE).exp2()
    }

    fn rescale(&mut self, time: u64) {
        if time.saturating_sub(self.landmark) as f64 / HALF_LIFE > RESCALE {
            let weight = self.weight(time);
            self.cells.iter_mut().for_each(|cell| cell.weight /= weight);
            self.landmark = time;
        }
    }
}

/// The most that windows held, but for the highest ones, which together weigh no more than `above`.
fn high(mut cells: Vec<Cell>, above: f64) -> u64 {
    cells.sort_by_key(|cell| std::cmp::Reverse(cell.step));
    let mut passed = 0.0;
    for steps in cells.chunk_by(|one, other| one.step == other.step) {
        passed += steps.iter().map(|cell| cell.weight).sum::<f64>();
        // A window weighs what it weighs: a sum of parts may be off in the last digits.
        if passed > above * (1.0 + 1e-9) {
            return steps.iter().map(|cell| cell.most).max().unwrap_or(0);
        }
    }
    cells.last().map_or(0, |lowest| lowest.most)
}

/// The hour of the week in UTC, from Monday's midnight on. 1970 began on a Thursday.
fn hour(time: u64) -> u8 {
    u8::try_from((time / HOUR + 3 * 24) % HOURS).unwrap_or(0)
}

fn step(records: u64) -> u8 {
    // At most 4 * 64: the last step holds what is beyond.
    let step = (records.max(1) as f64).log2() * STEPS;
    if step >= 255.0 { 255 } else { step as u8 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MINUTE: u64 = 60_000_000;

    fn of(windows: &[(u64, u64)]) -> Sketch {
        let mut sketch = Sketch::default();
        windows.iter().for_each(|(time, records)| sketch.add(*time, *records));
        sketch
    }

    #[test]
    fn nights_are_not_days() {
        let day = 24 * HOUR;
        let windows = (0..60).flat_map(|number| [(number * day + 2 * HOUR, 50_000), (number * day + 14 * HOUR, 200)]);
        let sketch = of(&windows.collect::<Vec<_>>());
        assert_eq!(sketch.usual(60 * day + 2 * HOUR), 50_000);
        assert_eq!(sketch.usual(60 * day + 14 * HOUR), 200);
    }

    #[test]
    fn what_is_long_over_fades() {
        let mut windows: Vec<(u64, u64)> = (0..200).map(|number| (number * MINUTE, 40_000)).collect();
        let later = 365 * 24 * HOUR;
        windows.extend((0..200).map(|number| (later + number * MINUTE, 30)));
        assert_eq!(of(&windows).usual(later + 200 * MINUTE), 30);
    }

    proptest! {
        #[test]
        fn one_window_changes_nothing(
            ordinary in proptest::collection::vec(1..400_u64, 30..200),
            at in 0..200_usize,
            leak in 1_000..10_000_000_u64,
        ) {
            let mut windows: Vec<(u64, u64)> =
                ordinary.iter().enumerate().map(|(number, records)| (number as u64 * 7 * MINUTE, *records)).collect();
            let now = windows.len() as u64 * 7 * MINUTE;
            let highest = *ordinary.iter().max().unwrap();
            windows.insert(at % windows.len(), (0, leak));
            windows.sort_unstable();
            prop_assert!(of(&windows).usual(now) <= highest);
        }

        #[test]
        fn it_is_between_what_was_seen_and_bounded(
            windows in proptest::collection::vec((0..600 * 24 * HOUR, 1..u64::MAX), 1..2_000),
        ) {
            let mut windows = windows;
            windows.sort_unstable();
            let sketch = of(&windows);
            let now = windows.last().unwrap().0;
            let usual = sketch.usual(now);
            let all = windows.iter().map(|(_, records)| *records);
            prop_assert!(all.clone().min().unwrap() <= usual && usual <= all.max().unwrap());
            prop_assert!(sketch.held() <= 8 << 10 && sketch.is_sound());
            let written = serde_json::to_string(&sketch).unwrap();
            prop_assert_eq!(serde_json::from_str::<Sketch>(&written).unwrap(), sketch);
        }

        #[test]
        fn more_of_everything_is_not_less(
            windows in proptest::collection::vec((0..100 * 24 * HOUR, 1..10_000_u64), 1..300),
        ) {
            let mut windows = windows;
            windows.sort_unstable();
            let now = windows.last().unwrap().0;
            let double: Vec<(u64, u64)> = windows.iter().map(|(time, records)| (*time, records * 2)).collect();
            prop_assert!(of(&double).usual(now) >= of(&windows).usual(now));
        }
    }
}
