//! `sensor-wire PROGRAMS [rate] [memory]` measures the sensor in that folder; `sensor-wire record FILE FLOWS FRAMES [gzip]` writes what
//! would be sent into a file of pcap.

use std::path::Path;

use anyhow::{Context, Result, bail};
use cloister_wire::{Coding, Shape, record, run};

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["record", file, flows, frames, rest @ ..] => {
            let coding = if rest == ["gzip"] { Coding::Gzip } else { Coding::Plain };
            let flows = flows.parse().context("FLOWS is no number")?;
            record(
                Path::new(file),
                Shape { flows, exchanges: 8, coding, together: false },
                frames.parse().context("FRAMES is no number")?,
            )
        }
        [programs, parts @ ..] => run(Path::new(programs), parts),
        _ => bail!("sensor-wire PROGRAMS [rate] [memory] | sensor-wire record FILE FLOWS FRAMES [gzip]"),
    }
}
