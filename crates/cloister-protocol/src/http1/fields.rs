//! Fields of a head, and what they say of its content.

use httparse::Header;

use super::Http1;
use crate::coding::Chain;
use crate::message::{MessageId, Place, Sink, Trouble};

/// The fields of a head.
pub(super) struct Fields<'a>(pub(super) &'a [Header<'a>]);

impl<'a> Fields<'a> {
    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &'a str> {
        let named = self.0.iter().filter(move |field| field.name.eq_ignore_ascii_case(name));
        named.map(|field| std::str::from_utf8(field.value).unwrap_or_default().trim())
    }

    pub(super) fn first(&self, name: &str) -> &'a str {
        self.all(name).next().unwrap_or_default()
    }

    pub(super) fn joined(&self, name: &str) -> String {
        let mut all = self.all(name);
        let mut joined = all.next().unwrap_or_default().to_owned();
        for other in all {
            joined.push(',');
            joined.push_str(other);
        }
        joined
    }

    /// Whether the last transfer coding is `chunked`; None without any.
    pub(super) fn chunked(&self, troubles: &mut Vec<Trouble>) -> Option<bool> {
        let codings = self.joined("transfer-encoding");
        let mut named = codings.split(',').map(str::trim).filter(|name| !name.is_empty());
        let last = named.next_back()?;
        if self.all("content-length").next().is_some() || named.any(|name| name.eq_ignore_ascii_case("chunked")) {
            troubles.push(Trouble::Malformed);
        }
        Some(last.eq_ignore_ascii_case("chunked"))
    }

    /// What `Content-Length` says; lengths that differ are counted, and the first is taken.
    pub(super) fn length(&self, troubles: &mut Vec<Trouble>) -> Option<u64> {
        let all = self.joined("content-length");
        let mut lengths = all.split(',').map(str::trim).filter(|length| !length.is_empty()).map(|length| {
            let digits = length.bytes().all(|byte| byte.is_ascii_digit());
            length.parse::<u64>().ok().filter(|_| digits)
        });
        let first = lengths.next()?;
        if first.is_none() || lengths.any(|other| other != first) {
            troubles.push(Trouble::Malformed);
        }
        first
    }

    /// The codings of the body, the outermost first.
    pub(super) fn codings(&self, http: &Http1) -> Result<Chain, Trouble> {
        let transfer = self.joined("transfer-encoding");
        let kept: Vec<_> = transfer.split(',').filter(|name| !name.trim().eq_ignore_ascii_case("chunked")).collect();
        let content = Chain::named(&self.joined("content-encoding"), &http.limits)?;
        Ok(Chain::named(&kept.join(","), &http.limits)?.then(content))
    }

    pub(super) fn tell(&self, id: MessageId, sink: &mut dyn Sink) {
        let mut small = [0_u8; 64];
        for field in self.0 {
            // Names are told in small letters, as HTTP/2 has them.
            let name = small.get_mut(..field.name.len()).and_then(|room| {
                room.copy_from_slice(field.name.as_bytes());
                room.make_ascii_lowercase();
                std::str::from_utf8(room).ok()
            });
            match name {
                Some(name) => sink.value(id, Place::Header(name), field.value, true),
                None => sink.value(id, Place::Header(&field.name.to_ascii_lowercase()), field.value, true),
            }
        }
    }
}
