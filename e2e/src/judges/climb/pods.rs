//! Scenarios that need pods: whose token they hold, who makes them, who enters them, and what admission does.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};

use anyhow::{Context, anyhow};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::scene::{Halt, Scene, Step, TAKER, TOOL, judged, rule};
use super::tls;

const ADMISSION: &str = "admissionregistration.k8s.io";

/// The prize from inside a pod that names the service account.
pub fn pod(scene: &Scene<'_>) -> Step<()> {
    scene.may(json!([rule("", &["pods"], &["get", "list"])]))?;
    scene.right(json!([rule("", &["pods"], &["create"])]))?;
    let pod = json!({"metadata": {"name": "climb"}, "spec": scene.pod("owner", &scene.line())});
    scene.post(&scene.path("pods"), &pod)?;
    scene.pod_says_word("climb", "main")
}

/// The same by something that makes pods.
fn workload(scene: &Scene<'_>, group: &str, resource: &str, spec: impl FnOnce(Value) -> Value) -> Step<()> {
    scene.may(json!([rule("", &["pods"], &["get", "list"])]))?;
    scene.right(json!([rule(group, &[resource], &["create"])]))?;
    let template = json!({"metadata": {"labels": {"app": "climb"}}, "spec": scene.pod("owner", &scene.line())});
    let prefix = if group.is_empty() { "/api/v1".to_owned() } else { format!("/apis/{group}/v1") };
    let path = format!("{prefix}/namespaces/{}/{resource}", scene.namespace);
    scene.post(&path, &json!({"metadata": {"name": "climb"}, "spec": spec(template)}))?;
    let pod = scene.running_pod()?;
    scene.pod_says_word(&pod, "main")
}

fn selecting(template: Value) -> Value {
    json!({"selector": {"matchLabels": {"app": "climb"}}, "template": template})
}

fn once(mut template: Value) -> Value {
    template["spec"]["restartPolicy"] = json!("Never");
    json!({"template": template})
}

/// By a Deployment.
pub fn deployment(scene: &Scene<'_>) -> Step<()> {
    workload(scene, "apps", "deployments", selecting)
}

/// By a ReplicaSet.
pub fn replica_set(scene: &Scene<'_>) -> Step<()> {
    workload(scene, "apps", "replicasets", selecting)
}

/// By a StatefulSet.
pub fn stateful_set(scene: &Scene<'_>) -> Step<()> {
    workload(scene, "apps", "statefulsets", selecting)
}

/// By a DaemonSet.
pub fn daemon_set(scene: &Scene<'_>) -> Step<()> {
    workload(scene, "apps", "daemonsets", selecting)
}

/// By a ReplicationController.
pub fn replication_controller(scene: &Scene<'_>) -> Step<()> {
    workload(
        scene,
        "",
        "replicationcontrollers",
        |template| json!({"selector": {"app": "climb"}, "template": template}),
    )
}

/// By a Job.
pub fn job(scene: &Scene<'_>) -> Step<()> {
    workload(scene, "batch", "jobs", once)
}

/// By a CronJob, which waits for the next minute.
pub fn cron_job(scene: &Scene<'_>) -> Step<()> {
    let jobs = |template| json!({"schedule": "* * * * *", "jobTemplate": {"spec": once(template)}});
    workload(scene, "batch", "cronjobs", jobs)?;
    // One minute is enough.
    let path = format!("/apis/batch/v1/namespaces/{}/cronjobs/climb", scene.namespace);
    scene.admin().delete(&path)?.success()?;
    Ok(())
}

