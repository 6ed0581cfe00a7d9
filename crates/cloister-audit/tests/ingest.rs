//! What is sent comes to the same events however it is wrapped, and bad input costs itself only.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::io::Write;

use cloister_audit::ingest::{Each, Limits, Refused, Sent, Taken, acknowledgement, event_list, json_lines, message};
use cloister_audit::{Event, Outcome, events};
use proptest::prelude::*;
use serde_json::{Value, json};

fn event(name: &str) -> Value {
    json!({
        "kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "Request", "auditID": format!("id-{name}"),
        "stage": "ResponseComplete", "requestURI": format!("/api/v1/namespaces/shop/pods/{name}?x=1"), "verb": "get",
        "user": {"username": "ann", "groups": ["dev"], "extra": {"authentication.kubernetes.io/credential-id": ["JTI=7"]}},
        "sourceIPs": ["192.0.2.1", "10.0.0.1"], "userAgent": "kubectl/v1 \"quoted\"",
        "objectRef": {"resource": "pods", "namespace": "shop", "name": name, "apiVersion": "v1"},
        "responseStatus": {"code": 200}, "requestObject": {"a": [1, {"b": "}"}]},
        "requestReceivedTimestamp": "2026-11-01T10:00:00.123456Z",
        "annotations": {"authorization.k8s.io/decision": "allow", "authorization.k8s.io/reason": "RBAC"}
    })
}

fn list(items: &[Value]) -> Vec<u8> {
    json!({"kind": "EventList", "apiVersion": "audit.k8s.io/v1", "metadata": {}, "items": items}).to_string().into()
}

/// The name of an event's object.
fn name(sent: &Sent<'_, '_>) -> Option<String> {
    match sent {
        Sent::Event(event, _) => Some(event.name().to_owned()),
        Sent::Foreign(_) => None,
    }
}

