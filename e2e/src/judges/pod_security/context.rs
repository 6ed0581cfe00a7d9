//! Security contexts of pods and containers, in every spelling that the API accepts.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::plan::{Fault, Plan};
use crate::judges::Dice;

type Fields = Map<String, Value>;

const SAFE_SYSCTLS: [&str; 14] = [
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.ping_group_range",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_wmem",
    "net.ipv4.tcp_slow_start_after_idle",
    "net.ipv4.tcp_notsent_lowat",
];
/// The last two are safe names in another spelling, which the standard does not know.
const OTHER_SYSCTLS: [&str; 6] = [
    "kernel.msgmax",
    "net.core.somaxconn",
    "net.ipv4.ip_forward",
    "fs.mqueue.queues_max",
    "net/ipv4/tcp_syncookies",
    "kernel/shm_rmid_forced",
];
const DEFAULT_CAPABILITIES: [&str; 13] = [
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];
/// The last ones are allowed names in another spelling, which the standard does not know.
const OTHER_CAPABILITIES: [&str; 10] = [
    "NET_RAW",
    "NET_ADMIN",
    "SYS_ADMIN",
    "SYS_PTRACE",
    "SYS_MODULE",
    "BPF",
    "ALL",
    "CAP_CHOWN",
    "chown",
    "net_bind_service",
];

/// What the pod settles for its containers, so that it is said once, twice or not at all.
#[derive(Debug, Clone, Copy)]
pub struct Inherited {
    /// The pod says `runAsNonRoot: true`.
    pub non_root: bool,
    /// The pod names a seccomp profile.
    pub seccomp: bool,
    /// AppArmor is told by annotations, and fields must not contradict them.
    pub app_armor_by_annotation: bool,
    /// The pod says `hostProcess: true`.
    pub host_process: bool,
}

/// The pod's own security context, and what its containers inherit.
pub fn of_pod(plan: &Plan, dice: &mut Dice) -> (Option<Value>, Inherited) {
    let mut fields = Fields::new();
    let mut inherited = Inherited {
        non_root: false,
        seccomp: false,
        app_armor_by_annotation: dice.chance(20),
        host_process: plan.has(Fault::HostProcess) && dice.chance(50),
    };
    non_root_of_pod(plan, dice, &mut fields, &mut inherited);
    if !plan.is_windows() {
        seccomp_of_pod(plan, dice, &mut fields, &mut inherited);
        linux_of_pod(plan, dice, &mut fields, inherited);
    }
    if inherited.host_process || (plan.is_windows() && !plan.has(Fault::HostProcess)) {
        windows(plan, dice, &mut fields);
    }
    let context = (!fields.is_empty() || dice.chance(30)).then_some(Value::Object(fields));
    (context, inherited)
}

fn non_root_of_pod(plan: &Plan, dice: &mut Dice, fields: &mut Fields, inherited: &mut Inherited) {
    if plan.has(Fault::NonRoot) {
        if dice.chance(30) {
            fields.insert("runAsNonRoot".into(), false.into());
        }
    } else if dice.chance(60) {
        inherited.non_root = true;
        fields.insert("runAsNonRoot".into(), true.into());
    }
}

fn seccomp_of_pod(plan: &Plan, dice: &mut Dice, fields: &mut Fields, inherited: &mut Inherited) {
    if plan.has(Fault::Seccomp) && dice.chance(40) {
        fields.insert("seccompProfile".into(), json!({"type": "Unconfined"}));
    } else if !plan.has(Fault::SeccompMissing) && dice.chance(60) {
        inherited.seccomp = true;
        fields.insert("seccompProfile".into(), confined(dice));
    }
}