/// By changing somebody else's Deployment.
pub fn change_workload(scene: &Scene<'_>) -> Step<()> {
    let template = json!({"metadata": {"labels": {"app": "climb"}}, "spec": scene.pod("default", "true")});
    let group = "/apis/apps/v1";
    scene.admin_post(group, "deployments", &json!({"metadata": {"name": "others"}, "spec": selecting(template)}))?;
    scene.may(json!([rule("apps", &["deployments"], &["get"])]))?;
    scene.right(json!([rule("apps", &["deployments"], &["patch"])]))?;
    let path = format!("{group}/namespaces/{}/deployments/others", scene.namespace);
    let spec = scene.pod("owner", &scene.line());
    scene.patch(
        &path,
        &json!({"spec": {"strategy": {"type": "Recreate", "rollingUpdate": null}, "template": {"spec": spec}}}),
    )?;
    let list = scene.path("pods");
    let pod = crate::wait_for("a pod of the changed Deployment", super::scene::POD, || {
        let list = scene.admin().get(&list).ok()?.json().ok()?;
        let mut pods = list["items"].as_array()?.iter().filter(|pod| pod["spec"]["serviceAccountName"] == "owner");
        let pod = pods.find(|pod| pod["status"]["phase"] == "Running")?;
        Some(pod["metadata"]["name"].as_str()?.to_owned())
    })?;
    scene.pod_says_word(&pod, "main")
}

/// By changing the image of somebody else's pod: its command is the image's own.
pub fn change_pod(scene: &Scene<'_>) -> Step<()> {
    let mut spec = scene.pod("owner", "true");
    spec["containers"][0]["command"] = Value::Null;
    scene.admin_post("/api/v1", "pods", &json!({"metadata": {"name": "others"}, "spec": spec}))?;
    scene.running_pod()?;
    scene.may(json!([rule("", &["pods"], &["get"])]))?;
    scene.right(json!([rule("", &["pods"], &["patch"])]))?;
    let operation = json!([{"op": "replace", "path": "/spec/containers/0/image", "value": TAKER}]);
    let path = scene.path("pods/others");
    judged(scene.api.send("PATCH", &path, "application/json-patch+json", &operation.to_string())?)?;
    scene.pod_says_word("others", "main")
}

/// A Secret by a pod that mounts it, without the right to read it.
pub fn pod_secret(scene: &Scene<'_>) -> Step<()> {
    let secret = json!({"metadata": {"name": "kept"}, "stringData": {"word": scene.word()}});
    scene.admin_post("/api/v1", "secrets", &secret)?;
    scene.may(json!([rule("", &["pods"], &["get"])]))?;
    scene.right(json!([rule("", &["pods"], &["create"])]))?;
    let mut spec = scene.pod("default", "cat /kept/word");
    spec["volumes"] = json!([{"name": "kept", "secret": {"secretName": "kept"}}]);
    spec["containers"][0]["volumeMounts"] = json!([{"name": "kept", "mountPath": "/kept"}]);
    scene.post(&scene.path("pods"), &json!({"metadata": {"name": "climb"}, "spec": spec}))?;
    scene.pod_says_word("climb", "main")
}

/// A pod of somebody else's with the service account; it reads what is typed.
fn others_pod(scene: &Scene<'_>) -> Step<()> {
    let mut spec = scene.pod("owner", "true");
    spec["containers"][0]["command"] = json!(["sh"]);
    scene.admin_post("/api/v1", "pods", &json!({"metadata": {"name": "others"}, "spec": spec}))?;
    scene.running_pod()?;
    Ok(())
}

