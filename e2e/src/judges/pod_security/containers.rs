//! Containers: ports, probes, hooks and their security contexts.

use serde_json::{Map, Value, json};

use super::context::{Inherited, of_container};
use super::plan::{Fault, Plan};
use crate::judges::Dice;

/// Which list a container stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// `containers`.
    Main,
    /// `initContainers`.
    Init,
    /// `ephemeralContainers`.
    Ephemeral,
}

/// One container. Ports are numbered by `port`, since two containers must not share one of the host's.
pub fn container(name: &str, role: Role, plan: &Plan, inherited: Inherited, port: &mut u16, dice: &mut Dice) -> Value {
    let mut fields = Map::new();
    fields.insert("name".into(), name.into());
    fields.insert("image".into(), format!("example.com/{name}:1").into());
    if let Some(context) = of_container(plan, inherited, dice) {
        fields.insert("securityContext".into(), context);
    }
    if role == Role::Ephemeral {
        return fields.into();
    }
    if dice.chance(40) || plan.has(Fault::HostPort) {
        fields.insert("ports".into(), ports(plan, port, dice).into());
    }
    let sidecar = role == Role::Init && dice.chance(40);
    if sidecar {
        fields.insert("restartPolicy".into(), "Always".into());
    }
    if sidecar || role == Role::Main {
        probes(plan, dice, &mut fields);
    }
    fields.into()
}

fn ports(plan: &Plan, next: &mut u16, dice: &mut Dice) -> Vec<Value> {
    (0..=dice.below(2))
        .map(|_| {
            *next += 1;
            let mut port = json!({"containerPort": *next});
            if let Some(port) = port.as_object_mut() {
                if plan.has(Fault::HostPort) && dice.chance(60) {
                    port.insert("hostPort".into(), (*next).into());
                } else if dice.chance(15) {
                    port.insert("hostPort".into(), 0.into());
                }
                if dice.chance(20) {
                    port.insert("protocol".into(), dice.pick(&["TCP", "UDP", "SCTP"]).into());
                }
            }
            port
        })
        .collect()
}

fn probes(plan: &Plan, dice: &mut Dice, fields: &mut Map<String, Value>) {
    for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
        if dice.chance(20) {
            fields.insert(probe.into(), handler(plan, true, dice));
        }
    }
    let mut hooks = Map::new();
    for hook in ["postStart", "preStop"] {
        if dice.chance(15) {
            hooks.insert(hook.into(), handler(plan, false, dice));
        }
    }
    if !hooks.is_empty() || dice.chance(3) {
        fields.insert("lifecycle".into(), hooks.into());
    }
}

fn handler(plan: &Plan, probe: bool, dice: &mut Dice) -> Value {
    let host = if plan.has(Fault::HostProbe) {
        dice.pick(&[Some("127.0.0.1"), Some("localhost"), Some("10.0.0.1"), Some("metadata.example.com"), Some("::1")])
    } else {
        dice.pick(&[None, None, None, Some("")])
    };
    let mut target = json!({"port": 8080});
    if let (Some(host), Some(target)) = (host, target.as_object_mut()) {
        target.insert("host".into(), host.into());
    }
    match dice.below(4) {
        0 => json!({"exec": {"command": ["true"]}}),
        1 if probe => json!({"grpc": {"port": 8080}}),
        1 => json!({"sleep": {"seconds": 1}}),
        2 => json!({"tcpSocket": target}),
        _ => {
            if let Some(target) = target.as_object_mut() {
                target.insert("path".into(), "/".into());
            }
            json!({"httpGet": target})
        }
    }
}
