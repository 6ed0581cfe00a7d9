//! Whole pods, from a seed.

use serde_json::{Map, Value, json};

use super::containers::{Role, container};
use super::context::{Inherited, app_armor_annotation, of_pod};
use super::plan::{Fault, Plan};
use super::volumes::volumes;
use crate::judges::Dice;

/// The pods that stay in the namespaces, for ephemeral containers to be added to.
pub const HOSTS: [&str; 4] =
    ["host-of-pod-settings", "host-of-container-settings", "host-in-user-namespace", "host-of-windows"];
/// How many of 100 generated pods are such a pod with ephemeral containers of its own.
const EPHEMERAL_PERCENT: usize = 12;

/// A generated pod.
#[derive(Debug, Clone)]
pub struct Generated {
    /// The pod.
    pub pod: Value,
    /// The one of [`HOSTS`] that it is, when it comes to be by adding ephemeral containers.
    pub host: Option<&'static str>,
}

/// The pod with this number.
pub fn generate(number: usize, dice: &mut Dice) -> Generated {
    if dice.chance(EPHEMERAL_PERCENT) {
        return with_ephemeral_containers(dice);
    }
    let plan = Plan::draw(dice);
    let (context, inherited) = of_pod(&plan, dice);
    let mut port = 9000;
    let mut spec = Map::new();
    let mut names = Vec::new();
    for (list, role, count) in
        [("initContainers", Role::Init, dice.below(3)), ("containers", Role::Main, 1 + dice.below(2))]
    {
        let containers: Vec<Value> = (0..count)
            .map(|index| {
                let name = format!("{}-{index}", if role == Role::Init { "init" } else { "main" });
                let container = container(&name, role, &plan, inherited, &mut port, dice);
                names.push(name);
                container
            })
            .collect();
        if count > 0 {
            spec.insert(list.into(), containers.into());
        }
    }
    if let Some(context) = context {
        spec.insert("securityContext".into(), context);
    }
    of_spec(&plan, dice, &mut spec);
    let mut metadata = json!({"name": format!("pod-{number}"), "labels": {"app": "generated"}});
    let by_annotation = inherited.app_armor_by_annotation && !plan.is_windows();
    if let (true, Some(metadata)) = (by_annotation, metadata.as_object_mut()) {
        metadata.insert("annotations".into(), annotations(&names, &plan, inherited, dice).into());
    }
    Generated { pod: json!({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}), host: None }
}

fn of_spec(plan: &Plan, dice: &mut Dice, spec: &mut Map<String, Value>) {
    let volumes = volumes(plan, dice);
    if !volumes.is_empty() {
        spec.insert("volumes".into(), volumes.into());
    }
    if let Some(name) = plan.os {
        spec.insert("os".into(), json!({"name": name}));
    }
    if let Some(host_users) = plan.host_users {
        spec.insert("hostUsers".into(), host_users.into());
    }
    let mut spaces = vec!["hostNetwork"];
    if !plan.is_windows() {
        spaces.extend(["hostPID", "hostIPC"]);
    }
    let own = plan.has(Fault::HostNamespace).then(|| dice.pick(&spaces));
    for space in spaces {
        let needed = space == "hostNetwork" && plan.has(Fault::HostProcess);
        if needed || own == Some(space) {
            spec.insert(space.into(), true.into());
        } else if dice.chance(8) {
            spec.insert(space.into(), false.into());
        }
    }
    if dice.chance(20) {
        spec.insert("automountServiceAccountToken".into(), dice.chance(50).into());
    }
}

fn annotations(names: &[String], plan: &Plan, inherited: Inherited, dice: &mut Dice) -> Map<String, Value> {
    let mut annotations = Map::new();
    for name in dice.some(names, 60) {
        let key = format!("container.apparmor.security.beta.kubernetes.io/{name}");
        annotations.insert(key, app_armor_annotation(plan, dice).into());
    }
    if dice.chance(20) && !inherited.seccomp {
        // Read by nothing since 1.27, and so no fault; only a field that contradicts it is one.
        annotations.insert("seccomp.security.alpha.kubernetes.io/pod".into(), "unconfined".into());
    }
    annotations
}

/// A pod that restricted admits, as it is before ephemeral containers are added.
pub fn host(name: &str) -> Value {
    let careful = json!({"allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]}});
    let alone = json!({
        "allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]},
        "runAsNonRoot": true, "seccompProfile": {"type": "RuntimeDefault"},
    });
    let settled = json!({"runAsNonRoot": true, "seccompProfile": {"type": "RuntimeDefault"}});
    let (pod, container, rest) = match name {
        "host-of-pod-settings" => (settled, careful, json!({})),
        "host-in-user-namespace" => (json!({}), alone, json!({"hostUsers": false})),
        "host-of-windows" => (json!({"runAsNonRoot": true}), json!({}), json!({"os": {"name": "windows"}})),
        _ => (json!({}), alone, json!({})),
    };
    let mut spec = json!({
        "securityContext": pod,
        "containers": [{"name": "main", "image": "example.com/main:1", "securityContext": container}],
    });
    if let (Some(spec), Some(rest)) = (spec.as_object_mut(), rest.as_object()) {
        spec.extend(rest.clone());
    }
    json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": spec})
}

fn with_ephemeral_containers(dice: &mut Dice) -> Generated {
    let name = dice.pick(&HOSTS);
    let mut pod = host(name);
    let mut plan = Plan::draw(dice);
    plan.os = (name == "host-of-windows").then_some("windows");
    plan.host_users = (name == "host-in-user-namespace").then_some(false);
    plan.for_ephemeral_containers();
    let settled = name == "host-of-pod-settings";
    let inherited = Inherited {
        non_root: settled || plan.is_windows(),
        seccomp: settled,
        app_armor_by_annotation: false,
        host_process: false,
    };
    let containers: Vec<Value> = (0..=dice.below(2))
        .map(|index| container(&format!("debug-{index}"), Role::Ephemeral, &plan, inherited, &mut 0, dice))
        .collect();
    if let Some(spec) = pod.get_mut("spec").and_then(Value::as_object_mut) {
        spec.insert("ephemeralContainers".into(), containers.into());
    }
    Generated { pod, host: Some(name) }
}
