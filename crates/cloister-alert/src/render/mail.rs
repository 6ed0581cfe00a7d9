//! Mail: a text and a page, RFC 5322 and MIME. `lettre` would bring Unicode tables for host names that nothing here asks for;
//! addresses are ASCII, what else goes into a header is encoded, and bodies are base64, so that no line of them means anything.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use maud::{DOCTYPE, html};

use super::{SHOWN, SUMMARY, facts, headline, line, link, mark, more, title};
use crate::state::Message;

/// Bytes of an encoded word: 60 letters with what stands around them stay under the 75 of RFC 2047.
const WORD: usize = 42;
/// Letters of a line of base64.
const LINE: usize = 76;

/// Somebody with an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailbox {
    /// The name, which may be empty.
    pub name: String,
    /// The address.
    pub address: String,
}

/// A mail, ready to be handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// The sender's address.
    pub from: String,
    /// The recipients' addresses.
    pub to: Vec<String>,
    /// Head and bodies, with lines that end in CR LF.
    pub data: String,
}

impl Mailbox {
    /// Reads `a@b.example` or `Name <a@b.example>`; nothing where it is neither.
    pub fn read(text: &str) -> Option<Mailbox> {
        let (name, address) = match text.trim().strip_suffix('>') {
            Some(rest) => rest.split_once('<')?,
            None => ("", text.trim()),
        };
        let (local, domain) = address.rsplit_once('@')?;
        let letter = |it: char| it.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(it);
        let host = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '.');
        let whole = |part: &str, of: &dyn Fn(char) -> bool| {
            !part.is_empty() && part.chars().all(of) && part.split('.').all(|atom| !atom.is_empty())
        };
        let good = whole(local, &letter) && whole(domain, &host) && address.len() <= 254 && local.len() <= 64;
        let name = name.trim().trim_matches('"').to_owned();
        (good && !name.contains(char::is_control)).then(|| Mailbox { name, address: address.to_owned() })
    }

    fn header(&self) -> String {
        if self.name.is_empty() {
            return self.address.clone();
        }
        format!("{}\r\n <{}>", encoded(&self.name), self.address)
    }
}

/// The mail of a message.
pub fn mail(message: &Message, from: &Mailbox, to: &[Mailbox]) -> Mail {
    let domain = from.address.rsplit_once('@').map_or("localhost", |(_, domain)| domain);
    let boundary = format!("=_{}", message.id);
    let all: Vec<String> = to.iter().map(Mailbox::header).collect();
    let head = [
        ("From", from.header()),
        ("To", all.join(",\r\n ")),
        ("Subject", encoded(&headline(message))),
        ("Date", date(message.at)),
        ("Message-ID", format!("<{}@{domain}>", message.id)),
        // Mail of one group hangs together.
        ("References", format!("<group-{}@{domain}>", message.group)),
        ("Auto-Submitted", "auto-generated".to_owned()),
        ("MIME-Version", "1.0".to_owned()),
        ("Content-Type", format!("multipart/alternative;\r\n boundary=\"{boundary}\"")),
    ];
    let mut data: String = head.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    for (kind, body) in [("plain", text(message)), ("html", page(message))] {
        data.push_str(&format!(
            "\r\n--{boundary}\r\nContent-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        ));
        folded(&STANDARD.encode(body), &mut data);
    }
    data.push_str(&format!("\r\n--{boundary}--\r\n"));
    Mail { from: from.address.clone(), to: to.iter().map(|it| it.address.clone()).collect(), data }
}

fn date(at: Timestamp) -> String {
    DateTimePrinter::new().timestamp_to_string(&at).unwrap_or_else(|_| "Thu, 1 Jan 1970 00:00:00 -0000".to_owned())
}

fn folded(encoded: &str, to: &mut String) {
    let mut rest = encoded;
    while !rest.is_empty() {
        let (now, later) = rest.split_at(rest.len().min(LINE));
        to.push_str(now);
        to.push_str("\r\n");
        rest = later;
    }
}

/// Words of a header that mean nothing but their letters (RFC 2047).
fn encoded(text: &str) -> String {
    let plain = |it: char| it.is_ascii_alphanumeric() || matches!(it, ' ' | '.' | '-' | '/');
    let text = line(text, 200);
    if text.len() <= 60 && text.chars().all(plain) {
        return text;
    }
    let (mut words, mut word) = (Vec::new(), String::new());
    for character in text.chars() {
        if word.len() + character.len_utf8() > WORD {
            words.push(std::mem::take(&mut word));
        }
        word.push(character);
    }
    words.push(word);
    let words = words.iter().map(|word| format!("=?utf-8?B?{}?=", STANDARD.encode(word)));
    words.collect::<Vec<String>>().join("\r\n ")
}

/// For who reads no pages.
pub fn text(message: &Message) -> String {
    let mut text = format!("{}\n", headline(message));
    for said in message.all().take(SHOWN) {
        text.push_str(&format!("\n{}\n", title(said)));
        let summary = line(&said.alert.summary, SUMMARY);
        if !summary.is_empty() {
            text.push_str(&format!("{summary}\n"));
        }
        facts(said).iter().for_each(|(name, fact)| text.push_str(&format!("  {name:<9} {fact}\n")));
        link(said).into_iter().for_each(|link| text.push_str(&format!("  {link}\n")));
    }
    more(message, SHOWN).into_iter().for_each(|more| text.push_str(&format!("\n{more}\n")));
    text
}

/// For who does.
pub fn page(message: &Message) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head { meta charset="utf-8"; title { (headline(message)) } }
            body style="font-family:sans-serif;line-height:1.4" {
                h1 style="font-size:1.2em" { (headline(message)) }
                @for said in message.all().take(SHOWN) {
                    h2 style="font-size:1em;margin:1.2em 0 .2em" { (mark(said)) " " (title(said)) }
                    @let summary = line(&said.alert.summary, SUMMARY);
                    @if !summary.is_empty() { p style="margin:.2em 0" { (summary) } }
                    table style="border-collapse:collapse" {
                        @for (name, fact) in facts(said) {
                            tr {
                                th align="left" scope="row" style="padding:0 1em 0 0;vertical-align:top" { (name) }
                                td { (fact) }
                            }
                        }
                    }
                    @if let Some(link) = link(said) { p { a href=(link) { "Open in Cloister" } } }
                }
                @if let Some(more) = more(message, SHOWN) { p { (more) } }
            }
        }
    };
    page.into_string()
}
