//! One's own sessions: seen, ended, kept over a restart, and nobody else's.

use serde_json::Value;

use super::{Trial, token};
use crate::who::sessions::By;
use crate::who::tokens::Tokens;
use crate::{Config, Hub, Limits};

fn status(trial: &Trial, cookie: &str) -> u16 {
    trial.ask("GET", "/sources", &[("Cookie", cookie)], "").status
}

fn sessions(trial: &Trial, cookie: &str) -> Vec<Value> {
    let reply = trial.ask("GET", "/api/v1/sessions", &[("Cookie", cookie)], "");
    assert_eq!(reply.status, 200, "{reply:?}");
    serde_json::from_str::<Value>(&reply.body).unwrap()["items"].as_array().unwrap().clone()
}

#[test]
fn one_ends_a_session_elsewhere_and_then_all() {
    let trial = Trial::new();
    let ((lost, _), (here, forms), (other, others)) =
        (trial.sign_in("viewer"), trial.sign_in("viewer"), trial.sign_in("dpo"));
    let all = sessions(&trial, &here);
    assert_eq!(all.len(), 2);
    let elsewhere = all.iter().find(|one| one["which"] == "").unwrap()["id"].as_str().unwrap();
    let end = format!("/sessions/{elsewhere}/end");
    assert_eq!(trial.form(&other, &end, &format!("token-of-form={others}")).status, 404, "it is not theirs");
    assert_eq!(trial.form(&here, &end, "").status, 403, "a forged form");
    assert_eq!(status(&trial, &lost), 200);
    assert_eq!(trial.form(&here, &end, &format!("token-of-form={forms}")).status, 303);
    assert_eq!((status(&trial, &lost), status(&trial, &here)), (401, 200));
    let page = trial.ask("GET", "/sessions", &[("Cookie", &here)], "").body;
    assert!(page.contains("this one") && page.contains("a token of the hub"), "{page}");
    assert_eq!(trial.form(&here, "/sessions/end", &format!("token-of-form={forms}")).status, 303);
    assert_eq!((status(&trial, &here), status(&trial, &other)), (401, 200));
    // A person's token ends them, too.
    let (again, _) = trial.sign_in("viewer");
    assert_eq!(trial.as_role("viewer", "DELETE", "/api/v1/sessions", "").body, "{\"ended\":1}");
    assert_eq!(status(&trial, &again), 401);
}

#[test]
fn forged_and_ended_cookies_are_nobody() {
    let trial = Trial::new();
    let (cookie, forms) = trial.sign_in("admin");
    let secret = cookie.strip_prefix("cloister=").unwrap();
    let (start, last) = secret.split_at(secret.len() - 1);
    let other = if last == "A" { "B" } else { "A" };
    // Base64 leaves two bits of the last letter over: they are part of the secret all the same.
    for forged in
        [format!("{start}{other}"), start.to_owned(), format!("{secret}A"), secret.to_uppercase(), forms.clone()]
    {
        assert_eq!(status(&trial, &format!("cloister={forged}")), 401, "{forged}");
    }
    let id = sessions(&trial, &cookie)[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(status(&trial, &format!("cloister={id}")), 401, "what a session is called signs in nobody");
    assert_eq!(trial.form(&cookie, "/sign-out", &format!("token-of-form={forms}")).status, 303);
    assert_eq!(status(&trial, &cookie), 401);
}

#[test]
fn a_session_outlives_the_hub_but_not_its_token() {
    let folder = tempfile::tempdir().unwrap();
    let config = || Config { folder: Some(folder.path().to_owned()), ..Config::default() };
    let (cookie, _) = Trial::begun(Limits::default(), config(), None).sign_in("engineer");
    let again = Trial::begun(Limits::default(), config(), None);
    assert_eq!(status(&again, &cookie), 200);
    // The same line with another role and other namespaces: as the lines are now.
    let who = |hub: &Hub| {
        let mut headers = http::HeaderMap::new();
        headers.insert(http::header::COOKIE, cookie.parse().unwrap());
        match crate::http::who(hub, &headers, ([127, 0, 0, 1].into(), None), (None, true)).unwrap() {
            crate::http::Found::Is(who) => who,
            crate::http::Found::Later => panic!("it may wait"),
        }
    };
    let named = |line: &str| Config { cookie: "cloister".to_owned(), tokens: Tokens::read(line).unwrap(), ..config() };
    let limited = Hub::new(named(&format!("engineer viewer {} shop", token("engineer")))).unwrap();
    let found = who(&limited).unwrap();
    assert_eq!((found.role.as_str(), found.scope.to_string().as_str()), ("viewer", "shop"));
    for line in [format!("engineer engineer {}x", token("engineer")), format!("other engineer {}", token("engineer"))] {
        assert_eq!(who(&Hub::new(named(&line)).unwrap()), None, "{line}");
    }
}

#[test]
fn what_a_session_keeps_signs_in_nobody() {
    let mark = Tokens::mark(&token("admin"));
    let kept = serde_json::to_string(&By::Token { mark: mark.clone() }).unwrap();
    assert!(!kept.contains(&token("admin")));
    let trial = Trial::new();
    trial.ask("GET", "/api/v1/me", &[("Authorization", &format!("Bearer {mark}"))], "").problem(401);
}
