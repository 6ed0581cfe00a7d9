//! AMQP and Kafka: where messages go, and what they hold.

use anyhow::Result;
use cloister_protocol::transcript::Message;

use super::{changed, counted, target, values};
use crate::comparison::Comparison;
use crate::tshark::{Capture, Counted, count, unhex};

pub(crate) fn amqp(messages: &[Message], capture: &Capture<'_>) -> Result<Vec<Comparison>> {
    let bodies = counted(messages, |message| {
        let told = message.values.iter().filter(|(place, _)| place.starts_with("body:"));
        told.filter(|(place, _)| !place.starts_with("body:packed/")).map(|(_, value)| value.clone()).collect()
    });
    // What is compressed stays so there.
    let plain = |text: &str| unhex(text).filter(|body| !body.starts_with(&[0x1f, 0x8b]));
    let their_bodies = changed(capture.fields("amqp.payload", &["amqp.payload"])?, plain)?;
    let keys = counted(messages, |message| {
        let published = target(message, &["publish"]);
        published.iter().filter_map(|target| Some(target.split_once('/')?.1.to_owned())).collect()
    });
    let their_keys = published(capture)?;
    Ok(vec![
        Comparison::new("routing keys of what is published", keys, their_keys),
        Comparison::new("bodies that are not packed", bodies, their_bodies)
            .unless("a body of several frames is read in pieces", |body, _, _| body.len() > 30_000),
    ])
}

/// Of one packet, tshark tells the methods, and the keys of those that have one.
fn published(capture: &Capture<'_>) -> Result<Counted> {
    let mut counted = Counted::new();
    let fields = ["amqp.method.class", "amqp.method.method", "amqp.method.arguments.routing_key"];
    for row in capture.fields("amqp.method.arguments.routing_key and tcp.dstport == 5672", &fields)? {
        let [classes, methods, keys] = row.as_slice() else { continue };
        // Bindings of queues have one, too.
        let keyed = classes
            .iter()
            .zip(methods)
            .filter(|pair| matches!((pair.0.as_str(), pair.1.as_str()), ("60", "40") | ("50", "20")));
        for ((class, _), key) in keyed.zip(keys) {
            if class == "60" {
                count(&mut counted, key.as_str());
            }
        }
    }
    Ok(counted)
}

/// Of the clients of before only: tshark 4.0 does not know the versions of messages that newer ones have.
pub(crate) fn kafka(messages: &[Message], capture: &Capture<'_>) -> Result<Vec<Comparison>> {
    const TOPIC: &str = "people-old";
    let of = |prefix: &'static str| {
        counted(messages, move |message| if message.target == TOPIC { values(message, prefix) } else { Vec::new() })
    };
    let filter = format!("kafka.topic_name == \"{TOPIC}\"");
    let bytes = |field: &str| changed(capture.fields(&filter, &[field])?, unhex);
    let mut comparisons = Vec::new();
    for (what, prefix, field) in [
        ("keys of a client of before", "key", "kafka.message_key"),
        ("values of a client of before", "body:", "kafka.message_value"),
        ("headers of a client of before", "header:", "kafka.header_value"),
    ] {
        comparisons.push(Comparison::new(what, of(prefix), bytes(field)?));
    }
    Ok(comparisons)
}
