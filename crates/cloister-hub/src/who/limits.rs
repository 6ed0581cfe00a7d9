//! How often one may: buckets that fill again.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// What is counted apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Of {
    /// Requests of nobody in particular.
    Strangers,
    /// Requests of who is signed in.
    Known,
    /// Tries to sign in.
    SignIn,
    /// Changes.
    Changes,
}

impl Of {
    /// So many at once, and so many a second.
    fn rate(self) -> (f64, f64) {
        match self {
            Of::Strangers => (200.0, 50.0),
            Of::Known => (10_000.0, 5_000.0),
            Of::SignIn => (10.0, 0.2),
            Of::Changes => (60.0, 5.0),
        }
    }
}

#[derive(Debug)]
struct Bucket {
    left: f64,
    at: Instant,
}

/// Who has how many left.
#[derive(Debug, Default)]
pub struct Buckets(Mutex<HashMap<(IpAddr, Of), Bucket>>);

/// More addresses are not counted apart: full buckets are forgotten.
const MOST: usize = 50_000;

impl Buckets {
    /// Gives one back: who was asked about was known after all.
    pub fn give(&self, from: IpAddr, of: Of) {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bucket) = buckets.get_mut(&(from, of)) {
            bucket.left = (bucket.left + 1.0).min(of.rate().0);
        }
    }

    /// Takes one, or says after how many seconds there is one again.
    pub fn take(&self, from: IpAddr, of: Of, now: Instant) -> Result<(), u64> {
        let (most, a_second) = of.rate();
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MOST {
            buckets.retain(|(_, of), bucket| {
                let (most, a_second) = of.rate();
                bucket.left + now.duration_since(bucket.at).as_secs_f64() * a_second < most
            });
        }
        let bucket = buckets.entry((from, of)).or_insert(Bucket { left: most, at: now });
        bucket.left = (bucket.left + now.duration_since(bucket.at).as_secs_f64() * a_second).min(most);
        bucket.at = now;
        if bucket.left >= 1.0 {
            bucket.left -= 1.0;
            return Ok(());
        }
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few seconds, above nought")]
        Err(((1.0 - bucket.left) / a_second).ceil() as u64)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn who_tries_too_often_waits() {
        let (buckets, now, from) = (Buckets::default(), Instant::now(), IpAddr::from([127, 0, 0, 1]));
        for _ in 0..10 {
            assert_eq!(buckets.take(from, Of::SignIn, now), Ok(()));
        }
        let seconds = buckets.take(from, Of::SignIn, now).unwrap_err();
        assert_eq!(seconds, 5);
        assert_eq!(buckets.take(IpAddr::from([127, 0, 0, 2]), Of::SignIn, now), Ok(()), "others do not wait");
        assert_eq!(buckets.take(from, Of::SignIn, now + Duration::from_secs(seconds)), Ok(()));
    }
}
