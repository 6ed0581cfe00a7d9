//! How fast frames come through the pipe: `cargo run --release -p cloister-capture --example handover` (build the program
//! first). A file of frames is read by `cloister-capture`, and handed over.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a measurement, which asks the clock")]

use std::io::Write;
use std::time::Instant;

use cloister_capture::{Capture, Record, Source, What};

const FRAMES: u32 = 400_000;

fn main() {
    let own = std::env::current_exe().unwrap();
    let program = own.ancestors().nth(2).unwrap().join("cloister-capture");
    println!("| bytes a frame | ns a frame | Gbit/s |\n| ---: | ---: | ---: |");
    for length in [64_u32, 1_514] {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        let mut bytes = [0xa1b2_c3d4_u32, 0x0004_0002, 0, 0, 65_535, 1].map(u32::to_le_bytes).concat();
        let frame = vec![7; length as usize];
        for number in 0..FRAMES {
            bytes.extend([number, 0, length, length].map(u32::to_le_bytes).concat());
            bytes.extend(&frame);
        }
        file.write_all(&bytes).unwrap();
        let start = Instant::now();
        let mut capture = Capture::start(&program, &Source::new(What::File(file.path().to_owned()))).unwrap();
        let (mut frames, mut total) = (0, 0_u64);
        while let Some(record) = capture.read().unwrap() {
            if let Record::Frame { bytes, .. } = record {
                frames += 1;
                total += bytes.len() as u64;
            }
        }
        let seconds = start.elapsed().as_secs_f64();
        assert_eq!(frames, FRAMES);
        println!("| {length} | {:.0} | {:.1} |", seconds * 1e9 / f64::from(frames), total as f64 * 8.0 / seconds / 1e9);
    }
}
