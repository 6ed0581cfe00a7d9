//! Endpoints of the tests: they record what comes, and answer what they were told. They stand for Slack, Teams and programs of
//! one's own, which cannot run here.
#![allow(dead_code, reason = "each test file uses a part")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

/// A request as it came.
#[derive(Debug)]
pub struct Request {
    pub line: String,
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
}

/// Answers one request after the other with these answers, the last one again and again. Says its address.
pub fn endpoint(answers: &[&str]) -> (String, Receiver<Request>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (sender, requests) = channel();
    let answers: Vec<String> = answers.iter().map(|it| (*it).to_owned()).collect();
    thread::spawn(move || {
        for (number, stream) in listener.incoming().enumerate() {
            let Ok(mut stream) = stream else { return };
            let Some(request) = read(&mut stream) else { continue };
            let answer = answers.get(number).or(answers.last()).unwrap();
            // Who has the answer may ask at once what came.
            let told = sender.send(request);
            let _ = stream.write_all(answer.as_bytes());
            if told.is_err() {
                return;
            }
        }
    });
    (address, requests)
}

/// An answer with a body.
pub fn answer(status: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}

fn read(stream: &mut TcpStream) -> Option<Request> {
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let (mut bytes, mut piece) = (Vec::new(), [0; 4096]);
    loop {
        let read = stream.read(&mut piece).ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(&piece[..read]);
        let Some(end) = bytes.windows(4).position(|it| it == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let mut lines = head.split("\r\n");
        let line = lines.next()?.to_owned();
        let headers: BTreeMap<String, String> = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .collect();
        let length: usize = headers.get("content-length").map_or(0, |it| it.parse().unwrap());
        if bytes.len() >= end + 4 + length {
            let body = bytes[end + 4..end + 4 + length].to_vec();
            return Some(Request { line, headers, body });
        }
    }
}

/// A server that says each of these when it has got a line, whatever it says; the first at once. Gives what came.
pub fn script(words: &[&str]) -> (u16, thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let words: Vec<String> = words.iter().map(|it| (*it).to_owned()).collect();
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        let (mut got, mut piece) = (String::new(), vec![0; 1 << 16]);
        for word in words {
            if stream.write_all(word.as_bytes()).is_err() {
                return got;
            }
            match stream.read(&mut piece) {
                Ok(read) if read > 0 => got.push_str(&String::from_utf8_lossy(&piece[..read])),
                _ => return got,
            }
        }
        got
    });
    (port, server)
}
