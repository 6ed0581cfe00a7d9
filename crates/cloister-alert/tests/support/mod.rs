//! Alerts, times and configurations of the tests.
#![allow(dead_code, reason = "each test file uses a part")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use cloister_alert::state::Said;
use cloister_alert::{Alert, Config, Message, Origin};
use cloister_model::Severity;
use jiff::Timestamp;

/// Some day, and so many seconds later.
pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + seconds).unwrap()
}

/// A person has read a Secret of the clinic.
pub fn alert(fingerprint: &str) -> Alert {
    Alert {
        fingerprint: fingerprint.to_owned(),
        name: "secret-read-by-person".to_owned(),
        origin: Origin::Detection,
        title: "A person read a Secret".to_owned(),
        severity: Severity::High,
        summary: "Its password opens the patients' database.".to_owned(),
        who: Some("ada@clinic.example".to_owned()),
        what: Some("get secrets clinic/patients-db".to_owned()),
        articles: vec!["32(1)(b)".to_owned(), "33(1)".to_owned()],
        namespace: Some("clinic".to_owned()),
        categories: vec!["health".to_owned()],
        source: "prod".to_owned(),
        labels: Default::default(),
        starts_at: at(0),
        ends_at: None,
        link: Some("https://hub.clinic.example/detections/17".to_owned()),
    }
}

/// A message of these.
pub fn message(firing: Vec<Alert>, resolved: Vec<Alert>) -> Message {
    let said =
        |alert: Alert, over: bool| Said { alert, occurrence: 1, acknowledged: None, resolved_at: over.then(|| at(60)) };
    Message {
        id: "msg_1".to_owned(),
        group: "0123456789abcdef".to_owned(),
        receiver: "team".to_owned(),
        labels: [("namespace", "clinic"), ("source", "prod")].map(|(a, b)| (a.to_owned(), b.to_owned())).into(),
        at: at(70),
        until: at(9_000),
        repeated: false,
        firing: firing.into_iter().map(|alert| said(alert, false)).collect(),
        resolved: resolved.into_iter().map(|alert| said(alert, true)).collect(),
    }
}

/// A configuration of these receivers and routes.
pub fn config(receivers: &str, route: &str) -> Config {
    let text = format!(
        "apiVersion: cloister.dev/v1alpha1\nkind: AlertConfiguration\nspec:\n  allowNetworks: [127.0.0.0/8]\n  \
         receivers: {receivers}\n  route: {route}\n"
    );
    Config::read(&text, "alerts.yaml").unwrap_or_else(|faults| panic!("{faults:#?}\n{text}"))
}
