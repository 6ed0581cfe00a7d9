//! `quiet PATH…`: what is detected in the texts below these paths, for each million bytes, and where a few of them stand.

#![allow(clippy::disallowed_methods)] // a program: files are its business

use std::fs;
use std::path::Path;

use cloister_dice::Dice;
use cloister_recognition::{Quiet, quiet_log};

fn main() {
    let mut quiet = Quiet::default();
    std::env::args().skip(1).for_each(|path| read(Path::new(&path), &mut quiet));
    if quiet.bytes == 0 {
        quiet.read("log", &quiet_log(&mut Dice::new(1), 2_000_000));
    }
    println!("{} kB, {:.2} for each MB, {} for tests", quiet.bytes / 1000, quiet.rate(|_| true), quiet.test_data);
    for (kind, count) in &quiet.alarms {
        println!("{kind}: {count}");
        quiet.places.get(kind).into_iter().flatten().for_each(|place| println!("    {place}"));
    }
}

fn read(path: &Path, quiet: &mut Quiet) {
    if let Ok(entries) = fs::read_dir(path) {
        entries.flatten().for_each(|entry| read(&entry.path(), quiet));
    } else if let Ok(text) = fs::read_to_string(path) {
        quiet.read(&path.display().to_string(), &text);
    }
}
