//! How many sensors have room for a word in one status. An object of the API server may have 1.5 MB (etcd), of which the
//! API server itself takes most: for each word it keeps who owns which field of it.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{sums, word};

/// What words and the books about them may take together: the policy itself and the sums need the rest.
const ROOM: usize = 1_200_000;
/// A word, and the entry for its owner, without the names in them.
const WORD: usize = 170;
const OWNER: usize = 340;
/// The longest name of a field manager.
const MANAGER: usize = 128;
/// How much a word may say of what was not understood: the most that there is room for. In steps, so that words do not
/// change with each node that comes. The definition takes no more than the last.
const FAULTS: [usize; 3] = [64, 256, 1024];

/// Who has room.
#[derive(Debug, PartialEq, Eq)]
pub struct Room<'a> {
    /// The nodes whose sensors write a word.
    pub listed: BTreeSet<&'a str>,
    /// How many others there are.
    pub unlisted: usize,
    /// How many bytes a word may say of what was not understood.
    pub fault: usize,
}

impl<'a> Room<'a> {
    /// The room for these nodes. Every sensor comes to the same, and a node that comes or goes moves few others.
    pub fn of(nodes: &BTreeSet<&'a str>) -> Room<'a> {
        let mut all: Vec<&str> = nodes.iter().copied().collect();
        all.sort_by_cached_key(|name| (word::hash(name), *name));
        let mut taken = 0;
        let fits = all.iter().take_while(|name| {
            taken += cost(name);
            taken <= ROOM
        });
        let count = fits.count();
        let listed: BTreeSet<&str> = all.iter().copied().take(count).collect();
        let taken: usize = listed.iter().map(|name| cost(name)).sum();
        let left = ROOM.saturating_sub(taken) / count.max(1);
        let fault = FAULTS.into_iter().rfind(|fault| *fault <= FAULTS[0] + left).unwrap_or(FAULTS[0]);
        Room { unlisted: all.len() - count, fault, listed }
    }
}

/// Whether a status whose nodes nobody knows has no room for another word.
pub fn is_full(stored: &Value) -> bool {
    let words = sums::words(stored, None);
    words.iter().map(|word| cost(sums::name(word))).sum::<usize>() >= ROOM
}

/// As much of a text as fits into so many bytes of JSON.
pub fn cut(text: &str, room: usize) -> &str {
    let mut taken = 0;
    let end = text.char_indices().find_map(|(at, letter)| {
        taken += match letter {
            '"' | '\\' => 2,
            letter if letter.is_control() => 6,
            letter => letter.len_utf8(),
        };
        (taken > room).then_some(at)
    });
    text.get(..end.unwrap_or(text.len())).unwrap_or(text)
}

/// The bytes of a node's word and of the entry for its owner: its name stands in both, and in that of its manager.
fn cost(name: &str) -> usize {
    WORD + OWNER + FAULTS[0] + 2 * name.len() + MANAGER.min(name.len() + 16)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn names(count: usize, length: usize) -> Vec<String> {
        (0..count).map(|number| format!("{number:0length$}.example")).collect()
    }

    /// What a status of all listed nodes takes, with the entries that the API server keeps (`managedFields`), when
    /// everybody has something to say that is as long as it may be.
    fn bytes(room: &Room<'_>) -> usize {
        let fault = "\"\u{7}wörter ".repeat(500);
        let of = |name: &&str| {
            let mut word = word::word(name, i64::MAX, &[], Some(&fault), room.fault);
            word["lastFinding"] = json!("2026-11-26T10:00:00Z");
            word["findings"] = json!(4_000_000);
            let fields = json!({ ".": {}, "f:fault": {}, "f:findings": {}, "f:lastFinding": {}, "f:name": {}, "f:observedGeneration": {} });
            let entry = json!({
                "apiVersion": "cloister.dev/v1alpha1", "fieldsType": "FieldsV1", "manager": word::manager(name),
                "fieldsV1": { "f:status": { "f:nodes": { format!("k:{{\"name\":\"{name}\"}}"): fields } } },
                "operation": "Apply", "subresource": "status", "time": "2026-11-26T10:00:00Z",
            });
            word.to_string().len() + entry.to_string().len() + 2
        };
        room.listed.iter().map(of).sum()
    }

    #[test]
    fn a_status_stays_an_object_that_the_api_server_takes() {
        for (count, length) in [(1, 1), (40, 20), (700, 40), (1_500, 240), (5_000, 10), (20_000, 60)] {
            let names = names(count, length);
            let nodes: BTreeSet<&str> = names.iter().map(String::as_str).collect();
            let room = Room::of(&nodes);
            assert_eq!(room.listed.len() + room.unlisted, count);
            let bytes = bytes(&room);
            println!(
                "{count} nodes with names of {length}: {} listed, {bytes} bytes, faults of {}",
                room.listed.len(),
                room.fault
            );
            assert!(bytes <= ROOM + 1_000, "{count} nodes of {length}: {bytes}");
            assert!(room.unlisted == 0 || bytes > ROOM * 8 / 10, "{count} nodes of {length}: room is wasted, {bytes}");
        }
    }

    #[test]
    fn a_node_that_comes_or_goes_moves_few_others() {
        let names = names(4_000, 40);
        let nodes: BTreeSet<&str> = names.iter().map(String::as_str).collect();
        let before = Room::of(&nodes);
        assert!(before.unlisted > 1_000);
        let mut fewer = nodes.clone();
        fewer.remove(*before.listed.first().unwrap());
        let after = Room::of(&fewer);
        assert!(before.listed.symmetric_difference(&after.listed).count() <= 3);
    }

    #[test]
    fn texts_are_cut_between_letters() {
        assert_eq!(cut("wörter", 3), "wö");
        assert_eq!(cut("wörter", 2), "w");
        assert_eq!(cut("\"\"", 3), "\"");
        assert_eq!(cut("all", 3), "all");
    }
}
