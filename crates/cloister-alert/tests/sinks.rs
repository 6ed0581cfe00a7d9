//! What receivers are sent, what is refused to be sent, and what is said of it.
#![cfg(feature = "send")]
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests with sockets and files"
)]

#[path = "support/server.rs"]
mod server;
mod support;

use std::fs;
use std::time::{Duration, Instant};

use cloister_alert::send::{Answer, Courier, Failure, Patience, Sink, test};
use cloister_alert::sign::Signer;
use cloister_alert::{Config, Message};
use serde_json::Value;
use server::{answer, endpoint, script};
use support::{alert, at, config, message};

const SECRET: &str = "a-secret-path-that-nobody-sees";

fn quick() -> Patience {
    let second = Duration::from_secs(1);
    Patience {
        connect: second,
        answer: 2 * second,
        whole: 4 * second,
        tries: 3,
        first: Duration::from_millis(5),
        longest: Duration::from_millis(50),
    }
}

/// A folder with a file that holds a secret.
fn secret(text: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret");
    fs::write(&path, format!("{text}\n")).unwrap();
    let path = path.display().to_string();
    (folder, path)
}

fn told(config: &Config, message: &Message) -> Result<Answer, Failure> {
    Sink::new(&config.receivers[0], config, quick()).send(message)
}

fn one() -> Message {
    message(vec![alert("one")], Vec::new())
}

fn slack_at(url: &str) -> (tempfile::TempDir, Config) {
    let (folder, path) = secret(url);
    (folder, config(&format!("[{{name: team, slack: {{url: {{file: {path}}}}}}}]"), "{receiver: team}"))
}

#[test]
fn slack_and_teams_get_json_at_an_address_that_is_a_secret() {
    for kind in ["slack", "teams"] {
        let (address, requests) = endpoint(&[&answer("200 OK", "ok")]);
        let (_folder, path) = secret(&format!("http://{address}/services/{SECRET}"));
        let config = config(&format!("[{{name: team, {kind}: {{url: {{file: {path}}}}}}}]"), "{receiver: team}");
        assert_eq!(told(&config, &one()).unwrap().said, "200 ok");
        let request = requests.recv().unwrap();
        assert_eq!(request.line, format!("POST /services/{SECRET} HTTP/1.1"));
        assert_eq!(request.headers["content-type"], "application/json");
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        assert!(body.to_string().contains("A person read a Secret"));
    }
}

#[test]
fn a_webhook_is_signed_as_it_is_sent() {
    let (address, requests) = endpoint(&[&answer("204 No Content", "")]);
    let (_folder, path) = secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    let hook = format!("[{{name: team, webhook: {{url: 'http://{address}/hook', secret: {{file: {path}}}}}}}]");
    assert_eq!(told(&config(&hook, "{receiver: team}"), &one()).unwrap().said, "204");
    let request = requests.recv().unwrap();
    assert_eq!(request.headers["content-type"], "application/cloudevents+json; charset=utf-8");
    assert_eq!(request.headers["webhook-id"], "msg_1");
    let seconds: i64 = request.headers["webhook-timestamp"].parse().unwrap();
    let signer = Signer::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
    assert!(signer.accepts(&request.headers["webhook-signature"], "msg_1", seconds, &request.body, seconds));
}

#[test]
fn what_leads_elsewhere_is_not_followed() {
    let (inner, stolen) = endpoint(&[&answer("200 OK", "secret")]);
    for status in ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"] {
        let moved =
            format!("HTTP/1.1 {status}\r\nLocation: http://{inner}/latest/meta-data\r\nContent-Length: 0\r\n\r\n");
        let (address, _requests) = endpoint(&[&moved]);
        let (_folder, config) = slack_at(&format!("http://{address}/services/x"));
        let failure = told(&config, &one()).unwrap_err();
        assert!(
            failure.cause.contains(status.split(' ').next().unwrap()) && failure.help.contains("does not follow"),
            "{failure:?}"
        );
        assert!(!failure.transient);
    }
    assert!(stolen.try_recv().is_err());
}

