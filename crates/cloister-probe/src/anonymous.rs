//! What is answered to requests that prove nothing about who asks. Lists are asked for by HEAD: no body is sent at all.

use serde::Serialize;
use serde_json::Value;

use crate::Kind;
use crate::http::{Channel, Request, Response, send};
use crate::report::{Demand, Report};
use crate::wire::Wire;

/// One request and its answer.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    /// `GET`, `HEAD`, or `POST` for etcd's count.
    pub method: &'static str,
    /// The path.
    pub path: String,
    /// The status of HTTP.
    pub status: Option<u16>,
    /// What it means.
    pub access: Access,
    /// Why there is no status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// What an answer means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Access {
    /// It was answered.
    Answered,
    /// Who asks must say who they are (401).
    Unauthenticated,
    /// Nobody in particular is somebody (`system:anonymous`), without the right (403).
    Forbidden,
    /// There is no such thing, or it went otherwise.
    Other,
    /// No answer.
    Failed,
}

const API_SERVER: &[&str] = &[
    "/healthz",
    "/api",
    "/metrics",
    "/api/v1/namespaces?limit=1",
    "/api/v1/pods?limit=1",
    "/api/v1/configmaps?limit=1",
    "/api/v1/secrets?limit=1",
];
const KUBELET: &[&str] = &["/healthz", "/metrics", "/configz", "/pods", "/runningpods/"];
const ETCD: &[&str] = &["/health", "/metrics"];
/// Counts every key and returns none (etcd's KV.Range, `count_only`); the range from \0 to \0 is all of them.
const COUNT: &str = r#"{"key":"AA==","range_end":"AA==","count_only":true}"#;
const RANGE: &str = "/v3/kv/range";

/// Asks everything that fits what answers there, and adds it to the report.
pub(crate) fn ask(wire: &mut Wire<'_>, report: &mut Report) {
    let Some(channel) = channel(report) else {
        report.kind = wire.endpoint().kind.or(Kind::by_port(wire.endpoint().port)).unwrap_or(Kind::Other);
        demand(report);
        return;
    };
    let version = send(wire, channel, Request { method: "GET", path: "/version", body: "", keeps: true });
    let (found, number) = version.as_ref().map_or((None, None), told);
    report.kind = wire.endpoint().kind.or(found).unwrap_or_else(|| guess(wire, report));
    report.version = number;
    // Of a server of which nothing is known, an answer says nothing.
    if report.kind != Kind::Other {
        report.anonymous.push(judged("GET", "/version", version));
    }
    let paths = match report.kind {
        Kind::ApiServer => API_SERVER,
        Kind::Kubelet => KUBELET,
        Kind::Etcd => ETCD,
        Kind::Other => &[],
    };
    for path in paths {
        let answer = look(wire, channel, path);
        report.anonymous.push(answer);
    }
    if report.kind == Kind::Etcd {
        count(wire, channel, report);
    }
    demand(report);
}

/// Through TLS where a handshake came to its end, else without.
fn channel(report: &Report) -> Option<Channel> {
    match &report.tls {
        Some(tls) if tls.unfinished.is_none() => Some(Channel::Tls),
        _ if report.plain.answers => Some(Channel::Plain),
        _ => None,
    }
}

/// HEAD first. Where only GET is known (405), its status is read and the connection closed.
fn look(wire: &mut Wire<'_>, channel: Channel, path: &str) -> Answer {
    let mut ask = |method| send(wire, channel, Request { method, path, body: "", keeps: false });
    match ask("HEAD") {
        Ok(Response { status: 405, .. }) => judged("GET", path, ask("GET")),
        other => judged("HEAD", path, other),
    }
}

fn judged(method: &'static str, path: &str, response: Result<Response, String>) -> Answer {
    let path = path.to_owned();
    match response {
        Err(why) => Answer { method, path, status: None, access: Access::Failed, why: Some(why) },
        Ok(response) => {
            let access = match response.status {
                200..=299 => Access::Answered,
                401 => Access::Unauthenticated,
                403 => Access::Forbidden,
                _ => Access::Other,
            };
            Answer { method, path, status: Some(response.status), access, why: None }
        }
    }
}

/// Who answers `/version`, and with which number.
fn told(response: &Response) -> (Option<Kind>, Option<String>) {
    let Ok(json) = serde_json::from_slice::<Value>(&response.body) else { return (None, None) };
    let text = |name: &str| json.get(name).and_then(Value::as_str).map(plain);
    if let Some(version) = text("gitVersion") {
        (Some(Kind::ApiServer), Some(version))
    } else if let Some(version) = text("etcdserver") {
        (Some(Kind::Etcd), Some(version))
    } else if text("kind").as_deref() == Some("Status") && text("apiVersion").as_deref() == Some("v1") {
        (Some(Kind::ApiServer), None)
    } else {
        (None, None)
    }
}

/// What a version consists of.
fn plain(text: &str) -> String {
    text.chars().filter(|it| it.is_ascii_alphanumeric() || ".-+".contains(*it)).take(60).collect()
}

/// kubelet's certificate names its node (kubelet's server/certificate and pkg/kubelet/certificate/bootstrap), else its port.
fn guess(wire: &Wire<'_>, report: &Report) -> Kind {
    let of_a_node = report.tls.iter().flat_map(|tls| &tls.chains).any(|chain| {
        chain
            .certificates
            .first()
            .is_some_and(|own| own.subject.contains("CN=system:node:") || own.issuer.contains("-ca@"))
    });
    if of_a_node { Kind::Kubelet } else { Kind::by_port(wire.endpoint().port).unwrap_or(Kind::Other) }
}

fn count(wire: &mut Wire<'_>, channel: Channel, report: &mut Report) {
    let response = send(wire, channel, Request { method: "POST", path: RANGE, body: COUNT, keeps: true });
    let body = response.as_ref().ok().map(|it| it.body.clone()).unwrap_or_default();
    let json = serde_json::from_slice::<Value>(&body).unwrap_or_default();
    let mut answer = judged("POST", RANGE, response);
    match answer.access {
        // A count of zero is left out of the answer.
        Access::Answered => {
            report.keys = Some(json.get("count").and_then(Value::as_str).and_then(|it| it.parse().ok()).unwrap_or(0));
        }
        // etcd's own users are on (its ErrUserEmpty).
        Access::Other if json.to_string().contains("user name is empty") => answer.access = Access::Unauthenticated,
        _ => {}
    }
    report.anonymous.push(answer);
}

/// A server that asks for a certificate, and then lets nobody in without, requires it.
fn demand(report: &mut Report) {
    let failed = report.anonymous.iter().all(|answer| answer.access == Access::Failed);
    let Some(tls) = &mut report.tls else { return };
    let alerted = |why: &Option<String>| why.as_deref().is_some_and(|why| why.starts_with("alert"));
    let refused = alerted(&tls.unfinished) || report.anonymous.iter().any(|answer| alerted(&answer.why));
    if tls.client_certificate == Demand::Asked && failed && refused {
        tls.client_certificate = Demand::Required;
    }
}
