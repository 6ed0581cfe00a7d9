//! What hostile, broken and slow clients send.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::{Trial, token};
use crate::Limits;

#[test]
fn another_host_is_refused() {
    let trial = Trial::new();
    for host in ["evil.example", "127.0.0.1", "localhost:1", ""] {
        let asked = format!("GET /api/v1/me HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        super::Reply::read(&trial.raw(asked.as_bytes())).problem(421);
    }
    let twice = format!("GET /sign-in HTTP/1.1\r\nHost: {0}\r\nHost: {0}\r\nConnection: close\r\n\r\n", trial.address);
    assert_eq!(super::Reply::read(&trial.raw(twice.as_bytes())).status, 421);
}

#[test]
fn what_cannot_be_is_refused_by_its_own_status() {
    let trial = Trial::new();
    let of_shop = |rest: &str| trial.as_role("admin", "GET", &format!("/api/v1/sources/shop/{rest}"), "");
    for wrong in [
        "findings?data=nil",
        "findings?limit=",
        "findings?limit=0",
        "scanner-results?data=nil",
        "scanner-results?kind=secrets",
        "detections?from=yesterday",
    ] {
        of_shop(wrong).problem(400);
    }
    for right in ["findings?data=special", "detections?from=2026-11-26&until=2026-11-27T12:00:00Z", "detections?until="]
    {
        assert_eq!(of_shop(right).status, 200, "{right}");
    }
    of_shop("detections?namespace=%00").problem(422);
    let refused = trial.as_role("admin", "PUT", "/api/v1/me", "");
    assert_eq!((refused.status, refused.headers["allow"].as_str()), (405, "GET, HEAD"));
    let report = |more: &str| {
        let said = format!("{{\"title\": \"A lost laptop\", {more}}}");
        trial.as_role("admin", "POST", "/api/v1/breaches", &said)
    };
    report(r#""reason": "it was left in a train", "source": "shop", "detection": "\u0000""#).problem(422);
    // As it is shown it would be long enough.
    report(r#""reason": "\u0001\u0001\u0001\u0001""#).problem(422);
}

#[test]
fn forged_forms_are_refused() {
    let trial = Trial::new();
    let (cookie, forms) = trial.sign_in("admin");
    let path = "/sources/shop/findings/aaaa/exceptions";
    let said = "reason=one+is+enough+at+night&expires=2027-01-01";
    for token in [String::new(), "token-of-form=&".to_owned(), format!("token-of-form={forms}x&")] {
        assert_eq!(trial.form(&cookie, path, &format!("{token}{said}")).status, 403);
    }
    let whole = format!("token-of-form={forms}&{said}");
    let kind = ("Content-Type", "application/x-www-form-urlencoded");
    for from in [("Origin", "https://evil.example"), ("Origin", "null"), ("Sec-Fetch-Site", "cross-site")] {
        assert_eq!(trial.ask("POST", path, &[("Cookie", &cookie), kind, from], &whole).status, 403, "{from:?}");
    }
    assert!(trial.hub.decisions("shop").unwrap().is_empty());
    assert_eq!(trial.form(&cookie, path, &whole).status, 303, "and a true one is taken");
}

#[test]
fn forged_tokens_and_used_links_are_refused() {
    let trial = Trial::new();
    for value in ["Bearer nobody-has-this-token-012345", "Bearer ", "Basic YTpi", "Bearer \u{e9}"] {
        trial.ask("GET", "/api/v1/me", &[("Authorization", value)], "").problem(401);
    }
    assert_eq!(trial.ask("GET", "/sources", &[("Cookie", "cloister=forged")], "").status, 401);
    let link = format!("/sign-in/{}", trial.hub.link("local").unwrap());
    let first = trial.ask("GET", &link, &[], "");
    assert!(first.status == 200 && first.cookies.iter().any(|cookie| cookie.starts_with("cloister=")));
    assert_eq!(trial.ask("GET", &link, &[], "").status, 403, "a link signs in once");
}

#[test]
fn who_tries_many_tokens_waits() {
    let trial = Trial::new();
    let tries = (0..30).map(|at| {
        trial.ask("GET", "/api/v1/me", &[("Authorization", &format!("Bearer wrong-token-number-{at:08}"))], "")
    });
    let refused: Vec<_> = tries.filter(|reply| reply.status == 429).collect();
    assert!(refused.len() >= 15);
    assert!(refused[0].headers["retry-after"].parse::<u64>().unwrap() >= 1);
    let known = format!("Bearer {}", token("viewer"));
    assert_eq!(trial.ask("GET", "/api/v1/me", &[("Authorization", &known)], "").status, 200, "who has one does not");
}

#[test]
fn bodies_have_an_end() {
    let trial = Trial::with(Limits { form: 1000, report: 5000, ..Limits::default() });
    let long = "x".repeat(5001);
    trial.as_role("admin", "POST", "/api/v1/sources/shop/exceptions", &long).problem(413);
    trial.as_role("admin", "POST", "/api/v1/sources/new/assessments", &long).problem(413);
    trial.as_role("admin", "GET", "/api/v1/sources", "a body").problem(413);
    for broken in ["", "{", "[]", "null", "{\"generator\":\"cloister\"}", "\u{0}", &"[".repeat(4000)] {
        trial.as_role("admin", "POST", "/api/v1/sources/new/assessments", broken).problem(422);
    }
    assert!(trial.hub.snapshot("new").is_none());
    for name in ["UPPER", "a%2Fb", "%2E%2E", "-x", "a b", "%00"] {
        let reply = trial.as_role(
            "admin",
            "POST",
            &format!("/api/v1/sources/{name}/assessments").replace(' ', "%20"),
            &super::report::json(),
        );
        assert!([400, 404, 413, 422].contains(&reply.status), "{name} {}", reply.status);
    }
    assert_eq!(trial.hub.names().len(), 1);
}

#[test]
fn paths_lead_nowhere_else() {
    let trial = Trial::new();
    for path in [
        "/assets/../Cargo.toml",
        "/assets/..%2F..%2Fetc%2Fpasswd",
        "/assets/%2e%2e/hub.css",
        "//etc/passwd",
        "/sources/..%2f..",
        "/%ff",
        "/sources/%ff",
    ] {
        let reply = trial.as_role("viewer", "GET", path, "");
        assert!([400, 404].contains(&reply.status), "{path} {}", reply.status);
        assert!(!reply.body.contains("root:"));
    }
}

#[test]
fn slow_clients_are_hung_up_on_and_hold_up_nobody() {
    let trial = Trial::new();
    let mut slow: Vec<TcpStream> = (0..50).map(|_| TcpStream::connect(trial.address).unwrap()).collect();
    for stream in &mut slow {
        stream.write_all(b"GET / HT").unwrap();
    }
    let begun = Instant::now();
    assert_eq!(trial.ask("GET", "/health", &[], "").status, 200);
    assert!(begun.elapsed() < Duration::from_millis(600), "others are answered meanwhile");
    for stream in &mut slow {
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest);
    }
    assert!(begun.elapsed() < Duration::from_secs(8), "they are hung up on");
    let head = format!(
        "POST /sign-in HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: 100\r\n\r\nhalf",
        trial.address
    );
    assert!(trial.raw(head.as_bytes()).starts_with("HTTP/1.1 408"));
}

#[test]
fn what_a_report_says_is_text_and_no_page() {
    let trial = Trial::new();
    let page = trial.as_role("viewer", "GET", "/sources/shop/findings/aaaa", "");
    assert!(page.body.contains("&lt;b&gt;here&lt;/b&gt;") && !page.body.contains("<b>here"));
    let policy = &page.headers["content-security-policy"];
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"));
    assert!(!page.body.contains("style=\"") && !page.body.contains("onclick"), "nothing that the policy would forbid");
    assert_eq!(page.headers["cache-control"], "no-store");
    for name in ["x-content-type-options", "referrer-policy", "x-frame-options", "cross-origin-opener-policy"] {
        assert!(page.headers.contains_key(name), "{name}");
    }
}