/// `kubectl` as the climber, until it prints the word; a refusal is told from other failures by its words.
fn kubectl(scene: &Scene<'_>, arguments: &[&str], typed: &str) -> Step<()> {
    let kubeconfig = scene.stage.cluster.kubeconfig_as(&scene.user, &[])?;
    let mut command = Command::new(cloister_tools::path("kubectl")?);
    command.arg("--kubeconfig").arg(kubeconfig).arg(format!("--namespace={}", scene.namespace)).args(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().context("failed to run kubectl")?;
    let mut input = child.stdin.take().context("kubectl takes no input")?;
    // Who was refused no longer reads.
    let _ = input.write_all(typed.as_bytes());
    let mut printed = String::new();
    let mut lines = BufReader::new(child.stdout.take().context("kubectl prints nothing")?);
    while !printed.contains(&scene.word()) && lines.read_line(&mut printed)? > 0 {}
    if printed.contains(&scene.word()) {
        // A shell would wait for more.
        let _ = child.kill();
        let _ = child.wait();
        return Ok(());
    }
    let error = String::from_utf8_lossy(&child.wait_with_output()?.stderr).trim().to_owned();
    if error.contains("orbidden") {
        return Err(Halt::Refused(error));
    }
    Err(Halt::Broken(anyhow!("kubectl {} printed {printed:?}: {error}", arguments.join(" "))))
}

/// The prize from inside somebody else's pod, by exec.
pub fn exec(scene: &Scene<'_>) -> Step<()> {
    others_pod(scene)?;
    scene.may(json!([rule("", &["pods"], &["get"])]))?;
    scene.right(json!([rule("", &["pods/exec"], &["create"])]))?;
    kubectl(scene, &["exec", "others", "--", "sh", "-c", &scene.line()], "")
}

/// By exec through a WebSocket GET: `get` alone has not been enough since 1.35.
pub fn exec_by_websocket(scene: &Scene<'_>) -> Step<()> {
    others_pod(scene)?;
    scene.may(json!([rule("", &["pods", "pods/exec"], &["get"])]))?;
    scene.right(json!([rule("", &["pods/exec"], &["create"])]))?;
    let path = format!("{}?stdout=true&container=main{}", scene.path("pods/others/exec"), words(&scene.line()));
    let output = websocket(scene, scene.stage.cluster.url(), &path)?;
    scene.has_word(&output)
}

/// The shell line as parameters of a path.
pub fn words(line: &str) -> String {
    let encoded = |word: &str| -> String {
        word.bytes()
            .map(
                |byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") },
            )
            .collect()
    };
    ["sh", "-c", line].map(|word| format!("&command={}", encoded(word))).concat()
}

/// What a WebSocket GET of the climber's gives, from the API server or a kubelet.
pub fn websocket(scene: &Scene<'_>, url: &str, path: &str) -> Step<String> {
    let cluster = &scene.stage.cluster;
    let identity = cluster.authority().identity(&format!("{}-ws", scene.namespace), &scene.user, &[], &[])?;
    let streamed = tls::websocket(url, path, cluster.authority(), &identity)?;
    match streamed.status {
        101 => Ok(streamed.text),
        403 => Err(Halt::Refused(streamed.text)),
        status => Err(Halt::Broken(anyhow!("the server answered {status}: {}", streamed.text))),
    }
}

/// By attaching to its shell, which reads what is typed.
pub fn attach(scene: &Scene<'_>) -> Step<()> {
    others_pod(scene)?;
    scene.may(json!([rule("", &["pods"], &["get"])]))?;
    scene.right(json!([rule("", &["pods/attach"], &["create"])]))?;
    kubectl(scene, &["attach", "others", "--stdin", "--quiet"], &format!("{}\necho\n", scene.line()))
}

/// By an ephemeral container that mounts the token of the pod.
pub fn ephemeral(scene: &Scene<'_>) -> Step<()> {
    others_pod(scene)?;
    scene.may(json!([rule("", &["pods"], &["get"])]))?;
    scene.right(json!([rule("", &["pods/ephemeralcontainers"], &["patch"])]))?;
    let pod = scene.get(&scene.path("pods/others"))?;
    let mut container =
        json!({"name": "climb", "image": TOOL, "imagePullPolicy": "Never", "command": ["sh", "-c", scene.line()]});
    container["volumeMounts"] = pod["spec"]["containers"][0]["volumeMounts"].clone();
    scene.patch(
        &scene.path("pods/others/ephemeralcontainers"),
        &json!({"spec": {"ephemeralContainers": [container]}}),
    )?;
    scene.pod_says_word("others", "climb")
}

/// A configuration of a webhook that asks `url` about new objects of this resource in the scenario's namespace.
fn webhook_configuration(scene: &Scene<'_>, url: &str, resource: &str) -> Value {
    let client = json!({"url": url, "caBundle": STANDARD.encode(scene.stage.cluster.authority().certificate())});
    let here = json!({"matchLabels": {"kubernetes.io/metadata.name": scene.namespace}});
    let hook = json!({
        "name": "climb.example.com", "clientConfig": client, "namespaceSelector": here, "sideEffects": "None",
        "admissionReviewVersions": ["v1"], "failurePolicy": "Fail",
        "rules": [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": [resource]}],
    });
    json!({"metadata": {"name": scene.namespace}, "webhooks": [hook]})
}

/// By a webhook that changes what somebody else's pod runs.
pub fn mutating_webhook(scene: &Scene<'_>) -> Step<()> {
    scene.may_everywhere(json!([rule(ADMISSION, &["mutatingwebhookconfigurations"], &["get"])]))?;
    scene.right_everywhere(json!([rule(ADMISSION, &["mutatingwebhookconfigurations"], &["create"])]))?;
    let line = format!("{}; sleep 1000000", scene.line());
    let hook = tls::Webhook::serve(scene.stage.cluster.authority(), &line)?;
    let configuration = webhook_configuration(scene, hook.url(), "pods");
    scene.post(&format!("/apis/{ADMISSION}/v1/mutatingwebhookconfigurations"), &configuration)?;
    changed_pod(scene)
}

/// Somebody else makes pods that would only sleep, until the server knows what changes them.
fn changed_pod(scene: &Scene<'_>) -> Step<()> {
    let spec = scene.pod("owner", "true");
    let mut count = 0;
    let pod = crate::wait_for("a pod that was changed", std::time::Duration::from_secs(60), || {
        count += 1;
        let pod = format!("made{count}");
        let made = scene.admin_post("/api/v1", "pods", &json!({"metadata": {"name": pod}, "spec": spec})).ok()?;
        made["spec"]["containers"][0]["command"].to_string().contains("wget").then_some(pod)
    })?;
    scene.pod_says_word(&pod, "main")
}

/// What somebody else's new Secret holds, by a webhook that only looks.
pub fn validating_webhook(scene: &Scene<'_>) -> Step<()> {
    scene.may_everywhere(json!([rule(ADMISSION, &["validatingwebhookconfigurations"], &["get"])]))?;
    scene.right_everywhere(json!([rule(ADMISSION, &["validatingwebhookconfigurations"], &["create"])]))?;
    let hook = tls::Webhook::serve(scene.stage.cluster.authority(), "")?;
    let configuration = webhook_configuration(scene, hook.url(), "secrets");
    scene.post(&format!("/apis/{ADMISSION}/v1/validatingwebhookconfigurations"), &configuration)?;
    let word = STANDARD.encode(scene.word());
    let mut count = 0;
    let seen = crate::wait_for("a Secret that the webhook saw", std::time::Duration::from_secs(60), || {
        count += 1;
        let secret = json!({"metadata": {"name": format!("made{count}")}, "data": {"word": word}});
        scene.admin_post("/api/v1", "secrets", &secret).ok()?;
        hook.seen().contains(&word).then_some(())
    });
    Ok(seen?)
}

/// By a policy that changes what somebody else's pod runs.
pub fn mutating_policy(scene: &Scene<'_>) -> Step<()> {
    let resources = ["mutatingadmissionpolicies", "mutatingadmissionpolicybindings"];
    scene.may_everywhere(json!([rule(ADMISSION, &resources, &["get"])]))?;
    scene.right_everywhere(json!([rule(ADMISSION, &resources, &["create"])]))?;
    let line = json!(["sh", "-c", format!("{}; sleep 1000000", scene.line())]);
    let expression = format!("[JSONPatch{{op: 'add', path: '/spec/containers/0/command', value: {line}}}]");
    let rules = json!([{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}]);
    let policy = json!({
        "metadata": {"name": scene.namespace},
        "spec": {
            "matchConstraints": {"resourceRules": rules}, "reinvocationPolicy": "Never", "failurePolicy": "Fail",
            "mutations": [{"patchType": "JSONPatch", "jsonPatch": {"expression": expression}}],
        },
    });
    scene.post(&format!("/apis/{ADMISSION}/v1/mutatingadmissionpolicies"), &policy)?;
    let here = json!({"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": scene.namespace}}});
    let binding = json!({
        "metadata": {"name": scene.namespace}, "spec": {"policyName": scene.namespace, "matchResources": here},
    });
    scene.post(&format!("/apis/{ADMISSION}/v1/mutatingadmissionpolicybindings"), &binding)?;
    changed_pod(scene)
}

