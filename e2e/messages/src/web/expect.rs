//! Ours against theirs.

use cloister_protocol::transcript::Message;

use super::tshark::Counted;

/// Requests as `GET /path`, answers by their number.
pub(super) fn heads(messages: &[Message]) -> Counted {
    let mut counted = Counted::new();
    for message in messages {
        let head = match message.status {
            Some(status) => status.to_string(),
            None => {
                let named = |(place, value): &(String, Vec<u8>)| {
                    let name = place.strip_prefix("query:")?;
                    Some(format!("{name}={}", String::from_utf8_lossy(value)))
                };
                let query: Vec<_> = message.values.iter().filter_map(named).collect();
                let mark = if query.is_empty() { "" } else { "?" };
                format!("{} {}{mark}{}", message.operation, message.target, query.join("&"))
            }
        };
        *counted.entry(head.into_bytes()).or_default() += 1;
    }
    counted
}

/// Bodies that were told as they are.
pub(super) fn bodies(messages: &[Message]) -> Counted {
    let mut counted = Counted::new();
    for (_, body) in messages
        .iter()
        .flat_map(|message| &message.values)
        .filter(|(place, body)| place.starts_with("body:") && !body.is_empty())
    {
        *counted.entry(body.clone()).or_default() += 1;
    }
    counted
}

/// The differences, in words.
pub(super) fn compare(what: &str, ours: &Counted, theirs: &Counted) -> Vec<String> {
    let all = ours.keys().chain(theirs.keys().filter(|key| !ours.contains_key(*key)));
    let mut differences = Vec::new();
    for key in all {
        let (our, their) = (ours.get(key).copied().unwrap_or_default(), theirs.get(key).copied().unwrap_or_default());
        if our != their {
            let shown: String = String::from_utf8_lossy(key).chars().take(80).collect();
            differences
                .push(format!("{what} of {} bytes {shown:?}: {our} times here, {their} times in tshark", key.len()));
        }
    }
    differences
}
