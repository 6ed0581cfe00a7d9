//! Forms as in a URL: `name=value&name=value`, percent-encoded (WHATWG URL
//! section 5); read as a stream.

use crate::message::{MessageId, Place, Sink};

/// Where the values of a form stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FormPlace {
    /// In the query of a URL.
    Query,
    /// In the body.
    Field,
}

/// As much of a name as is kept.
const NAME: usize = 256;

/// Reads a form.
pub(crate) struct Form {
    place: FormPlace,
    name: Vec<u8>,
    /// What follows belongs to the value.
    in_value: bool,
    /// A value is open.
    open: bool,
    /// A `%` and what came after it.
    escape: Vec<u8>,
}

impl Form {
    pub(crate) fn new(place: FormPlace) -> Form {
        Form { place, name: Vec::new(), in_value: false, open: false, escape: Vec::new() }
    }

    pub(crate) fn push(&mut self, id: MessageId, mut bytes: &[u8], sink: &mut dyn Sink) {
        while !bytes.is_empty() {
            if !self.escape.is_empty() {
                self.go_on_escape(id, &mut bytes, sink);
                continue;
            }
            let end = bytes.iter().position(|b| matches!(b, b'&' | b'%' | b'+') || (*b == b'=' && !self.in_value));
            let (plain, rest) = bytes.split_at_checked(end.unwrap_or(bytes.len())).unwrap_or((bytes, &[]));
            self.tell(id, plain, sink);
            let Some((mark, rest)) = rest.split_first() else { return };
            bytes = rest;
            match mark {
                b'&' => self.end(id, sink),
                b'=' => (self.in_value, self.open) = (true, true),
                b'+' => self.tell(id, b" ", sink),
                _ => self.escape.push(b'%'),
            }
        }
    }

    fn go_on_escape(&mut self, id: MessageId, bytes: &mut &[u8], sink: &mut dyn Sink) {
        let Some((digit, rest)) = bytes.split_first() else { return };
        let held = std::mem::take(&mut self.escape);
        match (held.get(1).copied().and_then(hex), hex(*digit)) {
            (None, Some(_)) => self.escape = [held.as_slice(), &[*digit]].concat(),
            (Some(high), Some(low)) => self.tell(id, &[high * 16 + low], sink),
            // No escape after all: it is what it looks like.
            (_, None) => return self.tell(id, &held, sink),
        }
        *bytes = rest;
    }

    fn tell(&mut self, id: MessageId, bytes: &[u8], sink: &mut dyn Sink) {
        if self.in_value {
            if !bytes.is_empty() {
                sink.value(id, self.at(&String::from_utf8_lossy(&self.name)), bytes, false);
            }
        } else {
            let free = NAME.saturating_sub(self.name.len()).min(bytes.len());
            self.name.extend_from_slice(bytes.get(..free).unwrap_or_default());
        }
    }

    fn at<'a>(&self, name: &'a str) -> Place<'a> {
        match self.place {
            FormPlace::Query => Place::Query(name),
            FormPlace::Field => Place::Field(name),
        }
    }

    /// A field ends; one without `=` is a value without a name.
    pub(crate) fn end(&mut self, id: MessageId, sink: &mut dyn Sink) {
        let held = std::mem::take(&mut self.escape);
        self.tell(id, &held, sink);
        if self.open {
            sink.value(id, self.at(&String::from_utf8_lossy(&self.name)), &[], true);
        } else if !self.name.is_empty() {
            sink.value(id, self.at(""), &self.name, true);
        }
        self.name.clear();
        (self.in_value, self.open) = (false, false);
    }

    pub(crate) fn held(&self) -> usize {
        self.name.capacity()
    }
}

/// Tells the parameters of a query.
pub(crate) fn query(id: MessageId, query: &[u8], sink: &mut dyn Sink) {
    let mut form = Form::new(FormPlace::Query);
    form.push(id, query, sink);
    form.end(id, sink);
}

/// Percent-decodes; `plus`: a plus is a space.
pub(crate) fn decoded(text: &[u8], plus: bool) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, more)) = rest.split_first() {
        rest = more;
        match (first, more) {
            (b'+', _) if plus => decoded.push(b' '),
            (b'%', [high, low, after @ ..]) => match (hex(*high), hex(*low)) {
                (Some(high), Some(low)) => {
                    decoded.push(high * 16 + low);
                    rest = after;
                }
                _ => decoded.push(b'%'),
            },
            _ => decoded.push(*first),
        }
    }
    decoded
}

/// The value of a hexadecimal digit.
pub(super) fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transcript::Transcript;

    fn fields(text: &[u8], piece: usize) -> Vec<(String, String)> {
        let mut transcript = Transcript::default();
        let id = MessageId(0);
        transcript.begin(id, &crate::content::tests::HEAD);
        let mut form = Form::new(FormPlace::Field);
        text.chunks(piece).for_each(|part| form.push(id, part, &mut transcript));
        form.end(id, &mut transcript);
        let values = transcript.messages.remove(&id).unwrap().values;
        values.into_iter().map(|(name, value)| (name, String::from_utf8(value).unwrap())).collect()
    }

    #[test]
    fn fields_are_decoded_in_any_cut() {
        let text = b"name=Ada+L%C3%B8velace&e%2Dmail=ada%40example.org&bare&empty=&=x&odd=50%&a=b=c&bad=%4&z=%zz";
        let expected = [
            ("field:name", "Ada Løvelace"),
            ("field:e-mail", "ada@example.org"),
            ("field:", "bare"),
            ("field:empty", ""),
            ("field:", "x"),
            ("field:odd", "50%"),
            ("field:a", "b=c"),
            ("field:bad", "%4"),
            ("field:z", "%zz"),
        ];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        for piece in 1..text.len() {
            assert_eq!(fields(text, piece), expected, "in pieces of {piece}");
        }
    }
}
