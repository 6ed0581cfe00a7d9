//! The API's document, made of the table of routes.

use serde_json::{Map, Value, json};

use super::schemas;
use crate::http::{Answer, Ask, Problem};
use crate::routes::{Body, ROUTES, Route, is_api};
use crate::who::role::Right;

/// The document.
#[allow(clippy::unnecessary_wraps, reason = "as every route answers")]
pub fn answer(_: &Ask<'_>) -> Result<Answer, Problem> {
    Ok(Answer::json(&document()))
}

/// OpenAPI 3.1.
pub fn document() -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for route in ROUTES.iter().filter(|route| is_api(route.path)) {
        let path = paths.entry(route.path.to_owned()).or_insert_with(|| json!({}));
        if let Some(operations) = path.as_object_mut() {
            operations.insert(route.method.to_lowercase(), operation(route));
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Cloister hub", "version": env!("CARGO_PKG_VERSION"), "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            "description": "What was assessed, for programs. Lists come in parts: `next` is the cursor of the next one. Answers carry ETags. Events, reports and assessments may be packed by gzip, and say so in Content-Encoding. Errors are application/problem+json (RFC 9457).",
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": schemas::all(),
            "responses": {"Problem": {"description": "What is wrong, and the way out", "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}},
        },
    })
}

fn operation(route: &Route) -> Value {
    let mut operation = json!({
        "summary": route.about,
        "operationId": id(route),
        "parameters": parameters(route),
        "responses": responses(route),
    });
    let Some(fields) = operation.as_object_mut() else { return operation };
    match route.right {
        Right::Nothing => drop(fields.insert("security".to_owned(), json!([]))),
        right => drop(fields.insert("description".to_owned(), json!(format!("Roles: {}.", right.roles())))),
    }
    if let Some(schema) = sent(route) {
        // Lines may be none; whatever else is sent is something.
        let required = schema.get("$ref").and_then(Value::as_str) != Some("#/components/schemas/Lines");
        let body = json!({"required": required, "content": {"application/json": {"schema": schema}}});
        fields.insert("requestBody".to_owned(), body);
    }
    operation
}

fn id(route: &Route) -> String {
    let parts = route.path.trim_start_matches("/api/v1").split(['/', '{', '}', '.']).filter(|part| !part.is_empty());
    format!("{}-{}", route.method.to_lowercase(), parts.collect::<Vec<_>>().join("-"))
}

fn is_list(route: &Route) -> bool {
    route.method == "GET"
        && [
            "alerts",
            "alert-silences",
            "alert-receivers",
            "assessments",
            "findings",
            "history",
            "requirements",
            "checks",
            "namespaces",
            "resources",
            "detections",
            "scanner-reports",
            "scanner-results",
            "decisions",
            "evidence",
            "breaches",
            "register",
            "sessions",
            "rules",
            "who-reads",
            "who-reaches",
            "who-can",
            "what-can",
            "climb",
            "reaches",
        ]
        .iter()
        .any(|name| route.path.ends_with(&format!("/{name}")))
}

