//! Files of pcap and pcapng, good ones and broken ones, and a reader that goes away.

#![cfg(feature = "libpcap")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests")]

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};

use cloister_capture::{Capture, Reason, Record, Source, What};

const PROGRAM: &str = env!("CARGO_BIN_EXE_cloister-capture");

/// Frames of Ethernet in which a number stands, in the old format.
fn pcap(frames: u32) -> Vec<u8> {
    let mut file = [0xa1b2_c3d4_u32, 0x0004_0002, 0, 0, 65_535, 1].map(u32::to_le_bytes).concat();
    for number in 0..frames {
        file.extend([number, 5, 60, 1_000].map(u32::to_le_bytes).concat());
        file.extend(frame(number));
    }
    file
}

fn frame(number: u32) -> Vec<u8> {
    let mut frame = vec![0; 60];
    frame[12..14].copy_from_slice(&[8, 0]);
    frame[20..24].copy_from_slice(&number.to_be_bytes());
    frame
}

/// The same in the new format, whose times are microseconds since 1970 in two halves.
fn pcapng(frames: u32) -> Vec<u8> {
    let block = |kind: u32, body: &[u8]| {
        let length = u32::try_from(body.len() + 12).unwrap().to_le_bytes();
        [&kind.to_le_bytes()[..], &length, body, &length].concat()
    };
    let mut file = block(0x0a0d_0d0a, &[0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255]);
    file.extend(block(1, &[1, 0, 0, 0, 0, 0, 4, 0]));
    for number in 0..frames {
        let time = u64::from(number) * 1_000_000 + 5;
        let (high, low) = ((time >> 32) as u32, time as u32);
        let head = [0, high, low, 60, 1_000].map(u32::to_le_bytes).concat();
        file.extend(block(6, &[head, frame(number)].concat()));
    }
    file
}

/// The numbers of the frames that are handed over, and the end.
fn read(path: &Path, filter: &str) -> (Vec<u32>, Reason, String) {
    let mut source = Source::new(What::File(path.to_owned()));
    filter.clone_into(&mut source.filter);
    let mut capture = Capture::start(Path::new(PROGRAM), &source).unwrap();
    let mut numbers = Vec::new();
    loop {
        match capture.read().unwrap().unwrap() {
            Record::Frame { time, bytes, length } => {
                let number = u32::from_be_bytes(bytes[20..24].try_into().unwrap());
                assert_eq!((time, bytes.len(), length), (u64::from(number) * 1_000_000 + 5, 60, 1_000));
                numbers.push(number);
            }
            Record::Statistics(_) => {}
            Record::End { reason, text } => {
                let end = (numbers, reason, text.to_owned());
                assert_eq!(capture.read().unwrap(), None);
                return end;
            }
        }
    }
}

#[test]
fn both_formats_are_read_and_filtered() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("some.pcap");
    for file in [pcap(3_000), pcapng(3_000)] {
        fs::write(&path, file).unwrap();
        assert_eq!(read(&path, ""), ((0..3_000).collect(), Reason::Done, String::new()));
        assert_eq!(read(&path, "ether[20:4] = 7").0, [7]);
    }
    fs::write(&path, pcap(0)).unwrap();
    assert_eq!(read(&path, ""), (Vec::new(), Reason::Done, String::new()));
}

#[test]
fn files_cut_short_are_read_up_to_there_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cut.pcap");
    for file in [pcap(10), pcapng(10)] {
        for cut in 1..70 {
            fs::write(&path, &file[..file.len() - cut]).unwrap();
            let (numbers, reason, text) = read(&path, "");
            assert_eq!(numbers, (0..9).collect::<Vec<_>>(), "{cut}");
            assert!(reason == Reason::Broken && text.contains("broken"), "{reason:?} {text}");
        }
    }
}

#[test]
fn what_cannot_be_opened_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("not.pcap");
    let (_, reason, text) = read(&path, "");
    assert!(reason == Reason::NotOpened && text.contains("not.pcap"), "{text}");
    fs::write(&path, "this is no capture, but a text of some length").unwrap();
    assert_eq!(read(&path, "").1, Reason::NotOpened);
    fs::write(&path, pcap(1)).unwrap();
    let (_, reason, text) = read(&path, "no such words");
    assert!(reason == Reason::NotOpened && !text.is_empty(), "{text}");
}

#[test]
fn the_exit_status_tells_too() {
    let status = |arguments: &[&str]| {
        let output = Command::new(PROGRAM).args(arguments).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, text) = status(&["--wrong"]);
    assert!(code == Some(2) && text.contains("usage: cloister-capture"), "{text}");
    let (code, text) = status(&["--interface", "none-such0"]);
    assert!(code == Some(3) && text.contains("none-such0"), "{text}");
}

#[test]
fn it_ends_when_its_reader_does() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("long.pcap");
    fs::write(&path, pcap(200_000)).unwrap();
    let mut child =
        Command::new(PROGRAM).arg("--file").arg(&path).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut output = child.stdout.take().unwrap();
    output.read_exact(&mut [0; 10_000]).unwrap();
    drop(output);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}
