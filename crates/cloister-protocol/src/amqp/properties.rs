//! What content says of itself.

use super::table::{long, short, tell};
use crate::input::Input;
use crate::{MessageId, Place, Protocol, Sink, Trouble};

/// What is needed to read it.
#[derive(Debug, Default)]
pub(super) struct About {
    pub(super) media: String,
    pub(super) encoding: String,
}

/// Reads and tells properties.
pub(super) fn read(input: &mut Input<'_>, id: MessageId, depth: usize, sink: &mut dyn Sink) -> About {
    let mut about = About::default();
    if properties(input, &mut about, id, depth, sink).is_none() {
        sink.trouble(Protocol::Amqp, Trouble::Malformed);
    }
    about
}

fn properties(
    input: &mut Input<'_>,
    about: &mut About,
    id: MessageId,
    depth: usize,
    sink: &mut dyn Sink,
) -> Option<()> {
    let flags = input.u16()?;
    let mut more = flags;
    while more & 1 != 0 {
        more = input.u16()?;
    }
    let has = |bit: u16| flags >> bit & 1 == 1;
    if has(15) {
        about.media = String::from_utf8_lossy(short(input)?).into_owned();
    }
    if has(14) {
        about.encoding = String::from_utf8_lossy(short(input)?).into_owned();
        // Names of character sets are put here, too.
        if ["utf-8", "utf8", "ascii", "us-ascii", "binary"]
            .iter()
            .any(|name| name.eq_ignore_ascii_case(&about.encoding))
        {
            about.encoding.clear();
        }
    }
    if has(13) {
        tell(long(input)?, "", id, depth, sink)?;
    }
    for bit in [12, 11] {
        if has(bit) {
            input.u8()?;
        }
    }
    for (bit, name) in [(10, "correlation-id"), (9, "reply-to"), (8, "expiration"), (7, "message-id")] {
        if has(bit) {
            sink.value(id, Place::Header(name), short(input)?, true);
        }
    }
    if has(6) {
        input.u64()?;
    }
    for (bit, name) in [(5, "type"), (4, "user-id"), (3, "app-id"), (2, "cluster-id")] {
        if has(bit) {
            sink.value(id, Place::Header(name), short(input)?, true);
        }
    }
    Some(())
}
