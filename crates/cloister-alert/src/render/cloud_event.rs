//! A CloudEvent 1.0 in structured JSON, for a program of one's own.

use serde_json::{Value, json};

use crate::state::Message;

/// The type of the event: a later form has another number.
pub const TYPE: &str = "dev.cloister.alert.v1";
/// The media type.
pub const CONTENT: &str = "application/cloudevents+json; charset=utf-8";

/// The event. Its data is the whole message, as `docs/schema/alert-message.json` has it.
pub fn body(message: &Message) -> Value {
    json!({
        "specversion": "1.0",
        "id": message.id,
        "source": "/cloister/alerts",
        "type": TYPE,
        "subject": message.group,
        "time": message.at.to_string(),
        "datacontenttype": "application/json",
        "data": message,
    })
}
