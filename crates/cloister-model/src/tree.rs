//! One compact tree serves every reader: the checks look into it by views, and
//! each value remembers where it was written.

use std::fmt::Write;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// Where a value starts: line and column, both from 1. `Mark::NONE` when the
/// value was never written in a file (it came from an API server).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mark {
    /// Line, from 1; 0 means unknown.
    pub line: u32,
    /// Column in characters, from 1; 0 means unknown.
    pub column: u32,
}

impl Mark {
    /// A value with no place in any file.
    pub const NONE: Mark = Mark { line: 0, column: 0 };
}

/// A value with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Where the value starts.
    pub mark: Mark,
    /// The value itself.
    pub value: Value,
    /// A string written as a literal block (`|`): each of its lines is a line of the file.
    pub literal: bool,
}

/// What Kubernetes can write: JSON's values, with integers apart from floats.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `null`, `~` or nothing: Kubernetes reads it as "not set".
    Null,
    /// A boolean, in YAML 1.1's spellings too.
    Bool(bool),
    /// An integer that fits 64 bits.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// A string. Shared, since names and images repeat by the thousand.
    Text(Arc<str>),
    /// A sequence.
    List(Box<[Node]>),
    /// A mapping in written order; of doubled keys only the last is kept.
    Map(Box<[Entry]>),
}

/// One key of a mapping with its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: Arc<str>,
    /// Where the key was written.
    pub mark: Mark,
    /// The value.
    pub node: Node,
}

impl Node {
    /// A node that was not written anywhere.
    pub fn unplaced(value: Value) -> Node {
        Node { mark: Mark::NONE, value, literal: false }
    }

    /// Feeds all of it, places too, to a hash.
    pub fn hash_into(&self, hash: &mut impl Hasher) {
        (self.mark, self.literal, std::mem::discriminant(&self.value)).hash(hash);
        match &self.value {
            Value::Null => {}
            Value::Bool(value) => value.hash(hash),
            Value::Int(value) => value.hash(hash),
            Value::Float(value) => value.to_bits().hash(hash),
            Value::Text(text) => text.hash(hash),
            Value::List(items) => {
                items.len().hash(hash);
                items.iter().for_each(|item| item.hash_into(hash));
            }
            Value::Map(entries) => {
                entries.len().hash(hash);
                for entry in entries {
                    (&entry.key, entry.mark).hash(hash);
                    entry.node.hash_into(hash);
                }
            }
        }
    }

    /// The entry of a mapping under `key`; `None` when absent, null, or not a mapping.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        let Value::Map(entries) = &self.value else { return None };
        entries.iter().find(|entry| is_same(&entry.key, key) && !entry.node.is_null())
    }

    /// The value under `key`; null counts as absent, as in Kubernetes.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.node)
    }

    /// Follows keys and list indexes separated by `/`, such as `spec/ports/0/name`.
    pub fn at(&self, path: &str) -> Option<&Node> {
        let (mut node, mut rest) = (self, path);
        while !rest.is_empty() {
            let (step, after) = first_step(rest);
            if !step.is_empty() {
                node = node.step(step)?;
            }
            rest = after;
        }
        Some(node)
    }

    /// One step down: a key of a mapping or an index of a list.
    pub fn step(&self, step: &str) -> Option<&Node> {
        match &self.value {
            Value::Map(_) => self.get(step),
            Value::List(items) => items.get(step.parse::<usize>().ok()?),
            _ => None,
        }
    }

    /// The string at `path`, if it is one.
    pub fn str_at(&self, path: &str) -> Option<&str> {
        self.at(path)?.as_str()
    }

    /// The boolean at `path`, if it is one.
    pub fn bool_at(&self, path: &str) -> Option<bool> {
        self.at(path)?.as_bool()
    }

    /// The integer at `path`, if it is one.
    pub fn int_at(&self, path: &str) -> Option<i64> {
        self.at(path)?.as_int()
    }

    /// The items of the list at `path`; none when there is no list.
    pub fn items_at(&self, path: &str) -> &[Node] {
        self.at(path).map_or(&[], Node::items)
    }

    /// The entries of the mapping at `path`; none when there is no mapping.
    pub fn entries_at(&self, path: &str) -> &[Entry] {
        self.at(path).map_or(&[], Node::entries)
    }

    /// The strings of the list at `path`, leaving out what is not a string.
    pub fn strs_at<'a>(&'a self, path: &str) -> impl Iterator<Item = &'a str> {
        self.items_at(path).iter().filter_map(Node::as_str)
    }

    /// This value as a string.
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// This value as a boolean.
    pub fn as_bool(&self) -> Option<bool> {
        match self.value {
            Value::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// This value as an integer.
    pub fn as_int(&self) -> Option<i64> {
        match self.value {
            Value::Int(value) => Some(value),
            _ => None,
        }
    }

    /// A scalar as it would be written: strings, numbers and booleans. `None` for the rest.
    pub fn scalar(&self) -> Option<String> {
        match &self.value {
            Value::Text(text) => Some(text.to_string()),
            Value::Int(value) => Some(value.to_string()),
            Value::Float(value) => Some(value.to_string()),
            Value::Bool(value) => Some(value.to_string()),
            _ => None,
        }
    }

    /// The items, if this is a list; otherwise none.
    pub fn items(&self) -> &[Node] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// The entries, if this is a mapping; otherwise none.
    pub fn entries(&self) -> &[Entry] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    /// Whether nothing was set here.
    pub fn is_null(&self) -> bool {
        matches!(self.value, Value::Null)
    }

    /// Whether this is a mapping.
    pub fn is_map(&self) -> bool {
        matches!(self.value, Value::Map(_))
    }

    /// Whether this is an empty list, an empty mapping, an empty string or null.
    pub fn is_empty(&self) -> bool {
        match &self.value {
            Value::Null => true,
            Value::Text(text) => text.is_empty(),
            Value::List(items) => items.is_empty(),
            Value::Map(entries) => entries.is_empty(),
            _ => false,
        }
    }

    /// Where the character `column` of the line `index` stands, both from 0 and
    /// counted in the value of a literal block, whose mark is its first line that
    /// is not blank. `None` for what is not written so, and for what comes before that line.
    pub fn line_mark(&self, index: usize, column: usize) -> Option<Mark> {
        let text = self.as_str().filter(|_| self.literal && self.mark != Mark::NONE)?;
        let blank = text.len() - text.trim_start_matches('\n').len();
        let line = u32::try_from(index.checked_sub(blank)?).ok()?.checked_add(self.mark.line)?;
        let column = u32::try_from(column).ok()?.checked_add(self.mark.column)?;
        Some(Mark { line, column })
    }

    /// The JSON pointer (RFC 6901) from this node to `target`, which must be a
    /// node of this very tree (found by identity, not by value).
    pub fn pointer_to(&self, target: &Node) -> Option<String> {
        let mut steps = Vec::new();
        self.find(target, &mut steps).then(|| Step::pointer(steps.iter().rev()))
    }

    fn find<'a>(&'a self, target: &Node, steps: &mut Vec<Step<&'a str>>) -> bool {
        if std::ptr::eq(self, target) {
            return true;
        }
        match &self.value {
            Value::Map(entries) => {
                let found = search(entries, target, |entry| (entry.mark, &entry.node), steps);
                found.and_then(|index| entries.get(index)).inspect(|entry| steps.push(Step::Key(&entry.key))).is_some()
            }
            Value::List(items) => {
                let found = search(items, target, |item| (item.mark, item), steps);
                found.inspect(|index| steps.push(Step::Index(*index))).is_some()
            }
            _ => false,
        }
    }
}

