//! Actions as bytes, so that one that is known is found without a copy of it.

use cloister_rbac::{Action, Identity, ResourceAction};

/// What a request asks for; borrowed from its event.
#[derive(Clone, Copy, Debug)]
pub enum Asked<'e> {
    Resource {
        verb: &'e str,
        group: &'e str,
        resource: &'e str,
        subresource: &'e str,
        name: &'e str,
        namespace: &'e str,
    },
    Url {
        verb: &'e str,
        path: &'e str,
    },
}

/// Never in UTF-8.
const BETWEEN: u8 = 0xff;

/// Writes the key of an action of the identity of this number.
pub fn write(key: &mut Vec<u8>, identity: u32, asked: &Asked<'_>) {
    key.clear();
    key.extend_from_slice(&identity.to_le_bytes());
    match asked {
        Asked::Resource { verb, group, resource, subresource, name, namespace } => {
            join(key, [*verb, group, resource, subresource, name, namespace]);
        }
        Asked::Url { verb, path } => join(key, [*verb, path]),
    }
}

/// Writes the key of an identity.
pub fn write_identity<'e>(key: &mut Vec<u8>, user: &'e str, groups: impl Iterator<Item = &'e str>) {
    key.clear();
    join(key, std::iter::once(user).chain(groups));
}

fn join<'e>(key: &mut Vec<u8>, words: impl IntoIterator<Item = &'e str>) {
    for (at, word) in words.into_iter().enumerate() {
        if at > 0 {
            key.push(BETWEEN);
        }
        key.extend_from_slice(word.as_bytes());
    }
}

/// The number of the identity, and the action.
pub fn read(key: &[u8]) -> Option<(u32, Action)> {
    let (identity, rest) = key.split_first_chunk::<4>()?;
    let words = words(rest);
    let action = match words.as_slice() {
        [verb, path] => Action::Url { verb: verb.clone(), path: path.clone() },
        [verb, group, resource, subresource, name, namespace] => Action::Resource(ResourceAction {
            verb: verb.clone(),
            group: group.clone(),
            resource: resource.clone(),
            subresource: subresource.clone(),
            name: name.clone(),
            namespace: namespace.clone(),
            node: String::new(),
        }),
        _ => return None,
    };
    Some((u32::from_le_bytes(*identity), action))
}

/// An identity, its groups in the order of their names.
pub fn read_identity(key: &[u8]) -> Identity {
    let mut words = words(key).into_iter();
    let user = words.next().unwrap_or_default();
    let mut groups: Vec<String> = words.collect();
    groups.sort_unstable();
    groups.dedup();
    Identity { user, groups }
}

fn words(key: &[u8]) -> Vec<String> {
    key.split(|byte| *byte == BETWEEN).map(|word| String::from_utf8_lossy(word).into_owned()).collect()
}
