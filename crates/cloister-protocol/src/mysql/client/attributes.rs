//! Attributes of queries, which stand before the text of a statement.

use super::execute::is_null;
use super::{Client, Content};
use crate::input::{Input, Step};
use crate::mysql::shared::Shared;
use crate::mysql::values::{Value, length, text, value};
use crate::sql::{Dialect, NAMES, Telling};
use crate::{Place, Side, Sink};

impl Client {
    /// Attributes stand before the text of a statement.
    pub(super) fn attributes(&mut self, bytes: &[u8], shared: &mut Shared, sink: &mut dyn Sink) {
        let Content::Attributes(hold) = &mut self.content else { return };
        let mut hold = std::mem::take(hold);
        let mut telling = None;
        let head = shared.limits.head;
        let progress = hold.feed(bytes, head, |input| match &mut telling {
            None => {
                let Some(attributes) = attributes(input) else { return Step::Wait };
                let id = shared.next.take();
                if !attributes.is_empty() {
                    sink.begin(id, &shared.head(Side::Client, "attributes", "", None));
                    for (name, value) in &attributes {
                        sink.value(id, Place::Field(name), value.as_bytes(), true);
                    }
                    sink.end(id, true);
                }
                telling = Some(Telling::new(Dialect::Mysql, shared.next.take()));
                Step::Again
            }
            Some(telling) => {
                telling.push(input.some(u64::MAX), shared.scene(), sink);
                Step::Wait
            }
        });
        self.content = match telling {
            _ if progress == crate::Progress::Strange => Content::Skip,
            Some(telling) => Content::Statement(Box::new(telling), false),
            None => Content::Attributes(hold),
        };
    }
}

/// Names and values of attributes, when all of them are there.
fn attributes(input: &mut Input<'_>) -> Option<Vec<(String, String)>> {
    let mut look = *input;
    let count = usize::try_from(length(&mut look)??).ok()?;
    length(&mut look)??;
    let mut attributes = Vec::new();
    if count > 0 {
        let nulls = look.take(count.div_ceil(8))?;
        look.u8()?;
        let mut kinds = Vec::new();
        for _ in 0..count.min(NAMES) {
            let [kind, flags] = look.array()?;
            kinds.push((kind, flags & 0x80 != 0, String::from_utf8_lossy(text(&mut look)?).into_owned()));
        }
        for (index, (kind, unsigned, name)) in kinds.into_iter().enumerate() {
            if is_null(nulls, index) {
                continue;
            }
            let value = match value(kind, unsigned, &mut look)? {
                Value::Words(words) => words,
                Value::Long(length) => String::from_utf8_lossy(look.take(usize::try_from(length).ok()?)?).into_owned(),
                Value::Null => continue,
            };
            attributes.push((name, value));
        }
    }
    *input = look;
    Some(attributes)
}
