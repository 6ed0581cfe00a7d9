//! What follows from the words of all sensors: everybody comes to the same, whoever writes it.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

/// The keys that a policy's status has beside `nodes`.
const KEYS: [&str; 6] = ["observedGeneration", "sensors", "findings", "lastFinding", "unlisted", "conditions"];

/// The words of sensors on nodes that have one, in the order of their names. `nodes` is `None` where nobody knows them.
pub fn words<'a>(stored: &'a Value, nodes: Option<&BTreeSet<&str>>) -> Vec<&'a Value> {
    let all = stored.get("nodes").and_then(Value::as_array).into_iter().flatten();
    let mut words: Vec<&Value> = all.filter(|word| nodes.is_none_or(|nodes| nodes.contains(name(word)))).collect();
    words.sort_by_key(|word| name(word));
    words
}

/// Nodes that have a word and are gone, or have no room for one any more.
pub fn gone(stored: &Value, nodes: Option<&BTreeSet<&str>>) -> Vec<String> {
    let (all, there) = (words(stored, None), words(stored, nodes));
    all.into_iter().filter(|word| !there.contains(word)).map(|word| name(word).to_owned()).collect()
}

/// The node that a word is of.
pub fn name(word: &Value) -> &str {
    word.get("name").and_then(Value::as_str).unwrap_or_default()
}

/// What the words come to. `stored` is what it replaces, `now` a time as the API server writes it, and `unlisted` how many
/// nodes have no room for a word.
pub fn sums(generation: i64, words: &[&Value], stored: &Value, now: &str, unlisted: usize) -> Value {
    let number = |word: &Value, key: &str| word.get(key).and_then(Value::as_i64).unwrap_or(0);
    let everywhere = words.iter().map(|word| number(word, "observedGeneration")).min().unwrap_or(0);
    let in_force = words.iter().filter(|word| number(word, "observedGeneration") == generation).count();
    let findings: i64 = words.iter().map(|word| number(word, "findings")).sum();
    let mut sums = json!({
        "observedGeneration": everywhere,
        "sensors": in_force,
        "findings": findings,
        "conditions": [accepted(everywhere, words, stored, now)],
    });
    let last = words.iter().filter_map(|word| word.get("lastFinding")?.as_str()).max();
    if let (Value::Object(sums), Some(last)) = (&mut sums, last) {
        sums.insert("lastFinding".to_owned(), Value::from(last));
    }
    if let (Value::Object(sums), true) = (&mut sums, unlisted > 0) {
        sums.insert("unlisted".to_owned(), Value::from(unlisted));
    }
    sums
}

/// Whether everybody has understood it, since when, and if not, who has not and what.
fn accepted(generation: i64, words: &[&Value], stored: &Value, now: &str) -> Value {
    let faults: Vec<(&str, &str)> =
        words.iter().filter_map(|it| Some((name(it), it.get("fault")?.as_str()?))).collect();
    let message = match faults.first() {
        None => "everything in it was understood".to_owned(),
        Some((_, fault)) if faults.len() == words.len() => (*fault).to_owned(),
        Some((node, fault)) => format!("on {} of {} nodes, as on {node}: {fault}", faults.len(), words.len()),
    };
    let status = if faults.is_empty() { "True" } else { "False" };
    let known = stored.get("conditions").and_then(Value::as_array).into_iter().flatten();
    let mut known = known.filter(|it| it.get("type").and_then(Value::as_str) == Some("Accepted"));
    let since = known.find(|it| it.get("status").and_then(Value::as_str) == Some(status));
    let since = since.and_then(|it| it.get("lastTransitionTime")?.as_str()).unwrap_or(now);
    json!({
        "type": "Accepted",
        "status": status,
        "reason": if faults.is_empty() { "Read" } else { "NotUnderstood" },
        "message": message,
        "observedGeneration": generation,
        "lastTransitionTime": since,
    })
}

/// The sums that stand in a status.
pub fn of_status(stored: &Value) -> Value {
    let kept = KEYS.iter().filter_map(|key| Some(((*key).to_owned(), stored.get(key)?.clone())));
    Value::Object(kept.collect::<Map<_, _>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(name: &str, generation: i64, findings: i64) -> Value {
        json!({ "name": name, "observedGeneration": generation, "findings": findings })
    }

    #[test]
    fn whoever_sums_comes_to_the_same_and_then_rests() {
        let stored = json!({ "nodes": [word("b", 2, 3), word("a", 1, 4), word("c", 2, 0)] });
        let first = sums(2, &words(&stored, None), &stored, "2026-11-26T10:00:00Z", 7);
        assert_eq!(
            (&first["observedGeneration"], &first["sensors"], &first["findings"]),
            (&json!(1), &json!(2), &json!(7))
        );
        assert_eq!(first["unlisted"], 7);
        let mut written = stored.clone();
        written.as_object_mut().unwrap().extend(first.as_object().unwrap().clone());
        // Another sensor, later, in another order: nothing is left to write.
        written["nodes"].as_array_mut().unwrap().reverse();
        let second = sums(2, &words(&written, None), &written, "2026-11-26T11:00:00Z", 7);
        assert_eq!(second, of_status(&written));
    }

    #[test]
    fn one_that_does_not_understand_is_named() {
        let mut old = word("old", 1, 0);
        old["fault"] = json!("spec/action: not known");
        let stored = json!({ "nodes": [word("new", 1, 0), old] });
        let summed = sums(1, &words(&stored, None), &stored, "t", 0);
        let condition = &summed["conditions"][0];
        assert_eq!(condition["status"], "False");
        assert_eq!(condition["message"], "on 1 of 2 nodes, as on old: spec/action: not known");
        let there = BTreeSet::from(["new"]);
        assert_eq!(gone(&stored, Some(&there)), ["old"]);
        let summed = sums(1, &words(&stored, Some(&there)), &summed, "u", 0);
        assert_eq!(
            (&summed["conditions"][0]["status"], &summed["conditions"][0]["lastTransitionTime"]),
            (&json!("True"), &json!("u"))
        );
    }
}
