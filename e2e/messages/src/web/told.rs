//! What ours tells, to be compared.

use cloister_protocol::transcript::Message;

use crate::tshark::Counted;

/// Requests as `GET /path`, answers by their number.
pub(crate) fn heads(messages: &[Message]) -> Counted {
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

/// Whole bodies.
pub(super) fn bodies(messages: &[Message]) -> Counted {
    let mut counted = Counted::new();
    for body in messages.iter().filter(|message| message.ended == Some(true)).filter_map(body) {
        *counted.entry(body.to_vec()).or_default() += 1;
    }
    counted
}

fn body(message: &Message) -> Option<&[u8]> {
    let (_, body) = message.values.iter().find(|(place, body)| place.starts_with("body:") && !body.is_empty())?;
    Some(body)
}

/// Answers whose body is not the file that was asked for, in words, and how many there are.
pub(super) fn answers(recording: &[Message], site: &[(&str, Vec<u8>)]) -> (usize, Vec<String>) {
    let (mut count, mut differences) = (0, Vec::new());
    for answer in recording.iter().filter(|answer| answer.status == Some(200) && answer.ended == Some(true)) {
        let request = recording.iter().find(|request| Some(request.id) == answer.answers);
        if request.is_some_and(|request| request.operation == "HEAD") {
            continue;
        }
        let path = request.map(|request| request.target.trim_start_matches('/')).unwrap_or_default();
        let file = site.iter().find(|(name, _)| *name == path).map(|(_, content)| content.as_slice());
        if file.filter(|file| !file.is_empty()) != body(answer) {
            differences.push(format!("the answer to {path:?} has another body"));
        }
        count += 1;
    }
    (count, differences)
}
