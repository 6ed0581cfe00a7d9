//! People of a cluster, as far as the hub's own part goes: what it remembers and for how long, and what it does when the cluster
//! does not answer. The tests of the whole ask a real API server.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::json;

use super::{Trial, report};
use crate::who::kubernetes::{Granted, NotIn};
use crate::{Access, Cluster, Config, Kubernetes, Limits, Person, Role, Scope};

/// What a cluster says, written down; each question is counted.
#[derive(Debug, Default)]
struct Written {
    /// Verb, resource and namespace.
    may: Mutex<Vec<(&'static str, &'static str, Option<&'static str>)>>,
    asked: AtomicUsize,
    silent: Mutex<bool>,
}

const TOKEN: &str = "a-token-of-the-cluster";

impl Cluster for Written {
    fn whose(&self, token: &str) -> Result<Option<Person>, String> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        if *self.silent.lock().unwrap() {
            return Err("the API server cannot be reached".to_owned());
        }
        let (groups, extra) = (vec!["staff".to_owned()], [].into());
        Ok((token == TOKEN).then(|| Person { name: "mila".to_owned(), uid: "7".to_owned(), groups, extra }))
    }

    fn may(&self, _: &Person, asked: &[Access]) -> Result<Vec<bool>, String> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        if *self.silent.lock().unwrap() {
            return Err("the API server cannot be reached".to_owned());
        }
        let may = self.may.lock().unwrap();
        let is = |one: &Access| {
            may.iter().any(|(verb, resource, namespace)| {
                *verb == one.verb && *resource == one.resource && *namespace == one.namespace.as_deref()
            })
        };
        Ok(asked.iter().map(is).collect())
    }
}

