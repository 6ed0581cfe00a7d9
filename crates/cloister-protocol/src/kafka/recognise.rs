//! How Kafka is recognised, and its way found again after a gap.

use super::LARGEST;
use crate::input::Input;
use crate::seek::Frame;
use crate::session::Certainty;

/// The head of a request, if it may be one.
pub(super) fn request_head(bytes: &[u8]) -> Frame {
    let mut input = Input::new(bytes);
    let [Some(length), Some(kind), Some(number)] = [input.u32(), input.u32(), input.u32()] else { return Frame::Short };
    let (key, version) = (kind >> 16, kind & 0xffff);
    let Some(name) = input.u16() else { return Frame::Short };
    let name_fits = name == u16::MAX || u32::from(name) + 10 <= length;
    let printable =
        name == u16::MAX || input.rest().iter().take(name.into()).all(|byte| byte.is_ascii_graphic() || *byte == b' ');
    if (10..=LARGEST).contains(&length) && key < 100 && version < 30 && number < 1 << 30 && name_fits && printable {
        Frame::Long(length as usize + 4)
    } else {
        Frame::No
    }
}

/// The same of an answer, which has little to see.
pub(super) fn answer_head(bytes: &[u8]) -> Frame {
    let mut input = Input::new(bytes);
    let (Some(length), Some(number)) = (input.u32(), input.u32()) else { return Frame::Short };
    if (6..=LARGEST).contains(&length) && number < 1 << 24 { Frame::Long(length as usize + 4) } else { Frame::No }
}

/// Clients begin by asking which versions there are, or for metadata.
pub(super) fn recognise(client: &[u8], server: &[u8]) -> Certainty {
    match request_head(client) {
        Frame::Long(_) => {
            let mut input = Input::new(client);
            input.take(4);
            let (kind, number) = (input.u32().unwrap_or_default(), input.u32().unwrap_or_default());
            let first = matches!(kind >> 16, 3 | 18) && kind & 0xffff < 20 && number < 1 << 16;
            if first { Certainty::Sure } else { Certainty::Likely }
        }
        Frame::Short if client.is_empty() && server.is_empty() => Certainty::More,
        Frame::Short if client.first() == Some(&0) => Certainty::More,
        _ => Certainty::No,
    }
}
