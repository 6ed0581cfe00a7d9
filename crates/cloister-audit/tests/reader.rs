//! What of a log counts, and what bad input costs: itself, and nothing else.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::string_slice, reason = "tests")]

use std::io::{Read, Write};

use cloister_audit::{Log, Use, Window};
use cloister_rbac::{Action, ResourceAction};
use proptest::prelude::*;

/// An event that a request was allowed, with these fields more or changed.
fn event(user: &str, verb: &str, path: &str, more: &str) -> String {
    let mut parts = path.trim_start_matches('/').split('/');
    let (namespace, resource) = (parts.next().unwrap(), parts.next().unwrap());
    let (name, below) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
    let uri = format!("/api/v1/namespaces/{namespace}/{resource}/{name}/{below}");
    let uri = uri.trim_end_matches('/');
    format!(
        r#"{{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"{user}-{verb}-{path}","stage":"ResponseComplete","requestURI":"{uri}","verb":"{verb}","user":{{"username":"{user}","groups":["dev","system:authenticated"]}},"objectRef":{{"resource":"{resource}","namespace":"{namespace}","name":"{name}","subresource":"{below}","apiVersion":"v1"}},"responseStatus":{{"metadata":{{}},"code":200}},"requestObject":{{"a":[1,{{"b":"}}"}}]}},"requestReceivedTimestamp":"2026-11-01T10:00:00.000000Z","annotations":{{"authorization.k8s.io/decision":"allow","authorization.k8s.io/reason":"RBAC: allowed"}}{more}}}"#
    )
}

fn read(text: impl AsRef<[u8]>) -> Log {
    let mut log = Log::new(Window::default());
    log.read("audit.log", text.as_ref());
    log
}

fn resource(used: &Use) -> &ResourceAction {
    let Action::Resource(action) = &used.action else { unreachable!("{used:?}") };
    action
}

fn said(log: &Log) -> Vec<String> {
    let say = |used: &Use| match &used.action {
        Action::Url { verb, path } => format!("{} {verb} {path}", used.identity.user),
        Action::Resource(action) => {
            format!("{} {} {}/{}:{}", used.identity.user, action.verb, action.namespace, action.path(), action.name)
        }
    };
    log.uses().iter().map(say).collect()
}

#[test]
fn a_request_counts_once_whatever_its_stages() {
    let one = event("ann", "get", "shop/pods/web", "");
    let received = one.replace("ResponseComplete", "RequestReceived");
    let log = read(format!("{received}\n{one}\n"));
    assert_eq!((log.uses()[0].requests, log.tally.received, log.tally.events), (1, 1, 2));
    let watch = event("ann", "watch", "shop/pods", "");
    let started = watch.replace("ResponseComplete", "ResponseStarted");
    assert_eq!(read(format!("{started}\n{watch}")).uses()[0].requests, 1);
    assert_eq!(read(format!("{watch}\n{started}")).uses()[0].requests, 1, "from rotated logs in any order");
    assert_eq!(read(&started).uses()[0].requests, 1, "still running");
    let mut merged = read(&started);
    merged.merge(read(&watch));
    assert_eq!(merged.uses()[0].requests, 1);
    merged.merge(read(event("bob", "watch", "shop/pods", "")));
    assert_eq!(merged.uses().len(), 2);
    let mut later = read(format!("{}\n{started}", event("bob", "get", "shop/pods/web", "")));
    later.merge(read(&watch));
    assert_eq!(later.uses()[0].requests, 1, "from logs that were read apart");
}

