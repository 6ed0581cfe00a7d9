//! Where a scenario plays: a namespace with something to be had, and somebody who wants it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use serde_json::{Value, json};

use super::relay::Relay;
use crate::{Api, Cluster, Response, wait_for};

const RBAC: &str = "/apis/rbac.authorization.k8s.io/v1";
const SOON: Duration = Duration::from_secs(60);
/// A pod may wait for others on a busy small machine.
pub const POD: Duration = Duration::from_secs(75);
/// The image of every pod.
pub const TOOL: &str = "example.com/climb/tool:1";

/// An image that takes the prize by itself.
pub const TAKER: &str = "example.com/climb/taker:1";

/// Why a scenario ended early.
#[derive(Debug)]
pub enum Halt {
    /// The API server or a kubelet refused.
    Refused(String),
    /// Something else went wrong: the scenario says nothing.
    Broken(anyhow::Error),
}

impl<E: Into<anyhow::Error>> From<E> for Halt {
    fn from(error: E) -> Self {
        Halt::Broken(error.into())
    }
}

/// A step of a scenario.
pub type Step<T> = std::result::Result<T, Halt>;

/// What all scenarios share.
pub struct Stage {
    /// What pods reach the API server by. It ends first: with the cluster goes the bridge that it listens on.
    pub relay: Relay,
    /// The cluster with its node.
    pub cluster: Cluster,
}

/// One playing of a scenario.
pub struct Scene<'s> {
    /// The stage.
    pub stage: &'s Stage,
    /// The namespace; also the beginning of other names.
    pub namespace: String,
    /// Whether the right in question is there.
    pub with_right: bool,
    /// The user who climbs.
    pub user: String,
    /// Their client.
    pub api: Api,
    grants: AtomicUsize,
    /// All that is there before the climb, as the server keeps it.
    made: Mutex<Vec<Value>>,
}

impl<'s> Scene<'s> {
    /// Makes the namespace, in it the service account `owner`, who alone may read the ConfigMap `prize`.
    pub fn set(stage: &'s Stage, edge: &str, with_right: bool, level: &str) -> Result<Self> {
        let namespace = format!("{edge}-{}", if with_right { "with" } else { "without" });
        let user = format!("climber-{namespace}");
        stage.cluster.create_namespace(&namespace, &[("pod-security.kubernetes.io/enforce", level)])?;
        let api = stage.cluster.api_as(&user, &[])?;
        let (grants, made) = (AtomicUsize::new(0), Mutex::default());
        let scene = Self { stage, namespace, with_right, user, api, grants, made };
        let path = format!("/api/v1/namespaces/{}", scene.namespace);
        scene.record(scene.admin().get(&path)?.success()?.json()?);
        scene.admin_post("/api/v1", "serviceaccounts", &json!({"metadata": {"name": "owner"}}))?;
        scene.admin_post(
            "/api/v1",
            "configmaps",
            &json!({"metadata": {"name": "prize"}, "data": {"word": scene.word()}}),
        )?;
        scene.owner_reads(&json!({"kind": "ServiceAccount", "name": "owner", "namespace": scene.namespace}))?;
        Ok(scene)
    }

    /// What is to be had.
    pub fn word(&self) -> String {
        format!("word-of-{}", self.namespace)
    }

    /// A path below the scenario's namespace.
    pub fn path(&self, rest: &str) -> String {
        format!("/api/v1/namespaces/{}/{rest}", self.namespace)
    }

