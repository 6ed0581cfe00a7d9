//! HTTP, WebSocket, gRPC, SMTP and TLS.

use anyhow::Result;
use cloister_protocol::transcript::Message;

use super::{changed, counted, values};
use crate::comparison::Comparison;
use crate::tshark::{Capture, Counted, count, unhex};

/// Requests as `GET /path`, answers by their number.
pub(crate) fn heads(capture: &Capture<'_>, spoken: &str) -> Result<Counted> {
    let fields = match spoken {
        "http" => ["http.request.method", "http.request.uri", "http.response.code"],
        _ => ["http2.headers.method", "http2.headers.path", "http2.headers.status"],
    };
    let mut counted = Counted::new();
    for row in capture.fields(if spoken == "http" { "http" } else { "http2" }, &fields)? {
        let [methods, uris, codes] = row.as_slice() else { continue };
        methods.iter().zip(uris).for_each(|(method, uri)| count(&mut counted, format!("{method} {uri}")));
        codes.iter().for_each(|code| count(&mut counted, code.as_str()));
    }
    Ok(counted)
}

pub(crate) fn coded(messages: &[Message], capture: &Capture<'_>) -> Result<Vec<Comparison>> {
    let both: Counted = heads(capture, "http")?;
    let mut theirs = heads(capture, "http2")?;
    both.into_iter().for_each(|(head, number)| *theirs.entry(head).or_default() += number);
    let asked = messages.iter().filter(|message| message.status.is_none()).count();
    let heads = Comparison::new("requests and answers", crate::web::heads(messages), theirs);
    // What was asked is compared itself, and each request had one answer.
    let twice = "answers to requests at once, of which tshark tells some again where packets cut them";
    Ok(vec![heads.unless(twice, move |what, ours, theirs| what == b"200" && ours == asked && theirs > ours)])
}

pub(crate) fn websocket(messages: &[Message], capture: &Capture<'_>) -> Result<Vec<Comparison>> {
    let texts =
        counted(messages, |message| if message.operation == "text" { values(message, "body:") } else { Vec::new() });
    let theirs = capture.counted("websocket.payload.text", "websocket.payload.text")?;
    let texts = Comparison::new("texts", texts, theirs);
    Ok(vec![texts.unless("a text that is compressed and comes in fragments", |_, ours, theirs| {
        // It is missing there, or its beginning stands for it.
        ours == theirs + 1 || (ours == 0 && theirs == 1)
    })])
}

pub(crate) fn grpc(messages: &[Message], capture: &Capture<'_>) -> Result<Vec<Comparison>> {
    let theirs = heads(capture, "http2")?;
    Ok(vec![Comparison::new("calls and answers", crate::web::heads(messages), theirs)])
}

pub(crate) fn smtp(messages: &[Message], capture: &Capture<'_>) -> Result<Vec<Comparison>> {
    let mut ends = Counted::new();
    for parameter in capture.fields("smtp.req.parameter", &["smtp.req.parameter"])?.iter().flatten().flatten() {
        let address = |name: &str| Some(parameter.strip_prefix(name)?.split_once('<')?.1.split_once('>')?.0);
        for (name, field) in [("FROM:", "from"), ("TO:", "to")] {
            if let Some(address) = address(name).or_else(|| address(&name.to_lowercase())) {
                count(&mut ends, format!("{field} {address}"));
            }
        }
    }
    let ours = counted(messages, |message| {
        let told = message.values.iter().filter(|(place, _)| matches!(place.as_str(), "field:from" | "field:to"));
        told.map(|(place, value)| format!("{} {}", place.trim_start_matches("field:"), ascii(value))).collect()
    });
    let comparison = Comparison::new("senders and recipients", ours, ends);
    let behind = "a command that stands behind the end of a mail in one packet";
    Ok(vec![comparison.unless(behind, |what, ours, theirs| what.starts_with(b"from") && ours == theirs + 1)])
}

/// As tshark has it: commands are of ASCII, and every other byte is none of its letters.
fn ascii(text: &[u8]) -> String {
    text.iter().map(|byte| if byte.is_ascii() { char::from(*byte) } else { char::REPLACEMENT_CHARACTER }).collect()
}

pub(crate) fn tls(messages: &[Message], capture: &Capture<'_>) -> Result<Vec<Comparison>> {
    let of = |place: &'static str| {
        counted(
            messages,
            move |message| {
                if message.operation == "client-hello" { values(message, place) } else { Vec::new() }
            },
        )
    };
    let names = capture.counted("tls", "tls.handshake.extensions_server_name")?;
    let protocols = capture.counted("tls.handshake.type == 1", "tls.handshake.extensions_alpn_str")?;
    let serial =
        |text: &str| unhex(text).map(|bytes| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
    let serials = changed(capture.fields("x509af.serialNumber", &["x509af.serialNumber"])?, |text| {
        serial(text).map(String::into_bytes)
    })?;
    let ours = counted(messages, |message| {
        let told = values(message, "field:serial");
        told.iter().filter_map(|value| serial(&String::from_utf8_lossy(value))).collect()
    });
    Ok(vec![
        Comparison::new("names asked for", of("field:sni"), names),
        Comparison::new("protocols asked for", of("field:alpn"), protocols),
        Comparison::new("numbers of certificates", ours, serials),
    ])
}