#[test]
fn names_are_those_that_the_authoriser_saw() {
    let create = event("ann", "create", "shop/pods", "").replace(r#""name":"""#, r#""name":"web""#);
    assert_eq!(said(&read(create)), ["ann create shop/pods:"], "the name stood in the body");
    let exec = event("ann", "create", "shop/pods/web/exec", "");
    assert_eq!(said(&read(exec)), ["ann create shop/pods/exec:web"]);
    let list = event("ann", "list", "shop/secrets/db", "");
    assert_eq!(said(&read(list)), ["ann list shop/secrets:db"], "by a field selector");
    let old =
        event("ann", "get", "shop/deployments/web", "").replace(r#""apiVersion":"v1""#, r#""apiVersion":"apps/v1""#);
    assert_eq!(resource(&read(old).uses()[0]).group, "apps");
}

#[test]
fn what_the_server_asks_for_on_the_way_is_used_too() {
    let applied = event("ann", "patch", "shop/configmaps/web", "").replace(r#""code":200"#, r#""code":201"#);
    assert_eq!(said(&read(applied)), ["ann create shop/configmaps:web", "ann patch shop/configmaps:web"]);
    let entered = event("ann", "get", "shop/pods/web/exec", "").replace(r#""code":200"#, r#""code":101"#);
    assert_eq!(said(&read(entered)), ["ann create shop/pods/exec:web", "ann get shop/pods/exec:web"]);
}

#[test]
fn the_impersonated_one_acts_and_the_other_impersonates() {
    let more = r#","impersonatedUser":{"username":"system:serviceaccount:ci:bot","uid":"7","groups":["system:serviceaccounts","system:serviceaccounts:ci","system:authenticated"],"extra":{"a.example/b":["c"]}}"#;
    let log = read(event("ann", "get", "shop/pods/web", more));
    assert_eq!(
        said(&log),
        [
            "ann impersonate ci/serviceaccounts:bot",
            "ann impersonate /uids:7",
            "ann impersonate /userextras/a.example/b:c",
            "system:serviceaccount:ci:bot get shop/pods:web"
        ]
    );
    let more = r#","impersonatedUser":{"username":"eve","groups":["ops","system:authenticated"]},"authenticationMetadata":{"impersonationConstraint":"impersonate:user-info"}"#;
    let log = read(event("ann", "get", "shop/pods/web", more));
    assert_eq!(
        said(&log),
        [
            "ann impersonate-on:user-info:get shop/pods:web",
            "ann impersonate:user-info /groups:ops",
            "ann impersonate:user-info /users:eve",
            "eve get shop/pods:web"
        ]
    );
}

#[test]
fn refusals_nodes_and_silence_are_counted_apart() {
    let ok = event("ann", "get", "shop/pods/web", "");
    let denied = ok.replace(r#"decision":"allow"#, r#"decision":"forbid"#);
    let silent = ok.replace("authorization.k8s.io/decision", "other");
    let failed = silent.replace(r#""code":200"#, r#""code":500"#);
    let node = event("system:node:n1", "get", "shop/secrets/db", "").replace("\"dev\"", "\"system:nodes\"");
    let by_node = node.replace("RBAC: allowed", "");
    let log = read([denied, silent, failed, by_node, node].join("\n"));
    assert_eq!((log.tally.denied, log.tally.unsaid, log.tally.nodes), (1, 1, 1));
    assert_eq!(said(&log), ["ann get shop/pods:web", "system:node:n1 get shop/secrets:db"]);
}

#[test]
fn urls_lose_their_query_and_old_versions_are_read() {
    let url = r#"{"kind":"Event","apiVersion":"audit.k8s.io/v1beta1","stage":"ResponseComplete","requestURI":"/metrics?a=b","verb":"get","user":{"username":"ann"},"responseStatus":{"code":200},"timestamp":"2026-11-01T10:00:00Z"}"#;
    assert_eq!(said(&read(url)), ["ann get /metrics"]);
}

#[test]
fn the_window_limits_what_counts_and_not_what_was_last() {
    let since = "2026-11-01T10:00:00Z".parse().unwrap();
    let mut log = Log::new(Window { since: Some(since), until: None });
    let late = event("ann", "get", "shop/pods/web", "");
    let early = late.replace("2026-11-01T10:00:00", "2026-10-31T10:00:00").replace("web", "old");
    log.read("a", format!("{late}\n{early}").as_bytes());
    let uses = log.uses();
    assert_eq!((uses[0].requests, uses[1].requests, log.tally.outside), (0, 1, 1));
    assert_eq!(uses[0].last.unwrap().to_string(), "2026-10-31T10:00:00Z");
}

#[test]
fn lists_in_any_layout_and_packed_logs_are_read() {
    let (a, b) = (event("ann", "get", "shop/pods/web", ""), event("bob", "get", "shop/pods/web", ""));
    let two = ["ann get shop/pods:web", "bob get shop/pods:web"];
    let pretty = |text: &str| text.replace("\":{", "\":\n  {\n  ").replace(",\"", ",\n   \"");
    for list in [
        format!(r#"{{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{{}},"items":[{a},{b}]}}"#),
        format!("{{\n \"items\": [\n{a},\n{b}\n ],\n \"kind\": \"EventList\"\n}}\n"),
        format!("[{a},\n{b}]"),
        format!("{a}{b}"),
        format!("[[],\n{a},7,\"x\",\n{b}]"),
        format!("{}\n{}\n", pretty(&a), pretty(&b)),
        format!("\u{feff}{a}\r\n\r\n\0\0{b}\r\n"),
        format!("2026-11-01T10:00:00.1Z stdout F {a}\n2026-11-01T10:00:00.1Z stdout F {b}"),
    ] {
        let log = read(&list);
        assert_eq!((said(&log), log.diagnostics.len()), (two.map(str::to_owned).to_vec(), 0), "{list}");
    }
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(format!("{a}\n").as_bytes()).unwrap();
    let mut packed = packed.finish().unwrap();
    let mut second = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    second.write_all(format!("{b}\n").as_bytes()).unwrap();
    packed.extend(second.finish().unwrap());
    assert_eq!(said(&read(&packed)), two);
    let cut = read(&packed[..packed.len() - 9]);
    assert_eq!(cut.uses().len(), 2);
    assert!(cut.diagnostics[0].message.contains("it ends in the middle"), "{:?}", cut.diagnostics);
}

#[test]
fn a_file_that_is_no_audit_log_is_told_once() {
    for text in ["name: value\n".repeat(50), "{\"level\":\"info\"}\n".repeat(50)] {
        let log = read(text);
        let [told] = log.diagnostics.as_slice() else { panic!("{:?}", log.diagnostics) };
        assert!(told.message.starts_with("holds no audit event: 50 parts") && told.line == Some(1), "{told:?}");
    }
    let mixed = read(format!("{}\n{}", event("ann", "get", "shop/pods/web", ""), "name: value\n".repeat(50)));
    assert_eq!(mixed.diagnostics.len(), 11, "where events are in it, lines are told of, and how many more there are");
}

#[test]
fn what_broke_off_is_told_with_its_line_and_costs_nothing_else() {
    let (a, b) = (event("ann", "get", "shop/pods/web", ""), event("bob", "get", "shop/pods/web", ""));
    for cut in 1..a.len() {
        if !a.is_char_boundary(cut) {
            continue;
        }
        let log = read(format!("{}\n{b}\n", &a[..cut]));
        assert_eq!(said(&log), ["bob get shop/pods:web"], "cut at {cut}");
        assert_eq!((log.diagnostics.len(), log.diagnostics[0].line), (1, Some(1)), "cut at {cut}");
    }
    let log = read(format!("{b}\n{}", &a[..a.len() - 3]));
    assert_eq!((log.uses().len(), log.diagnostics[0].line), (1, Some(2)));
}

#[test]
fn messages_hold_nothing_of_what_was_read() {
    let secret = "hunter2-of-a-person";
    let broken = format!("{secret}\n{{\"kind\":\"{secret}\",\"verb\":[\"{secret}\"]}}\n{{\"{secret}\": {secret}}}\n");
    let log = read(format!("{}\n{broken}", event("ann", "get", "shop/pods/web", "")));
    assert_eq!(log.diagnostics.len(), 3);
    assert!(!format!("{:?}", log.diagnostics).contains(secret));
    let log = read(broken);
    assert_eq!(log.diagnostics.len(), 1);
    assert!(!format!("{:?}", log.diagnostics).contains(secret));
}

/// A reader that gives little at a time, and fails in the end.
struct Slow<'t>(&'t [u8], usize);

impl Read for Slow<'_> {
    fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
        if self.0.is_empty() {
            return Err(std::io::Error::other("the disk is gone"));
        }
        let count = self.1.min(to.len()).min(self.0.len());
        to[..count].copy_from_slice(&self.0[..count]);
        self.0 = &self.0[count..];
        Ok(count)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_event_is_lost_among_whatever_lines(
        lines in prop::collection::vec(prop_oneof![
            3 => Just(None),
            2 => "[ -~]{0,30}".prop_map(Some),
            2 => r#"[\[\]{}",:a\\]{0,12}"#.prop_map(Some),
            1 => (1usize..590).prop_map(|cut| Some(event("x", "get", "shop/pods/web", "").trim_end_matches('}').chars().take(cut).collect())),
        ], 0..25),
        step in 1usize..50,
    ) {
        let mut text = String::new();
        let mut count = 0;
        for line in &lines {
            match line {
                None => {
                    text += &event(&format!("u{count}"), "get", "shop/pods/web", "");
                    count += 1;
                }
                Some(line) => text += line,
            }
            text.push('\n');
        }
        let log = read(&text);
        let found = log.uses().iter().filter(|used| used.identity.user.starts_with('u')).count();
        prop_assert_eq!(found, count, "{}", text);
        prop_assert_eq!(log.tally.bytes, text.len() as u64);
        let bad = lines.iter().flatten().any(|line| line.starts_with(|sign: char| sign.is_ascii_alphanumeric()));
        prop_assert!(!bad || log.tally.unreadable > 0, "{}", text);
        let mut slow = Log::new(Window::default());
        slow.read("slow", Slow(text.as_bytes(), step));
        prop_assert_eq!(slow.uses(), log.uses());
    }

    #[test]
    fn nothing_panics(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let log = read(&bytes);
        prop_assert_eq!(log.tally.bytes, bytes.len() as u64);
    }
}
