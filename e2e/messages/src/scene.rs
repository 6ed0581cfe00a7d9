//! A scene: a server, a client that plants, and what must be read.

use anyhow::{Context, Result, bail};
use cloister_dice::Dice;
use cloister_protocol::transcript::Message;
use cloister_protocol::{Side, Transport};

use crate::comparison::{Comparison, Verdict};
use crate::expect::{differences, planted, told};
use crate::planted::Row;
use crate::proxy::Recording;
use crate::tshark::Capture;
use crate::{capture, databases, dissected, read};

/// One protocol with its server and client.
pub struct Scene {
    /// The name of the protocol.
    pub name: &'static str,
    /// The ways in which rows are planted.
    pub modes: &'static [&'static str],
    /// Plants rows, and returns what was said.
    record: fn(&[Row], &[&str]) -> Result<Vec<Recording>>,
    /// How a value of a mode is told by a side.
    prefix: fn(&str, Side) -> String,
    port: u16,
    /// What tshark calls it.
    spoken: &'static str,
    /// What tshark reads in the same recordings.
    dissect: fn(&[Message], &Capture<'_>) -> Result<Vec<Comparison>>,
}

/// All of them.
pub const SCENES: &[Scene] = &[
    Scene {
        name: "postgres",
        modes: &["simple", "extended", "binary", "pipeline", "copytext", "copycsv", "copybinary"],
        record: databases::postgres,
        dissect: dissected::postgres,
        spoken: "pgsql",
        prefix: |mode, _| format!("column:people_{mode}."),
        port: 5432,
    },
    Scene {
        name: "redis",
        modes: &["hashes2", "hashes3", "fields2", "fields3", "streams2", "streams3"],
        record: databases::redis,
        dissect: dissected::redis,
        spoken: "resp",
        prefix: |mode, _| format!("field:{mode}-"),
        port: 6379,
    },
    Scene {
        name: "mysql",
        modes: &["simple", "prepared", "compressed", "squeezed", "infile"],
        record: databases::mysql,
        dissect: dissected::mysql,
        spoken: "mysql",
        prefix: |mode, _| format!("column:people_{mode}."),
        port: 3306,
    },
    Scene {
        name: "mongodb",
        modes: &["inserted", "updated"],
        record: databases::mongodb,
        dissect: dissected::mongodb,
        spoken: "mongo",
        prefix: |mode, _| format!("field:{mode}."),
        port: 27017,
    },
    Scene {
        name: "amqp",
        modes: &["delivered", "got", "packed"],
        record: databases::amqp,
        dissect: dissected::amqp,
        spoken: "amqp",
        prefix: |mode, _| format!("body:{mode}/"),
        port: 5672,
    },
    Scene {
        name: "kafka",
        modes: &["plain", "gzip", "snappy", "lz4", "zstd", "old"],
        record: databases::kafka,
        dissect: dissected::kafka,
        spoken: "kafka",
        prefix: |mode, _| format!("header:{mode}-"),
        port: 9092,
    },
];

/// Plays a scene with so many rows in each mode.
///
/// # Errors
/// A server or a client is missing or fails; what was read changes with the cuts.
pub fn play(name: &str, seed: u64, count: usize) -> Result<Verdict> {
    let scene = SCENES.iter().find(|scene| scene.name == name).with_context(|| format!("there is no scene {name}"))?;
    let rows = crate::planted::rows(&mut Dice::new(seed), count, true);
    let recordings = (scene.record)(&rows, scene.modes)?;
    let bytes = recordings.iter().flatten().map(|(_, bytes)| bytes.len()).sum();
    let messages = read::messages(&recordings, scene.port)?;
    read::show(&messages);
    let mut verdict = Verdict { messages: messages.len(), bytes, ..Verdict::default() };
    let packets = capture::write(&recordings, Transport::Tcp, scene.port)?;
    for comparison in (scene.dissect)(&messages, &Capture::new(packets.path(), "tcp", scene.port, scene.spoken))? {
        comparison.judge(&mut verdict);
    }
    for mode in scene.modes {
        for side in [Side::Client, Side::Server] {
            let prefix = (scene.prefix)(mode, side);
            let expected = planted(&prefix, &rows);
            let found = told(&messages, side, &prefix);
            verdict.values += expected.values().sum::<usize>();
            verdict.differences.extend(differences(&format!("{name}, {mode}, {side:?}"), &found, &expected));
        }
    }
    if messages.is_empty() {
        bail!("nothing was read");
    }
    Ok(verdict)
}

/// Writes down what is said about one short row: samples for tests that need no server. Of each connection there is a
/// file, in the form that the fuzz targets read: a turn is a byte for its side, its length, and its bytes.
///
/// # Errors
/// A server or a client is missing or fails; a file cannot be written.
pub fn sample(name: &str, folder: &std::path::Path) -> Result<()> {
    let scene = SCENES.iter().find(|scene| scene.name == name).with_context(|| format!("there is no scene {name}"))?;
    let rows = crate::planted::rows(&mut Dice::new(7), 1, false);
    let recordings = (scene.record)(&rows, scene.modes)?;
    std::fs::create_dir_all(folder).context("failed to make a folder")?;
    for (index, recording) in recordings.iter().enumerate().filter(|(_, recording)| recording.len() > 4) {
        let mut bytes = Vec::new();
        for (side, said) in recording {
            for part in said.chunks(usize::from(u16::MAX)) {
                bytes.push(u8::from(*side == Side::Server));
                bytes.extend_from_slice(&u16::try_from(part.len()).unwrap_or(u16::MAX).to_be_bytes());
                bytes.extend_from_slice(part);
            }
        }
        std::fs::write(folder.join(format!("{name}-{index}")), bytes).context("failed to write a sample")?;
    }
    Ok(())
}
