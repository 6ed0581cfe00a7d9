//! What is spoken on the web, against the dissection of tshark: which requests and answers there are, and each body
//! after its codings.

mod capture;
mod expect;
mod scenes;
mod tshark;

use anyhow::{Result, bail};
use cloister_protocol::transcript::Message;

use crate::proxy::Recording;
use crate::read;
use crate::scene::Verdict;

/// The scenes by name.
pub const WEB: [&str; 6] = ["http1", "http2", "websocket", "grpc", "tls", "smtp"];

/// Plays a scene.
///
/// # Errors
/// A server, a client or tshark is missing or fails; what was read changes with the cuts.
pub fn play_web(name: &str) -> Result<Verdict> {
    match name {
        "http1" => against_tshark("http", &scenes::http1()?, &[]),
        "http2" => against_tshark("http2", &scenes::http2()?, &scenes::http2_small_table()?),
        "websocket" => against_plan(scenes::websocket()?),
        "grpc" => against_plan(scenes::grpc()?),
        "tls" => against_plan(scenes::tls()?),
        "smtp" => against_plan(scenes::smtp()?),
        _ => bail!("there is no scene {name}"),
    }
}

/// Recordings, and what was sent in them: what is told as it is expected to be, and how often.
type Planned = (Vec<Recording>, Vec<(String, usize)>);

/// What was told, as one line each.
fn lines(messages: &[Message]) -> Vec<String> {
    let mut lines = Vec::new();
    for message in messages {
        for (place, value) in &message.values {
            let value = String::from_utf8_lossy(value);
            lines.push(format!("{} {place} = {value}", message.operation));
        }
    }
    lines
}

fn against_plan((recordings, plan): Planned) -> Result<Verdict> {
    let messages = read::messages(&recordings, 0)?;
    let told = lines(&messages);
    let mut verdict = verdict(&recordings, messages.len());
    for (line, count) in plan {
        let found = told.iter().filter(|told| **told == line).count();
        verdict.values += count;
        if found != count {
            let shown: String = line.chars().take(100).collect();
            verdict.differences.push(format!("{shown}: sent {count} times, told {found} times"));
        }
    }
    Ok(verdict)
}

/// `untold`: what tshark cannot read; its bodies are compared with the files only.
fn against_tshark(spoken: &str, recordings: &[Recording], untold: &[Recording]) -> Result<Verdict> {
    let messages = read::messages(recordings, 0)?;
    let capture = capture::write(recordings)?;
    let mut verdict = verdict(recordings, messages.len());
    let theirs = tshark::messages(capture.path(), spoken)?;
    let ours = expect::heads(&messages);
    verdict.values += theirs.len();
    verdict.differences.extend(expect::compare("message", &ours, &theirs));
    if spoken == "http" {
        let theirs = tshark::bodies(capture.path(), spoken)?;
        verdict.values += theirs.len();
        verdict.differences.extend(expect::compare("body", &expect::bodies(&messages), &theirs));
    }
    for recording in recordings.iter().chain(untold) {
        let messages = read::messages(std::slice::from_ref(recording), 0)?;
        let (count, differences) = expect::answers(&messages, &scenes::site());
        verdict.values += count;
        verdict.differences.extend(differences);
    }
    Ok(verdict)
}

fn verdict(recordings: &[Recording], messages: usize) -> Verdict {
    let bytes = recordings.iter().flatten().map(|(_, bytes)| bytes.len()).sum();
    Verdict { messages, bytes, ..Verdict::default() }
}
