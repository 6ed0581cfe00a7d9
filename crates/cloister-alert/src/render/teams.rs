//! Microsoft Teams: an Adaptive Card for a workflow that takes webhook requests. What an alert says stands in
//! `RichTextBlock`s, of which no Markdown is read.

use serde_json::{Value, json};

use super::{SHOWN, SUMMARY, facts, headline, line, link, mark, more, title};
use crate::state::{Message, Said};

/// The largest message that Teams takes, and some room for what a workflow adds.
pub const MOST: usize = 24 << 10;

/// The body: as many alerts as there is room for.
pub fn body(message: &Message) -> Value {
    let mut shown = SHOWN;
    loop {
        let body = card(message, shown);
        if shown <= 1 || body.to_string().len() <= MOST {
            return body;
        }
        shown -= 1;
    }
}

fn card(message: &Message, shown: usize) -> Value {
    let mut body = vec![rich(vec![run(&headline(message), true, "Large")])];
    message.all().take(shown).for_each(|said| body.extend(alert(said)));
    body.extend(more(message, shown).map(|more| rich(vec![run(&more, false, "Default")])));
    let links: Vec<Value> = message
        .all()
        .take(shown)
        .filter_map(|said| Some((link(said)?, line(&said.alert.title, 40))))
        .take(4)
        .map(|(link, title)| json!({ "type": "Action.OpenUrl", "title": inert(&title), "url": link }))
        .collect();
    json!({
        "type": "message",
        "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive",
            "contentUrl": null,
            "content": {
                "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                "type": "AdaptiveCard",
                "version": "1.4",
                "fallbackText": inert(&headline(message)),
                "msteams": { "width": "Full" },
                "body": body,
                "actions": links,
            },
        }],
    })
}

fn alert(said: &Said) -> Vec<Value> {
    let mut all = vec![rich(vec![run(&format!("{} {}", mark(said), title(said)), true, "Medium")])];
    let summary = line(&said.alert.summary, SUMMARY);
    if !summary.is_empty() {
        all.push(rich(vec![run(&summary, false, "Default")]));
    }
    for (name, text) in facts(said) {
        all.push(rich(vec![run(&format!("{name}: "), true, "Default"), run(&text, false, "Default")]));
    }
    all
}

fn rich(inlines: Vec<Value>) -> Value {
    json!({ "type": "RichTextBlock", "inlines": inlines })
}

fn run(text: &str, bold: bool, size: &str) -> Value {
    json!({ "type": "TextRun", "text": inert(text), "weight": if bold { "Bolder" } else { "Default" }, "size": size })
}

/// `{{DATE(…)}}` and `${…}` are worked out in any text of a card.
fn inert(text: &str) -> String {
    text.replace("{{", "{ {").replace("${", "$ {")
}
