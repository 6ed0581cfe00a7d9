//! Every page in a real browser: axe-core, keyboard, without scripts, dark, narrow and wide. Pictures lie in the target's
//! folder `hub-pictures`, to be looked at.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests run programs"
)]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::{Duration, Instant};

use cloister_e2e_hub::axe;
use cloister_e2e_hub::browser::Browser;
use cloister_e2e_hub::hub::{Hub, program};
use serde_json::json;

/// Every kind of page, by its address.
const PAGES: &[(&str, &str)] = &[
    ("overview", "/sources/clinic"),
    ("sources", "/sources"),
    ("sessions", "/sessions"),
    ("frameworks", "/sources/clinic/frameworks"),
    ("framework", "/sources/clinic/frameworks/gdpr"),
    ("requirement", "/sources/clinic/frameworks/gdpr/32(1)(a)"),
    ("findings", "/sources/clinic/findings"),
    ("narrowed", "/sources/clinic/findings?severity=critical&state=open"),
    ("finding", "FINDING"),
    ("namespaces", "/sources/clinic/namespaces"),
    ("namespace", "/sources/clinic/namespaces/clinic"),
    ("resources", "/sources/clinic/resources"),
    ("resource", "/sources/clinic/resources/Deployment/clinic/sessions"),
    ("checks", "/sources/clinic/checks"),
    ("check", "/sources/clinic/checks/database-exposed"),
    ("data", "/sources/clinic/data"),
    ("questions", "/sources/clinic/questions"),
    ("who-reads", "/sources/clinic/questions?ask=who-reads&store=patients-db"),
    ("who-reaches", "/sources/clinic/questions?ask=who-reaches&to=store:patients-db"),
    ("who-reaches-namespace", "/sources/clinic/questions?ask=who-reaches&to=namespace:clinic"),
    ("reaches", "/sources/clinic/questions?ask=reaches&from=clinic/api"),
    ("who-can", "/sources/clinic/questions?ask=who-can&verb=get&resource=secrets&namespace=clinic"),
    ("what-can", "/sources/clinic/questions?ask=what-can&subject=max.mustermann@example.org"),
    ("climb", "/sources/clinic/questions?ask=climb&subject=max.mustermann@example.org"),
    ("no-answer", "/sources/clinic/questions?ask=who-can&verb=gte&resource=secrets"),
    ("rules", "/rules"),
    ("search", "/sources/clinic/search?q=patients"),
    ("others", "/sources/clinic/reports"),
    ("others-narrowed", "/sources/clinic/reports?kind=vulnerability&data=special"),
    ("detections", "/sources/clinic/detections"),
    ("detection", "DETECTION"),
    ("decisions", "/sources/clinic/decisions"),
    ("history", "/sources/clinic/history"),
    ("input", "/sources/clinic/input"),
    ("alerts", "/alerts"),
    ("evidence", "/evidence"),
    ("entry", "/evidence/0"),
    ("verification", "/evidence/verification"),
    ("breaches", "/breaches"),
    ("breach-suspected", "/breaches/SUSPECTED"),
    ("breach-known", "/breaches/KNOWN"),
    ("breach-draft", "/breaches/KNOWN/drafts/notification"),
    ("breach-register", "/breaches/register"),
    ("breach-report", "/breaches/new"),
    ("missing", "/nothing"),
];

/// What an API server's token would be.
const TOKEN: &str = "events-0123456789abcdef012345";

fn clinic() -> (tempfile::TempDir, Hub, Browser) {
    let home = tempfile::tempdir().unwrap();
    // Nobody listens there: the page shows alerts, and that nobody could be told.
    let alerts = home.path().join("alerts.yaml");
    let receivers = "[{name: team, alertmanager: {url: 'http://127.0.0.1:9'}}]";
    let text = format!(
        "apiVersion: cloister.dev/v1alpha1\nkind: AlertConfiguration\nspec:\n  allowNetworks: [127.0.0.0/8]\n  \
         receivers: {receivers}\n  route: {{receiver: team}}\n"
    );
    std::fs::write(&alerts, text).unwrap();
    let alerts = alerts.display().to_string();
    let tokens = home.path().join("tokens");
    std::fs::write(&tokens, format!("clinic collector {TOKEN}\n")).unwrap();
    let hub = Hub::start(
        home.path(),
        &["--watch", "examples/clinic", "--tokens", tokens.to_str().unwrap(), "--alerts", &alerts],
    )
    .unwrap();
    send(&hub, "audit-webhook", &shell());
    send(&hub, "scanner-reports", &weak());
    let mut browser = Browser::start().unwrap();
    browser.open(&hub.link).unwrap();
    wait_for(&mut browser, &hub, "/sources/clinic", "document.querySelector('.advice li') !== null");
    (home, hub, browser)
}