/// A pod that Pod Security refuses everywhere, in a namespace of the climber's own.
pub fn new_namespace(scene: &Scene<'_>) -> Step<()> {
    scene.may_everywhere(json!([rule("", &["pods"], &["create"])]))?;
    scene.right_everywhere(json!([rule("", &["namespaces"], &["create"])]))?;
    let own = format!("{}-own", scene.namespace);
    let made = scene.post("/api/v1/namespaces", &json!({"metadata": {"name": own}}));
    match (made, scene.with_right) {
        (Ok(_), _) => {
            crate::wait_for("a service account", std::time::Duration::from_secs(30), || {
                let path = format!("/api/v1/namespaces/{own}/serviceaccounts/default");
                scene.admin().get(&path).ok().filter(|answer| answer.status == 200).map(drop)
            })?;
            super::node::host_path_pod_in(scene, &own)
        }
        (Err(Halt::Refused(_)), false) => super::node::host_path_pod(scene),
        (Err(halt), _) => Err(halt),
    }
}

/// A pod that Pod Security refuses, after the labels of its namespace were changed.
pub fn labels(scene: &Scene<'_>) -> Step<()> {
    scene.may(json!([rule("", &["pods"], &["create"])]))?;
    let mut namespaces = rule("", &["namespaces"], &["patch"]);
    namespaces["resourceNames"] = json!([scene.namespace]);
    scene.right_everywhere(json!([namespaces]))?;
    let change = json!({"metadata": {"labels": {"pod-security.kubernetes.io/enforce": "privileged"}}});
    let changed = scene.patch(&format!("/api/v1/namespaces/{}", scene.namespace), &change);
    match (changed, scene.with_right) {
        (Ok(_), _) | (Err(Halt::Refused(_)), false) => {}
        (Err(halt), _) => return Err(halt),
    }
    super::node::host_path_pod(scene)
}

