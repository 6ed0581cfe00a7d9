//! Bundles of up to 256 entries, each behind its length in two bytes (C2SP `tlog-tiles`).

/// Bytes of a length.
const LENGTH: usize = 2;

/// A bundle that ends within an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the bundle ends within an entry")]
pub struct BrokenBundle;

/// Adds an entry to a bundle; false where it is longer than 65,535 bytes, which none may be.
#[must_use]
pub fn add_entry(bundle: &mut Vec<u8>, entry: &[u8]) -> bool {
    let Ok(length) = u16::try_from(entry.len()) else { return false };
    bundle.extend_from_slice(&length.to_be_bytes());
    bundle.extend_from_slice(entry);
    true
}

/// The entries of a bundle.
pub fn entries(bundle: &[u8]) -> impl Iterator<Item = Result<&[u8], BrokenBundle>> {
    let mut rest = bundle;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let next = next(rest);
        rest = next.map_or(&[], |(_, rest)| rest);
        Some(next.map(|(entry, _)| entry).ok_or(BrokenBundle))
    })
}

fn next(bundle: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bundle.split_first_chunk::<LENGTH>()?;
    rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))
}
