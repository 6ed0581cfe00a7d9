//! Methods: what announces content, where it goes, who comes.

use super::table::{find, long, short};
use super::{Announced, Shared};
use crate::input::Input;
use crate::{Place, Protocol, Side, Sink, Trouble};

/// As many names are remembered.
const NAMES: usize = 4096;

/// Reads a method.
pub(super) fn read(content: &[u8], channel: u16, side: Side, shared: &mut Shared, sink: &mut dyn Sink) {
    if method(content, channel, side, shared, sink).is_none() {
        sink.trouble(Protocol::Amqp, Trouble::Malformed);
    }
}

fn method(content: &[u8], channel: u16, side: Side, shared: &mut Shared, sink: &mut dyn Sink) -> Option<()> {
    let mut input = Input::new(content);
    let input = &mut input;
    match (input.u16()?, input.u16()?) {
        // Connection: Start-Ok, Open, Close; Channel: Close.
        (10, 11) => start(input, shared, sink)?,
        (10, 40) => shared.host = text(input)?,
        (10, 50) | (20, 40) => {
            let code = input.u16()?;
            let words = short(input)?;
            if code != 200 && !words.is_empty() {
                let id = shared.begin(side, "close", "", sink);
                sink.value(id, Place::Text, words, true);
                sink.end(id, true);
            }
        }
        // Basic.
        (60, 40) => {
            input.u16()?;
            let target = target(text(input)?, text(input)?);
            shared.announce(side, channel, Announced { operation: "publish", target }, sink);
        }
        (60, 50) => {
            input.u16()?;
            short(input)?;
            let target = target(text(input)?, text(input)?);
            shared.announce(side, channel, Announced { operation: "return", target }, sink);
        }
        (60, 60) => {
            let tag = text(input)?;
            input.take(9)?;
            let target = target(text(input)?, text(input)?);
            let target = shared.consumers.get(&(channel, tag)).cloned().unwrap_or(target);
            shared.announce(side, channel, Announced { operation: "deliver", target }, sink);
        }
        (60, 71) => {
            input.take(9)?;
            let target = target(text(input)?, text(input)?);
            let target = shared.asked.remove(&channel).unwrap_or(target);
            shared.announce(side, channel, Announced { operation: "get", target }, sink);
        }
        (60, 70) => {
            input.u16()?;
            let queue = text(input)?;
            remember(shared, channel, queue);
        }
        (60, 20) => {
            input.u16()?;
            let (queue, tag) = (text(input)?, text(input)?);
            if shared.consumers.len() >= NAMES {
                shared.consumers.clear();
            }
            if tag.is_empty() {
                remember(shared, channel, queue);
            } else {
                shared.consumers.insert((channel, tag), queue);
            }
        }
        (60, 21) => {
            let tag = text(input)?;
            if let Some(queue) = shared.asked.remove(&channel) {
                shared.consumers.insert((channel, tag), queue);
            }
        }
        _ => {}
    }
    Some(())
}

/// Until the server answers on the channel.
fn remember(shared: &mut Shared, channel: u16, queue: String) {
    if shared.asked.len() >= NAMES {
        shared.asked.clear();
    }
    shared.asked.insert(channel, queue);
}

fn text(input: &mut Input<'_>) -> Option<String> {
    short(input).map(|text| String::from_utf8_lossy(text).into_owned())
}

/// Without an exchange, the key names the queue.
fn target(exchange: String, key: String) -> String {
    match (exchange.is_empty(), key.is_empty()) {
        (true, _) => key,
        (false, true) => exchange,
        (false, false) => format!("{exchange}/{key}"),
    }
}

/// Who comes, and the password where it is said in the clear.
fn start(input: &mut Input<'_>, shared: &mut Shared, sink: &mut dyn Sink) -> Option<()> {
    long(input)?;
    let mechanism = short(input)?;
    let response = long(input)?;
    let (user, password) = match mechanism {
        b"PLAIN" => {
            let mut parts = response.splitn(3, |byte| *byte == 0).skip(1);
            (parts.next(), parts.next())
        }
        b"AMQPLAIN" => (find(response, b"LOGIN"), find(response, b"PASSWORD")),
        _ => (None, None),
    };
    let id = shared.begin(Side::Client, "login", "", sink);
    for (name, value) in [("user", user), ("password", password)] {
        if let Some(value) = value {
            sink.value(id, Place::Field(name), value, true);
        }
    }
    sink.end(id, true);
    Some(())
}
