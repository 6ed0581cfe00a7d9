//! How long things may take, and how long is waited between two tries.

use std::time::Duration;

/// How long things may take.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// To find and reach a host.
    pub connect: Duration,
    /// One answer.
    pub answer: Duration,
    /// One try altogether.
    pub whole: Duration,
    /// Tries.
    pub tries: u32,
    /// The wait after the first.
    pub first: Duration,
    /// The longest wait.
    pub longest: Duration,
}

impl Default for Patience {
    fn default() -> Patience {
        Patience {
            connect: Duration::from_secs(5),
            answer: Duration::from_secs(10),
            whole: Duration::from_secs(20),
            tries: 3,
            first: Duration::from_millis(500),
            longest: Duration::from_secs(30),
        }
    }
}

/// How long to wait after so many tries: twice as long each time, between half and all of it by `chance`, and as long as the
/// receiver asks for where that is bearable.
pub fn wait(patience: &Patience, tried: u32, asked: Option<Duration>, chance: u32) -> Duration {
    let full = patience.first.saturating_mul(1 << tried.saturating_sub(1).min(16)).min(patience.longest);
    let half = full / 2;
    let jittered = half + half.mul_f64(f64::from(chance) / f64::from(u32::MAX));
    jittered.max(asked.unwrap_or_default().min(patience.longest))
}

/// Any number.
pub fn chance() -> u32 {
    // Without randomness all wait the same: nothing breaks.
    getrandom::u32().unwrap_or(u32::MAX / 2)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::{Patience, wait};

    proptest! {
        #[test]
        fn waits_grow_stay_bounded_and_differ(tried in 1_u32..100, chance in any::<u32>(), asked in 0_u64..100_000) {
            let patience = Patience::default();
            let plain = wait(&patience, tried, None, chance);
            let full = wait(&patience, tried, None, u32::MAX);
            prop_assert!(plain <= full && plain >= full / 2 - Duration::from_nanos(2) && full <= patience.longest);
            prop_assert!(wait(&patience, tried + 1, None, u32::MAX) >= full);
            prop_assert!(wait(&patience, tried, Some(Duration::from_secs(asked)), chance) <= patience.longest);
        }
    }
}