/// Somebody opens a shell in the database of patients.
fn shell() -> serde_json::Value {
    let time = "2026-11-26T12:00:01.000000Z";
    json!({"kind": "EventList", "apiVersion": "audit.k8s.io/v1", "items": [{
        "kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "Metadata", "auditID": "7f0d", "stage": "ResponseStarted",
        "requestURI": "/api/v1/namespaces/clinic/pods/patients-0/exec?command=psql", "verb": "create",
        "user": {"username": "anna.example", "groups": ["developers", "system:authenticated"]}, "sourceIPs": ["192.0.2.7"],
        "userAgent": "kubectl/v1.37.0 (linux/amd64)", "requestReceivedTimestamp": time, "stageTimestamp": time,
        "objectRef": {"resource": "pods", "subresource": "exec", "namespace": "clinic", "name": "patients-0", "apiVersion": "v1"},
        "responseStatus": {"code": 101}, "annotations": {"authorization.k8s.io/decision": "allow"},
    }]})
}

/// What another scanner says of three workloads, one of which is not there, and of an image that nobody runs.
fn weak() -> serde_json::Value {
    let found = |id: &str, severity: &str, package: &str| {
        json!({"VulnerabilityID": id, "PkgName": package, "InstalledVersion": "3.1.4-r0",
        "FixedVersion": "3.1.5-r1", "Severity": severity, "Title": "Keys of other connections are sent where a peer asks for too much"})
    };
    let setting = json!({"ID": "KSV-0014", "Severity": "HIGH", "Status": "FAIL", "Title": "Root file system is not read-only",
        "CauseMetadata": {"StartLine": 12}});
    let of = |namespace: &str, kind: &str, name: &str| {
        json!({"Namespace": namespace, "Kind": kind, "Name": name, "Results": [
        {"Target": "image (alpine 3.22)", "Vulnerabilities": [found("CVE-2026-10001", "CRITICAL", "libssl3"), found("CVE-2026-10002", "UNKNOWN", "zlib")]},
        {"Target": "Deployment/sessions", "Misconfigurations": [setting]}]})
    };
    json!({"ClusterName": "clinic", "Resources": [of("clinic", "Deployment", "sessions"), of("clinic", "StatefulSet", "patients"),
        of("elsewhere", "DaemonSet", "collector-of-many-logs-with-a-long-name")]})
}