    /// Lets a subject read the prize.
    pub fn owner_reads(&self, subject: &Value) -> Result<()> {
        let rules =
            json!([{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get"], "resourceNames": ["prize"]}]);
        self.bind(Some(&self.namespace), &rules, subject)
    }

    /// Gives the climber rights in the scenario's namespace, in both playings.
    pub fn may(&self, rules: Value) -> Result<()> {
        self.give(Some(&self.namespace), rules)
    }

    /// Gives the climber rights everywhere, in both playings.
    pub fn may_everywhere(&self, rules: Value) -> Result<()> {
        self.give(None, rules)
    }

    /// Gives the right in question, in the namespace.
    pub fn right(&self, rules: Value) -> Result<()> {
        if self.with_right { self.may(rules) } else { Ok(()) }
    }

    /// Gives the right in question, everywhere.
    pub fn right_everywhere(&self, rules: Value) -> Result<()> {
        if self.with_right { self.may_everywhere(rules) } else { Ok(()) }
    }

    fn give(&self, namespace: Option<&str>, mut rules: Value) -> Result<()> {
        let mark = format!("mark{}", self.grants.load(Ordering::Relaxed));
        let known = json!({"apiGroups": ["climb.example"], "resources": [mark], "verbs": ["get"]});
        rules.as_array_mut().context("rules are a list")?.push(known);
        self.bind(
            namespace,
            &rules,
            &json!({"kind": "User", "apiGroup": "rbac.authorization.k8s.io", "name": self.user}),
        )?;
        let attributes = json!({"verb": "get", "group": "climb.example", "resource": mark, "namespace": namespace});
        let review = json!({
            "apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview",
            "spec": {"user": self.user, "resourceAttributes": attributes},
        });
        let path = "/apis/authorization.k8s.io/v1/subjectaccessreviews";
        wait_for("the authoriser to know a role", SOON, || {
            let answer = self.admin().post(path, &review.to_string()).ok()?.json().ok()?;
            (answer["status"]["allowed"] == json!(true)).then_some(())
        })
    }

    /// Makes a ClusterRole and binds it.
    pub fn bind(&self, namespace: Option<&str>, rules: &Value, subject: &Value) -> Result<()> {
        let name = format!("{}-{}", self.namespace, self.grants.fetch_add(1, Ordering::Relaxed));
        let api = "rbac.authorization.k8s.io/v1";
        let role = json!({"apiVersion": api, "kind": "ClusterRole", "metadata": {"name": name}, "rules": rules});
        self.admin_make(&format!("{RBAC}/clusterroles"), &role)?;
        let (kind, path) = match namespace {
            Some(namespace) => ("RoleBinding", format!("{RBAC}/namespaces/{namespace}/rolebindings")),
            None => ("ClusterRoleBinding", format!("{RBAC}/clusterrolebindings")),
        };
        let reference = json!({"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": name});
        let binding = json!({
            "apiVersion": api, "kind": kind, "metadata": {"name": name}, "roleRef": reference, "subjects": [subject],
        });
        self.admin_make(&path, &binding).map(drop)
    }

    /// The client that may do everything: for what must be there, and for looking.
    pub fn admin(&self) -> &Api {
        self.stage.cluster.api()
    }

    /// Makes an object of the namespace.
    pub fn admin_post(&self, group: &str, resource: &str, object: &Value) -> Result<Value> {
        self.admin_make(&format!("{group}/namespaces/{}/{resource}", self.namespace), object)
    }

    /// Makes an object that is there before the climb.
    pub fn admin_make(&self, path: &str, object: &Value) -> Result<Value> {
        let made = self.admin().post(path, &object.to_string())?.success()?.json()?;
        self.record(made.clone());
        Ok(made)
    }

    /// Keeps an object, in the place of an older version.
    pub fn record(&self, object: Value) {
        let key = |object: &Value| {
            [&object["kind"], &object["metadata"]["namespace"], &object["metadata"]["name"]].map(Value::to_string)
        };
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        made.retain(|other| key(other) != key(&object));
        made.push(object);
    }

    /// All that was there before the climb.
    pub fn before(&self) -> Vec<Value> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// POST by the climber.
    pub fn post(&self, path: &str, object: &Value) -> Step<Value> {
        judged(self.api.post(path, &object.to_string())?)
    }

    /// GET by the climber.
    pub fn get(&self, path: &str) -> Step<Value> {
        judged(self.api.get(path)?)
    }

    /// A merge patch by the climber.
    pub fn patch(&self, path: &str, change: &Value) -> Step<Value> {
        judged(self.api.send("PATCH", path, "application/merge-patch+json", &change.to_string())?)
    }

    /// Takes the prize with a client.
    pub fn take(&self, client: &Api) -> Step<()> {
        let path = self.path("configmaps/prize");
        // What was just bound may not be known yet; a refusal that stays is one.
        let taken = wait_for("the prize", Duration::from_secs(2), || {
            let answer = client.get(&path).ok()?;
            (answer.status != 403).then_some(answer)
        });
        let answer = judged(taken.map_or_else(|_| client.get(&path), Ok)?)?;
        self.has_word(&answer.to_string())
    }

    /// Takes the prize with a token.
    pub fn take_with(&self, token: &str) -> Step<()> {
        self.take(&self.stage.cluster.api_with_token(token.trim())?)
    }

    /// A shell line that takes the prize with the token of the pod that it runs in.
    pub fn line(&self) -> String {
        let token = "/var/run/secrets/kubernetes.io/serviceaccount/token";
        let url = format!("http://{}{}", self.stage.relay.address(), self.path("configmaps/prize"));
        format!("wget -q -O - --header \"Authorization: Bearer $(cat {token})\" {url}")
    }

    /// A pod's specification: this shell line, then rest.
    pub fn pod(&self, account: &str, line: &str) -> Value {
        // A log holds whole lines.
        let line = format!("{line}; echo; sleep 1000000");
        let container = json!({
            "name": "main", "image": TOOL, "imagePullPolicy": "Never", "command": ["sh", "-c", line],
            "stdin": true,
        });
        json!({"serviceAccountName": account, "terminationGracePeriodSeconds": 0, "containers": [container]})
    }

    /// Waits until a pod says the word.
    pub fn pod_says_word(&self, pod: &str, container: &str) -> Step<()> {
        self.pod_says_word_in(&self.namespace, pod, container)
    }

    /// The same in another namespace.
    pub fn pod_says_word_in(&self, namespace: &str, pod: &str, container: &str) -> Step<()> {
        let path = format!("/api/v1/namespaces/{namespace}/pods/{pod}/log?container={container}");
        let said = wait_for("the word in a pod's log", POD, || {
            let answer = self.admin().get(&path).ok()?;
            answer.body.contains(&self.word()).then_some(())
        });
        Ok(said.map_err(|error| {
            let kubectl = self.stage.cluster.kubectl();
            let namespace = format!("--namespace={namespace}");
            let pods = kubectl.and_then(|kubectl| kubectl.run(&["describe", "pods", &namespace]));
            error.context(pods.unwrap_or_default())
        })?)
    }

    /// Waits until a pod of the namespace runs, and gives its name.
    pub fn running_pod(&self) -> Result<String> {
        let path = self.path("pods");
        wait_for("a running pod", POD, || {
            let list = self.admin().get(&path).ok()?.json().ok()?;
            let mut running = list["items"].as_array()?.iter().filter(|pod| pod["status"]["phase"] == "Running");
            Some(running.next()?["metadata"]["name"].as_str()?.to_owned())
        })
    }

    /// Fails unless a text holds the word.
    pub fn has_word(&self, text: &str) -> Step<()> {
        if text.contains(&self.word()) {
            return Ok(());
        }
        Err(Halt::Broken(anyhow!("the answer does not hold the word: {text}")))
    }
}

/// An answer of the climber's: a refusal ends the scenario.
pub fn judged(answer: Response) -> Step<Value> {
    if answer.status == 403 {
        let message = answer.json().ok().and_then(|body| Some(body["message"].as_str()?.to_owned()));
        return Err(Halt::Refused(message.unwrap_or(answer.body)));
    }
    let answer = answer.success()?;
    Ok(answer.json().unwrap_or(Value::String(answer.body)))
}

/// One rule.
pub fn rule(group: &str, resources: &[&str], verbs: &[&str]) -> Value {
    json!({"apiGroups": [group], "resources": resources, "verbs": verbs})
}
