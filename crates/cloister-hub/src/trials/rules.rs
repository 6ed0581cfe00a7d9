//! Rules of one's own: from a file to what a webhook's event comes to, and what is told of a broken edit.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use cloister_evidence::Kind;
use serde_json::Value;

use super::alarm::{log, said};
use super::ingest::{list, shell};
use super::{Trial, token};
use crate::{Config, Limits, RuleFiles};

const OWN: &str = "apiVersion: cloister.dev/v1alpha1
kind: DetectionRule
metadata:
  name: orders-entered
spec:
  title: Somebody entered the orders
  description: Nobody enters orders while the shop is open. Ask who it was, and why.
  severity: critical
  articles: [\"32(1)(b)\", \"32(4)\"]
  attack: [T1609]
  match:
    verbs: [create]
    resources: [pods/exec]
    namespaces: [shop]
  condition: object.name.startsWith('orders-')
  tells: \"{user} entered {name}.\"
";
const OFF: &str = "apiVersion: cloister.dev/v1alpha1
kind: DetectionRuleOff
metadata:
  name: pod-entered
spec:
  reason: orders-entered says it better
";

struct Own {
    trial: Trial,
    folder: tempfile::TempDir,
}

fn files(folder: &Path) -> PathBuf {
    folder.join("rules")
}

impl Own {
    fn new() -> Own {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(files(folder.path())).unwrap();
        std::fs::write(files(folder.path()).join("orders.yaml"), OWN).unwrap();
        std::fs::write(files(folder.path()).join("notes.txt"), "no rule").unwrap();
        let log = log(folder.path());
        let rules = RuleFiles::read(&[files(folder.path())]).unwrap();
        let config = Config { rules: Some(rules), log: Some(log), ..Config::default() };
        Own { trial: Trial::begun(Limits::default(), config, None), folder }
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(files(self.folder.path()).join(name), text).unwrap();
    }

    fn send(&self, id: &str, second: u32) {
        let bearer = format!("Bearer {}", token("shop"));
        let headers = [("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
        let user = format!("anna-{id}");
        let sent =
            self.trial.ask("POST", "/api/v1/sources/shop/audit-webhook", &headers, &list(&[shell(id, &user, second)]));
        assert_eq!(sent.status, 200, "{sent:?}");
    }

    /// The rules that fired for this event.
    fn fired(&self, id: &str) -> Vec<String> {
        let user = format!("anna-{id}");
        let all = self.get("/api/v1/sources/shop/detections");
        let of = all["items"].as_array().unwrap().iter().filter(|one| one["who"] == user.as_str());
        of.map(|one| one["rule"].as_str().unwrap().to_owned()).collect()
    }

    fn get(&self, path: &str) -> Value {
        let reply = self.trial.as_role("engineer", "GET", path, "");
        assert_eq!(reply.status, 200, "{reply:?}");
        serde_json::from_str(&reply.body).unwrap()
    }

    fn rule(&self, name: &str) -> Option<Value> {
        let all = self.get("/api/v1/rules?limit=1000");
        all["items"].as_array().unwrap().iter().find(|one| one["name"] == name).cloned()
    }
}

fn wait(what: impl Fn() -> bool) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(20) {
        if what() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    false
}

#[test]
fn a_rule_of_ones_own_fires_on_what_the_webhook_sends() {
    let own = Own::new();
    own.send("a", 1);
    assert!(wait(|| own.fired("a").contains(&"orders-entered".to_owned())), "{:?}", own.fired("a"));
    assert!(own.fired("a").contains(&"pod-entered".to_owned()), "the program's judges beside it");
    let told = own.rule("orders-entered").unwrap();
    assert_eq!((told["origin"].as_str(), told["attack"][0].as_str()), (Some("own"), Some("T1609")));
    assert!(told["place"].as_str().unwrap().ends_with("orders.yaml:4"), "{told}");
    let begun = &said(&own.trial.hub, Kind::Configuration);
    assert!(begun.iter().any(|one| one["rules"]["own"][0]["name"] == "orders-entered"), "{begun:?}");
}

#[test]
fn a_change_is_on_record_and_in_force_and_a_broken_one_leaves_what_was() {
    let own = Own::new();
    own.write("off.yaml", OFF);
    assert!(wait(|| own.rule("pod-entered").unwrap()["state"] != "judges"));
    own.send("b", 2);
    assert!(wait(|| own.fired("b").contains(&"orders-entered".to_owned())));
    assert!(!own.fired("b").contains(&"pod-entered".to_owned()), "{:?}", own.fired("b"));
    let records = || said(&own.trial.hub, Kind::Configuration);
    assert!(records().iter().any(|one| one["rules"]["off"][0]["reason"] == "orders-entered says it better"));
    // Broken.
    own.write("orders.yaml", &OWN.replace("startsWith('orders-')", "startsWith("));
    let refused = || {
        records().iter().any(|one| one["rules"]["refused"].as_str().is_some_and(|why| why.contains("orders.yaml:15")))
    };
    assert!(wait(refused), "{:?}", records());
    own.send("c", 3);
    assert!(wait(|| own.fired("c").contains(&"orders-entered".to_owned())), "the rules of before judge");
    let (cookie, _) = own.trial.sign_in("engineer");
    for page in ["/rules", "/sources/shop/input"] {
        let page = own.trial.ask("GET", page, &[("Cookie", &cookie)], "");
        assert!(
            page.body.contains("The rules of before are in force") && page.body.contains("orders.yaml:15"),
            "{}",
            page.body
        );
    }
    let (limited, _) = own.trial.sign_in("limited");
    for (path, status) in [("/rules", 403), ("/rules?as=json", 403), ("/sources/shop/input", 200)] {
        let page = own.trial.ask("GET", path, &[("Cookie", &limited)], "");
        assert!(page.status == status && !page.body.contains("orders.yaml"), "{path}: {}", page.body);
    }
    own.trial.as_role("viewer", "GET", "/api/v1/rules", "").problem(403);
    // Mended: in place of the program's.
    own.write("off.yaml", "");
    std::fs::remove_file(files(own.folder.path()).join("off.yaml")).unwrap();
    own.write("orders.yaml", &OWN.replace("orders-entered", "pod-entered"));
    assert!(wait(|| own.rule("pod-entered").is_some_and(|one| one["origin"] == "in place of the program's")));
    let page = own.trial.ask("GET", "/rules", &[("Cookie", &cookie)], "");
    assert!(!page.body.contains("The rules of before are in force"));
    own.send("d", 4);
    assert!(wait(|| own.fired("d") == ["pod-entered"]), "{:?}", own.fired("d"));
}

#[test]
fn what_is_judged_when_rules_change_is_judged_once() {
    let own = Own::new();
    for at in 0..40 {
        own.send(&format!("n{at}"), at);
        if at % 10 == 5 {
            own.write("orders.yaml", &OWN.replace("Somebody entered", &format!("Somebody entered {at}")));
            std::thread::sleep(Duration::from_millis(1100));
        }
    }
    let all = |at: u32| own.fired(&format!("n{at}"));
    assert!(wait(|| (0..40).all(|at| all(at).contains(&"orders-entered".to_owned()))));
    for at in 0..40 {
        let fired = all(at);
        assert_eq!(fired.iter().filter(|name| *name == "orders-entered").count(), 1, "{at}: {fired:?}");
    }
}
