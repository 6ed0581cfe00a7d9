//! Libraries of Python on both ends: WebSocket, gRPC, HTTP in every coding, mail.

use std::path::Path;

use anyhow::Result;
use serde_json::{Value, json};

use super::Planned;
use super::tls;
use crate::client;
use crate::proxy::{Proxy, Recording};
use crate::server::{folder, free_port};

/// Texts that are sent, the last of them long.
fn texts() -> Vec<String> {
    let mut texts: Vec<String> =
        (0..20).map(|n| format!("{{\"mail\":\"person{n}@example.org\",\"né\":\"{n}\"}}")).collect();
    texts.push("person@example.org ".repeat(6_000));
    texts
}

fn python(package: (&str, &str), script: &str) -> Result<Vec<Recording>> {
    pythons(&[package], script, json!({ "texts": texts() }))
}

/// A script that serves at one port and asks at another.
fn pythons(packages: &[(&str, &str)], script: &str, mut question: Value) -> Result<Vec<Recording>> {
    let port = free_port()?;
    let proxy = Proxy::start(port)?;
    if let Some(question) = question.as_object_mut() {
        question.extend([("server".to_owned(), json!(port)), ("port".to_owned(), json!(proxy.port()))]);
    }
    client::ask_with(packages, script, &question)?;
    proxy.finish()
}

/// Python's websockets on both ends: with and without compression, in fragments, with pings.
pub(super) fn websocket() -> Result<Planned> {
    let recordings = python(("websockets", "15.0.1"), include_str!("../clients/websocket.py"))?;
    let plan = texts().into_iter().flat_map(|text| {
        // Sent and echoed over three connections.
        [(format!("text body:text/plain = {text}"), 6)]
    });
    Ok((recordings, plan.collect()))
}

/// gRPC's own library on both ends: with and without compression, single messages and streams.
pub(super) fn grpc() -> Result<Planned> {
    let recordings = python(("grpcio", "1.76.0"), include_str!("../clients/grpc.py"))?;
    let mut plan = Vec::new();
    for text in texts() {
        for operation in ["POST", "response"] {
            plan.push((format!("{operation} field:1 = {text}"), 4));
            plan.push((format!("{operation} field:2.1 = {text}"), 4));
        }
    }
    Ok((recordings, plan))
}

/// Python's smtplib against aiosmtpd: parts, base64, quoted-printable, dots.
pub(super) fn smtp() -> Result<Planned> {
    let recordings = python(("aiosmtpd", "1.4.6"), include_str!("../clients/smtp.py"))?;
    let mut plan = vec![
        ("mail field:from = ada@example.org".to_owned(), 1),
        ("mail field:to = bob@example.org".to_owned(), 1),
        ("mail header:subject = Grüße an Løvelace".to_owned(), 1),
        ("mail body:text/plain = .dots\r\n..and more\r\ngrüße\r\n".to_owned(), 1),
    ];
    for text in texts() {
        plan.push((format!("mail body:application/json = {text}"), 1));
    }
    Ok((recordings, plan))
}

/// Hypercorn with gzip, deflate in both its forms, Brotli and Zstandard, chunks and trailers: over HTTP/1.1, also several
/// requests at once, and over HTTP/2 in the clear, begun with it or by an upgrade.
pub(super) fn coded() -> Result<Planned> {
    let texts: Vec<String> = texts().into_iter().skip(18).collect();
    let packages = [("hypercorn", "0.18.0"), ("brotli", "1.1.0"), ("zstandard", "0.25.0")];
    let question = json!({ "texts": texts });
    let recordings = pythons(&packages, include_str!("../clients/coded.py"), question)?;
    let (codings, ways) = (7, 3);
    let count = codings * texts.len();
    let mut plan = vec![
        ("response header:x-owner = ada@example.org".to_owned(), 2 * count), // Hypercorn sends trailers over HTTP/2 only.
        ("POST header:x-signed = bob@example.org".to_owned(), count),
        ("POST path = /up".to_owned(), count),
    ];
    for (index, text) in texts.iter().enumerate() {
        // Twenty of the requests at once, in the order of codings, and one more.
        let piped = (0..20).filter(|at| at % texts.len() == index).count() + usize::from(index == 0);
        plan.push((format!("response body:application/json = {text}"), ways * codings + piped));
        plan.push((format!("POST body:application/json = {text}"), codings));
    }
    Ok((recordings, plan))
}

/// smtplib and a bare socket against aiosmtpd: eight bits, names beyond ASCII, commands at once, STARTTLS.
pub(super) fn mail() -> Result<Planned> {
    let home = folder("www-data")?;
    tls::certificate(home.path(), "rsa:2048")?;
    let short = ["Grüße an Ada, ada@example.org\n", ".\n..zwei\n", "Ærø\n"];
    let at = |name: &str| Path::new(home.path()).join(name).display().to_string();
    let question = json!({ "short": short, "certificate": at("cert"), "key": at("key") });
    let recordings = pythons(&[("aiosmtpd", "1.4.6")], include_str!("../clients/mail.py"), question)?;
    let mut plan = vec![
        ("mail field:from = ada@example.org".to_owned(), 6),
        ("mail field:to = bob@example.org".to_owned(), 3),
        ("mail field:to = jürgen@example.org".to_owned(), 1),
        ("mail header:to = jürgen@example.org".to_owned(), 1),
        ("mail field:to = one@example.org".to_owned(), 1),
        ("mail field:to = two@example.org".to_owned(), 1),
        ("mail header:subject = Größe".to_owned(), 5),
        ("client-hello field:version = TLS 1.3".to_owned(), 1),
        ("mail body:text/plain = not to be seen: carol@example.org\r\n".to_owned(), 0),
    ];
    for (text, count) in short.iter().zip([3, 1, 1]) {
        plan.push((format!("mail body:text/plain = {}", text.replace('\n', "\r\n")), count));
    }
    Ok((recordings, plan))
}
