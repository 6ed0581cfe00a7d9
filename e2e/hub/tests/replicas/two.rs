//! Two hubs on one database: what is done at one is seen at the other, and when one is killed the other goes on.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use serde_json::{Value, json};

use super::events;
use super::site::{Node, Site, token};

const BREACHES: &str = "/api/v1/breaches";

fn digest(site: &Site, node: &Node) -> Value {
    site.clinic(node, "")["digest"].clone()
}

fn namespace(site: &Site, name: &str) {
    let pod = "spec: {containers: [{name: web, image: nginx}]}";
    let text = format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: web, namespace: {name}}}\n{pod}\n");
    std::fs::write(site.file(&format!("{name}.yaml")), text).unwrap();
}

fn has_namespace(site: &Site, node: &Node, name: &str) -> bool {
    let all = site.clinic(node, "/namespaces?limit=100");
    all["items"].as_array().is_some_and(|all| all.iter().any(|one| one.to_string().contains(&format!("\"{name}\""))))
}

/// Both are assessed, and say the same.
fn agree(site: &Site, one: &Node, other: &Node) {
    site.until("both say the same", || !digest(site, one).is_null() && digest(site, one) == digest(site, other));
}

#[test]
fn two_hubs_are_one_for_people_and_one_of_them_may_be_killed() {
    let site = Site::new();
    let mut one = site.hub("one");
    site.until("the clinic is assessed", || !site.clinic(&one, "").is_null());
    let two = site.hub("two");
    agree(&site, &one, &two);
    assessed_here_and_there(&site, &one, &two);
    decided_at_one(&site, &one, &two);
    nobody_s_change_is_lost(&site, &one, &two);
    signed_in_at_one(&site, &one, &two);

    let (next, end) = (AtomicU32::new(0), AtomicBool::new(false));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| events::send(&site, &[&one, &two], &next, &end, &|_| {}));
        }
        site.until("events come in", || next.load(Ordering::Relaxed) > 40);
        end.store(true, Ordering::Relaxed);
    });
    events::judged(&site, &two, next.load(Ordering::Relaxed));
    events::judged(&site, &one, next.load(Ordering::Relaxed));
    assert_eq!((two.entries("assessment"), two.entries("detection")), (0, 0), "one of them records");

    site.all_told(&two);
    site.told_once(0);

    // In the middle of it the one that judges and records is killed.
    let (end, mut killed) = (AtomicBool::new(false), 0);
    std::thread::scope(|scope| {
        scope.spawn(|| events::send(&site, &[&two], &next, &end, &|_| {}));
        let since = next.load(Ordering::Relaxed);
        site.until("events come in", || next.load(Ordering::Relaxed) > since + 10);
        one.kill();
        killed = site.receiver.told().len();
        namespace(&site, "after");
        site.until("the other one goes on", || has_namespace(&site, &two, "after"));
        end.store(true, Ordering::Relaxed);
    });
    events::judged(&site, &two, next.load(Ordering::Relaxed));

    // It comes back, and is the second now.
    let one = site.hub("one");
    agree(&site, &one, &two);
    let before = one.entries("assessment");
    namespace(&site, "later");
    site.until("both know it", || has_namespace(&site, &one, "later") && has_namespace(&site, &two, "later"));
    assert_eq!(one.entries("assessment"), before, "one of them records");
    events::one(&site, &[&one], next.fetch_add(1, Ordering::Relaxed), &|_| {});
    events::judged(&site, &one, next.load(Ordering::Relaxed));
    site.all_told(&one);
    site.told_once(killed);
    let runs = site.clinic(&one, "/assessments?limit=100")["items"].as_array().unwrap().len();
    assert_eq!(one.verified() + two.verified(), runs, "each assessment is in one log");
}

fn assessed_here_and_there(site: &Site, one: &Node, two: &Node) {
    namespace(site, "first");
    site.until("both know it", || has_namespace(site, one, "first") && has_namespace(site, two, "first"));
    agree(site, one, two);
    // What only objects tell is told by both.
    for node in [one, two] {
        let rows = site.clinic(node, "/answers/who-can?verb=get&resource=secrets");
        assert!(rows["items"].as_array().is_some_and(|rows| !rows.is_empty()), "{rows}");
    }
    let runs = |node| site.clinic(node, "/assessments?limit=100")["items"].clone();
    assert_eq!(runs(one), runs(two));
}

