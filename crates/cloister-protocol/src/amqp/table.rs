//! Tables of names and values, as RabbitMQ reads them.

use crate::input::Input;
use crate::{MessageId, Place, Sink};

/// A short string.
pub(super) fn short<'a>(input: &mut Input<'a>) -> Option<&'a [u8]> {
    let mut look = *input;
    let length = look.u8()?;
    let text = look.take(length.into())?;
    *input = look;
    Some(text)
}

/// A long string, or the bytes of a table.
pub(super) fn long<'a>(input: &mut Input<'a>) -> Option<&'a [u8]> {
    let mut look = *input;
    let length = look.u32()?;
    let text = look.take(usize::try_from(length).ok()?)?;
    *input = look;
    Some(text)
}

/// Tells each value by its name; names of tables within are joined by dots.
pub(super) fn tell(bytes: &[u8], above: &str, id: MessageId, depth: usize, sink: &mut dyn Sink) -> Option<()> {
    let mut input = Input::new(bytes);
    while input.len() > 0 {
        let name = String::from_utf8_lossy(short(&mut input)?);
        let name = if above.is_empty() { name.into_owned() } else { format!("{above}.{name}") };
        value(&mut input, &name, id, depth, sink)?;
    }
    Some(())
}

fn value(input: &mut Input<'_>, name: &str, id: MessageId, depth: usize, sink: &mut dyn Sink) -> Option<()> {
    let mut say = |text: &[u8]| sink.value(id, Place::Header(name), text, true);
    match input.u8()? {
        b'S' | b'x' => say(long(input)?),
        b'F' => {
            let within = long(input)?;
            tell(within, name, id, depth.checked_sub(1)?, sink)?;
        }
        b'A' => {
            let mut within = Input::new(long(input)?);
            while within.len() > 0 {
                value(&mut within, name, id, depth.checked_sub(1)?, sink)?;
            }
        }
        b'b' => say(i8::from_be_bytes(input.array()?).to_string().as_bytes()),
        b'B' => say(input.u8()?.to_string().as_bytes()),
        b's' | b'U' => say(i16::from_be_bytes(input.array()?).to_string().as_bytes()),
        b'u' => say(input.u16()?.to_string().as_bytes()),
        b'I' => say(input.i32()?.to_string().as_bytes()),
        b'i' => say(input.u32()?.to_string().as_bytes()),
        b'l' | b'L' => say(i64::from_be_bytes(input.array()?).to_string().as_bytes()),
        b'f' => say(f32::from_be_bytes(input.array()?).to_string().as_bytes()),
        b'd' => say(f64::from_be_bytes(input.array()?).to_string().as_bytes()),
        b'D' => {
            let scale = input.u8()?;
            let digits = input.i32()?;
            say(format!("{digits}e-{scale}").as_bytes());
        }
        b't' => {
            input.u8()?;
        }
        b'T' => {
            input.u64()?;
        }
        b'V' => {}
        _ => return None,
    }
    Some(())
}

/// A value by its name, of text only.
pub(super) fn find<'a>(bytes: &'a [u8], wanted: &[u8]) -> Option<&'a [u8]> {
    let mut input = Input::new(bytes);
    while input.len() > 0 {
        let name = short(&mut input)?;
        if input.u8()? != b'S' {
            return None;
        }
        let text = long(&mut input)?;
        if name == wanted {
            return Some(text);
        }
    }
    None
}
