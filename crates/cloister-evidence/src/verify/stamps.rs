//! Timestamps: by when which head was there.

use jiff::Timestamp;

use super::{Evidence, Outcome, Seen, heads};
use crate::folder::stamps::Kept;
use crate::timestamp::{APART, Authorities, NoTimestamp, Stamp, check};
use crate::{Checkpoint, Record, Verifier, WIDTH, entries, folder};

/// What timestamps are checked with.
#[derive(Clone, Copy, Debug)]
pub struct Stamping<'a> {
    /// The log's public key.
    pub key: &'a Verifier,
    /// Whom to believe.
    pub authorities: &'a Authorities,
    /// What time it is: nothing was stamped later.
    pub now: Timestamp,
}

/// Checks the timestamps of a log with this head, and that there is one that can be relied on.
pub fn timestamps<E: Evidence>(evidence: &E, with: Stamping<'_>, head: &Checkpoint, outcome: &mut Outcome) {
    let all = evidence.stamped().unwrap_or_else(|error| {
        outcome.fault("timestamp", error.to_string());
        Vec::new()
    });
    let mut strangers = 0;
    for kept in &all {
        match one(evidence, with, kept, head) {
            Ok((stamp, size)) => outcome.timestamps.push(Seen { by: stamp.by, size, time: Some(stamp.time) }),
            // Somebody may have asked another authority, too.
            Err(Wrong::Stranger) => strangers += 1,
            Err(Wrong::This(what)) => outcome.fault(&kept.name, what),
        }
    }
    match (all.len(), strangers) {
        (0, _) => outcome.fault("timestamp", "there is none here"),
        (all, strangers) if all == strangers => {
            outcome.fault("timestamp", format!("none of the {all} here is by an authority that is trusted"));
        }
        _ => {}
    }
}

enum Wrong {
    Stranger,
    This(String),
}

impl From<String> for Wrong {
    fn from(what: String) -> Wrong {
        Wrong::This(what)
    }
}

fn one<E: Evidence>(evidence: &E, with: Stamping<'_>, kept: &Kept, head: &Checkpoint) -> Result<(Stamp, u64), Wrong> {
    let text = kept.head.as_deref().ok_or_else(|| format!("{} is not there", kept.head_name()))?;
    if !kept.is_itself() {
        return Err("it is not what was kept: its name says another size or another token".to_owned().into());
    }
    let stamp = check(&kept.token, text.as_bytes(), with.authorities).map_err(|why| match why {
        NoTimestamp::Stranger => Wrong::Stranger,
        why => Wrong::This(why.to_string()),
    })?;
    let (_, stamped) = heads::signed(text, with.key)?;
    heads::goes_on(evidence, &stamped, head)?;
    let late = APART.saturating_add(stamp.accuracy);
    if stamp.time.duration_since(with.now) > late {
        return Err(format!("it is of {}, which has not come yet: one of the clocks is wrong", stamp.time).into());
    }
    if let Some(record) =
        last_of(evidence, stamped.size, head.size).filter(|it| it.time.duration_since(stamp.time) > late)
    {
        let (last, at) = (stamped.size.saturating_sub(1), record.time);
        return Err(format!(
            "entry {last} says that it was recorded at {at}, and {} had stamped it at {}: one of the clocks was wrong",
            stamp.by, stamp.time
        )
        .into());
    }
    Ok((stamp, stamped.size))
}

/// The last entry of a head, where it is here.
fn last_of<E: Evidence>(evidence: &E, size: u64, now: u64) -> Option<Record> {
    let index = size.checked_sub(1)?;
    let bytes = evidence.tile(folder::bundle_of(index, now)?).ok()??;
    let entry = entries(&bytes).nth(usize::try_from(index % WIDTH).ok()?)?.ok()?;
    Record::read(entry).ok()
}
