//! Breaches, from a detection to the record that is kept.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::ingest::{list, shell};
use super::{Reply, Trial, report, token};
use crate::breaches::{self, Known};
use crate::detections::Detection;
use crate::happened::Happened;
use crate::{Config, Hub, Supplement};

/// A workload that opens a shell gives reason to suspect a breach.
const ANNA: &str = "system:serviceaccount:shop:anna";
const BERT: &str = "system:serviceaccount:shop:bert";
const WEBHOOK: &str = "/api/v1/sources/shop/audit-webhook";

fn send(trial: &Trial, events: &[Value]) {
    let bearer = format!("Bearer {}", token("shop"));
    let headers = [("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
    assert_eq!(trial.ask("POST", WEBHOOK, &headers, &list(events)).status, 200);
}

fn all(hub: &Hub) -> Vec<Known> {
    breaches::all(&*hub.store).unwrap()
}

fn wait(what: impl Fn() -> bool) {
    let begun = Instant::now();
    while !what() {
        assert!(begun.elapsed() < Duration::from_secs(15), "it does not come");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// With one breach that a detection opened.
fn suspected() -> (Trial, Known) {
    let trial = Trial::new();
    send(&trial, &[shell("a", ANNA, 1)]);
    wait(|| !all(&trial.hub).is_empty());
    let known = all(&trial.hub).remove(0);
    (trial, known)
}

fn api(trial: &Trial, method: &str, path: &str, version: &str, body: &Value) -> Reply {
    let bearer = format!("Bearer {}", token("dpo"));
    let headers = [("Authorization", bearer.as_str()), ("Content-Type", "application/json"), ("If-Match", version)];
    trial.ask(method, path, &headers, &body.to_string())
}

fn told(reply: &Reply) -> Value {
    serde_json::from_str(&reply.body).unwrap()
}

#[test]
fn a_detection_opens_one_and_the_same_again_changes_nothing() {
    let (trial, first) = suspected();
    let record = &first.record;
    assert!(record.namespaces.contains("shop") && record.actors.contains(ANNA), "{record:?}");
    assert_eq!(record.state().unwrap().phase.as_str(), "suspected");
    assert!(record.state().unwrap().clock.is_none(), "no clock runs on a suspicion");
    let filter = cloister_store::DetectionFilter { suspects_breach: Some(true), ..Default::default() };
    let kept = trial.hub.store.detections(&filter, &cloister_store::Paging::first(9)).unwrap();
    let detections: Vec<Detection> = kept.items.iter().filter_map(Detection::kept).collect();
    let before = all(&trial.hub);
    detections.iter().for_each(|one| trial.hub.happened(&Happened::Detected(one)));
    trial.hub.may_have_missed();
    trial.hub.catch_up_with_suspicions();
    assert_eq!(all(&trial.hub), before, "told again, and after a crash");
    // Somebody else in the same namespace, within a day, belongs to it.
    send(&trial, &[shell("b", BERT, 60)]);
    wait(|| all(&trial.hub)[0].record.actors.contains(BERT));
    assert_eq!(all(&trial.hub).len(), 1);
    let evidence = &all(&trial.hub)[0].record.breach.spec.suspicion.evidence;
    assert!(evidence.len() >= 2 && evidence.iter().all(|one| one.reference.starts_with("detection ")));
}

#[test]
fn what_was_missed_while_the_store_failed_or_the_hub_was_gone_is_taken_up() {
    let (trial, known) = suspected();
    let filter = cloister_store::DetectionFilter { suspects_breach: Some(true), ..Default::default() };
    let kept = trial.hub.store.detections(&filter, &cloister_store::Paging::first(9)).unwrap();
    let fresh = Hub::new(Config::default()).unwrap();
    let all_kept: Vec<_> = kept.items.into_iter().map(|one| one.detection).collect();
    fresh.store.keep_detections(&all_kept).unwrap();
    assert!(all(&fresh).is_empty());
    fresh.catch_up_with_suspicions();
    assert_eq!(all(&fresh)[0].record.detections, known.record.detections);
}

#[test]
fn proposals_come_from_the_exposure_and_hold_once_a_person_confirms_them() {
    let (trial, known) = suspected();
    let proposed = &known.record.proposals;
    let of = |field: &str| proposed.iter().find(|one| one.field == field);
    let evidence = of("suspicion.evidence").unwrap();
    assert!(evidence.source.starts_with("finding") && evidence.shown.contains("single-replica"), "{proposed:?}");
    let access = of("confidentiality.access").unwrap();
    assert!(known.record.breach.spec.confidentiality.is_none(), "nothing holds before");
    let path = format!("/api/v1/breaches/{}/proposals", known.number());
    let read = trial.as_role("dpo", "GET", &format!("/api/v1/breaches/{}", known.number()), "");
    let answer = json!({"proposals": [access.id, evidence.id], "confirm": true});
    let done = api(&trial, "POST", &path, &read.headers["etag"], &answer);
    assert_eq!(done.status, 200, "{done:?}");
    let spec = &told(&done)["breach"]["spec"];
    assert_eq!(spec["confidentiality"]["access"], "possible");
    assert_eq!(told(&done)["breach"]["history"].as_array().unwrap().last().unwrap()["who"], "dpo");
    // What was answered keeps its answer.
    let dpo = trial.hub.look_again(known.number(), None, "dpo").unwrap();
    let kept = dpo.record.proposals.iter().find(|one| one.id == access.id).unwrap();
    assert_eq!(kept.confirmed, Some(true));
}

#[test]
fn the_register_of_the_namespace_is_proposed() {
    let spec: cloister_breach::Facts = serde_json::from_value(json!({
        "affected": {"stores": ["orders"], "dataSubjects": ["customers"], "dataCategories": ["name"]},
        "organisation": {"name": "Shop SE"}, "authority": "The authority",
    }))
    .unwrap();
    let hub = Hub::new(Config::default()).unwrap();
    let affected = [("shop".to_owned(), spec.clone())].into();
    let more = Supplement { affected, organisation: spec, ..Supplement::default() };
    hub.take(&"shop".into(), report::read(&report::json()), more).unwrap();
    let mut record =
        breaches::Record::new(breaches::unnumbered(breaches::ours(&hub, "shop", Default::default())), "shop");
    record.namespaces.insert("shop".to_owned());
    let known = hub.open_breach("dpo", "a report by telephone", record).unwrap();
    assert_eq!(known.record.breach.spec.authority, "The authority");
    let fields: Vec<&str> = known.record.proposals.iter().map(|one| one.field.as_str()).collect();
    for field in ["affected.stores", "affected.dataSubjects", "affected.dataCategories"] {
        assert!(fields.contains(&field), "{fields:?}");
    }
    let at = jiff::Timestamp::now();
    let aware = cloister_breach::Step::BecomeAware { at, reason: "a list was published".to_owned() };
    let known = hub.step_breach(known.number(), Some(known.version), aware, "dpo").unwrap();
    let assess = || hub.step_breach(known.number(), None, cloister_breach::Step::Assess { outcome: None }, "dpo");
    assert!(matches!(assess(), Err(breaches::Failed::Refused(_))), "what is proposed waits for an answer");
    let ids: Vec<String> = known.record.proposals.iter().map(|one| one.id.clone()).collect();
    let done = hub.answer_proposals(known.number(), Some(known.version), (&ids, true), "dpo").unwrap();
    assert_eq!(done.record.breach.spec.affected.stores, ["orders"]);
    assess().unwrap();
    let again = hub.answer_proposals(known.number(), None, (&ids, false), "dpo");
    assert!(matches!(again, Err(breaches::Failed::Refused(_))), "what is answered is answered");
}

#[test]
fn it_goes_from_the_page_to_closure_and_erasure() {
    let (trial, known) = suspected();
    let (cookie, forms) = trial.sign_in("dpo");
    let place = format!("/breaches/{}", known.number());
    let page = || trial.ask("GET", &place, &[("Cookie", &cookie)], "").body;
    let say = |what: &str, said: &str| {
        let version = breaches::one(&*trial.hub.store, known.number()).unwrap().unwrap().version;
        let body = format!("token-of-form={forms}&version={version}&{said}");
        let reply = trial.form(&cookie, &format!("{place}/{what}"), &body);
        (reply.status, reply.body)
    };
    assert!(page().contains("no period runs yet") && !page().contains("72 hours: "));
    assert!(page().contains("1 breach is suspected</a>"), "the head says so");
    let now = jiff::Timestamp::now() - jiff::SignedDuration::from_mins(90);
    let aware = format!("step=become-aware&at={}&reason=the+flows+show+it", now.strftime("%Y-%m-%dT%H:%M"));
    assert_eq!(say("steps", &aware).0, 303);
    assert!(page().contains("70 h ") && page().contains("<strong>72 hours: </strong>"), "the head and the page count");
    let elsewhere = trial.ask("GET", "/sources/shop", &[("Cookie", &cookie)], "").body;
    assert!(elsewhere.contains("<strong>72 hours: </strong>"), "every page has it in its head");
    let (viewer, _) = trial.sign_in("viewer");
    assert!(!trial.ask("GET", "/sources/shop", &[("Cookie", &viewer)], "").body.contains("72 hours"));
    let numbers = trial.ask("GET", "/metrics", &[], "").body;
    assert!(numbers.contains("cloister_hub_breaches{state=\"known\"} 1"), "{numbers}");

    let facts = "description=A+dump+left&cause=attack&affected.people=1200&affected.records=3000&affected.dataSubjects=patients&\
        affected.dataCategories=health%0Aname&confidentiality.access=certain&consequences=Discrimination&contact.name=DPO&contact.email=dpo%40example.org";
    assert_eq!(say("facts", facts).0, 303);
    assert!(page().contains("<strong>Art. 33(3)(d)</strong>, measures: <span class=\"bad\">missing</span>"));
    assert_eq!(say("measures", "what=The+token+was+revoked&status=taken").0, 303);
    assert!(!page().contains("<span class=\"bad\">missing</span>"));
    let (status, refused) = say("steps", "step=decide-notification&answer=no&reason=nobody+could+read+it");
    assert!(
        status == 422 && refused.contains("needs an assessment") && refused.contains("nobody could read it"),
        "{refused}"
    );
    assert_eq!(say("severity", "factor=intent&points=0&reason=an+accident").0, 303);
    assert!(page().contains("set by a person"));
    assert_eq!(say("severity", "factor=intent&points=3&reason=more").0, 422, "points that the method does not know");
    for step in [
        "step=assess",
        "step=decide-notification&answer=yes",
        "step=notify&extent=complete&authority=The+authority&reference=7",
        "step=decide-communication&answer=no&exemption=averted&reason=it+was+deleted",
        "step=close&reason=tokens+end+after+an+hour",
    ] {
        assert_eq!(say("steps", step).0, 303, "{step}");
    }
    assert!(!page().contains("<strong>72 hours: </strong>"));
    assert_eq!(say("facts", "description=other").0, 422, "what is closed is not changed");
    let register = trial.as_role("dpo", "GET", "/breaches/register?as=csv", "");
    assert!(register.body.contains("The token was revoked") && register.body.contains(known.number()), "{register:?}");
    let (status, early) = say("steps", "step=erase");
    assert!(status == 422 && early.contains("it is kept until"), "{early}");
    assert_eq!(say("steps", "step=erase&reason=the+court+said+so").0, 303);
    let left = String::from_utf8(
        trial.hub.store.document(cloister_store::Kind::Breach, known.number()).unwrap().unwrap().draft.body,
    )
    .unwrap();
    assert!(!left.contains("anna") && !left.contains("dump") && left.contains("erase"), "{left}");
    assert_eq!(trial.as_role("dpo", "GET", &place, "").status, 200);
    trial.hub.may_have_missed();
    trial.hub.catch_up_with_suspicions();
    assert_eq!(all(&trial.hub).len(), 1, "what was erased is not opened again");
}

#[test]
fn of_two_who_change_it_the_second_is_told_and_loses_nothing() {
    let (trial, known) = suspected();
    let (cookie, forms) = trial.sign_in("dpo");
    let path = format!("/breaches/{}/steps", known.number());
    let said = format!("token-of-form={forms}&version={}&step=note&reason=", known.version);
    assert_eq!(trial.form(&cookie, &path, &format!("{said}the+first")).status, 303);
    let second = trial.form(&cookie, &path, &format!("{said}what+I+wrote+%3Cb%3Elong%3C%2Fb%3E"));
    assert_eq!(second.status, 409);
    assert!(second.body.contains("Somebody changed it meanwhile") && second.body.contains("the first"));
    assert!(second.body.contains("what I wrote &lt;b&gt;long&lt;/b&gt;</textarea>"), "{}", second.body);
    let now = breaches::one(&*trial.hub.store, known.number()).unwrap().unwrap();
    assert!(
        second.body.contains(&format!("name=\"version\" value=\"{}\"", now.version)),
        "said again, it is over what is there"
    );
    assert_eq!(now.record.breach.history.len(), 2, "nothing of the second is done");
    let api_path = format!("/api/v1/breaches/{}/steps", known.number());
    let note = json!({"note": {"reason": "r"}});
    api(&trial, "POST", &api_path, &format!("\"{}\"", known.version), &note).problem(412);
    api(&trial, "POST", &api_path, "*", &note).problem(412);
    trial.as_role("dpo", "POST", &api_path, &note.to_string()).problem(428);
    let done = api(&trial, "POST", &api_path, &format!("\"{}\"", now.version), &note);
    assert_eq!((done.status, done.headers["etag"].clone()), (200, format!("\"{}\"", told(&done)["version"])));
    let bearer = format!("Bearer {}", token("dpo"));
    let headers = [("Authorization", bearer.as_str()), ("If-None-Match", done.headers["etag"].as_str())];
    assert_eq!(trial.ask("GET", &format!("/api/v1/breaches/{}", known.number()), &headers, "").status, 304);
}

#[test]
fn many_at_once_lose_no_step() {
    let (trial, known) = suspected();
    let hub: &Arc<Hub> = &trial.hub;
    std::thread::scope(|scope| {
        for who in 0..8 {
            let (hub, number) = (hub.clone(), known.number().to_owned());
            scope.spawn(move || {
                let reason = format!("note {who}");
                hub.step_breach(&number, None, cloister_breach::Step::Note { reason }, "dpo").unwrap()
            });
        }
    });
    let history = breaches::one(&*hub.store, known.number()).unwrap().unwrap().record.breach.history;
    assert_eq!(history.len(), 9);
}

#[test]
fn an_engineer_reports_and_reads_nothing_of_it() {
    let trial = Trial::new();
    let (cookie, forms) = trial.sign_in("engineer");
    let body = format!(
        "token-of-form={forms}&title=A+lost+laptop&reason=it+was+left+in+a+train&suspicion=employee&source=shop&namespace=shop"
    );
    let reply = trial.form(&cookie, "/breaches", &body);
    assert_eq!(reply.status, 303, "{reply:?}");
    let place = reply.headers["location"].clone();
    let thanks = trial.ask("GET", &place, &[("Cookie", &cookie)], "");
    assert!(thanks.status == 200 && thanks.body.contains("Reported as"), "{thanks:?}");
    let known = all(&trial.hub).remove(0);
    assert_eq!(known.record.breach.history[0].who, "engineer");
    trial.as_role("engineer", "GET", &format!("/api/v1/breaches/{}", known.number()), "").problem(403);
    let short = json!({"title": "x", "reason": "y"}).to_string();
    trial.as_role("engineer", "POST", "/api/v1/breaches", &short).problem(422);
    let foreign = json!({"title": "A lost laptop", "reason": "it was left in a train", "source": "none"}).to_string();
    trial.as_role("engineer", "POST", "/api/v1/breaches", &foreign).problem(422);
    let made = json!({"title": "A lost laptop", "reason": "it was left in a train"}).to_string();
    let made = trial.as_role("engineer", "POST", "/api/v1/breaches", &made);
    assert_eq!((made.status, told(&made).as_object().unwrap().len()), (201, 1), "{made:?}");
}

#[test]
fn drafts_are_taken_away_and_what_they_lack_is_told() {
    let (trial, known) = suspected();
    let place = format!("/breaches/{}/drafts/notification", known.number());
    let page = trial.as_role("dpo", "GET", &place, "");
    assert!(page.status == 200 && page.body.contains("To be completed"), "{page:?}");
    let file = trial.as_role("dpo", "GET", &format!("{place}?as=md"), "");
    assert!(file.headers["content-disposition"].contains("-notification.md") && file.body.starts_with('#'), "{file:?}");
    let data = trial.as_role("dpo", "GET", &format!("/api/v1{place}"), "");
    assert_eq!(told(&data)["draft"], "notification");
    let pdf = trial.as_role("dpo", "GET", &format!("/api/v1{place}?as=pdf"), "");
    assert_eq!(pdf.status, if cfg!(feature = "pdf") { 200 } else { 406 });
    assert_eq!(trial.as_role("dpo", "GET", &format!("/breaches/{}/drafts/poem", known.number()), "").status, 404);
}

#[test]
fn a_detection_is_reported_with_what_it_says_and_leads_to_its_breach() {
    let trial = Trial::new();
    send(&trial, &[shell("a", "clara", 1)]);
    let known = || trial.as_role("engineer", "GET", "/api/v1/sources/shop/detections", "");
    wait(|| told(&known())["total"] == 1);
    assert!(all(&trial.hub).is_empty(), "a person's shell is no breach of itself");
    let id = told(&known())["items"][0]["id"].as_str().unwrap().to_owned();
    let (cookie, forms) = trial.sign_in("engineer");
    let place = format!("/sources/shop/detections/{id}");
    let page = trial.ask("GET", &place, &[("Cookie", &cookie)], "");
    let way = format!("/breaches/new?source=shop&amp;detection={id}");
    assert!(page.body.contains(&way), "{page:?}");
    let form = trial.ask("GET", &way.replace("&amp;", "&"), &[("Cookie", &cookie)], "");
    for filled in ["A person ran a command", "2026-11-26T12:00", "value=\"shop\"", &id] {
        assert!(form.body.contains(filled), "{filled}: {form:?}");
    }
    let said = "title=A+person+ran+a+command&reason=nobody+knows+what+for&suspicion=audit&source=shop&namespace=shop";
    let body = format!("token-of-form={forms}&{said}&detection=");
    assert_eq!(trial.form(&cookie, "/breaches", &format!("{body}none")).status, 422);
    assert_eq!(trial.form(&cookie, "/breaches", &format!("{body}{id}")).status, 303);
    let record = all(&trial.hub).remove(0).record;
    assert_eq!((&record.detections, record.has_actor("clara")), (&vec![id.clone()], true));
    let officer = trial.as_role("dpo", "GET", &place, "");
    assert!(officer.body.contains(&format!("/breaches/{}", record.breach.metadata.name)), "{officer:?}");
    let engineer = trial.ask("GET", &place, &[("Cookie", &cookie)], "");
    assert!(!engineer.body.contains(&format!("/breaches/{}", record.breach.metadata.name)), "{engineer:?}");
}
