//! A real API server with a policy: requests by different people, and what its log holds of them.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result};
use cloister_audit::policy::{Level, Stage};
use cloister_rbac::Identity;
use serde_json::{Value, json};

use super::requests::Question;
use crate::{Api, ControlPlane, Options, wait_for};

/// How long a line that we expect may take.
const LATE: Duration = Duration::from_secs(15);
/// How many callers there are.
pub const CALLERS: usize = 8;

/// Somebody who sends requests.
pub struct Caller {
    client: Api,
    /// As audit sees it; nobody where authentication fails.
    pub identity: Option<Identity>,
    /// For whom a request then counts, where it is another.
    pub impersonated: Option<Identity>,
}

/// What the log holds of one request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Each line, in order.
    pub lines: Vec<(Stage, Level)>,
    pub request_body: bool,
    pub response_body: bool,
    /// Managed fields stand in a body.
    pub managed_fields: bool,
}

/// Starts a server with this policy.
pub fn start(policy: &Value) -> Result<ControlPlane> {
    let plane = ControlPlane::start_with(&Options { audit_policy: Some(policy.to_string()), ..Options::default() })?;
    for namespace in ["a", "b", "c", "robots"] {
        plane.create_namespace(namespace, &[])?;
    }
    let subject = |name| json!({"kind": "Group", "apiGroup": "rbac.authorization.k8s.io", "name": name});
    let binding = json!({
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": {"name": "everybody"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
        "subjects": [subject("system:authenticated")],
    });
    plane.api().post("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", &binding.to_string())?.success()?;
    Ok(plane)
}

/// Everybody who sends requests; as many as [`CALLERS`].
pub fn callers(plane: &ControlPlane) -> Result<Vec<Caller>> {
    let group = |name: &str| [name.to_owned()];
    let admin = Identity::authenticated("cloister-admin", group("system:masters"));
    let robots = "/api/v1/namespaces/robots/serviceaccounts";
    let account = json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "robot"}});
    plane.api().post(robots, &account.to_string())?.success()?;
    let request = json!({"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}});
    let token = plane.api().post(&format!("{robots}/robot/token"), &request.to_string())?.success()?.json()?;
    let token = token["status"]["token"].as_str().context("the server gave no token")?;
    let one = |client, identity| Caller { client, identity: Some(identity), impersonated: None };
    Ok(vec![
        one(plane.api().clone(), admin.clone()),
        one(plane.api_as("alice", &["devs"])?, Identity::authenticated("alice", group("devs"))),
        one(plane.api_as("bob", &[])?, Identity::authenticated("bob", [])),
        one(plane.api_as("carol", &["ops"])?, Identity::authenticated("carol", group("ops"))),
        one(plane.api_with_token(token)?, Identity::account("robots", "robot")),
        one(plane.api_anonymous()?, Identity::authenticated("system:anonymous", [])),
        Caller { client: plane.api_with_token("not-a-token")?, identity: None, impersonated: None },
        Caller {
            client: plane.api().impersonating("alice", &["devs".to_owned(), "system:authenticated".to_owned()]),
            identity: Some(admin),
            impersonated: Some(Identity::authenticated("alice", group("devs"))),
        },
    ])
}

/// The mark by which a request is found again; servers keep what a client sends.
pub fn mark(index: usize) -> String {
    format!("question-{index}")
}

/// Sends a request; the status of its answer.
pub fn send(index: usize, question: &Question, callers: &[Caller]) -> Result<u16> {
    let caller = callers.get(question.caller).context("there is no such caller")?;
    let client = caller.client.with_header("Audit-ID", &mark(index));
    Ok(client.send(question.method, &question.path, question.media, &question.body)?.status)
}

/// Reads the log until it holds as many lines as `expected` says of each request, or for a while.
pub fn log(plane: &ControlPlane, expected: &[usize]) -> Result<BTreeMap<String, Seen>> {
    let is_whole = |seen: &BTreeMap<String, Seen>| {
        let lines = |index| seen.get(&mark(index)).map_or(0, |seen| seen.lines.len());
        expected.iter().enumerate().all(|(index, count)| lines(index) >= *count)
    };
    // Where a line is missing, the comparison says so.
    let waited = wait_for("the audit log", LATE, || read(plane).ok().filter(|seen| is_whole(seen)));
    waited.or_else(|_| read(plane))
}

fn read(plane: &ControlPlane) -> Result<BTreeMap<String, Seen>> {
    let text = match std::fs::read_to_string(plane.audit_log()) {
        Ok(text) => text,
        // Where nothing is written, there is no file.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error).context("failed to read the audit log"),
    };
    let mut seen: BTreeMap<String, Seen> = BTreeMap::new();
    // The last line may not be whole yet.
    for line in text.split_inclusive('\n').filter(|line| line.ends_with('\n')) {
        let event: Value = serde_json::from_str(line).context("a line of the audit log is no JSON")?;
        let word = |field: &str| event[field].as_str().unwrap_or_default().to_owned();
        let one = seen.entry(word("auditID")).or_default();
        let stage = Stage::from_word(&word("stage")).context("a stage that we do not know")?;
        let level = Level::from_word(&word("level")).context("a level that we do not know")?;
        one.lines.push((stage, level));
        one.request_body |= !event["requestObject"].is_null();
        one.response_body |= !event["responseObject"].is_null();
        one.managed_fields |= line.contains("\"managedFields\":");
    }
    seen.values_mut().for_each(|seen| seen.lines.sort_unstable());
    Ok(seen)
}