#[test]
fn inward_addresses_are_not_connected_to() {
    for url in [
        "http://169.254.169.254/latest/meta-data",
        "https://[fd00:ec2::254]/latest",
        "https://10.0.0.1/",
        "https://[::ffff:169.254.169.254]/",
        "https://[::1]/",
        "https://0/",
    ] {
        let (_folder, config) = slack_at(url);
        let started = Instant::now();
        let failure = told(&config, &one()).unwrap_err();
        assert!(failure.help.contains("allowNetworks") || failure.cause.contains("no host"), "{url}: {failure:?}");
        assert!(started.elapsed() < Duration::from_secs(2), "{url}");
    }
    // Plain text stays within networks that are allowed.
    let (_folder, config) = slack_at("http://93.184.216.34/");
    assert!(told(&config, &one()).unwrap_err().cause.contains("without encryption"));
}

#[test]
fn nothing_that_is_said_of_a_failure_holds_the_secret() {
    let echo = answer("403 Forbidden", &format!("no such hook: /services/{SECRET}\nAuthorization: {SECRET}"));
    let html = answer("500 Oops", &format!("\u{1b}[31m<h1>services/{SECRET}"));
    for (answers, cause) in
        [(vec![echo.as_str()], "403"), (vec![html.as_str()], "500"), (vec!["nonsense\r\n\r\n"], "HTTP")]
    {
        let (address, _requests) = endpoint(&answers);
        let (_folder, config) = slack_at(&format!("http://{address}/services/{SECRET}"));
        let failure = told(&config, &one()).unwrap_err();
        let text = format!("{failure:?} {failure}");
        assert!(text.contains(cause) && !text.contains(SECRET) && !text.contains('\u{1b}'), "{text}");
        assert!(!failure.help.is_empty());
    }
    let (_folder, config) = slack_at(SECRET);
    assert!(!format!("{:?}", told(&config, &one())).contains(SECRET));
    let (_folder, config) = slack_at(&format!("http://nowhere.invalid/{SECRET}"));
    assert!(!format!("{:?}", told(&config, &one())).contains(SECRET));
}

#[test]
fn what_is_missing_is_named() {
    for (receiver, cause) in [
        ("{name: team, slack: {url: {file: /nowhere/slack}}}", "/nowhere/slack"),
        ("{name: team, slack: {url: {env: CLOISTER_NOT_SET}}}", "CLOISTER_NOT_SET"),
        ("{name: team, webhook: {url: 'https://127.0.0.1:1', secret: {file: /dev/null}}}", "is empty"),
        ("{name: team, caFile: /nowhere/ca, alertmanager: {url: 'https://127.0.0.1:1'}}", "/nowhere/ca"),
        ("{name: team, alertmanager: {url: 'http://127.0.0.1:1'}}", "refuses the connection"),
        ("{name: team, fluentd: {host: 127.0.0.1, port: 1}}", "refuses the connection"),
        ("{name: team, email: {host: 127.0.0.1, port: 1, from: a@b.c, to: [d@e.f]}}", "refuses the connection"),
    ] {
        let failure = told(&config(&format!("[{receiver}]"), "{receiver: team}"), &one()).unwrap_err();
        assert!(failure.cause.contains(cause) && !failure.help.is_empty(), "{failure:?}");
    }
}

#[test]
fn what_passes_is_tried_again_and_what_lasts_is_not() {
    for (answers, tries, taken) in [
        (vec![answer("503 Busy", ""), answer("200 OK", "ok")], 2, true),
        (vec![answer("429 Slow down", "")], 3, false),
        (vec![answer("400 Bad", "invalid_blocks")], 1, false),
    ] {
        let answers: Vec<&str> = answers.iter().map(String::as_str).collect();
        let (address, requests) = endpoint(&answers);
        let (_folder, config) = slack_at(&format!("http://{address}/x"));
        let (courier, outcomes) = Courier::start(&config, quick()).unwrap();
        courier.send(one());
        let outcome = outcomes.recv().unwrap();
        assert_eq!((outcome.tries, outcome.result.is_ok()), (tries, taken), "{outcome:?}");
        let bodies: Vec<Vec<u8>> = requests.try_iter().map(|it| it.body).collect();
        assert!(bodies.len() == tries as usize && bodies.iter().all(|it| *it == bodies[0]));
        courier.end();
    }
}

