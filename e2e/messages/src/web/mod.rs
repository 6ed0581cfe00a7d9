//! What is spoken on the web: which requests and answers tshark reads, and each body after its codings; or what was sent.

mod dns;
mod files;
mod relay;
mod talks;
mod tls;
mod told;

pub(crate) use told::heads;

use anyhow::{Context, Result};
use cloister_protocol::Transport;
use cloister_protocol::transcript::Message;

use crate::comparison::{Comparison, Verdict};
use crate::proxy::Recording;
use crate::tshark::{Capture, Counted};
use crate::{capture, dissected, read};

/// One of them.
pub struct WebScene {
    /// Its name.
    pub name: &'static str,
    /// Who talks with whom.
    pub parts: &'static str,
    play: fn() -> Result<Verdict>,
}

/// All of them.
pub const WEB: &[WebScene] = &[
    WebScene {
        name: "http1",
        parts: "curl and nginx: kept connections, gzip, br, ranges, uploads, 100-continue",
        play: http1,
    },
    WebScene {
        name: "http2",
        parts: "curl, nghttp, nginx and nghttpd in the clear: padding, pushes, streams at once",
        play: http2,
    },
    WebScene {
        name: "coded",
        parts: "http.client, curl and Hypercorn: gzip, deflate, br, zstd, trailers, requests at once, h2c by upgrade",
        play: || against_plan(talks::coded()?, "http", dissected::coded),
    },
    WebScene {
        name: "websocket",
        parts: "websockets on both ends: permessage-deflate, fragments, pings",
        play: || against_plan(talks::websocket()?, "http", dissected::websocket),
    },
    WebScene {
        name: "grpc",
        parts: "grpcio on both ends: calls and streams, compressed and not",
        play: || against_plan(talks::grpc()?, "http2", dissected::grpc),
    },
    WebScene {
        name: "tls",
        parts: "OpenSSL on both ends: TLS 1.2 and 1.3, RSA and ECDSA, a second hello",
        play: || against_plan(tls::tls()?, "tls", dissected::tls),
    },
    WebScene {
        name: "smtp",
        parts: "smtplib and aiosmtpd: parts, base64, quoted-printable, dots",
        play: || against_plan(talks::smtp()?, "smtp", dissected::smtp),
    },
    WebScene {
        name: "mail",
        parts: "smtplib, a bare socket and aiosmtpd: 8BITMIME, SMTPUTF8, commands at once, STARTTLS",
        play: || against_plan(talks::mail()?, "smtp", dissected::smtp),
    },
    WebScene {
        name: "relay",
        parts: "Exim on both ends: BDAT, commands at once, several recipients",
        // tshark 4.0 reads none of these commands, which come all at once and with what they announce.
        play: || against_plan(relay::relay()?, "smtp", |_, _| Ok(Vec::new())),
    },
    WebScene { name: "dns", parts: "dig, dnspython, unbound and nsd: datagrams, streams, EDNS, aliases", play: names },
];

/// Plays a scene.
///
/// # Errors
/// A server, a client or tshark is missing or fails; what was read changes with the cuts.
pub fn play_web(name: &str) -> Result<Verdict> {
    let scene = WEB.iter().find(|scene| scene.name == name).with_context(|| format!("there is no scene {name}"))?;
    (scene.play)()
}

/// Recordings, and what was sent in them: what is told as it is expected to be, and how often.
type Planned = (Vec<Recording>, Vec<(String, usize)>);

/// Where these servers are said to listen in captures.
const PORT: u16 = 80;

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

/// What tshark says of recordings.
type Dissect = fn(&[Message], &Capture<'_>) -> Result<Vec<Comparison>>;

fn against_plan((recordings, plan): Planned, spoken: &str, dissect: Dissect) -> Result<Verdict> {
    let messages = read::messages(&recordings, 0)?;
    read::show(&messages);
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
    let packets = capture::write(&recordings, Transport::Tcp, PORT)?;
    for comparison in dissect(&messages, &Capture::new(packets.path(), "tcp", PORT, spoken))? {
        comparison.judge(&mut verdict);
    }
    Ok(verdict)
}

fn http1() -> Result<Verdict> {
    let recordings = files::http1()?;
    against_files(&recordings, &[], "http", |messages, capture| {
        let bodies = told::bodies(messages);
        Ok(vec![Comparison::new("bodies, decoded", bodies, capture.bodies()?)])
    })
}

/// Of what is said with a small table of fields, tshark (4.0) cannot read the answers.
fn http2() -> Result<Verdict> {
    against_files(&files::http2()?, &files::http2_small_table()?, "http2", |_, _| Ok(Vec::new()))
}

/// `untold`: what tshark cannot read; its bodies are compared with the files only.
fn against_files(recordings: &[Recording], untold: &[Recording], spoken: &str, dissect: Dissect) -> Result<Verdict> {
    let messages = read::messages(recordings, 0)?;
    read::show(&messages);
    let packets = capture::write(recordings, Transport::Tcp, PORT)?;
    let capture = Capture::new(packets.path(), "tcp", PORT, spoken);
    let mut verdict = verdict(recordings, messages.len());
    let theirs: Counted = dissected::heads(&capture, spoken)?;
    Comparison::new("requests and answers", told::heads(&messages), theirs).judge(&mut verdict);
    for comparison in dissect(&messages, &capture)? {
        comparison.judge(&mut verdict);
    }
    for recording in recordings.iter().chain(untold) {
        let messages = read::messages(std::slice::from_ref(recording), 0)?;
        let (count, differences) = told::answers(&messages, &files::site());
        verdict.values += count;
        verdict.differences.extend(differences);
    }
    Ok(verdict)
}

fn names() -> Result<Verdict> {
    let said = dns::record()?;
    let (mut verdict, messages) = dns::play(&said)?;
    read::show(&messages);
    let (streams, datagrams) = &said;
    let mut theirs = Vec::new();
    for (transport, recordings) in [(Transport::Tcp, streams), (Transport::Udp, datagrams)] {
        let packets = capture::write(recordings, transport, 53)?;
        let transport = if transport == Transport::Tcp { "tcp" } else { "udp" };
        theirs.push(dissected::dns(&Capture::new(packets.path(), transport, 53, "dns"))?);
    }
    for comparison in dissected::dns_beside(&messages, theirs) {
        comparison.judge(&mut verdict);
    }
    Ok(verdict)
}

fn verdict(recordings: &[Recording], messages: usize) -> Verdict {
    let bytes = recordings.iter().flatten().map(|(_, bytes)| bytes.len()).sum();
    Verdict { messages, bytes, ..Verdict::default() }
}
