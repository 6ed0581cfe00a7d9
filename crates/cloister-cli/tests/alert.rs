//! `cloister alert test`: what is sent, what is said, and how it ends.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that runs the program"
)]

#[path = "../../cloister-alert/tests/support/server.rs"]
mod server;
mod support;

use serde_json::Value;
use server::{answer, endpoint};
use support::{Ended, cloister, ended, folder};

fn config(url: &str) -> String {
    format!(
        "apiVersion: cloister.dev/v1alpha1\nkind: AlertConfiguration\nspec:\n  allowNetworks: [127.0.0.0/8]\n  receivers:\n    \
         - {{name: channel, slack: {{url: {{env: CHANNEL}}}}}}\n    - {{name: tickets, webhook: {{url: '{url}', secret: {{env: SECRET}}}}}}\n  \
         route: {{receiver: channel}}\n"
    )
}

fn run(files: &[(&str, &str)], channel: &str, more: &[&str]) -> Ended {
    let folder = folder(files);
    let mut command = cloister();
    command.current_dir(folder.path()).args(["alert", "test", "--config", "alerts.yaml"]).args(more);
    ended(command.env("CHANNEL", channel).env("SECRET", "hunter2hunter2hunter2hunter2"))
}

#[test]
fn each_receiver_is_told_and_what_it_answered_is_said() {
    let (address, requests) = endpoint(&[&answer("200 OK", "ok")]);
    let (other, events) = endpoint(&[&answer("503 Service Unavailable", "hunter2hunter2hunter2hunter2 is down")]);
    let (url, text) = (format!("http://{address}/hidden-path"), config(&format!("http://{other}/hook")));
    let Ended { exit, out, errors } = run(&[("alerts.yaml", &text)], &url, &["--by", "ada"]);
    assert_eq!(exit, 1, "{errors}");
    assert!(out.contains("taken   channel (slack, ") && out.contains("200 ok"), "{out}");
    assert!(
        out.contains("FAILED  tickets (webhook, ") && out.contains("answers 503") && out.contains("help: "),
        "{out}"
    );
    assert!(out.contains("1 of 2 receivers took the test"));
    assert!(!out.contains("hidden-path") && !out.contains("hunter2"), "{out}");
    assert!(String::from_utf8(requests.recv().unwrap().body).unwrap().contains("ada"));
    assert_eq!(events.recv().unwrap().headers["content-type"], "application/cloudevents+json; charset=utf-8");

    let Ended { exit, out, .. } = run(&[("alerts.yaml", &text)], &url, &["--receiver", "channel", "-o", "json"]);
    let report: Value = serde_json::from_str(&out).unwrap();
    assert!(exit == 0 && report["all"] == true && report["receivers"].as_array().unwrap().len() == 1, "{out}");
    assert_eq!(report["receivers"][0]["answer"], "200 ok");
}

#[test]
fn what_cannot_be_read_is_told_with_its_place() {
    let text = config("https://hook.example");
    let Ended { exit, errors, .. } =
        run(&[("alerts.yaml", &text.replace("receiver: channel", "receiver: chanel"))], "", &[]);
    assert!(exit == 2 && errors.contains("alerts.yaml:8:") && errors.contains("did you mean channel?"), "{errors}");
    let Ended { exit, errors, .. } = run(&[("alerts.yaml", &text)], "", &["--receiver", "ticket"]);
    assert!(exit == 2 && errors.contains("did you mean tickets?"), "{errors}");
    let Ended { exit, errors, .. } = run(&[], "", &[]);
    assert!(exit == 2 && errors.contains("alerts.yaml: ") && errors.contains("help: "), "{errors}");
}