#[test]
fn who_is_slow_holds_up_nobody_and_what_finds_no_room_comes_back() {
    // It takes connections, and says nothing.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let (address, requests) = endpoint(&[&answer("200 OK", "ok")]);
    let (_folder, path) = secret(&format!("http://{address}/x"));
    let receivers = format!(
        "[{{name: slow, alertmanager: {{url: 'http://{}'}}}}, {{name: team, slack: {{url: {{file: {path}}}}}}}]",
        silent.local_addr().unwrap()
    );
    let config = config(&receivers, "{receiver: team}");
    let (courier, outcomes) = Courier::start(&config, quick()).unwrap();
    let started = Instant::now();
    (0..40).for_each(|number| courier.send(Message { receiver: "slow".to_owned(), id: number.to_string(), ..one() }));
    courier.send(one());
    requests.recv_timeout(Duration::from_secs(2)).unwrap();
    assert!(started.elapsed() < Duration::from_secs(2));
    let refused = outcomes.try_iter().filter(|it| it.receiver == "slow" && it.tries == 0).count();
    assert!((22..=24).contains(&refused), "{refused} of 40 found no room");
    let failed = outcomes.recv_timeout(Duration::from_secs(60)).unwrap();
    let failed =
        if failed.receiver == "slow" { failed } else { outcomes.recv_timeout(Duration::from_secs(60)).unwrap() };
    assert!(failed.result.unwrap_err().cause.contains("does not answer in time"));
}

fn mail(port: u16, more: &str) -> Config {
    let email = format!("{{host: 127.0.0.1, port: {port}, from: a@b.example, to: [c@d.example, e@f.example]{more}}}");
    config(&format!("[{{name: team, email: {email}}}]"), "{receiver: team}")
}

#[test]
fn mail_is_not_sent_where_encryption_is_refused_or_meddled_with() {
    for (words, cause) in [
        (vec!["220 hi\r\n", "250-me\r\n250 8BITMIME\r\n"], "does not offer STARTTLS"),
        (vec!["220 hi\r\n", "250 STARTTLS\r\n", "454 not now\r\n"], "refuses STARTTLS"),
        (vec!["220 hi\r\n", "250 STARTTLS\r\n", "220 go\r\n250 I was put in\r\n"], "says more than it was asked"),
        (vec!["554 go away\r\n"], "does not greet"),
        (vec!["HTTP/1.1 400 Bad\r\n\r\n"], "server of mail"),
    ] {
        let (port, server) = script(&words);
        let failure = told(&mail(port, ""), &one()).unwrap_err();
        assert!(failure.cause.contains(cause) && !failure.help.is_empty(), "{failure:?}");
        let got = server.join().unwrap();
        assert!(!got.contains("MAIL") && !got.contains("AUTH"), "{got}");
    }
}

#[test]
fn one_recipient_of_two_is_enough_and_the_other_is_named() {
    let words = [
        "220 hi\r\n",
        "250 me\r\n",
        "250 ok\r\n",
        "550 no such user\r\n",
        "250 ok\r\n",
        "354 go on\r\n",
        "250 queued as 17\r\n",
        "221 bye\r\n",
    ];
    let (port, server) = script(&words);
    let answer = told(&mail(port, ", tls: none"), &one()).unwrap();
    assert!(answer.said.starts_with("250 queued as 17, but") && answer.said.contains("c@d.example"), "{answer:?}");
    let got = server.join().unwrap();
    assert!(got.contains("RCPT TO:<e@f.example>") && got.contains("\r\n.\r\n"), "{got}");
}

#[test]
fn a_test_says_what_each_receiver_answered() {
    let (address, requests) = endpoint(&[&answer("200 OK", "ok")]);
    let (_folder, path) = secret(&format!("http://{address}/x"));
    let receivers = format!(
        "[{{name: team, slack: {{url: {{file: {path}}}}}}}, {{name: gone, fluentd: {{host: 127.0.0.1, port: 1}}}}]"
    );
    let config = config(&receivers, "{receiver: team}");
    let all: Vec<_> = config.receivers.iter().collect();
    let report = test(&config, &all, "test-1", Some("ada"), at(0));
    assert!(!report.all && report.receivers[0].taken && !report.receivers[1].taken);
    assert_eq!(report.receivers[0].answer, "200 ok");
    assert!(report.receivers[1].help.is_some());
    assert!(String::from_utf8(requests.recv().unwrap().body).unwrap().contains("Test: this receiver can be told"));
}
