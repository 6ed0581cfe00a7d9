//! How fast detectors read, on one core.
//!
//! `detect-speed inputs FOLDER BYTES` writes the inputs; `detect-speed patterns` prints what is looked for, as patterns
//! for other engines; `detect-speed run FILE…` reads each file five times with all detectors on, `detect-speed numbers
//! FILE…` with those of numbers alone, `detect-speed lines FILE…` counts lines by memchr, as a measure of the machine.
//! Each prints a line of JSON: bytes, found, and the shortest time in nanoseconds.

#![allow(clippy::disallowed_methods, reason = "a program that reads, writes and times")]

use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use cloister_detect::{Shape, Stream, kinds};
use cloister_dice::Dice;
use cloister_recognition::inputs::Input;

/// What a capture or a reader of files hands over at once.
const PIECE: usize = 64 << 10;
const ROUNDS: usize = 5;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["inputs", folder, bytes] => inputs(Path::new(folder), bytes.parse().unwrap_or(0)),
        ["patterns"] => patterns(),
        ["run", files @ ..] => files.iter().try_for_each(|file| run(file, |bytes| streamed(Stream::default(), bytes))),
        ["numbers", files @ ..] => {
            files.iter().try_for_each(|file| run(file, |bytes| streamed(Stream::of_numbers(), bytes)))
        }
        ["lines", files @ ..] => files.iter().try_for_each(|file| run(file, lines)),
        _ => Err("detect-speed inputs FOLDER BYTES | patterns | run FILE… | numbers FILE… | lines FILE…".to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn inputs(folder: &Path, bytes: usize) -> Result<(), String> {
    for input in Input::ALL {
        let text = input.make(&mut Dice::new(7), bytes);
        std::fs::write(folder.join(input.name()), text).map_err(|error| error.to_string())?;
    }
    Ok(())
}

fn run(file: &str, read: impl Fn(&[u8]) -> usize) -> Result<(), String> {
    let bytes = std::fs::read(file).map_err(|error| error.to_string())?;
    let mut best = u128::MAX;
    let mut found = 0;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        found = read(&bytes);
        best = best.min(start.elapsed().as_nanos());
    }
    println!("{{\"bytes\":{},\"found\":{found},\"nanoseconds\":{best}}}", bytes.len());
    Ok(())
}

/// How many are found in pieces.
fn streamed(mut stream: Stream, bytes: &[u8]) -> usize {
    bytes.chunks(PIECE).map(|piece| stream.push(piece).len()).sum::<usize>() + stream.finish().len()
}

fn lines(bytes: &[u8]) -> usize {
    memchr::memchr_iter(b'\n', bytes).count()
}

/// A pattern for each shape of a number, with what may stand between its groups, and those of addresses and credentials.
fn patterns() -> Result<(), String> {
    let mut all: Vec<String> = kinds().flat_map(|kind| kind.shapes.iter().map(pattern)).collect();
    all.push(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,200}\.[A-Za-z]{2,12}".to_owned());
    all.extend(
        cloister_detect::credential_patterns()
            .map(|pattern| pattern.replace("(?-u:\\b)", "\\b").replace("(?i-u)", "(?i)")),
    );
    all.sort();
    all.dedup();
    all.iter().for_each(|pattern| println!("{pattern}"));
    Ok(())
}

fn pattern(shape: &Shape) -> String {
    let place = |place: usize| match shape.at(place) {
        (true, _) => r"\d",
        (false, true) => "[0-9A-Za-z]",
        (false, false) => "[A-Za-z]",
    };
    let first: String =
        (b'0'..=b'9').chain(b'A'..=b'Z').filter(|byte| shape.may_start_with(*byte)).map(char::from).collect();
    let rest: Vec<&str> = (1..shape.length()).map(place).collect();
    format!(r"\b[{first}][ ./-]?{}\b", rest.join("[ ./-]?"))
}