/// The names of the objects, in their order.
fn names(read: impl FnOnce(&mut Each<'_>) -> Result<Taken, Refused>) -> (Result<Taken, Refused>, Vec<String>) {
    let mut names = Vec::new();
    let taken = read(&mut |sent| names.extend(name(&sent)));
    (taken, names)
}

fn taken(events: usize, foreign: usize, unreadable: usize) -> Result<Taken, Refused> {
    Ok(Taken { events, foreign, unreadable })
}

#[test]
fn an_event_says_all_that_rules_ask_for() {
    let text = event("web").to_string();
    let event = Event::read(text.as_bytes()).unwrap();
    assert_eq!((event.user(), event.verb(), event.credential()), ("ann", "get", "JTI=7"));
    assert_eq!(event.groups().collect::<Vec<_>>(), ["dev"]);
    assert_eq!(event.addresses().collect::<Vec<_>>(), ["192.0.2.1", "10.0.0.1"]);
    assert_eq!((event.agent(), &*event.path()), ("kubectl/v1 \"quoted\"", "/api/v1/namespaces/shop/pods/web"));
    assert_eq!((event.code(), event.outcome(), event.allowed_by()), (200, Outcome::Allowed, "RBAC"));
    assert_eq!(event.request(), Some(r#"{"a":[1,{"b":"}"}]}"#));
    assert_eq!((event.response(), event.acting_as()), (None, ""));
    assert_eq!(event.time().unwrap().to_string(), "2026-11-01T10:00:00.123456Z");
    let namespace = r#"{"verb":"delete","user":{},"objectRef":{"resource":"namespaces","name":"shop"}}"#;
    assert_eq!(Event::read(namespace.as_bytes()).unwrap().namespace(), "shop");
}

#[test]
fn an_id_is_no_one_elses_whoever_chose_the_audit_id() {
    let id = |change: fn(&mut Value)| {
        let mut event = event("web");
        change(&mut event);
        Event::read(event.to_string().as_bytes()).unwrap().id()
    };
    let same = id(|_| ());
    assert!(same.starts_with("id-web/ResponseComplete/"), "{same}");
    assert_eq!(id(|event| event["annotations"] = json!({})), same);
    for change in [
        |event: &mut Value| event["verb"] = json!("delete"),
        |event: &mut Value| event["user"]["username"] = json!("bob"),
        |event: &mut Value| event["requestURI"] = json!("/api/v1/namespaces/shop/pods/other"),
        |event: &mut Value| event["requestReceivedTimestamp"] = json!("2026-11-01T10:00:00.123457Z"),
        |event: &mut Value| event["stage"] = json!("ResponseStarted"),
        |event: &mut Value| event["auditID"] = json!(null),
    ] {
        assert_ne!(id(change), same);
    }
}

#[test]
fn the_webhook_sends_lists() {
    let broken = json!({"verb": "get", "user": 7});
    let body = list(&[event("a"), json!({"kind": "Pod"}), broken, event("b")]);
    let (said, all) = names(|each| event_list(&body, Limits::default(), each));
    assert_eq!((said, all), (taken(2, 1, 1), vec!["a".to_owned(), "b".to_owned()]));
    assert_eq!(names(|each| event_list(&list(&[]), Limits::default(), each)).0, taken(0, 0, 0));
    let few = Limits { events: 3, ..Limits::default() };
    assert_eq!(names(|each| event_list(&body, few, each)), (Err(Refused::TooMany), vec![]));
    let small = Limits { bytes: 100, ..Limits::default() };
    assert_eq!(names(|each| event_list(&body, small, each)).0, Err(Refused::TooLarge));
    for none in ["", "{}", "[]", "null", "{\"kind\":\"EventList\"", "{\"kind\":\"PodList\",\"apiVersion\":\"v1\"}"] {
        let (said, all) = names(|each| event_list(none.as_bytes(), Limits::default(), each));
        assert!(matches!(said, Err(Refused::Unreadable(_))) && all.is_empty(), "{none}");
    }
}

/// As shippers of logs send a line of the log: parsed, as text, and as a runtime has written it.
fn wrapped(name: &str) -> [Value; 4] {
    let line = event(name).to_string();
    let mut parsed = event(name);
    parsed["date"] = json!(1_767_254_400.123);
    parsed["kubernetes"] = json!({"pod_name": "kube-apiserver"});
    [
        parsed,
        json!({"date": 1.5, "log": line}),
        json!({"message": format!("2026-11-01T10:00:00Z stdout F {line}"), "stream": "stdout"}),
        json!({"MESSAGE": line, "log": null}),
    ]
}

#[test]
fn lines_of_json_may_be_wrapped() {
    let records = wrapped("web");
    let lines = records.iter().map(Value::to_string).collect::<Vec<_>>().join("\n");
    let close = records.iter().map(Value::to_string).collect::<String>();
    let listed = Value::from(records.to_vec()).to_string();
    for body in [&lines, &close, &listed] {
        let (said, all) = names(|each| json_lines(body.as_bytes(), Limits::default(), each));
        assert_eq!((said, all.as_slice()), (taken(4, 0, 0), &["web"; 4].map(str::to_owned)[..]), "{body}");
        let mut read = Vec::new();
        let journal =
            events("log", body.replace("}{", "}\n{").as_bytes(), |_, event| read.push(event.name().to_owned()));
        assert_eq!((read.len(), journal.diagnostics.len()), (4, 0), "{:?}", journal.diagnostics);
    }
    let bad = format!("{{\"log\":\"no event\"}}\n{{\"broken\n\n{}\n7\n{{\"log\": \"{{\\\"verb\"}}\n", event("web"));
    let (said, all) = names(|each| json_lines(bad.as_bytes(), Limits::default(), each));
    assert_eq!(all, ["web"]);
    assert_eq!(said.map(|taken| (taken.events, taken.foreign + taken.unreadable)), Ok((1, 4)));
}

/// A message, packed by another's MessagePack.
fn pack(value: &impl serde::Serialize) -> Vec<u8> {
    rmp_serde::to_vec(value).unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

/// Bytes, not a list of numbers.
struct Bytes(Vec<u8>);

impl serde::Serialize for Bytes {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_bytes(&self.0)
    }
}

/// The four modes of the protocol, each with four records; the last two with a chunk.
fn messages() -> Vec<Vec<u8>> {
    let records = wrapped("web");
    let entries: Vec<(u32, &Value)> = records.iter().map(|record| (1_767_254_400, record)).collect();
    let stream: Vec<u8> = entries.iter().flat_map(pack).collect();
    let one = pack(&("kube.audit", 1_767_254_400_u32, &records[0]));
    let forward = pack(&("kube.audit", &entries));
    let packed = pack(&("kube.audit", Bytes(stream.clone()), json!({"size": 4, "chunk": "abc"})));
    let compressed = json!({"compressed": "gzip", "chunk": "abc"});
    vec![one, forward, packed, pack(&("kube.audit", Bytes(gzip(&stream)), compressed))]
}

#[test]
fn the_forward_protocol_comes_to_the_same_events_in_each_of_its_modes() {
    for (mode, bytes) in messages().iter().enumerate() {
        let mut names = Vec::new();
        let mut followed = bytes.clone();
        followed.extend_from_slice(b"\x92next");
        let told = message(&followed, Limits::default(), &mut |sent| names.extend(name(&sent)));
        let told = told.unwrap().unwrap();
        let wanted = if mode == 0 { 1 } else { 4 };
        assert_eq!((told.taken, told.length), (Taken { events: wanted, ..Taken::default() }, bytes.len()), "{mode}");
        assert_eq!((names.len(), told.chunk.is_some()), (wanted, mode > 1), "{mode}");
        // Whatever is cut off, the message is waited for, and nothing of it is handed out twice.
        for end in 0..bytes.len() {
            assert_eq!(message(&bytes[..end], Limits::default(), &mut |_| unreachable!()), Ok(None), "{mode} {end}");
        }
    }
    let time = [vec![0x92, 0xa1, b't', 0x91, 0x92, 0xd7, 0x00], vec![0; 8], pack(&event("web"))].concat();
    assert_eq!(message(&time, Limits::default(), &mut |_| ()).unwrap().unwrap().taken.events, 1, "EventTime");
    let back: Value = rmp_serde::from_slice(&acknowledgement("abc")).unwrap();
    assert_eq!(back, json!({"ack": "abc"}));
}

#[test]
fn messages_that_lie_about_their_size_or_are_too_large_cost_nothing() {
    let refused = |bytes: &[u8], limits: Limits| message(bytes, limits, &mut |_| ()).unwrap_err();
    let small = Limits { bytes: 1_000, events: 3 };
    let many: Vec<(u32, Value)> = (0..5).map(|_| (1, json!({}))).collect();
    assert_eq!(refused(&pack(&("t", &many)), small), Refused::TooMany);
    let bomb = pack(&("t", Bytes(gzip(&vec![0xc0; 1 << 20])), json!({"compressed": "gzip"})));
    assert!(bomb.len() < 10_000);
    assert_eq!(refused(&bomb, Limits { bytes: 20_000, events: 3 }), Refused::TooLarge);
    // A list of four thousand million, of which nothing comes.
    assert_eq!(message(&[0x92, 0xa1, b't', 0xdd, 255, 255, 255, 255], small, &mut |_| ()), Ok(None));
    let long = [&[0x92, 0xa1, b't', 0xdb, 255, 255, 255, 255][..], &[b'x'; 2_000]].concat();
    assert_eq!(refused(&long, small), Refused::TooLarge);
    let deep = [vec![0x92, 0xa1, b't', 0x91, 0x92, 0x01], vec![0x91; 500]].concat();
    assert!(matches!(refused(&deep, small), Refused::Unreadable(_)));
    let broken = pack(&("t", Bytes(vec![1, 2, 3]), json!({"compressed": "gzip"})));
    assert!(matches!(refused(&broken, small), Refused::Unreadable(_)));
    for none in [&b"GET / HTTP/1.1\r\n"[..], &[0x90], &[0x92, 0x01], &[0xc1]] {
        assert!(matches!(refused(none, small), Refused::Unreadable(_)), "{none:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn whatever_is_sent_nothing_panics_and_what_is_taken_is_counted(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let limits = Limits { bytes: 300, events: 5 };
        for read in [event_list, json_lines] {
            let mut seen = 0;
            if let Ok(taken) = read(&bytes, limits, &mut |sent| seen += usize::from(matches!(sent, Sent::Event(..)))) {
                prop_assert_eq!(taken.events, seen);
            }
        }
        let _ = message(&bytes, limits, &mut |_| ());
    }

    #[test]
    fn values_are_those_of_another_reader(value in arbitrary(), cut in any::<prop::sample::Index>(), to in any::<u8>()) {
        let mut bytes = pack(&("tag", 1_u32, json!({"log": value.to_string(), "verb": "get", "user": {}, "requestObject": value})));
        let mut body = None;
        let read = message(&bytes, Limits::default(), &mut |sent| {
            if let Sent::Event(event, own) = sent {
                body = event.request().map(str::to_owned);
                assert_eq!(Event::read(own).unwrap().id(), event.id(), "its own text is the event");
            }
        });
        prop_assert_eq!(read.unwrap().unwrap().taken.events, 1);
        // JSON of another's MessagePack, back again.
        let back = body.map_or(Value::Null, |body| serde_json::from_str(&body).unwrap());
        prop_assert_eq!(back, value);
        let at = cut.index(bytes.len());
        bytes[at] = to;
        let _ = message(&bytes, Limits::default(), &mut |_| ());
    }
}

fn arbitrary() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<i32>().prop_map(|number| Value::from(f64::from(number) / 4.0)),
        ".{0,40}".prop_map(Value::from),
        "[a-z]{250,300}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 40, 20, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..20).prop_map(Value::from),
            prop::collection::btree_map("[a-z]{0,40}", inner, 0..20)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}