fn decided_at_one(site: &Site, one: &Node, two: &Node) {
    let finding = site.clinic(two, "/findings?limit=1")["items"][0]["id"].as_str().unwrap().to_owned();
    let said =
        json!({"finding": finding, "reason": "it is moved to a host of its own in May", "expires": "2028-05-31"});
    let before = digest(site, one);
    let decided = site.ask(two, "engineer", ("POST", "/api/v1/sources/clinic/exceptions"), Some(&said.to_string()));
    assert_eq!(decided.status, 201, "{decided:?}");
    site.until("what was decided at the second is in force", || digest(site, one) != before);
    agree(site, one, two);
    let accepted = |node| site.clinic(node, &format!("/findings/{finding}")).to_string().contains("moved to a host");
    assert!(accepted(one) && accepted(two));
}

fn nobody_s_change_is_lost(site: &Site, one: &Node, two: &Node) {
    let said =
        json!({"title": "A letter went astray", "reason": "the patient called and told us so", "source": "clinic"});
    let made = site.ask(two, "dpo", ("POST", BREACHES), Some(&said.to_string()));
    assert_eq!(made.status, 201, "{made:?}");
    let path = format!("{BREACHES}/{}", made.body["number"].as_str().unwrap());
    let read = site.ask(one, "dpo", ("GET", &path), None);
    assert_eq!(read.status, 200, "{read:?}");
    let steps = format!("{path}/steps");
    let step = |node, note: &str| {
        let authorization = format!("Bearer {}", token("dpo"));
        let headers = [("authorization", authorization.as_str()), ("if-match", read.tag.as_str())];
        let said = json!({"note": {"reason": note}}).to_string();
        site.ask_with(node, ("POST", &steps), &headers, Some(&said)).status
    };
    assert_eq!((step(one, "I called back"), step(two, "I wrote a letter")), (200, 412), "who comes second is told");
    let known = site.ask(two, "dpo", ("GET", &path), None).body.to_string();
    assert!(known.contains("I called back") && !known.contains("I wrote a letter"));
}

fn signed_in_at_one(site: &Site, one: &Node, two: &Node) {
    let form = |text: &Value| {
        let text = text.as_str().unwrap();
        text.split("name=\"token-of-form\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    };
    // One address for both would give one cookie: theirs are called by their ports.
    let port = |node: &Node| node.hub.address.rsplit(':').next().unwrap().to_owned();
    let cookie = |text: &str, node: &Node| {
        let named: Vec<(&str, &str)> = text.split("; ").filter_map(|one| one.split_once('=')).collect();
        let of = |(name, value): &(&str, &str)| {
            format!("{}={value}", name.replace(&port(one), &port(node)).replace(&port(two), &port(node)))
        };
        named.iter().map(of).collect::<Vec<_>>().join("; ")
    };
    let page = site.ask_with(one, ("GET", "/sign-in"), &[], None);
    let headers = |cookie| [("cookie", cookie), ("content-type", "application/x-www-form-urlencoded")];
    let said = format!("token-of-form={}&token={}", form(&page.body), token("viewer"));
    // The form is of the one, and what it says goes to the other.
    let visit = cookie(&page.cookie, two);
    let done = site.ask_with(two, ("POST", "/sign-in"), &headers(&visit), Some(&said));
    assert_eq!(done.status, 200, "{done:?}");
    let me = |node: &Node| {
        site.ask_with(node, ("GET", "/api/v1/me"), &[("cookie", &cookie(&done.cookie, node))], None).status
    };
    assert_eq!((me(one), me(two)), (200, 200), "who signed in at one is known to the other");
    let page = site.ask_with(one, ("GET", "/sources"), &[("cookie", &cookie(&done.cookie, one))], None);
    let said = format!("token-of-form={}", form(&page.body));
    let out = site.ask_with(one, ("POST", "/sign-out"), &headers(&cookie(&done.cookie, one)), Some(&said));
    assert!(out.status == 200 || out.status == 303, "{out:?}");
    site.until("who signed out is out at both", || (me(one), me(two)) == (401, 401));
}