fn trial(may: &[(&'static str, &'static str, Option<&'static str>)]) -> (Trial, Arc<Written>) {
    let cluster = Arc::new(Written { may: Mutex::new(may.to_vec()), ..Written::default() });
    let kubernetes = Some(Kubernetes::new(cluster.clone(), "shop".into()));
    let trial = Trial::begun(Limits::default(), Config { kubernetes, ..Config::default() }, None);
    let mut value = report::value();
    value["findings"][1]["resource"]["namespace"] = "other".into();
    trial.hub.take(&"shop".into(), report::read(&value.to_string()), crate::Supplement::default()).unwrap();
    (trial, cluster)
}

fn me(trial: &Trial, token: &str) -> super::Reply {
    trial.ask("GET", "/api/v1/me", &[("Authorization", &format!("Bearer {token}"))], "")
}

#[test]
fn the_cluster_is_asked_once_a_minute_and_by_a_few_at_a_time() {
    let (trial, cluster) = trial(&[("view", "hubs", None), ("list", "pods", Some("shop"))]);
    for _ in 0..20 {
        let reply = me(&trial, TOKEN);
        assert!(reply.status == 200 && reply.body.contains("\"namespaces\":\"shop/shop\""), "{reply:?}");
    }
    assert_eq!(
        cluster.asked.load(Ordering::Relaxed),
        4,
        "whose it is, the role, all pods, and those of each namespace"
    );
    let findings =
        trial.ask("GET", "/api/v1/sources/shop/findings", &[("Authorization", &format!("Bearer {TOKEN}"))], "");
    assert!(findings.body.contains("\"total\":1"), "{findings:?}");
    // Tokens that are nobody's use up the tries of whoever sends them, and are not asked about again and again.
    let before = cluster.asked.load(Ordering::Relaxed);
    let tries: Vec<u16> = (0..30).map(|_| me(&trial, "nobody").status).collect();
    assert!(tries.contains(&401) && tries.iter().filter(|status| **status == 429).count() > 10, "{tries:?}");
    assert_eq!(cluster.asked.load(Ordering::Relaxed), before + 1);
    assert_eq!(me(&trial, TOKEN).status, 200);
}

#[test]
fn a_cluster_that_does_not_answer_lets_nobody_in_and_the_hubs_own_tokens_work() {
    let (trial, cluster) = trial(&[("view", "hubs", None), ("list", "pods", None)]);
    *cluster.silent.lock().unwrap() = true;
    me(&trial, TOKEN).problem(503);
    assert_eq!(trial.as_role("viewer", "GET", "/api/v1/me", "").status, 200);
    assert_eq!(trial.ask("GET", "/sign-in", &[], "").status, 200);
    *cluster.silent.lock().unwrap() = false;
    assert_eq!(me(&trial, TOKEN).status, 200, "nothing of the silence is remembered");
}

#[test]
fn the_highest_verb_is_the_role_and_without_one_nobody_comes_in() {
    let pods = ("list", "pods", None);
    for (verbs, role) in [
        (&["view"][..], Role::Viewer),
        (&["view", "accept"], Role::Engineer),
        (&["attest"], Role::Dpo),
        (&["view", "administer"], Role::Admin),
    ] {
        let may: Vec<_> = verbs.iter().map(|verb| (*verb, "hubs", None)).chain([pods]).collect();
        let cluster = Arc::new(Written { may: Mutex::new(may), ..Written::default() });
        let (_, granted) = Kubernetes::new(cluster, "shop".into()).whose(TOKEN, None).unwrap();
        assert_eq!(granted, Granted { role, scope: Scope::Whole });
    }
    let whose = |may: &[_]| {
        let cluster = Arc::new(Written { may: Mutex::new(may.to_vec()), ..Written::default() });
        Kubernetes::new(cluster, "shop".into()).whose(TOKEN, None).unwrap_err()
    };
    assert_eq!(whose(&[pods]), NotIn::NoRole("mila".to_owned()));
    assert_eq!(whose(&[("view", "hubs", Some("shop"))]), NotIn::NoRole("mila".to_owned()));
    assert!(matches!(whose(&[("view", "hubs", None)]), NotIn::Trouble(_)), "of what namespaces is not known yet");
    let (trial, _) = trial(&[("view", "hubs", None)]);
    let told = me(&trial, TOKEN).problem(403);
    assert!(told["detail"].as_str().unwrap().contains("no namespace"), "{told}");
}

#[test]
fn who_signs_in_by_the_form_is_told_why_not() {
    let (trial, cluster) = trial(&[("accept", "hubs", None), ("list", "pods", Some("shop"))]);
    let form = trial.ask("GET", "/sign-in", &[], "");
    let visit = form.cookies[0].split(';').next().unwrap().to_owned();
    let send =
        |token: &str| trial.form(&visit, "/sign-in", &format!("token-of-form={}&token={token}", form.form_token()));
    let unknown = send("nobody");
    assert!(unknown.status == 403 && unknown.body.contains("knows no such token"), "{unknown:?}");
    let reply = send(TOKEN);
    assert_eq!(reply.status, 200, "{reply:?}");
    let cookie = reply.cookies.iter().find(|one| one.starts_with("cloister=")).unwrap().split(';').next().unwrap();
    let page = trial.ask("GET", "/sources/shop", &[("Cookie", cookie)], "");
    assert!(page.status == 200 && page.body.contains("kubernetes:mila"), "{page:?}");
    let said = json!({"finding": "bbbb", "reason": "because it is so", "expires": "2027-01-01"}).to_string();
    let bearer = format!("Bearer {TOKEN}");
    trial.ask("POST", "/api/v1/sources/shop/exceptions", &[("Authorization", &bearer)], &said).problem(404);
    *cluster.silent.lock().unwrap() = true;
    assert_eq!(send("another").status, 503);
}

#[test]
fn what_the_cluster_said_is_asked_again_for_tokens_and_sessions() {
    let cluster = Arc::new(Written::default());
    *cluster.may.lock().unwrap() = vec![("accept", "hubs", None), ("list", "pods", None)];
    let mut kubernetes = Kubernetes::new(cluster.clone(), "shop".into());
    kubernetes.holds = Duration::from_millis(300);
    let trial = Trial::begun(Limits::default(), Config { kubernetes: Some(kubernetes), ..Config::default() }, None);
    let cookie = trial.sign_in_with(TOKEN).0;
    let by_cookie = || trial.ask("GET", "/api/v1/me", &[("Cookie", &cookie)], "");
    assert!(
        by_cookie().body.contains("\"role\":\"engineer\"") && me(&trial, TOKEN).body.contains("\"namespaces\":null")
    );
    // Less is seen, by less of a role.
    *cluster.may.lock().unwrap() = vec![("view", "hubs", None), ("list", "pods", Some("shop"))];
    std::thread::sleep(Duration::from_millis(350));
    for reply in [by_cookie(), me(&trial, TOKEN)] {
        let body = &reply.body;
        assert!(body.contains("\"role\":\"viewer\"") && body.contains("\"namespaces\":\"shop/shop\""), "{reply:?}");
    }
    cluster.may.lock().unwrap().clear();
    std::thread::sleep(Duration::from_millis(350));
    assert_eq!((by_cookie().status, me(&trial, TOKEN).status), (403, 403));
    // Nothing that was said before counts where there is no answer; the form for signing in is there all the same.
    *cluster.silent.lock().unwrap() = true;
    assert_eq!((by_cookie().status, me(&trial, TOKEN).status), (503, 503));
    assert_eq!(trial.ask("GET", "/sign-in", &[("Cookie", &cookie)], "").status, 200);
}
