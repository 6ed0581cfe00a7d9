//! Events from what is sent: the body of the audit webhook, lines of JSON, messages of the forward protocol.
//!
//! Pure functions over bytes that are there as a whole, with limits. One bad event costs itself only, and is counted; a body
//! that is none at all is refused as a whole. Nothing that was sent is quoted.

mod forward;
mod msgpack;

use std::fmt;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::full::Event;
pub use crate::reader::Met;
use crate::reader::why;
use crate::text::Text;
pub use forward::{Message, acknowledgement, message};

/// How much is taken at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a body or message, also once it is unpacked.
    pub bytes: usize,
    /// Events in it.
    pub events: usize,
}

impl Default for Limits {
    /// Servers send batches of at most 400 events and, with bodies of 1.5 MB, seldom more than 10 MiB.
    fn default() -> Limits {
        Limits { bytes: 32 << 20, events: 20_000 }
    }
}

/// Why nothing of a body was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// More bytes than are taken at once.
    TooLarge,
    /// More events than are taken at once.
    TooMany,
    /// Not what it should be; the reason quotes nothing.
    Unreadable(&'static str),
}

impl fmt::Display for Refused {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refused::TooLarge => to.write_str("it is larger than what is taken at once; send smaller batches"),
            Refused::TooMany => to.write_str("it holds more events than are taken at once; send smaller batches"),
            Refused::Unreadable(why) => to.write_str(why),
        }
    }
}

impl std::error::Error for Refused {}

/// One thing that was sent.
#[derive(Debug)]
pub enum Sent<'a, 'b> {
    /// An event, with the text that it is, which stands on its own.
    Event(&'a Event<'b>, &'a [u8]),
    /// JSON that is no audit event, such as what a sensor found.
    Foreign(&'a [u8]),
}

/// What is done with each thing that was sent.
pub type Each<'e> = dyn FnMut(Sent<'_, '_>) + 'e;

/// What was taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// Events that were handed out.
    pub events: usize,
    /// Values that are no audit events.
    pub foreign: usize,
    /// Parts that could not be read.
    pub unreadable: usize,
}

impl Taken {
    fn take(&mut self, text: &[u8], each: &mut Each<'_>) {
        match record(text, &mut |event, own| each(Sent::Event(event, own))) {
            Ok(Met::Event) => self.events += 1,
            Ok(_) => {
                self.foreign += 1;
                each(Sent::Foreign(text));
            }
            Err(_) => self.unreadable += 1,
        }
    }

    fn all(&self) -> usize {
        self.events + self.foreign + self.unreadable
    }
}

/// Reads one value, and hands out the event with its own text: an event, or what a shipper of logs has made of the line that holds one (a text under `log`, `message`
/// or `MESSAGE`).
///
/// # Errors
/// It is no JSON, or a field is not what `audit.k8s.io` has there.
pub fn record(text: &[u8], each: &mut dyn FnMut(&Event<'_>, &[u8])) -> Result<Met, serde_json::Error> {
    let event = Event::read(text);
    match event {
        Ok(event) if event.is_list() => return Ok(Met::List),
        Ok(event) if event.is_one() => {
            each(&event, text);
            return Ok(Met::Event);
        }
        _ => {}
    }
    let wrapped = serde_json::from_slice::<Wrapped<'_>>(text).ok().and_then(Wrapped::text);
    let Some(inner) = wrapped else { return event.map(|_| Met::Foreign) };
    // Runtimes put time and stream before what a container writes.
    let start = memchr::memmem::find(inner.as_bytes(), b"{\"");
    let Some(inner) = start.and_then(|start| inner.get(start..)) else { return Ok(Met::Foreign) };
    let event = Event::read(inner.as_bytes())?;
    if !event.is_one() {
        return Ok(Met::Foreign);
    }
    each(&event, inner.as_bytes());
    Ok(Met::Event)
}

/// A line of a log as shippers wrap it.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Wrapped<'a> {
    #[serde(borrow)]
    log: Option<Text<'a>>,
    #[serde(borrow)]
    message: Option<Text<'a>>,
    #[serde(rename = "MESSAGE", borrow)]
    journal: Option<Text<'a>>,
}

impl<'a> Wrapped<'a> {
    fn text(self) -> Option<Text<'a>> {
        [self.log, self.message, self.journal].into_iter().flatten().find(|text| text.contains("{\""))
    }
}

/// The body that a server's `--audit-webhook-config-file` leads to: an EventList of `audit.k8s.io`.
///
/// # Errors
/// It is larger than the limits, or no such list.
pub fn event_list(body: &[u8], limits: Limits, each: &mut Each<'_>) -> Result<Taken, Refused> {
    #[derive(Deserialize)]
    struct List<'a> {
        #[serde(borrow)]
        kind: Text<'a>,
        #[serde(rename = "apiVersion", borrow)]
        api_version: Text<'a>,
        #[serde(borrow, default)]
        items: Option<Vec<&'a RawValue>>,
    }
    if body.len() > limits.bytes {
        return Err(Refused::TooLarge);
    }
    let list: List<'_> = serde_json::from_slice(body).map_err(|error| Refused::Unreadable(why(&error)))?;
    if &*list.kind != "EventList" || &*list.api_version != "audit.k8s.io/v1" {
        return Err(Refused::Unreadable("it is no EventList of audit.k8s.io/v1"));
    }
    all(list.items.unwrap_or_default(), limits, each)
}

fn all(items: Vec<&RawValue>, limits: Limits, each: &mut Each<'_>) -> Result<Taken, Refused> {
    if items.len() > limits.events {
        return Err(Refused::TooMany);
    }
    let mut taken = Taken::default();
    items.into_iter().for_each(|item| taken.take(item.get().as_bytes(), each));
    Ok(taken)
}

/// Records as shippers send them by HTTP: one on each line, one after the other, or in a list.
///
/// # Errors
/// It is larger than the limits. What stands before the one event too many was handed out.
pub fn json_lines(body: &[u8], limits: Limits, each: &mut Each<'_>) -> Result<Taken, Refused> {
    if body.len() > limits.bytes {
        return Err(Refused::TooLarge);
    }
    if body.trim_ascii_start().starts_with(b"[") {
        let items = serde_json::from_slice(body).map_err(|error| Refused::Unreadable(why(&error)))?;
        return all(items, limits, each);
    }
    let mut taken = Taken::default();
    for line in body.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()) {
        for value in serde_json::Deserializer::from_slice(line).into_iter::<&RawValue>() {
            if taken.all() == limits.events {
                return Err(Refused::TooMany);
            }
            match value {
                Ok(value) => taken.take(value.get().as_bytes(), each),
                Err(_) => taken.unreadable += 1,
            }
        }
    }
    Ok(taken)
}
