//! As little HTTP/1.1 as is needed to see what is answered (RFC 9112).

use std::io::{Read, Write};

use crate::report::Plain;
use crate::session;
use crate::wire::{Wire, words};

/// A request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Request<'a> {
    pub(crate) method: &'static str,
    pub(crate) path: &'a str,
    /// Sent as JSON.
    pub(crate) body: &'a str,
    /// Whether the answer's body is wanted: never where it may hold somebody's data.
    pub(crate) keeps: bool,
}

/// What was answered.
#[derive(Debug, Default)]
pub(crate) struct Response {
    pub(crate) status: u16,
    location: String,
    pub(crate) body: Vec<u8>,
}

/// How a request goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Channel {
    Tls,
    Plain,
}

/// Sends a request on a connection of its own.
pub(crate) fn send(wire: &mut Wire<'_>, channel: Channel, request: Request<'_>) -> Result<Response, String> {
    let (host, most) = (wire.endpoint().to_string(), wire.bytes());
    match channel {
        Channel::Tls => exchange(&mut session::http(wire)?, &host, request, most),
        Channel::Plain => exchange(&mut wire.connect()?, &host, request, most),
    }
}

fn exchange(
    stream: &mut (impl Read + Write),
    host: &str,
    request: Request<'_>,
    most: usize,
) -> Result<Response, String> {
    let Request { method, path, body, .. } = request;
    let mut text = format!(
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: cloister-probe\r\nAccept: application/json\r\n\
         Connection: close\r\n"
    );
    if !body.is_empty() {
        text.push_str(&format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len()));
    }
    text.push_str("\r\n");
    text.push_str(body);
    let sent = stream.write_all(text.as_bytes()).and_then(|()| stream.flush());
    let mut received = Vec::new();
    let mut part = [0; 4096];
    while received.len() < most && (request.keeps || !has_head(&received)) && !is_complete(&received, method) {
        match stream.read(&mut part) {
            Ok(0) => break,
            Ok(count) => received.extend(part.iter().take(count)),
            Err(_) if has_head(&received) => break,
            // A refusal is often sent before what we said was read.
            Err(error) => {
                return Err(sent.err().map_or_else(|| session::failure(&error), |first| either(&first, &error)));
            }
        }
    }
    parse(&received, request.keeps).ok_or_else(|| "what it answers is not HTTP".to_owned())
}

fn either(first: &std::io::Error, second: &std::io::Error) -> String {
    let told = session::failure(second);
    if told.starts_with("alert") { told } else { words(first) }
}

const BLANK: &[u8] = b"\r\n\r\n";

fn head_end(received: &[u8]) -> Option<usize> {
    received.windows(BLANK.len()).position(|window| window == BLANK)
}

fn has_head(received: &[u8]) -> bool {
    head_end(received).is_some()
}

/// The whole body is there, as far as the head tells its length.
fn is_complete(received: &[u8], method: &str) -> bool {
    let Some(end) = head_end(received) else { return false };
    let head = String::from_utf8_lossy(received.get(..end).unwrap_or_default()).into_owned();
    let length = header(&head, "content-length").and_then(|value| value.parse::<usize>().ok());
    method == "HEAD" || length.is_some_and(|length| received.len() >= end + BLANK.len() + length)
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().skip(1).find_map(|line| {
        let (own, value) = line.split_once(':')?;
        own.trim().eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

fn parse(received: &[u8], keeps: bool) -> Option<Response> {
    let end = head_end(received).unwrap_or(received.len());
    let head = String::from_utf8_lossy(received.get(..end)?).into_owned();
    let status = head.strip_prefix("HTTP/1.")?.split(' ').nth(1)?.trim().parse().ok()?;
    let location = header(&head, "location").unwrap_or_default().to_owned();
    let body = received.get(end + BLANK.len()..).filter(|_| keeps).unwrap_or_default();
    let chunked = header(&head, "transfer-encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked"));
    Some(Response { status, location, body: if chunked { joined(body) } else { body.to_vec() } })
}

/// Chunks put together (RFC 9112 section 7.1).
fn joined(mut body: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    while let Some(line) = body.windows(2).position(|pair| pair == b"\r\n") {
        let size = body.get(..line).map(String::from_utf8_lossy).unwrap_or_default();
        let size = usize::from_str_radix(size.split(';').next().unwrap_or_default().trim(), 16).unwrap_or(0);
        let Some(chunk) = body.get(line + 2..).and_then(|rest| rest.get(..size)).filter(|chunk| !chunk.is_empty())
        else {
            break;
        };
        whole.extend_from_slice(chunk);
        body = body.get(line + 2 + size + 2..).unwrap_or_default();
    }
    whole
}

/// Whether HTTP is answered without TLS. Where TLS is spoken on the port, 400 is how servers say that they speak nothing
/// else (Go's net/http, nginx).
pub(crate) fn plain(wire: &mut Wire<'_>, speaks_tls: bool) -> Plain {
    let request = Request { method: "HEAD", path: "/", body: "", keeps: false };
    let Ok(response) = send(wire, Channel::Plain, request) else { return Plain::default() };
    Plain {
        answers: !(speaks_tls && response.status == 400),
        status: Some(response.status),
        redirects: (300..400).contains(&response.status) && response.location.starts_with("https://"),
    }
}

#[cfg(test)]
mod tests {
    use super::{joined, parse};

    #[test]
    fn answers_are_read() {
        let read =
            parse(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x\r\nde\r\n0\r\n\r\n", true)
                .unwrap();
        assert_eq!((read.status, read.body.as_slice()), (200, &b"abcde"[..]));
        let read = parse(b"HTTP/1.0 301 x\r\nlocation: https://a/\r\n\r\nsecret", false).unwrap();
        assert_eq!((read.status, read.location.as_str(), read.body.len()), (301, "https://a/", 0));
        assert!(parse(b"SSH-2.0-x\r\n", true).is_none());
        assert!(parse(b"HTTP/1.1 abc\r\n\r\n", true).is_none());
        assert_eq!(joined(b"ffffffffffffffff\r\nabc"), b"");
    }
}
