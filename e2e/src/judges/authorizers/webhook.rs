//! The webhook's side: a small HTTP server on loopback that has no opinion, and remembers what it was asked.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use anyhow::{Context, Result};
use serde_json::{Value, json};

/// Where a request says which question it belongs to.
pub const QUESTION: &str = "judge";

/// Webhook and question of each call.
type Calls = Arc<Mutex<BTreeSet<(String, String)>>>;

/// Answers until the program ends.
pub struct Receiver {
    calls: Calls,
    port: u16,
}

impl Receiver {
    /// Listens on a free port.
    pub fn start() -> Result<Receiver> {
        let listener = TcpListener::bind("127.0.0.1:0").context("failed to listen on loopback")?;
        let port = listener.local_addr().context("failed to find the port")?.port();
        let calls = Calls::default();
        let known = calls.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let known = known.clone();
                // A connection that breaks off is the server's to open again.
                thread::spawn(move || serve(&stream, &known));
            }
        });
        Ok(Receiver { calls, port })
    }

    /// A kubeconfig for the webhook of a name.
    pub fn kubeconfig(&self, name: &str) -> String {
        format!(
            "apiVersion: v1\nkind: Config\ncurrent-context: a\nclusters:\n- name: a\n  cluster: {{server: \
             'http://127.0.0.1:{}/{name}'}}\nusers:\n- name: a\n  user: {{}}\ncontexts:\n- name: a\n  context: {{cluster: \
             a, user: a}}\n",
            self.port
        )
    }

    /// Whether this webhook was asked this question.
    pub fn was_asked(&self, webhook: &str, question: &str) -> bool {
        let calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        calls.contains(&(webhook.to_owned(), question.to_owned()))
    }
}

/// Request after request on one connection.
fn serve(stream: &TcpStream, calls: &Calls) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|&read| read > 0)?;
        let webhook = line.split_whitespace().nth(1)?.trim_start_matches('/').split(['?', '/']).next()?.to_owned();
        let mut body = vec![0; length(&mut reader)?];
        reader.read_exact(&mut body).ok()?;
        let review: Value = serde_json::from_slice(&body).ok()?;
        if let Some(question) = review["spec"]["extra"][QUESTION][0].as_str() {
            calls.lock().unwrap_or_else(PoisonError::into_inner).insert((webhook, question.to_owned()));
        }
        let answer = json!({
            "apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "status": {"allowed": false},
        });
        let answer = answer.to_string();
        let head =
            format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n", answer.len());
        (&*stream).write_all((head + &answer).as_bytes()).ok()?;
    }
}

/// Reads the headers; the length of what follows them.
fn length(reader: &mut impl BufRead) -> Option<usize> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|&read| read > 0)?;
        if line.trim().is_empty() {
            return Some(length);
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().ok()?;
        }
    }
}
