//! Every route, tried as nobody and as every role.

use super::{Trial, report};
use crate::http::Problem;
use crate::routes::{Body, ROUTES, Route, Routes, is_api};
use crate::{Right, Role};

/// An address that leads to something, as far as there is one.
pub fn address(route: &Route) -> String {
    route
        .path
        .replace("{source}", "shop")
        .replace("{framework}", "gdpr")
        .replace("{requirement}", "39")
        .replace("{finding}", "aaaa")
        .replace("{kind}/{namespace}/{name}", "Deployment/shop/orders")
        .replace("{namespace}", "shop")
        .replace("{check}", "single-replica")
        .replace("{decision}", "none")
        .replace("{alert}", "none")
        .replace("{silence}", "none")
        .replace("{receiver}", "none")
        .replace("{breach}", "none")
        .replace("{draft}", "record")
        .replace("{detection}", "none")
        .replace("{entry}", "0")
        .replace("{link}", "none")
        .replace("{file}", "none")
        .replace("{session}", "none")
}

fn body(route: &Route) -> String {
    match (route.body, is_api(route.path)) {
        (Body::Report, _) => report::json(),
        (Body::Form, true) if route.method == "POST" => "{}".to_owned(),
        _ => String::new(),
    }
}

#[test]
fn nobody_comes_in_and_roles_get_what_is_theirs() {
    let trial = Trial::new();
    // The page that goes on would be waited for.
    for route in ROUTES.iter().filter(|route| route.path != "/events") {
        let address = address(route);
        let stranger = trial.ask(route.method, &address, &[], &body(route));
        assert_eq!(
            stranger.status == 401,
            route.right != Right::Nothing,
            "{} {address}: {}",
            route.method,
            stranger.status
        );
        for role in Role::ALL {
            let reply = trial.as_role(role.as_str(), route.method, &address, &body(route));
            let refused =
                reply.status == 403 && !reply.body.contains("link was used") && !reply.body.contains("called like it");
            let agents_home = route.path == "/" && matches!(role, Role::Agent | Role::Collector);
            assert_eq!(
                refused,
                !role.may(route.right) || agents_home,
                "{role} {} {address}: {}",
                route.method,
                reply.status
            );
            assert!(reply.status < 500 || reply.status == 503, "{role} {} {address}: {}", route.method, reply.status);
        }
    }
    assert!(trial.hub.decisions("shop").unwrap().is_empty(), "nothing that was tried here was a whole request");
}

#[test]
fn a_viewer_can_change_nothing() {
    let trial = Trial::new();
    let (cookie, forms) = trial.sign_in("viewer");
    let before = trial.hub.snapshot("shop").unwrap().digest.clone();
    for route in ROUTES.iter().filter(|route| {
        // Signing in and out, and one's own sessions, are everybody's.
        route.method != "GET" && !route.path.starts_with("/sign-") && !route.path.contains("/sessions")
    }) {
        let said = format!(
            "token-of-form={forms}&reason=because+it+is+so&statement=all+of+it+is+as+it+should+be&expires=2027-01-01"
        );
        let reply = match route.body {
            Body::Report => trial.ask(
                route.method,
                &address(route),
                &[("Cookie", &cookie), ("Content-Type", "application/json"), ("X-CSRF-Token", &forms)],
                &report::json(),
            ),
            _ => trial.ask(
                route.method,
                &address(route),
                &[("Cookie", &cookie), ("Content-Type", "application/x-www-form-urlencoded"), ("X-CSRF-Token", &forms)],
                &said,
            ),
        };
        assert_eq!(reply.status, 403, "{} {}", route.method, route.path);
    }
    let after = trial.hub.snapshot("shop").unwrap().digest.clone();
    assert!(before == after && trial.hub.decisions("shop").unwrap().is_empty());
}

#[test]
fn an_agent_hands_in_for_itself_alone() {
    let trial = Trial::new();
    let other = trial.as_role("agent", "POST", "/api/v1/sources/shop/assessments", &report::json());
    other.problem(403);
    let own = trial.as_role("agent", "POST", "/api/v1/sources/agent/assessments", &report::json());
    assert_eq!(own.status, 201, "{own:?}");
    let again = trial.as_role("agent", "POST", "/api/v1/sources/agent/assessments", &report::json());
    assert_eq!(again.status, 200, "the same again is no change");
    let mut older = report::value();
    older["assessedAt"] = "2026-11-25T12:00:00Z".into();
    trial.as_role("agent", "POST", "/api/v1/sources/agent/assessments", &older.to_string()).problem(409);
    assert_eq!(trial.as_role("viewer", "GET", "/api/v1/sources/agent/findings", "").status, 200);
}

#[test]
fn what_is_not_there_is_told_in_both_tongues() {
    let routes = Routes::new();
    let missing: Problem = routes.find(&"GET".parse().unwrap(), "/nowhere").unwrap_err();
    assert_eq!(missing.status, 404);
    let trial = Trial::new();
    trial.as_role("viewer", "GET", "/api/v1/nowhere", "").problem(404);
    trial.as_role("viewer", "PUT", "/api/v1/sources", "").problem(405);
    let page = trial.as_role("viewer", "GET", "/nowhere", "");
    assert!(page.status == 404 && page.body.starts_with("<!DOCTYPE html>"));
}
