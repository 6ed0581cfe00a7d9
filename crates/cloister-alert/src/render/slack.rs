//! Slack: blocks of an incoming webhook. What an alert says stands in `plain_text` and `rich_text`, of which Slack reads
//! no mark-up; the fallback for notifications is the only text that is parsed, and is escaped as Slack asks.

use serde_json::{Value, json};

use super::{SHOWN, SUMMARY, facts, headline, line, link, mark, more, title};
use crate::state::{Message, Said};

/// The body.
pub fn body(message: &Message) -> Value {
    let head = headline(message);
    let mut blocks = vec![json!({
        "type": "header", "text": { "type": "plain_text", "text": head, "emoji": false },
    })];
    blocks.extend(message.all().take(SHOWN).map(block));
    if let Some(more) = more(message, SHOWN) {
        let element = json!({ "type": "plain_text", "text": more, "emoji": false });
        blocks.push(json!({ "type": "context", "elements": [element] }));
    }
    json!({ "text": escaped(&head), "blocks": blocks })
}

fn block(said: &Said) -> Value {
    let bold = json!({ "bold": true });
    let plain = |text: &str| json!({ "type": "text", "text": text });
    let strong = |text: &str| json!({ "type": "text", "text": text, "style": bold });
    let mut elements = vec![strong(&format!("{} {}\n", mark(said), title(said)))];
    let summary = line(&said.alert.summary, SUMMARY);
    if !summary.is_empty() {
        elements.push(plain(&format!("{summary}\n")));
    }
    for (name, text) in facts(said) {
        elements.push(strong(&format!("{name}: ")));
        elements.push(plain(&format!("{text}\n")));
    }
    if let Some(link) = link(said) {
        elements.push(json!({ "type": "link", "url": link, "text": "Open in Cloister" }));
    }
    json!({ "type": "rich_text", "elements": [{ "type": "rich_text_section", "elements": elements }] })
}

/// The three characters that begin anything in Slack's mark-up: mentions, links, entities. What makes text bold or struck
/// is set apart by a word joiner, which shows nothing.
pub fn escaped(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => shown.push_str("&amp;"),
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            '*' | '_' | '~' | '`' => shown.extend(['\u{2060}', character, '\u{2060}']),
            other => shown.push(other),
        }
    }
    shown
}
