//! WebSocket after its handshake.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::string_slice, reason = "a test may fail")]

mod common;

use cloister_protocol::transcript::Transcript;
use cloister_protocol::{Limits, Session, Side};
use common::{STREAM, read, rendered};

const C: Side = Side::Client;
const S: Side = Side::Server;
const ASK: &[u8] = b"GET /ws HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";

fn answer(extensions: &str) -> Vec<u8> {
    format!("HTTP/1.1 101 S\r\nUpgrade: WebSocket\r\n{extensions}\r\n").into_bytes()
}

fn frame(first: u8, mask: Option<[u8; 4]>, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![first];
    let bit = if mask.is_some() { 0x80 } else { 0 };
    match payload.len() {
        length @ 0..126 => frame.push(bit | length as u8),
        length => {
            frame.push(bit | 126);
            frame.extend_from_slice(&(length as u16).to_be_bytes());
        }
    }
    frame.extend(mask.into_iter().flatten());
    let mask = mask.unwrap_or_default();
    frame.extend(payload.iter().enumerate().map(|(at, byte)| byte ^ mask[at % 4]));
    frame
}

fn deflated(coder: &mut flate2::Compress, text: &[u8]) -> Vec<u8> {
    let mut coded = Vec::with_capacity(text.len() + 100);
    coder.compress_vec(text, &mut coded, flate2::FlushCompress::Sync).unwrap();
    coded.strip_suffix(&[0, 0, 0xff, 0xff]).unwrap().to_vec()
}

/// What comes after the handshake, without its lines.
fn messages(transcript: &Transcript) -> String {
    let text = rendered(transcript);
    let start = text.find("281474976710656").unwrap_or(text.len());
    text[start..].replace("28147497671065", "")
}

#[test]
fn messages_masked_and_in_fragments_with_control_frames_between() {
    let mask = Some([1, 2, 3, 250]);
    let client = [
        frame(0x01, mask, b"ada@exam"),
        frame(0x89, mask, b"are you there"),
        frame(0x80, mask, b"ple.org"),
        frame(0x82, mask, &[7; 200]),
        frame(0x81, mask, b""),
        frame(0x88, mask, b"\x03\xe8bye"),
    ]
    .concat();
    let transcript = read(STREAM, &[(C, ASK), (S, &answer("")), (C, &client), (S, &frame(0x81, None, b"hello"))]);
    let expected =
        "6 client text\n  body:text/plain = ada@example.org\n7 client ping\n  text = are you there\n8 client binary\n  \
        body:application/octet-stream = "
            .to_owned()
            + &"\\u{7}".repeat(200)
            + "\n9 client text\n  body:text/plain = \n281474976710660 client close\n  text = bye\n\
           281474976710661 server text\n  body:text/plain = hello\n";
    assert_eq!(messages(&transcript), expected, "{}", messages(&transcript));
}

#[test]
fn compressed_messages_with_and_without_a_common_context() {
    let text = b"the same words, the same words, ada@example.org";
    for (extension, takeover) in [("", true), ("; client_no_context_takeover", false)] {
        let mut coder = flate2::Compress::new(flate2::Compression::default(), false);
        let mut client = Vec::new();
        for _ in 0..3 {
            let coded = deflated(&mut coder, text);
            if !takeover {
                coder.reset();
            }
            let (first, second) = coded.split_at(coded.len() / 2);
            client.extend(frame(0x41, Some([9, 8, 7, 6]), first));
            client.extend(frame(0x80, Some([5, 4, 3, 2]), second));
        }
        let answer = answer(&format!("Sec-WebSocket-Extensions: permessage-deflate{extension}\r\n"));
        let transcript = read(STREAM, &[(C, ASK), (S, &answer), (C, &client)]);
        let texts: Vec<_> = transcript.messages.values().filter(|message| message.operation == "text").collect();
        assert_eq!(texts.len(), 3);
        assert!(texts.iter().all(|message| message.values[0].1 == text && message.ended == Some(true)), "{extension}");
    }
}

#[test]
fn after_a_gap_frames_are_found_again() {
    let mut session = Session::new(STREAM, Limits::default());
    let mut transcript = Transcript::default();
    session.push(C, ASK, &mut transcript);
    session.push(S, &answer(""), &mut transcript);
    session.push(S, &frame(0x81, None, b"0123456789")[..6], &mut transcript);
    session.lost(S, 3, &mut transcript);
    session.push(S, b"789", &mut transcript);
    session.lost(S, 100, &mut transcript);
    session.push(S, b"part of something", &mut transcript);
    session.push(S, &frame(0x81, None, b"known again"), &mut transcript);
    session.close(&mut transcript);
    let expected = "6 server text (not whole)\n  body:text/plain = 0123789\n7 server \n  text = part of something\n\
        8 server text\n  body:text/plain = known again\n! WebSocket Gap 2\n";
    assert_eq!(messages(&transcript), expected, "{}", messages(&transcript));
}