/// Whether two keys are the same. Most are short, and to compare words of them costs less than to call for it.
#[inline]
fn is_same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    match one.len() {
        length if length != other.len() => false,
        8..=16 => one.first_chunk::<8>() == other.first_chunk() && one.last_chunk::<8>() == other.last_chunk(),
        4..8 => one.first_chunk::<4>() == other.first_chunk() && one.last_chunk::<4>() == other.last_chunk(),
        _ => one == other,
    }
}

/// The first step of a path, and what follows it. Paths are short: a search made for long texts costs more.
pub(crate) fn first_step(path: &str) -> (&str, &str) {
    match path.bytes().position(|byte| byte == b'/') {
        Some(end) => (path.get(..end).unwrap_or(path), path.get(end + 1..).unwrap_or("")),
        None => (path, ""),
    }
}

/// Which child holds `target`. What is written lies between its neighbours, so the last child that starts before it
/// comes first; aliases and values from a cluster can stand anywhere.
fn search<'a, T>(
    children: &'a [T],
    target: &Node,
    part: impl Fn(&'a T) -> (Mark, &'a Node),
    steps: &mut Vec<Step<&'a str>>,
) -> Option<usize> {
    let likely = children.iter().rposition(|child| part(child).0 <= target.mark);
    let rest = (0..children.len()).filter(|&index| Some(index) != likely);
    likely
        .into_iter()
        .chain(rest)
        .find(|&index| children.get(index).is_some_and(|child| part(child).1.find(target, steps)))
}

/// One step of a JSON pointer (RFC 6901).
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step<K> {
    Key(K),
    Index(usize),
}

impl<K: AsRef<str>> Step<K> {
    /// The pointer of these steps, from the root on.
    pub(crate) fn pointer<'s>(steps: impl Iterator<Item = &'s Step<K>>) -> String
    where
        K: 's,
    {
        let mut pointer = String::new();
        for step in steps {
            pointer.push('/');
            match step {
                // Writing to a string cannot fail.
                Step::Index(index) => drop(write!(pointer, "{index}")),
                Step::Key(key) => push_escaped(&mut pointer, key.as_ref()),
            }
        }
        pointer
    }
}

/// Escapes one step (RFC 6901, section 3).
fn push_escaped(pointer: &mut String, step: &str) {
    if step.contains(['~', '/']) {
        pointer.push_str(&step.replace('~', "~0").replace('/', "~1"));
    } else {
        pointer.push_str(step);
    }
}

#[cfg(test)]
mod tests {
    use super::is_same;

    #[test]
    fn keys_are_the_same_where_every_letter_is() {
        let all: String = ('a'..='z').collect();
        for length in 0..=all.len() {
            let one = all.get(..length).unwrap_or_default();
            assert!(is_same(one, one) && !is_same(one, &format!("{one}a")));
            for at in 0..length {
                let mut other = one.to_owned();
                other.replace_range(at..=at, "-");
                assert!(!is_same(one, &other), "{one} {other}");
            }
        }
    }
}
