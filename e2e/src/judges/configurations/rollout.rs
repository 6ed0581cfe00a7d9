//! The steps of `cloister harden encryption-config`, one server after the other on one etcd: nothing becomes unreadable,
//! and at the end everything is encrypted.

use anyhow::{Context, Result, ensure};
use cloister_harden::encryption_config::{Current, Kms, Wish, encryption_config};
use cloister_harden::{Step, Version};
use serde_json::{Value, json};

use super::observe::range;
use super::scenarios::{ENCRYPTION, Scenario};
use super::server::World;
use crate::api::Api;

/// A second key of 32 bytes, of no other use.
const OTHER: &str = "anVkZ2Uta2V5LW9mLTMyLWJ5dGVzLTk4NzY1NDMyMTA=";
const SECRETS: &str = "/api/v1/namespaces/kube-system/secrets";

/// From nothing to a key, from that key to another, and from there to a key store; how many Secrets were read after each step.
pub fn rollout() -> Result<usize> {
    let world = World::new(&Scenario { name: "roll-out", ..Scenario::default() })?;
    let _etcd = world.start_etcd()?;
    let _plug_in = world.start_plug_in()?;
    let (mut written, mut read) = (0, 0);
    let keys = |name: &str| vec![Current::Keys("secretbox".to_owned(), vec![name.to_owned()])];
    let name = format!("key-{}", today());
    let other = format!("{name}-2");
    let store = Kms { name: "store".to_owned(), endpoint: world.plug_in_url() };
    let first = steps(super::KEY, None, Vec::new())?;
    let second = steps(OTHER, None, keys(&name))?;
    let third = steps(super::KEY, Some(store), keys(&other))?;
    // What only the user knows: the keys that stay.
    let kept = |step: Step| -> Step {
        let text = step.text.replace(&format!("KEEP-THE-KEY-OF: {other}"), OTHER);
        Step { text: text.replace(&format!("KEEP-THE-KEY-OF: {name}"), super::KEY), ..step }
    };
    let nothing = Step { name: "0".to_owned(), says: Vec::new(), text: String::new() };
    let mut prefixes = ["k8s:enc:secretbox:v1:key-", "k8s:enc:secretbox:v1:key-", "k8s:enc:kms:v2:store:"].into_iter();
    for step in [nothing].into_iter().chain(first).chain(second).chain(third).map(kept) {
        let mut flags = world.server.clone();
        if !step.text.is_empty() {
            let file = world.write("rollout.yaml", &step.annotated())?;
            flags.push(format!("--{ENCRYPTION}={file}"));
        }
        let Some((_server, admin)) = world.start_server(&flags)? else {
            anyhow::bail!("step {} is refused", step.name)
        };
        secret(&admin, written)?;
        written += 1;
        read += everything(&admin, written).with_context(|| format!("after step {}", step.name))?;
        if step.name == "2-write" {
            rewrite(&admin)?;
        }
        if step.name == "3-drop" {
            let prefix = prefixes.next().unwrap_or_default();
            for number in 0..written {
                let stored = range(&world.etcd_client()?, &format!("/registry/secrets/kube-system/s{number}"))?;
                let stored = stored.context("a Secret is gone")?;
                ensure!(stored.starts_with(prefix.as_bytes()), "Secret s{number} is not written as {prefix}");
            }
        }
    }
    Ok(read)
}

fn today() -> jiff::civil::Date {
    jiff::civil::date(2026, 6, 1)
}

fn steps(key: &str, kms: Option<Kms>, current: Vec<Current>) -> Result<Vec<Step>> {
    let wish = Wish {
        version: Version::NEWEST,
        resources: vec!["secrets".to_owned()],
        exempt: Vec::new(),
        kms,
        key: Some(key.to_owned()),
        today: today(),
        current,
    };
    encryption_config(&wish).map_err(|refusal| anyhow::anyhow!("{}", refusal.cause))
}

fn secret(admin: &Api, number: usize) -> Result<()> {
    let secret = json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": format!("s{number}")},
        "stringData": {"number": number.to_string()}});
    admin.post(SECRETS, &secret.to_string())?.success()?;
    Ok(())
}

/// Reads each Secret by itself and all of them together.
fn everything(admin: &Api, written: usize) -> Result<usize> {
    for number in 0..written {
        admin.get(&format!("{SECRETS}/s{number}"))?.success()?;
    }
    let list = admin.get(SECRETS)?.success()?.json()?;
    let found = list.get("items").and_then(Value::as_array).map_or(0, Vec::len);
    ensure!(found >= written, "{found} Secrets are listed, and {written} were written");
    Ok(written)
}

/// As `kubectl get -o json | kubectl replace -f -` does.
fn rewrite(admin: &Api) -> Result<()> {
    let list = admin.get(SECRETS)?.success()?.json()?;
    for item in list.get("items").and_then(Value::as_array).into_iter().flatten() {
        let name = item.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default();
        let mut whole = item.clone();
        if let Some(fields) = whole.as_object_mut() {
            fields.extend([("apiVersion".to_owned(), json!("v1")), ("kind".to_owned(), json!("Secret"))]);
        }
        admin.put(&format!("{SECRETS}/{name}"), &whole.to_string())?.success()?;
    }
    Ok(())
}
