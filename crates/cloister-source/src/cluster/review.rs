//! Asking an API server about other people: whose a token is, and what they may. Nothing is kept here.

use std::collections::BTreeMap;
use std::time::Duration;

use http::Request;
use kube::{Client, Error};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tokio::sync::Mutex;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::{ClusterRequest, connect};

/// Somebody, as the cluster authenticates them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reviewed {
    /// The user's name.
    pub user: String,
    /// The user's own number.
    pub uid: String,
    /// The groups.
    pub groups: Vec<String>,
    /// What else was said.
    pub extra: BTreeMap<String, Vec<String>>,
}

/// What is asked about.
#[derive(Clone, Debug)]
pub struct Attributes {
    /// The API group; empty for the core.
    pub group: String,
    /// The resource.
    pub resource: String,
    /// The verb.
    pub verb: String,
    /// The namespace; empty for all of them.
    pub namespace: String,
}

/// Asks.
pub struct Reviewer {
    request: ClusterRequest,
    audience: String,
    runtime: Runtime,
    client: Mutex<Option<Client>>,
}

impl std::fmt::Debug for Reviewer {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(to, "Reviewer({})", self.audience)
    }
}

/// The whole of one call: who waits for it waits at a page.
const MOST: Duration = Duration::from_secs(10);
/// So many questions are asked at a time.
const AT_ONCE: usize = 16;

impl Reviewer {
    /// Of this cluster, for tokens that were made for this audience.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn new(request: ClusterRequest, audience: String) -> std::io::Result<Reviewer> {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).thread_name("review").enable_all().build()?;
        Ok(Reviewer { request, audience, runtime, client: Mutex::default() })
    }

    /// Whose a token is; `None` where it is nobody's, or was made for something else. Blocks.
    ///
    /// # Errors
    /// The API server does not answer, or does not let us ask.
    pub fn whose(&self, token: &str) -> Result<Option<Reviewed>, String> {
        let body = json!({
            "apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview",
            "spec": {"token": token, "audiences": [self.audience]},
        });
        let status = self.wait(self.post("/apis/authentication.k8s.io/v1/tokenreviews", &body))?;
        Ok(reviewed(&status, &self.audience))
    }

    /// Whether somebody may, for each in its order. Blocks.
    ///
    /// # Errors
    /// As above.
    pub fn may(&self, who: &Reviewed, asked: &[Attributes]) -> Result<Vec<bool>, String> {
        self.wait(async {
            let mut all = vec![false; asked.len()];
            let client = self.client().await?;
            let (mut running, mut rest) = (JoinSet::new(), asked.iter().enumerate());
            loop {
                while running.len() < AT_ONCE
                    && let Some((at, one)) = rest.next()
                {
                    let (client, body) = (client.clone(), access(who, one));
                    running.spawn(async move { (at, send(&client, ACCESS, &body).await) });
                }
                let Some(done) = running.join_next().await else { return Ok(all) };
                let (at, answer) = done.map_err(|_| "asking was interrupted".to_owned())?;
                let status = self.told(answer).await?;
                if let Some(place) = all.get_mut(at) {
                    // Who is refused as well as allowed is refused.
                    let says = |word: &str| status.get(word) == Some(&json!(true));
                    *place = says("allowed") && !says("denied");
                }
            }
        })
    }

    fn wait<T>(&self, asking: impl Future<Output = Result<T, String>>) -> Result<T, String> {
        let late = || format!("the API server did not answer within {} seconds", MOST.as_secs());
        self.runtime.block_on(async { timeout(MOST, asking).await.map_err(|_| late())? })
    }

    async fn post(&self, path: &'static str, body: &Value) -> Result<Value, String> {
        let client = self.client().await?;
        self.told(send(&client, path, body).await).await
    }

    async fn client(&self) -> Result<Client, String> {
        let mut known = self.client.lock().await;
        if let Some(client) = known.as_ref() {
            return Ok(client.clone());
        }
        let connected = connect::connect(&self.request).await;
        let (client, _) = connected.map_err(|diagnostic| diagnostic.message.clone())?;
        *known = Some(client.clone());
        Ok(client)
    }

    /// An answer, or why there is none. Credentials that are refused may have run out: the next call takes new ones.
    async fn told(&self, answer: Result<Value, Error>) -> Result<Value, String> {
        match answer {
            Ok(answer) => Ok(answer.get("status").cloned().unwrap_or(Value::Null)),
            Err(error) => {
                if matches!(&error, Error::Api(status) if status.code == 401) {
                    *self.client.lock().await = None;
                }
                Err(cause(&error))
            }
        }
    }
}

