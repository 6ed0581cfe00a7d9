//! Identities as bytes, so that one that is known is found without a copy of it.

use cloister_rbac::Identity;

/// Never in UTF-8.
const BETWEEN: u8 = 0xff;

/// Writes the key of an identity.
pub fn write<'e>(key: &mut Vec<u8>, user: &'e str, groups: impl Iterator<Item = &'e str>) {
    key.clear();
    key.extend_from_slice(user.as_bytes());
    for group in groups {
        key.push(BETWEEN);
        key.extend_from_slice(group.as_bytes());
    }
}

/// An identity, its groups in the order of their names.
pub fn read(key: &[u8]) -> Identity {
    let mut words = words(key);
    let user = words.next().unwrap_or_default().to_owned();
    let mut groups: Vec<String> = words.map(str::to_owned).collect();
    groups.sort_unstable();
    groups.dedup();
    Identity { user, groups }
}

/// The user's name and then the groups.
pub fn words(key: &[u8]) -> impl Iterator<Item = &str> {
    key.split(|byte| *byte == BETWEEN).map(|word| std::str::from_utf8(word).unwrap_or_default())
}