fn linux_of_pod(plan: &Plan, dice: &mut Dice, fields: &mut Fields, inherited: Inherited) {
    let host = plan.has(Fault::HostNamespace);
    let mut sysctls: Vec<&str> = if !host && dice.chance(25) { dice.some(&SAFE_SYSCTLS, 15) } else { Vec::new() };
    if plan.has(Fault::Sysctl) {
        sysctls.push(dice.pick(&OTHER_SYSCTLS));
        // The API server takes both spellings of a name for one.
        sysctls.retain({
            let mut seen = BTreeSet::new();
            move |name| seen.insert(name.replace('/', "."))
        });
    }
    if !sysctls.is_empty() || dice.chance(3) {
        let sysctls: Vec<Value> = sysctls.iter().map(|name| json!({"name": name, "value": "1"})).collect();
        fields.insert("sysctls".into(), sysctls.into());
    }
    run_as_user(plan, dice, fields, 30);
    se_linux(plan, dice, fields, 30);
    if !inherited.app_armor_by_annotation {
        app_armor(plan, dice, fields, 30);
    }
    for (field, value) in [("fsGroup", json!(2000)), ("supplementalGroups", json!([0, 5])), ("runAsGroup", json!(0))] {
        if dice.chance(8) {
            fields.insert(field.into(), value);
        }
    }
}

/// The security context of one container.
pub fn of_container(plan: &Plan, inherited: Inherited, dice: &mut Dice) -> Option<Value> {
    let mut fields = Fields::new();
    if plan.has(Fault::NonRoot) {
        if dice.chance(40) {
            fields.insert("runAsNonRoot".into(), dice.chance(50).into());
        }
    } else if !inherited.non_root || dice.chance(20) {
        fields.insert("runAsNonRoot".into(), true.into());
    }
    if !plan.is_windows() {
        linux_of_container(plan, inherited, dice, &mut fields);
    }
    // What the pod does not say, every container must.
    let repeats = dice.chance(50);
    if plan.has(Fault::HostProcess) && (!inherited.host_process || repeats) || plan.is_windows() {
        windows(plan, dice, &mut fields);
    }
    (!fields.is_empty() || dice.chance(30)).then_some(Value::Object(fields))
}

fn linux_of_container(plan: &Plan, inherited: Inherited, dice: &mut Dice, fields: &mut Fields) {
    if plan.has(Fault::Seccomp) && dice.chance(40) {
        fields.insert("seccompProfile".into(), json!({"type": "Unconfined"}));
    } else if plan.has(Fault::SeccompMissing) {
        if dice.chance(40) {
            fields.insert("seccompProfile".into(), confined(dice));
        }
    } else if !inherited.seccomp || dice.chance(20) {
        fields.insert("seccompProfile".into(), confined(dice));
    }
    run_as_user(plan, dice, fields, 20);
    se_linux(plan, dice, fields, 20);
    if !inherited.app_armor_by_annotation {
        app_armor(plan, dice, fields, 20);
    }
    if plan.has(Fault::ProcMount) && dice.chance(60) {
        fields.insert("procMount".into(), "Unmasked".into());
    } else if dice.chance(10) {
        fields.insert("procMount".into(), "Default".into());
    }
    if dice.chance(20) {
        fields.insert("readOnlyRootFilesystem".into(), dice.chance(50).into());
    }
    capabilities(plan, dice, fields);
    privileges(plan, dice, fields);
}

fn privileges(plan: &Plan, dice: &mut Dice, fields: &mut Fields) {
    let privileged = plan.has(Fault::Privileged) && dice.chance(60);
    if privileged || dice.chance(10) {
        fields.insert("privileged".into(), privileged.into());
    }
    if privileged || (plan.has(Fault::Escalation) && dice.chance(70)) {
        if dice.chance(40) {
            fields.insert("allowPrivilegeEscalation".into(), true.into());
        }
    } else {
        fields.insert("allowPrivilegeEscalation".into(), false.into());
    }
}