fn parameters(route: &Route) -> Vec<Value> {
    let text = |name: &str, place: &str, required: bool, about: &str| json!({"name": name, "in": place, "required": required, "description": about, "schema": {"type": "string"}});
    let names = route.path.split(['{', '}']).skip(1).step_by(2);
    let mut all: Vec<Value> = names.map(|name| text(name, "path", true, "As lists name it")).collect();
    if let Some(source) = all.first_mut().filter(|_| matches!(route.body, Body::Report | Body::Events)) {
        // It may begin with this request.
        *source = json!({
            "name": "source", "in": "path", "required": true, "description": "What the source is called", "example": "clinic",
            "schema": {"type": "string", "pattern": "^[a-z0-9][a-z0-9.-]{0,62}$"},
        });
    }
    if is_list(route) {
        let limit = json!({"type": "integer", "minimum": 1, "maximum": 1000, "default": 100});
        all.push(json!({"name": "limit", "in": "query", "required": false, "description": "How many at the most", "schema": limit}));
        all.push(text("cursor", "query", false, "`next` of the part before"));
    }
    let own: &[(&str, &str)] = match route.path {
        "/api/v1/sources/{source}/findings" => &[
            ("namespace", "Of resources in this namespace"),
            ("check", "Of this check"),
            ("framework", "That speak against this framework"),
            ("requirement", "That speak against this requirement of it"),
            ("q", "In which each of these words stands"),
        ],
        "/api/v1/sources/{source}/requirements" => &[("framework", "Of this framework")],
        "/api/v1/sources/{source}/resources" => &[("namespace", "In this namespace")],
        "/api/v1/alerts" => &[("state", "firing, acknowledged, silenced or resolved")],
        "/api/v1/sources/{source}/detections" => &[("namespace", "In this namespace"), ("rule", "Of this rule")],
        "/api/v1/sources/{source}/scanner-results" => &[
            ("namespace", "In this namespace"),
            ("scanner", "Of this scanner"),
            ("article", "That bear on this article of the GDPR: 32(1)(b) or 32(1)(d)"),
            ("q", "In which each of these words stands"),
        ],
        "/api/v1/evidence/verification" => &[("anew", "Check again what was checked")],
        _ => &[],
    };
    all.extend(own.iter().map(|(name, about)| text(name, "query", false, about)));
    all.extend(of_question(route));
    // What is empty counts as not there: a form sends it so.
    let one_of = |name: &str, words: Value| json!({"name": name, "in": "query", "required": false, "schema": {"type": "string", "anyOf": [{"enum": words}, {"maxLength": 0}]}});
    if route.path == "/api/v1/sources/{source}/detections" && route.method == "GET" {
        all.push(one_of("severity", json!(["info", "low", "medium", "high", "critical"])));
        all.push(one_of("breach", json!(["suspected", "no"])));
        let time = json!({"type": "string", "anyOf": [{"format": "date"}, {"format": "date-time"}, {"maxLength": 0}]});
        for (name, about) in [("from", "On this day, at this time, or later"), ("until", "Before this day, or time")] {
            all.push(json!({"name": name, "in": "query", "required": false, "description": about, "schema": time}));
        }
    }
    if route.path.ends_with("/evidence/export") {
        all.push(one_of("framework", json!(cloister_frameworks::names().collect::<Vec<_>>())));
        for (name, about) in
            [("from", "From the beginning of this day, in UTC"), ("to", "To the end of this day, in UTC")]
        {
            let day = json!({"type": "string", "format": "date"});
            all.push(json!({"name": name, "in": "query", "required": true, "description": about, "schema": day}));
        }
    }
    if route.path == "/api/v1/sources/{source}/findings" {
        all.push(one_of("severity", json!(["info", "low", "medium", "high", "critical"])));
        all.push(one_of("state", json!(["open", "accepted", "all"])));
        all.push(one_of("data", json!(["none", "ordinary", "large-scale", "children", "special"])));
    }
    if route.path == "/api/v1/sources/{source}/scanner-results" {
        all.push(one_of("severity", json!(["info", "low", "medium", "high", "critical"])));
        all.push(one_of("kind", json!(cloister_scanners::Kind::ALL.map(cloister_scanners::Kind::as_str))));
        all.push(one_of("data", json!(["none", "ordinary", "large-scale", "children", "special"])));
    }
    if route.path.ends_with("/scanner-reports") && route.method == "POST" {
        let about = "What the report speaks of, in place of what it says itself: it replaces what the same scanner told of this scope";
        let scope = json!({"type": "string", "pattern": "^[ -~]{1,200}$", "example": "shop"});
        all.push(json!({"name": "scope", "in": "query", "required": false, "description": about, "schema": scope}));
    }
    if is_over_version(route) {
        let version = json!({"type": "string", "pattern": "^\"[0-9]+\"$"});
        all.push(json!({"name": "If-Match", "in": "header", "required": true, "description": "The ETag of the version that was read", "schema": version}));
    }
    if route.path.ends_with("/drafts/{draft}") {
        all.push(one_of("as", json!(["json", "md", "pdf"])));
    }
    if route.method == "DELETE" && route.path.contains("{decision}") {
        all.push(json!({"name": "reason", "in": "query", "required": true, "description": "Why it is taken back", "schema": {"type": "string", "minLength": 5, "maxLength": 2000}}));
    }
    all
}

/// What a question asks by, each with an example.
fn of_question(route: &Route) -> Vec<Value> {
    const SUBJECT: (&str, bool, &str, &str) =
        ("subject", true, "A user, group:NAME or serviceaccount:NAMESPACE:NAME", "serviceaccount:clinic:api");
    const END: &str = "NAMESPACE/WORKLOAD, namespace:NAME or store:NAME";
    let asked: &[(&str, bool, &str, &str)] = match route.path.strip_prefix("/api/v1/sources/{source}/answers/") {
        Some("who-reads") => {
            &[("store", true, "A store of the register, or a workload that is recognised", "patients-db")]
        }
        Some("who-reaches") => &[("to", true, END, "store:patients-db")],
        Some("reaches") => &[("from", true, END, "clinic/api")],
        Some("who-can") => &[
            ("verb", true, "A verb of Kubernetes", "get"),
            ("resource", true, "RESOURCE[.GROUP][/SUBRESOURCE], or a path of the server", "secrets"),
            ("name", false, "Of one object", "patients-db"),
            ("namespace", false, "In this namespace; in any without it", "clinic"),
        ],
        Some("what-can") => &[SUBJECT],
        Some("climb") => &[
            SUBJECT,
            ("to", false, "cluster-admin, node, node:NAME, secret:NAMESPACE:NAME, or a subject", "cluster-admin"),
        ],
        _ => &[],
    };
    let one = |(name, required, about, example): &(&str, bool, &str, &str)| {
        // Blanks alone count as nothing.
        let pattern = if *required { r"\S" } else { "" };
        json!({
            "name": name, "in": "query", "required": required, "description": about, "example": example,
            "schema": {"type": "string", "pattern": pattern, "maxLength": 512},
        })
    };
    asked.iter().map(one).collect()
}

