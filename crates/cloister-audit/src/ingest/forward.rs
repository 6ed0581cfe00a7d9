//! The forward protocol of Fluentd and Fluent Bit: Message, Forward, PackedForward and CompressedPackedForward.
//! Source: Forward Protocol Specification v1.

use std::io::Read;

use flate2::read::MultiGzDecoder;

use super::msgpack::{Fault, Head, Pack};
use super::{Each, Limits, Refused, Taken};

/// Longer ids of chunks are nobody's.
const LONGEST_CHUNK: usize = 256;

/// One message, taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// What was in it.
    pub taken: Taken,
    /// How many bytes it had.
    pub length: usize,
    /// What the sender waits to hear again.
    pub chunk: Option<String>,
}

/// Takes the first message of `bytes` and hands out the events of its records; `None` where more bytes must come first.
///
/// # Errors
/// It is larger than the limits, or no message: where the next one begins is not known then.
pub fn message(bytes: &[u8], limits: Limits, each: &mut Each<'_>) -> Result<Option<Message>, Refused> {
    let mut pack = Pack::new(bytes.get(..limits.bytes).unwrap_or(bytes));
    match whole(&mut pack, limits, each) {
        Ok((taken, chunk)) => Ok(Some(Message { taken, length: pack.taken(), chunk })),
        Err(Stop::Refused(why)) => Err(why),
        Err(Stop::Fault(Fault::Wrong)) => Err(WRONG),
        Err(Stop::Fault(Fault::Short)) if bytes.len() >= limits.bytes => Err(Refused::TooLarge),
        Err(Stop::Fault(Fault::Short)) => Ok(None),
    }
}

/// What is sent back for a chunk, once its events are kept.
pub fn acknowledgement(chunk: &str) -> Vec<u8> {
    let mut bytes = vec![0x81, 0xa3, b'a', b'c', b'k', 0xda];
    // `message` gives none that is longer.
    let chunk = chunk.as_bytes().get(..chunk.len().min(LONGEST_CHUNK)).unwrap_or_default();
    bytes.extend(u16::try_from(chunk.len()).unwrap_or_default().to_be_bytes());
    bytes.extend_from_slice(chunk);
    bytes
}

const WRONG: Refused = Refused::Unreadable("it is no message of the forward protocol");

enum Stop {
    Fault(Fault),
    Refused(Refused),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Stop {
        Stop::Fault(fault)
    }
}

/// Options of a message.
#[derive(Default)]
struct Options {
    chunk: Option<String>,
    gzip: bool,
}

/// Everything is read to its end first: a message that is not there as a whole hands out nothing.
fn whole(pack: &mut Pack<'_>, limits: Limits, each: &mut Each<'_>) -> Result<(Taken, Option<String>), Stop> {
    let Head::List(parts @ 2..=4) = pack.head()? else { return Err(Fault::Wrong.into()) };
    let Head::Text(_) = pack.head()? else { return Err(Fault::Wrong.into()) };
    let mut records = Vec::new();
    let mut packed = None;
    let used = match pack.head()? {
        Head::List(count) => {
            for _ in 0..count {
                records.push(entry(pack)?);
                enough(&records, limits)?;
            }
            2
        }
        Head::Text(entries) => {
            packed = Some(entries);
            2
        }
        // A time, and then one record.
        Head::Unsigned(_) | Head::Extension | Head::Float(_) if parts > 2 => {
            records.push(pack.value()?.to_string());
            3
        }
        _ => return Err(Fault::Wrong.into()),
    };
    let options = match parts - used {
        0 => Options::default(),
        1 => options(pack)?,
        _ => return Err(Fault::Wrong.into()),
    };
    if let Some(entries) = packed {
        let unpacked = if options.gzip { Some(gunzip(entries, limits)?) } else { None };
        let mut entries = Pack::new(unpacked.as_deref().unwrap_or(entries));
        while !entries.is_done() {
            // Within a message that is whole nothing more comes.
            records.push(entry(&mut entries).map_err(|_| Fault::Wrong)?);
            enough(&records, limits)?;
        }
    }
    let mut taken = Taken::default();
    records.iter().for_each(|record| taken.take(record.as_bytes(), each));
    Ok((taken, options.chunk))
}

fn enough(records: &[String], limits: Limits) -> Result<(), Stop> {
    if records.len() > limits.events { Err(Stop::Refused(Refused::TooMany)) } else { Ok(()) }
}

/// A time and a record, as JSON.
fn entry(pack: &mut Pack<'_>) -> Result<String, Fault> {
    let Head::List(2) = pack.head()? else { return Err(Fault::Wrong) };
    // Fluentd 1.x may put metadata beside the time.
    pack.value()?;
    Ok(pack.value()?.to_string())
}

fn options(pack: &mut Pack<'_>) -> Result<Options, Fault> {
    let value = pack.value()?;
    let text = |key: &str| value.get(key).and_then(serde_json::Value::as_str);
    Ok(Options {
        chunk: text("chunk").filter(|chunk| chunk.len() < LONGEST_CHUNK).map(str::to_owned),
        gzip: text("compressed") == Some("gzip"),
    })
}

fn gunzip(packed: &[u8], limits: Limits) -> Result<Vec<u8>, Stop> {
    let mut bytes = Vec::new();
    // One more than may be, to see that there is more.
    let most = u64::try_from(limits.bytes).unwrap_or(u64::MAX).saturating_add(1);
    let read = MultiGzDecoder::new(packed).take(most).read_to_end(&mut bytes);
    if read.is_err() {
        return Err(Stop::Refused(Refused::Unreadable("what it packs by gzip cannot be unpacked")));
    }
    if bytes.len() > limits.bytes { Err(Stop::Refused(Refused::TooLarge)) } else { Ok(bytes) }
}