/// The path that Pod Security cuts: a hostPath where `baseline` is enforced, in the playing without.
pub fn pod_security(scene: &Scene<'_>) -> Step<()> {
    scene.may(json!([rule("", &["pods"], &["create"])]))?;
    if scene.with_right {
        let change = json!({"metadata": {"labels": {"pod-security.kubernetes.io/enforce": "privileged"}}});
        let path = format!("/api/v1/namespaces/{}", scene.namespace);
        let changed = scene.admin().send("PATCH", &path, "application/merge-patch+json", &change.to_string())?;
        scene.record(judged(changed)?);
    }
    super::node::host_path_pod(scene)
}

/// The path that a policy cuts: pods of this service account, in the playing without.
pub fn policy(scene: &Scene<'_>) -> Step<()> {
    scene.may(json!([rule("", &["pods"], &["create"])]))?;
    if !scene.with_right {
        let group = "/apis/admissionregistration.k8s.io/v1";
        let rules =
            json!([{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}]);
        let validation = json!({"expression": "!has(object.spec.serviceAccountName) || object.spec.serviceAccountName != 'owner'", "reason": "Forbidden"});
        let policy = json!({
            "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicy",
            "metadata": {"name": scene.namespace},
            "spec": {"matchConstraints": {"resourceRules": rules}, "validations": [validation]},
        });
        scene.admin_make(&format!("{group}/validatingadmissionpolicies"), &policy)?;
        let here = json!({"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": scene.namespace}}});
        let binding = json!({
            "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicyBinding",
            "metadata": {"name": scene.namespace},
            "spec": {"policyName": scene.namespace, "validationActions": ["Deny"], "matchResources": here},
        });
        scene.admin_make(&format!("{group}/validatingadmissionpolicybindings"), &binding)?;
        // A server takes a moment to know a policy: it is in force once it refuses a trial.
        let pod = json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "trial"}, "spec": scene.pod("owner", "true")});
        let trial = format!("{}?dryRun=All", scene.path("pods"));
        crate::wait_for("the policy", std::time::Duration::from_secs(60), || {
            let answer = scene.admin().post(&trial, &pod.to_string()).ok()?;
            (answer.status == 403).then_some(())
        })?;
    }
    let pod = json!({"metadata": {"name": "climb"}, "spec": scene.pod("owner", &scene.line())});
    scene.post(&scene.path("pods"), &pod)?;
    scene.pod_says_word("climb", "main")
}