/// Whether it changes a document over the version that was read.
fn is_over_version(route: &Route) -> bool {
    route.method != "GET" && route.path.contains("{breach}")
}

fn sent(route: &Route) -> Option<Value> {
    let of_breach = match route.path.strip_prefix("/api/v1/breaches").filter(|_| route.body == Body::Form) {
        Some("") => Some("Suspicion"),
        Some("/{breach}/steps") => Some("BreachStep"),
        Some("/{breach}/facts") => Some("BreachFacts"),
        Some("/{breach}/proposals") => Some("BreachAnswers"),
        _ => None,
    };
    if let Some(name) = of_breach {
        return Some(json!({"$ref": format!("#/components/schemas/{name}")}));
    }
    match (route.method == "POST", route.body) {
        (true, Body::Events) => {
            let name = match route.path.rsplit('/').next() {
                Some("audit-webhook") => "EventList",
                Some("scanner-reports") => "ScannerReport",
                _ => "Lines",
            };
            Some(json!({"$ref": format!("#/components/schemas/{name}")}))
        }
        (true, Body::Report) => Some(json!({"$ref": "#/components/schemas/Report"})),
        (true, Body::Form) if route.path.ends_with("exceptions") => {
            Some(json!({"$ref": "#/components/schemas/ToAccept"}))
        }
        (true, Body::Form) if route.path.ends_with("acknowledgement") => {
            Some(json!({"$ref": "#/components/schemas/ToAcknowledge"}))
        }
        (true, Body::Form) if route.path.ends_with("alert-silences") => {
            Some(json!({"$ref": "#/components/schemas/ToSilence"}))
        }
        (true, Body::Form) => Some(json!({"$ref": "#/components/schemas/ToAttest"})),
        _ => None,
    }
}

fn responses(route: &Route) -> Value {
    let schema = if route.path.contains("/answers/") {
        json!({"$ref": "#/components/schemas/Answer"})
    } else if is_list(route) || route.path == "/api/v1/sources" {
        json!({"$ref": "#/components/schemas/List"})
    } else {
        json!({"type": "object"})
    };
    let told = |about: &str| json!({"description": about, "content": {"application/json": {"schema": schema}}});
    let mut all = Map::new();
    if route.method == "POST" && route.body != Body::Events && !is_over_version(route) {
        all.insert("201".to_owned(), told("It is kept"));
    }
    if route.method != "POST" || is_over_version(route) || matches!(route.body, Body::Report | Body::Events) {
        all.insert("200".to_owned(), told("The answer"));
    }
    if route.path.ends_with("/evidence/export") {
        let file = json!({"description": "The bundle", "content": {"application/gzip": {"schema": {"type": "string", "format": "binary"}}}});
        all.insert("200".to_owned(), file);
    }
    if route.method == "GET" {
        all.insert("304".to_owned(), json!({"description": "As it was"}));
    }
    if is_over_version(route) {
        for status in ["412", "428"] {
            all.insert(status.to_owned(), json!({"$ref": "#/components/responses/Problem"}));
        }
    }
    for status in ["400", "401", "403", "404", "406", "409", "410", "413", "415", "422", "429", "503", "507"] {
        all.insert(status.to_owned(), json!({"$ref": "#/components/responses/Problem"}));
    }
    Value::Object(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_of_the_api_is_told_and_nothing_else() {
        let document = document();
        let paths = document["paths"].as_object().unwrap();
        let told: usize = paths.values().map(|path| path.as_object().unwrap().len()).sum();
        assert_eq!(told, ROUTES.iter().filter(|route| is_api(route.path)).count());
        let mut ids: Vec<&Value> =
            paths.values().flat_map(|path| path.as_object().unwrap().values()).map(|one| &one["operationId"]).collect();
        let all = ids.len();
        ids.sort_by_key(ToString::to_string);
        ids.dedup();
        assert_eq!(ids.len(), all, "each operation has a name of its own");
        assert!(ROUTES.iter().all(|route| is_api(route.path) != route.about.is_empty()));
    }
}
