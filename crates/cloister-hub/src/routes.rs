//! Every route: what it is called, which right it needs, who answers. The router, the API's document and the test that tries
//! every route as every role are made of this table.

use http::Method;
use matchit::Router;

use crate::http::{Answer, Ask, Problem};
use crate::who::role::Right::{
    self, Accept, Alarm, Attest, Breaches, HandIn, Nothing, Read, ReadDetections, ReadPeople, ReadRecord, ReportBreach,
    SendEvents, SendFindings, SendReports, SignedIn,
};
use crate::{Hub, api, pages};

/// A route.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    /// The method.
    pub method: &'static str,
    /// The path; `{name}` stands for one part of it.
    pub path: &'static str,
    /// Who may.
    pub right: Right,
    /// What is sent with it.
    pub body: Body,
    /// Whether it waits for a disk, or computes for long.
    pub waits: bool,
    /// For the API's document; empty for pages.
    pub about: &'static str,
    /// Answers.
    pub answer: fn(&Ask<'_>) -> Result<Answer, Problem>,
}

/// What is sent with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// Nothing.
    Nothing,
    /// A form, or a small JSON document.
    Form,
    /// An assessment.
    Report,
    /// Events, findings of sensors, or a report of another scanner.
    Events,
}

type Handler = fn(&Ask<'_>) -> Result<Answer, Problem>;

const fn get(path: &'static str, right: Right, answer: Handler) -> Route {
    Route { method: "GET", path, right, body: Body::Nothing, waits: false, about: "", answer }
}

const fn post(path: &'static str, right: Right, answer: Handler) -> Route {
    Route { method: "POST", path, right, body: Body::Form, waits: true, about: "", answer }
}

const fn api(about: &'static str, route: Route) -> Route {
    Route { about, ..route }
}

const fn waits(route: Route) -> Route {
    Route { waits: true, ..route }
}

const fn events(path: &'static str, right: Right, answer: Handler) -> Route {
    Route { body: Body::Events, ..post(path, right, answer) }
}

/// All of them.
pub const ROUTES: &[Route] = &[
    // Whoever comes.
    get("/sign-in", Nothing, pages::sign_in::page),
    post("/sign-in", Nothing, pages::sign_in::with_token),
    waits(get("/sign-in/{link}", Nothing, pages::sign_in::by_link)),
    waits(get("/sign-in/oidc", Nothing, pages::oidc::begin)),
    waits(get("/sign-in/oidc/callback", Nothing, pages::oidc::back)),
    get("/assets/{file}", Nothing, pages::assets::file),
    get("/health", Nothing, pages::health),
    waits(get("/metrics", Nothing, api::metrics)),
    // Pages.
    post("/sign-out", SignedIn, pages::sign_in::out),
    waits(get("/sessions", Read, pages::sessions::page)),
    post("/sessions/end", Read, pages::sessions::end_all),
    post("/sessions/{session}/end", Read, pages::sessions::end_one),
    get("/", SignedIn, pages::home),
    get("/events", Read, pages::events),
    waits(get("/sources", Read, pages::sources::page)),
    get("/sources/{source}", Read, pages::overview::page),
    get("/sources/{source}/frameworks", Read, pages::frameworks::all),
    get("/sources/{source}/frameworks/{framework}", Read, pages::frameworks::one),
    waits(get("/sources/{source}/frameworks/{framework}/{requirement}", Read, pages::requirement::page)),
    post("/sources/{source}/frameworks/{framework}/{requirement}/attestations", Attest, pages::requirement::attest),
    get("/sources/{source}/findings", Read, pages::findings::page),
    waits(get("/sources/{source}/findings/{finding}", Read, pages::finding::page)),
    post("/sources/{source}/findings/{finding}/exceptions", Accept, pages::finding::accept),
    get("/sources/{source}/namespaces", Read, pages::places::namespaces),
    get("/sources/{source}/namespaces/{namespace}", Read, pages::places::namespace),
    get("/sources/{source}/resources", Read, pages::places::resources),
    waits(get("/sources/{source}/resources/{kind}/{namespace}/{name}", Read, pages::places::resource)),
    waits(get("/sources/{source}/reports", Read, pages::reports::page)),
    get("/sources/{source}/checks", Read, pages::checks::all),
    get("/sources/{source}/checks/{check}", Read, pages::checks::one),
    get("/sources/{source}/data", Read, pages::data::page),
    waits(get("/sources/{source}/questions", Read, pages::questions::page)),
    get("/sources/{source}/search", Read, pages::search::page),
    waits(get("/sources/{source}/decisions", Read, pages::decisions::page)),
    post("/sources/{source}/exceptions/{decision}/withdrawal", Accept, pages::decisions::withdraw_exception),
    post("/sources/{source}/attestations/{decision}/withdrawal", Attest, pages::decisions::withdraw_attestation),
    waits(get("/sources/{source}/detections", ReadDetections, pages::detections::page)),
    waits(get("/sources/{source}/detections/{detection}", ReadDetections, pages::detections::one)),
    get("/sources/{source}/history", Read, pages::history::page),
    get("/sources/{source}/input", Read, pages::history::input),
    waits(get("/breaches", Breaches, pages::breaches::page)),
    post("/breaches", ReportBreach, pages::breaches::reported),
    waits(get("/breaches/new", ReportBreach, pages::breaches::new)),
    waits(get("/breaches/register", Breaches, pages::breaches::register)),
    waits(get("/breaches/{breach}", Breaches, pages::breaches::one)),
    post("/breaches/{breach}/steps", Breaches, pages::breaches::step),
    post("/breaches/{breach}/facts", Breaches, pages::breaches::set_facts),
    post("/breaches/{breach}/measures", Breaches, pages::breaches::measure),
    post("/breaches/{breach}/severity", Breaches, pages::breaches::correct),
    post("/breaches/{breach}/proposals", Breaches, pages::breaches::answer_proposals),
    waits(get("/breaches/{breach}/drafts/{draft}", Breaches, pages::breaches::draft)),
    get("/rules", ReadDetections, pages::rules::page),
    waits(get("/alerts", Read, pages::alerts::page)),
    post("/alerts/{alert}/acknowledgement", Alarm, pages::alerts::acknowledge),
    post("/alert-silences", Alarm, pages::alerts::silence),
    post("/alert-silences/{silence}/end", Alarm, pages::alerts::unsilence),
    post("/alert-receivers/{receiver}/test", Alarm, pages::alerts::test),
    waits(get("/evidence", ReadRecord, pages::evidence::page)),
    waits(get("/evidence/verification", ReadRecord, pages::evidence::verification)),
    waits(get("/evidence/export", ReadPeople, pages::export::answer)),
    waits(get("/evidence/{entry}", ReadRecord, pages::evidence::entry)),
    // The API.
    api("This document", get("/api/v1/openapi.json", Nothing, api::openapi::answer)),
    api("Who is signed in, and what they may", get("/api/v1/me", SignedIn, api::me)),
    api("One's own sessions, the newest first", waits(get("/api/v1/sessions", Read, api::sessions))),
    api("End all of one's own sessions", delete("/api/v1/sessions", Read, api::end_sessions)),
    api("End one of one's own sessions", delete("/api/v1/sessions/{session}", Read, api::end_session)),
    api("All sources with their numbers", get("/api/v1/sources", Read, api::sources)),
    api(
        "One source: the numbers of its last assessment, and what helps most",
        get("/api/v1/sources/{source}", Read, api::source),
    ),
    api("The assessments of a source, the newest first", get("/api/v1/sources/{source}/assessments", Read, api::runs)),
    api(
        "Hand in an assessment: the JSON that `cloister scan -o json` writes",
        Route { body: Body::Report, ..post("/api/v1/sources/{source}/assessments", HandIn, api::hand_in) },
    ),
    api("Findings, as they are ranked", get("/api/v1/sources/{source}/findings", Read, api::findings)),
    api("One finding", get("/api/v1/sources/{source}/findings/{finding}", Read, api::finding)),
    api(
        "When a finding was first seen, and when it was gone and came back",
        waits(get("/api/v1/sources/{source}/findings/{finding}/history", Read, api::finding_history)),
    ),
    api("Requirements with their status", get("/api/v1/sources/{source}/requirements", Read, api::requirements)),
    api(
        "One requirement",
        get("/api/v1/sources/{source}/requirements/{framework}/{requirement}", Read, api::requirement),
    ),
    api("Checks and what they came to", get("/api/v1/sources/{source}/checks", Read, api::checks)),
    api("Namespaces with their numbers", get("/api/v1/sources/{source}/namespaces", Read, api::namespaces)),
    api("Resources with their numbers", get("/api/v1/sources/{source}/resources", Read, api::resources)),
    api(
        "Who can read the data of a store: every way, and by which binding, role and rule",
        waits(get("/api/v1/sources/{source}/answers/who-reads", Read, api::questions::answer)),
    ),
    api(
        "Who may reach a workload, a namespace or a store over the network, and by which policies",
        waits(get("/api/v1/sources/{source}/answers/who-reaches", Read, api::questions::answer)),
    ),
    api(
        "Who can do something, and by which binding, role and rule",
        waits(get("/api/v1/sources/{source}/answers/who-can", Read, api::questions::answer)),
    ),
    api(
        "What somebody may do, and by which binding, role and rule",
        waits(get("/api/v1/sources/{source}/answers/what-can", Read, api::questions::answer)),
    ),
    api(
        "What somebody can become by using what they may do, step by step",
        waits(get("/api/v1/sources/{source}/answers/climb", Read, api::questions::answer)),
    ),
    api(
        "What a workload or those of a namespace may reach, addresses outside as well, and by which policies",
        waits(get("/api/v1/sources/{source}/answers/reaches", Read, api::questions::answer)),
    ),
    api(
        "Audit events, as the API server's webhook sends them: an EventList",
        events("/api/v1/sources/{source}/audit-webhook", SendEvents, api::ingest::webhook),
    ),
    api(
        "Audit events, one a line or in a list, as log shippers send them",
        events("/api/v1/sources/{source}/audit-events", SendEvents, api::ingest::lines),
    ),
    api(
        "What a sensor found, one finding a line or in a list",
        events("/api/v1/sources/{source}/sensor-findings", SendFindings, api::ingest::findings),
    ),
    api(
        "A report of another scanner: SARIF 2.1.0, OpenReports, PolicyReport, JSON of Trivy or Grype",
        events("/api/v1/sources/{source}/scanner-reports", SendReports, api::scanners::take),
    ),
    api(
        "Which scanner told what of which scope, and when",
        waits(get("/api/v1/sources/{source}/scanner-reports", ReadRecord, api::scanners::told)),
    ),
    api(
        "What other scanners found, by place; not counted by Cloister",
        waits(get("/api/v1/sources/{source}/scanner-results", Read, api::scanners::results)),
    ),
    api(
        "What was detected, the newest first",
        waits(get("/api/v1/sources/{source}/detections", ReadDetections, api::detections)),
    ),
    api("One detection", waits(get("/api/v1/sources/{source}/detections/{detection}", ReadDetections, api::detection))),
    api("Decisions, the newest first", waits(get("/api/v1/sources/{source}/decisions", Read, api::decisions))),
    api("Accept a finding until a day", post("/api/v1/sources/{source}/exceptions", Accept, api::accept)),
    api("Attest a requirement until a day", post("/api/v1/sources/{source}/attestations", Attest, api::attest)),
    api(
        "Take an exception back",
        delete("/api/v1/sources/{source}/exceptions/{decision}", Accept, api::withdraw_exception),
    ),
    api(
        "Take an attestation back",
        delete("/api/v1/sources/{source}/attestations/{decision}", Attest, api::withdraw_attestation),
    ),
    api("Breaches, open ones first", waits(get("/api/v1/breaches", Breaches, api::breaches::all))),
    api("Report that a breach is suspected", post("/api/v1/breaches", ReportBreach, api::breaches::report)),
    api(
        "The register of breaches, Art. 33(5)",
        waits(get("/api/v1/breaches/register", Breaches, api::breaches::register)),
    ),
    api(
        "One breach: its facts and history, its clock, what is missing, severity, whom to tell, proposals",
        waits(get("/api/v1/breaches/{breach}", Breaches, api::breaches::one)),
    ),
    api(
        "Take a step over the version that was read",
        post("/api/v1/breaches/{breach}/steps", Breaches, api::breaches::step),
    ),
    api(
        "Set all facts over the version that was read",
        Route { method: "PUT", ..post("/api/v1/breaches/{breach}/facts", Breaches, api::breaches::set_facts) },
    ),
    api(
        "Confirm proposals, or say that they are not so",
        post("/api/v1/breaches/{breach}/proposals", Breaches, api::breaches::answer_proposals),
    ),
    api(
        "A draft: notification, message or record; as json, md or pdf",
        waits(get("/api/v1/breaches/{breach}/drafts/{draft}", Breaches, api::breaches::draft)),
    ),
    api(
        "Rules over audit events, the gravest first: which judge, and where each comes from",
        get("/api/v1/rules", ReadDetections, api::rules),
    ),
    api("Alerts, the most urgent first", waits(get("/api/v1/alerts", Read, api::alerts::all))),
    api("Acknowledge an alert", post("/api/v1/alerts/{alert}/acknowledgement", Alarm, api::alerts::acknowledge)),
    api("Silences, the last to end first", waits(get("/api/v1/alert-silences", ReadRecord, api::alerts::silences))),
    api("Say nothing of some alerts for a while", post("/api/v1/alert-silences", Alarm, api::alerts::silence)),
    api("End a silence before its time", delete("/api/v1/alert-silences/{silence}", Alarm, api::alerts::unsilence)),
    api("Who is told, and how they fare", waits(get("/api/v1/alert-receivers", ReadRecord, api::alerts::receivers))),
    api(
        "Send a test to a receiver: what it answers is recorded",
        Route { body: Body::Nothing, ..post("/api/v1/alert-receivers/{receiver}/test", Alarm, api::alerts::test) },
    ),
    api("Entries of the evidence log, the newest first", waits(get("/api/v1/evidence", ReadRecord, api::evidence))),
    api("Check the whole evidence log", waits(get("/api/v1/evidence/verification", ReadRecord, api::verification))),
    api(
        "What an auditor gets of a period: reports, entries and proofs, as one tar that is packed by gzip",
        waits(get("/api/v1/evidence/export", ReadPeople, pages::export::answer)),
    ),
    api("One entry with its proof", waits(get("/api/v1/evidence/{entry}", ReadRecord, api::entry))),
];

const fn delete(path: &'static str, right: Right, answer: Handler) -> Route {
    Route { method: "DELETE", ..post(path, right, answer) }
}

/// Whether errors there are told to programs.
pub fn is_api(path: &str) -> bool {
    path.starts_with("/api/")
}

/// The cookie that the form for signing in goes with.
pub fn visit_cookie(hub: &Hub) -> String {
    format!("{}-visit", hub.config.cookie)
}

/// Finds routes.
#[derive(Debug)]
pub struct Routes(Vec<(&'static str, Router<&'static Route>)>);

/// A route with the parts of the path that have names, as they were written.
#[derive(Debug)]
pub struct Found {
    /// The route.
    pub route: &'static Route,
    /// Names and values.
    pub parts: Vec<(String, String)>,
}

impl Routes {
    /// Of the table.
    pub fn new() -> Routes {
        let mut all: Vec<(&'static str, Router<&'static Route>)> = Vec::new();
        for route in ROUTES {
            let at = all.iter().position(|(method, _)| *method == route.method).unwrap_or_else(|| {
                all.push((route.method, Router::new()));
                all.len() - 1
            });
            // A test holds that no two are at odds.
            let _ = all.get_mut(at).map(|(_, router)| router.insert(route.path, route));
        }
        Routes(all)
    }

    /// The route of a request.
    pub fn find(&self, method: &Method, path: &str) -> Result<Found, Problem> {
        let asked = if *method == Method::HEAD { "GET" } else { method.as_str() };
        let mut others = Vec::new();
        for (method, router) in &self.0 {
            let Ok(found) = router.at(path) else { continue };
            if *method != asked {
                others.push(*method);
                continue;
            }
            let parts = found.params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            return Ok(Found { route: found.value, parts });
        }
        if others.is_empty() {
            return Err(Problem::missing("there is nothing at this address"));
        }
        let allow = others.join(", ").replace("GET", "GET, HEAD");
        Err(Problem { allow: Some(allow.clone()), ..Problem::new(405, format!("this address takes {allow}")) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_is_found_by_its_own_path() {
        let routes = Routes::new();
        for route in ROUTES {
            let path = route.path.replace(['{', '}'], "");
            let found = routes.find(&route.method.parse().unwrap(), &path).unwrap();
            assert_eq!(found.route.path, route.path);
        }
        let refused = routes.find(&Method::PUT, "/sources").unwrap_err();
        assert_eq!((refused.status, refused.allow.as_deref()), (405, Some("GET, HEAD")));
        assert_eq!(routes.find(&Method::GET, "/nothing").unwrap_err().status, 404);
    }

    #[test]
    fn what_changes_something_takes_a_right_that_viewers_lack() {
        for route in ROUTES.iter().filter(|route| route.method != "GET") {
            let own = ["/sign-in", "/sign-out"].contains(&route.path) || route.path.contains("/sessions");
            assert!(own || !crate::Role::Viewer.may(route.right), "{} {}", route.method, route.path);
        }
    }
}