fn send(hub: &Hub, place: &str, events: &serde_json::Value) {
    let (host, body) = (hub.address.trim_start_matches("http://"), events.to_string());
    let head = format!(
        "POST /api/v1/sources/clinic/{place} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\
         Authorization: Bearer {TOKEN}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let mut stream = TcpStream::connect(host).unwrap();
    stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

fn wait_for(browser: &mut Browser, hub: &Hub, page: &str, what: &str) {
    let begun = Instant::now();
    loop {
        browser.open(&format!("{}{page}", hub.address)).unwrap();
        if browser.value(what).unwrap() == json!(true) {
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "{page}: {what}");
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// Sends the form that is sent there, with these fields.
fn fill(browser: &mut Browser, place: &str, fields: &[(&str, &str)]) {
    let has = match fields {
        [("step", word), ..] => format!("[name=step][value={word}]"),
        _ => "button".to_owned(),
    };
    let form = format!("document.querySelector('form[action=\"{place}\"]:has({has})')");
    for (name, value) in fields.iter().filter(|(name, _)| *name != "step") {
        browser.value(&format!("{form}.querySelector('[name={name}]').value = '{value}'")).unwrap();
    }
    browser.value(&format!("{form}.submit()")).unwrap();
    std::thread::sleep(Duration::from_millis(500));
    browser.settle().unwrap();
}

/// Two breaches: one that is suspected, one that is known. Their addresses.
fn breaches(browser: &mut Browser, hub: &Hub) -> [String; 2] {
    ["SUSPECTED", "KNOWN"].map(|which| {
        browser.open(&format!("{}/breaches/new", hub.address)).unwrap();
        let said = [
            ("title", "Dump of the patients database"),
            ("reason", "the flows show that much left by night"),
            ("namespace", "clinic"),
            ("occurred", "2026-11-20T09:10"),
        ];
        fill(browser, "/breaches", &said);
        let address = browser.value("location.href").unwrap().as_str().unwrap().to_owned();
        let place = address.trim_start_matches(&hub.address).to_owned();
        if which == "KNOWN" {
            let at = browser.value("document.querySelector('[name=at]').value").unwrap();
            let said = [("step", "become-aware"), ("at", at.as_str().unwrap()), ("reason", "a copy was found")];
            fill(browser, &format!("{place}/steps"), &said);
        }
        place
    })
}

/// The address of a page; of a finding the first critical one's, of a detection the first one's.
fn address(browser: &mut Browser, hub: &Hub, page: &str) -> String {
    let list = match page {
        "FINDING" => "/sources/clinic/findings?severity=critical",
        "DETECTION" => "/sources/clinic/detections",
        page => return format!("{}{page}", hub.address),
    };
    let there = "document.querySelector('.rows td:nth-child(2) a') !== null";
    wait_for(browser, hub, list, there);
    let link = browser.value("document.querySelector('.rows td:nth-child(2) a').href").unwrap();
    link.as_str().unwrap().to_owned()
}

/// What an eye would see at once: words that stand letter below letter, escapes, and tables that are cut off on a wide screen.
/// A picture may be larger than a screen, as a map is.
const LOOKS: &str = "(() => { const wrong = [], all = [...document.querySelectorAll('main *')]; \
     const say = (what, one) => wrong.push(what + ': ' + one.textContent.trim().slice(0, 40)); \
     const size = one => one.getBoundingClientRect(); \
     all.filter(one => !one.children.length && one.textContent.trim().length > 5 && size(one).width > 1 \
       && size(one).width < 26 && size(one).height > 60).forEach(one => say('squeezed', one)); \
     if (document.body.innerText.includes('\\\\u{')) wrong.push('an escape is shown'); \
     if (WIDTH > 1000) [...document.querySelectorAll('.scroll')].filter(one => !one.closest('.picture') || one.matches('.fits')) \
       .filter(one => one.scrollWidth > one.clientWidth + 1).forEach(one => say('cut off', one)); \
     return wrong; })()";

#[test]
fn every_page_holds_before_axe_in_light_and_dark_narrow_and_wide() {
    let (_home, hub, mut browser) = clinic();
    let script = axe::script().unwrap();
    let pictures = program().parent().unwrap().join("hub-pictures");
    std::fs::create_dir_all(&pictures).unwrap();
    let mut wrong = Vec::new();
    let [suspected, known] = breaches(&mut browser, &hub);
    for (name, page) in PAGES {
        let page = page.replace("/breaches/SUSPECTED", &suspected).replace("/breaches/KNOWN", &known);
        let address = address(&mut browser, &hub, &page);
        for (width, dark) in [(360, false), (360, true), (1440, false), (1440, true)] {
            browser.look(width, dark).unwrap();
            browser.open(&address).unwrap();
            let place = format!("{name}-{width}{}", if dark { "-dark" } else { "" });
            let found = axe::violations(&mut browser, &script).unwrap();
            wrong.extend(found.into_iter().map(|one| format!("{place}: {one}")));
            let fits = browser.value("document.documentElement.scrollWidth <= innerWidth").unwrap();
            if fits != json!(true) {
                wrong.push(format!("{place}: wider than its window"));
            }
            let looks = browser.value(&LOOKS.replace("WIDTH", &width.to_string())).unwrap();
            wrong.extend(looks.as_array().unwrap().iter().map(|one| format!("{place}: {one}")));
            std::fs::write(pictures.join(format!("{place}.png")), browser.picture().unwrap()).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_form_for_signing_in_holds_too() {
    let home = tempfile::tempdir().unwrap();
    let hub = Hub::start(home.path(), &["--watch", "examples/clinic"]).unwrap();
    let mut browser = Browser::start().unwrap();
    browser.open(&format!("{}/sign-in", hub.address)).unwrap();
    let script = axe::script().unwrap();
    assert_eq!(axe::violations(&mut browser, &script).unwrap(), Vec::<String>::new());
}

#[test]
fn pages_are_whole_without_scripts_and_decisions_are_made_by_keyboard() {
    let (_home, hub, mut browser) = clinic();
    browser.scripts(false).unwrap();
    let first = address(&mut browser, &hub, "/sources/clinic/findings?check=single-replica&state=open");
    browser.open(&first).unwrap();
    let link = browser.value("document.querySelector('.rows td:nth-child(2) a').href").unwrap();
    browser.open(link.as_str().unwrap()).unwrap();
    // By the keyboard alone: to the link that skips, then through the page to the form's first field.
    browser.press("Tab").unwrap();
    assert_eq!(
        browser.value("document.activeElement.className").unwrap(),
        json!("skip"),
        "the first stop skips the head"
    );
    let mut seen = 0;
    while browser.value("document.activeElement.name").unwrap() != json!("reason") {
        browser.press("Tab").unwrap();
        let outlined = browser.value("getComputedStyle(document.activeElement).outlineStyle !== 'none'").unwrap();
        assert_eq!(outlined, json!(true), "where one is can be seen");
        seen += 1;
        assert!(seen < 200, "the form is reached by the keyboard");
    }
    browser.call("Input.insertText", &json!({"text": "one replica is enough at night"})).unwrap();
    browser.value("document.querySelector('[name=expires]').value = '2029-01-01'").unwrap();
    while browser.value("document.activeElement.textContent").unwrap() != json!("Accept") {
        browser.press("Tab").unwrap();
    }
    browser.press("Enter").unwrap();
    std::thread::sleep(Duration::from_millis(500));
    browser.settle().unwrap();
    let page = browser.value("document.body.textContent").unwrap();
    assert!(page.as_str().unwrap().contains("one replica is enough at night"), "{page}");
    // One is accepted in the clinic's own register.
    wait_for(
        &mut browser,
        &hub,
        "/sources/clinic/findings?check=single-replica&state=accepted",
        "document.querySelectorAll('.rows tbody tr').length >= 2",
    );
    wait_for(
        &mut browser,
        &hub,
        "/evidence",
        "[...document.querySelectorAll('.rows td')].some(one => one.textContent === 'exception')",
    );
}

#[test]
fn an_open_page_shows_what_changed_in_the_folder() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("clinic");
    copy(&cloister_e2e_hub::hub::project().join("examples/clinic"), &folder);
    let hub = Hub::start(home.path(), &["--watch", folder.to_str().unwrap()]).unwrap();
    let mut browser = Browser::start().unwrap();
    browser.open(&hub.link).unwrap();
    wait_for(&mut browser, &hub, "/sources/clinic", "document.querySelector('.advice li') !== null");
    let before = browser.value("document.querySelector('.big').textContent").unwrap();
    std::fs::remove_file(folder.join("k8s/sessions.yaml")).unwrap();
    let begun = Instant::now();
    while browser.value("document.querySelector('.big').textContent").unwrap() == before {
        assert!(begun.elapsed() < Duration::from_secs(30), "the open page is renewed by itself");
        std::thread::sleep(Duration::from_millis(50));
    }
    eprintln!("from the change of a file to the open page: {} ms", begun.elapsed().as_millis());
    let told = browser.value("document.getElementById('live').textContent").unwrap();
    assert!(told.as_str().unwrap().starts_with("Assessed anew"), "{told}");
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let place = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &place)
        } else {
            std::fs::copy(entry.path(), place).map(drop).unwrap()
        }
    }
}