const ACCESS: &str = "/apis/authorization.k8s.io/v1/subjectaccessreviews";

async fn send(client: &Client, path: &str, body: &Value) -> Result<Value, Error> {
    let bytes = serde_json::to_vec(body).map_err(Error::SerdeError)?;
    let request =
        Request::post(path).header("content-type", "application/json").body(bytes).map_err(Error::HttpError)?;
    client.request(request).await
}

/// The cause, without what was sent: an API server may quote it.
fn cause(error: &Error) -> String {
    match error {
        Error::Api(status) if status.code == 403 => "the hub may not ask it: its account needs to create tokenreviews \
             (authentication.k8s.io) and subjectaccessreviews (authorization.k8s.io), as system:auth-delegator lets it"
            .to_owned(),
        Error::Api(status) => format!("the API server answered {}", status.code),
        _ => "the API server cannot be reached".to_owned(),
    }
}

fn access(who: &Reviewed, one: &Attributes) -> Value {
    json!({
        "apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview",
        "spec": {
            "user": who.user, "uid": who.uid, "groups": who.groups, "extra": who.extra,
            "resourceAttributes": {"group": one.group, "resource": one.resource, "verb": one.verb, "namespace": one.namespace},
        },
    })
}

/// Whom a status names. An API server that knows no audiences names none in its answer, and is not taken at its word.
fn reviewed(status: &Value, audience: &str) -> Option<Reviewed> {
    let for_us = status["audiences"].as_array().is_some_and(|all| all.iter().any(|one| one == audience));
    if status["authenticated"] != json!(true) || !for_us || status["error"].as_str().is_some_and(|why| !why.is_empty())
    {
        return None;
    }
    let user = &status["user"];
    let texts = |value: &Value| -> Vec<String> {
        value.as_array().into_iter().flatten().filter_map(|one| one.as_str().map(str::to_owned)).collect()
    };
    let extra = user["extra"].as_object().into_iter().flatten();
    Some(Reviewed {
        user: user["username"].as_str().filter(|name| !name.is_empty())?.to_owned(),
        uid: user["uid"].as_str().unwrap_or("").to_owned(),
        groups: texts(&user["groups"]),
        extra: extra.map(|(name, values)| (name.clone(), texts(values))).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_is_authenticated_for_this_audience_is_taken() {
        let user = json!({"username": "mila", "uid": "7", "groups": ["a", "b"], "extra": {"k": ["v"]}});
        let good = json!({"authenticated": true, "audiences": ["hub"], "user": user});
        let who = reviewed(&good, "hub").unwrap();
        assert_eq!((&*who.user, who.groups.len(), who.extra["k"].len()), ("mila", 2, 1));
        for (field, value) in [
            ("authenticated", json!(false)),
            ("authenticated", json!("true")),
            ("audiences", json!(["other"])),
            ("audiences", json!([])),
            ("audiences", json!(null)),
            ("error", json!("expired")),
            ("user", json!({"username": ""})),
            ("user", json!({})),
        ] {
            let mut bad = good.clone();
            bad[field] = value;
            assert_eq!(reviewed(&bad, "hub"), None, "{bad}");
        }
        assert_eq!(reviewed(&Value::Null, "hub"), None);
    }
}
