//! Decisions from the form to the next assessment.

use super::Trial;

#[test]
fn a_finding_is_accepted_and_taken_back() {
    let trial = Trial::new();
    let (cookie, forms) = trial.sign_in("engineer");
    let path = "/sources/shop/findings/aaaa/exceptions";
    let said = format!("token-of-form={forms}&reason=one+is+enough+at+night&expires=2027-01-01");
    assert_eq!(trial.form(&cookie, path, &said).status, 303);
    let decision = trial.hub.decisions("shop").unwrap().first().unwrap().clone();
    assert_eq!((decision.who.as_str(), decision.reason.as_str()), ("engineer", "one is enough at night"));
    let documents = trial.hub.documents("shop").unwrap();
    assert!(documents.contains("\"kind\":\"Exception\"") && documents.contains("single-replica"), "{documents}");
    let page = trial.ask("GET", "/sources/shop/decisions", &[("Cookie", &cookie)], "").body;
    assert!(page.contains("one is enough at night") && page.contains("in force"));

    let back = format!("/sources/shop/exceptions/{}/withdrawal", decision.id);
    assert_eq!(trial.form(&cookie, &back, &format!("token-of-form={forms}&reason=not+any+more")).status, 303);
    assert_eq!(trial.hub.documents("shop").unwrap(), "");
    assert_eq!(trial.form(&cookie, &back, &format!("token-of-form={forms}&reason=not+any+more")).status, 404);
}

#[test]
fn an_engineer_does_not_take_back_what_the_officer_attested() {
    let trial = Trial::new();
    let said = r#"{"framework":"gdpr","requirement":"39","statement":"the officer advises on every activity","expires":"2027-01-01"}"#;
    let made = trial.as_role("dpo", "POST", "/api/v1/sources/shop/attestations", said);
    assert_eq!(made.status, 201, "{made:?}");
    let id = trial.hub.decisions("shop").unwrap().first().unwrap().id.clone();
    let by_the_other_way = format!("/api/v1/sources/shop/exceptions/{id}?reason=because+I+can");
    trial.as_role("engineer", "DELETE", &by_the_other_way, "").problem(404);
    trial
        .as_role("engineer", "DELETE", &format!("/api/v1/sources/shop/attestations/{id}?reason=because"), "")
        .problem(403);
    assert!(trial.hub.documents("shop").unwrap().contains("Attestation"));
}

#[test]
fn what_is_missing_in_a_decision_is_told() {
    let trial = Trial::new();
    let path = "/api/v1/sources/shop/exceptions";
    for (said, status) in [
        (r#"{"finding":"aaaa","reason":"short","expires":"2027-01-01"}"#, 422),
        (r#"{"finding":"aaaa","reason":"long enough a reason","expires":"2020-01-01"}"#, 422),
        (r#"{"finding":"aaaa","reason":"long enough a reason","expires":"someday"}"#, 422),
        (r#"{"finding":"none","reason":"long enough a reason","expires":"2027-01-01"}"#, 404),
        (r#"{"finding":"aaaa","reason":"long enough a reason"}"#, 400),
        ("{", 400),
    ] {
        trial.as_role("admin", "POST", path, said).problem(status);
    }
}

#[test]
fn an_answer_that_is_known_is_not_sent_again() {
    let trial = Trial::new();
    let first = trial.as_role("viewer", "GET", "/api/v1/sources/shop/findings?limit=1", "");
    let told: serde_json::Value = serde_json::from_str(&first.body).unwrap();
    assert_eq!((told["total"].as_u64(), told["next"].as_str()), (Some(2), Some("aaaa")));
    let bearer = format!("Bearer {}", super::token("viewer"));
    let headers = [("Authorization", bearer.as_str()), ("If-None-Match", first.headers["etag"].as_str())];
    let again = trial.ask("GET", "/api/v1/sources/shop/findings?limit=1", &headers, "");
    assert_eq!((again.status, again.body.as_str()), (304, ""));
    let next = trial.ask("GET", "/api/v1/sources/shop/findings?limit=1&cursor=aaaa", &headers, "");
    assert!(next.status == 200 && next.body.contains("bbbb") && next.body.contains("\"next\":null"), "{next:?}");
}