fn capabilities(plan: &Plan, dice: &mut Dice, fields: &mut Fields) {
    let lax = plan.has(Fault::NotDropped) && dice.chance(70);
    let drop: &[&str] = if lax {
        dice.pick::<&[&str]>(&[&[], &["all"], &["NET_RAW"], &["ALL"], &["CAP_ALL", "KILL"]])
    } else {
        dice.pick::<&[&str]>(&[&["ALL"], &["ALL"], &["KILL", "ALL"], &["ALL", "NET_RAW"]])
    };
    let mut add: Vec<&str> = if lax { dice.some(&DEFAULT_CAPABILITIES, 15) } else { Vec::new() };
    if dice.chance(15) {
        add.push("NET_BIND_SERVICE");
    }
    if plan.has(Fault::Capability) && dice.chance(60) {
        add.push(dice.pick(&OTHER_CAPABILITIES));
    }
    let mut capabilities = Fields::new();
    for (field, names) in [("drop", drop.to_vec()), ("add", add)] {
        if !names.is_empty() || dice.chance(5) {
            capabilities.insert(field.into(), names.into());
        }
    }
    if !capabilities.is_empty() || dice.chance(10) {
        fields.insert("capabilities".into(), capabilities.into());
    }
}

fn run_as_user(plan: &Plan, dice: &mut Dice, fields: &mut Fields, percent: usize) {
    if plan.has(Fault::RootUser) && dice.chance(50) {
        fields.insert("runAsUser".into(), 0.into());
    } else if dice.chance(percent) {
        fields.insert("runAsUser".into(), dice.pick(&[1, 1000, 65_534]).into());
    }
}

fn se_linux(plan: &Plan, dice: &mut Dice, fields: &mut Fields, percent: usize) {
    let options = if plan.has(Fault::SeLinux) && dice.chance(50) {
        dice.pick(&[
            json!({"type": "spc_t"}),
            json!({"type": "container_t", "user": "system_u"}),
            json!({"role": "system_r"}),
            json!({"user": "u", "role": "r", "type": "Container_t"}),
        ])
    } else if dice.chance(percent) {
        dice.pick(&[
            json!({}),
            json!({"type": ""}),
            json!({"type": "container_t"}),
            json!({"type": "container_init_t", "level": "s0:c123,c456"}),
            json!({"type": "container_kvm_t", "user": "", "role": ""}),
            json!({"type": "container_engine_t"}),
        ])
    } else {
        return;
    };
    fields.insert("seLinuxOptions".into(), options);
}

fn app_armor(plan: &Plan, dice: &mut Dice, fields: &mut Fields, percent: usize) {
    let profile = if plan.has(Fault::AppArmor) && dice.chance(50) {
        json!({"type": "Unconfined"})
    } else if dice.chance(percent) {
        dice.pick(&[json!({"type": "RuntimeDefault"}), json!({"type": "Localhost", "localhostProfile": "web"})])
    } else {
        return;
    };
    fields.insert("appArmorProfile".into(), profile);
}

fn confined(dice: &mut Dice) -> Value {
    dice.pick(&[json!({"type": "RuntimeDefault"}), json!({"type": "Localhost", "localhostProfile": "web.json"})])
}

/// A value of a container's AppArmor annotation.
pub fn app_armor_annotation(plan: &Plan, dice: &mut Dice) -> &'static str {
    if plan.has(Fault::AppArmor) { "unconfined" } else { dice.pick(&["runtime/default", "localhost/web", ""]) }
}

/// Windows options; where one container has `hostProcess`, all must.
fn windows(plan: &Plan, dice: &mut Dice, fields: &mut Fields) {
    let options = if plan.has(Fault::HostProcess) {
        json!({"hostProcess": true, "runAsUserName": "NT AUTHORITY\\SYSTEM"})
    } else if dice.chance(30) {
        dice.pick(&[json!({}), json!({"hostProcess": false}), json!({"runAsUserName": "ContainerUser"})])
    } else {
        return;
    };
    fields.insert("windowsOptions".into(), options);
}
