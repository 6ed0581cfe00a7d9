//! An EncryptionConfiguration, and how it comes into force without a Secret that nobody can read: a key is first known
//! everywhere, then used, and the old one goes only after everything is written anew.

use jiff::civil::Date;

use crate::yaml::quoted;
use crate::{Step, Version};

/// What is to encrypt.
#[derive(Clone, Debug)]
pub struct Wish {
    /// Of the API servers.
    pub version: Version,
    /// Secrets, and whatever else holds personal data: `configmaps`, `customers.crm.example.com`.
    pub resources: Vec<String>,
    /// What is to stay in the clear, since an entry says so today: a name that a wildcard would cover.
    pub exempt: Vec<String>,
    /// A plug-in that holds the key; without one the key stands in the file.
    pub kms: Option<Kms>,
    /// In base64. Without it a word stands there with which no server starts.
    pub key: Option<String>,
    /// The day that the new key is named after.
    pub today: Date,
    /// The providers by which the servers read any of the resources now, first to last; [`Current::Identity`] where any of
    /// them lies in the clear. None where nothing is encrypted.
    pub current: Vec<Current>,
}

/// A KMS v2 plug-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kms {
    /// Its name, which stands in front of each value.
    pub name: String,
    /// Its socket: `unix:///var/run/kms.sock`.
    pub endpoint: String,
}

/// A provider that is there already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Current {
    /// `aescbc`, `aesgcm` or `secretbox`, and the names of its keys.
    Keys(String, Vec<String>),
    /// A plug-in: version of its protocol, name, socket.
    Kms(String, Kms),
    /// Nothing is encrypted by it.
    Identity,
}

/// Why nothing is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The cause.
    pub cause: String,
    /// The way out.
    pub help: String,
}

/// In the place of a key: no base64, so that no server starts before it is replaced.
pub const REPLACE: &str = "REPLACE-ME: head -c 32 /dev/urandom | base64";

/// KMS v2 is on in servers from here.
const KMS_V2: Version = Version::minor(27);

/// The steps, each with the whole configuration.
///
/// # Errors
/// The version has no such plug-in, or the plug-in is named like one that is there.
pub fn encryption_config(wish: &Wish) -> Result<Vec<Step>, Refusal> {
    if let Some(kms) = &wish.kms {
        refuse(wish, kms)?;
    }
    let new = provider(wish);
    let encrypting: Vec<&Current> = wish.current.iter().filter(|it| !matches!(it, Current::Identity)).collect();
    // What lies in the clear must stay readable until it is written anew.
    let reads_clear = encrypting.is_empty() || wish.current.iter().any(|it| matches!(it, Current::Identity));
    let identity = if reads_clear { vec!["      - identity: {}\n".to_owned()] } else { Vec::new() };
    let writes_clear = encrypting.is_empty() || matches!(wish.current.first(), Some(Current::Identity));
    let (known, used) = beside(wish, &encrypting);
    let read = if writes_clear { [identity.clone(), known].concat() } else { [known, identity.clone()].concat() };
    let write = [used, identity].concat();
    Ok(vec![
        step("1-read", READ, wish, &read),
        step("2-write", WRITE, wish, &write),
        step("3-drop", DROP, wish, &[new]),
    ])
}

/// The providers that encrypt, the new key once as the second that is known, and once as the first, which writes.
fn beside(wish: &Wish, encrypting: &[&Current]) -> (Vec<String>, Vec<String>) {
    let old: Vec<String> = encrypting.iter().map(|current| written(current)).collect();
    let rest = || old.iter().skip(1).cloned();
    let (known, used) = match (encrypting.first(), new_key(wish)) {
        // Of the same kind: one provider, several keys.
        (Some(Current::Keys(field, names)), Some(new)) if field == SECRETBOX => {
            let mut keys = kept(names);
            let used = [new.clone()].into_iter().chain(keys.clone()).collect::<Vec<_>>();
            keys.insert(1.min(keys.len()), new);
            (vec![provider_of(field, &keys)], vec![provider_of(field, &used)])
        }
        (first, _) => {
            let first: Vec<String> = first.map(|current| written(current)).into_iter().collect();
            let new = [provider(wish)];
            ([first.as_slice(), &new].concat(), [&new, first.as_slice()].concat())
        }
    };
    (known.into_iter().chain(rest()).collect(), used.into_iter().chain(rest()).collect())
}

const SECRETBOX: &str = "secretbox";

/// Name and value; none where a plug-in holds it.
fn new_key(wish: &Wish) -> Option<(String, String)> {
    wish.kms.is_none().then(|| (key_name(wish), wish.key.clone().unwrap_or_else(|| REPLACE.to_owned())))
}

/// Keys that are not known here: they stay where they are.
fn kept(names: &[String]) -> Vec<(String, String)> {
    names.iter().map(|name| (name.clone(), format!("KEEP-THE-KEY-OF: {name}"))).collect()
}

fn refuse(wish: &Wish, kms: &Kms) -> Result<(), Refusal> {
    let refusal = |cause: String, help: &str| Err(Refusal { cause, help: help.to_owned() });
    if wish.version < KMS_V2 {
        return refuse_version(wish.version);
    }
    if kms.name.is_empty() || kms.name.contains(':') || !kms.endpoint.starts_with("unix://") {
        return refusal(
            format!("{}={} is no plug-in", kms.name, kms.endpoint),
            "write NAME=unix:///path/of/the.sock; the name holds no colon",
        );
    }
    let taken = wish.current.iter().any(|it| matches!(it, Current::Kms(_, own) if own.name == kms.name));
    if taken {
        return refusal(
            format!("a plug-in called {} is there already", kms.name),
            "its key changes in the key store itself: write all resources anew after that; or give the new one another name",
        );
    }
    Ok(())
}

fn refuse_version(version: Version) -> Result<(), Refusal> {
    Err(Refusal {
        cause: format!("Kubernetes {version} has no KMS v2"),
        help: format!("it is there from {KMS_V2}; KMS v1 is deprecated and off since 1.29"),
    })
}

const READ: &[&str] = &[
    "Step 1: every API server can read what the new key will write; nothing is written by it yet.",
    "Put this file on each control plane node (mode 0600, owner root), where --encryption-provider-config names it, and",
    "restart each kube-apiserver, one after the other. Go on when all of them have it: with one server, go to step 2.",
];
const WRITE: &[&str] = &[
    "Step 2: what is written from now on is encrypted by the new key.",
    "Replace the file on each node, restart each kube-apiserver, one after the other, then write everything anew:",
    "  kubectl get RESOURCES --all-namespaces -o json | kubectl replace -f -",
    "A conflict means that somebody else has just written it: run it again until there is none.",
    "Look into etcd: etcdctl get /registry/secrets/NAMESPACE/NAME | head -c 40 shows k8s:enc:PROVIDER:",
];
const DROP: &[&str] = &[
    "Step 3: what the new key did not write is refused, plaintext too.",
    "Only after everything is written anew: replace the file on each node and restart each kube-apiserver. Where a server",
    "then cannot list a kind, put the file of step 2 back, and write that kind anew. Keep an old key as long as you keep",
    "backups of etcd that it encrypts.",
];

fn step(name: &str, says: &[&str], wish: &Wish, providers: &[String]) -> Step {
    let list =
        |names: &[String]| -> String { names.iter().map(|name| format!("      - {}\n", quoted(name))).collect() };
    let exempt = match wish.exempt.as_slice() {
        [] => String::new(),
        names => format!("  - resources:\n{}    providers:\n      - identity: {{}}\n", list(names)),
    };
    let resources = list(&wish.resources);
    let field = if wish.kms.is_some() { "kms:v2:…" } else { "secretbox:v1:…" };
    let says = says.iter().map(|line| line.replace("RESOURCES", &wish.resources.join(",")).replace("PROVIDER:", field));
    Step {
        name: name.to_owned(),
        says: says.collect(),
        text: format!(
            "apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n{exempt}  - resources:\n{resources}    \
             providers:\n{}",
            providers.concat()
        ),
    }
}

fn provider(wish: &Wish) -> String {
    let key = new_key(wish).map(|key| provider_of(SECRETBOX, &[key]));
    key.or_else(|| Some(plug_in("v2", wish.kms.as_ref()?))).unwrap_or_default()
}

/// Named after its day, since nothing else in the file shows a key's age; and like none that is there.
fn key_name(wish: &Wish) -> String {
    let name = format!("key-{}", wish.today);
    let taken = |name: &str| {
        wish.current.iter().any(|it| matches!(it, Current::Keys(_, names) if names.iter().any(|own| own == name)))
    };
    let others = (2..).map(|number| format!("{name}-{number}"));
    [name.clone()].into_iter().chain(others).find(|name| !taken(name)).unwrap_or(name)
}

fn written(current: &Current) -> String {
    match current {
        Current::Keys(field, names) => provider_of(field, &kept(names)),
        Current::Kms(version, kms) => plug_in(version, kms),
        Current::Identity => "      - identity: {}\n".to_owned(),
    }
}

fn provider_of(field: &str, keys: &[(String, String)]) -> String {
    let keys: String = keys
        .iter()
        .map(|(name, key)| format!("            - name: {}\n              secret: {}\n", quoted(name), quoted(key)))
        .collect();
    format!("      - {field}:\n          keys:\n{keys}")
}

fn plug_in(version: &str, kms: &Kms) -> String {
    format!(
        "      - kms:\n          apiVersion: {version}\n          name: {}\n          endpoint: {}\n          timeout: 3s\n",
        quoted(&kms.name),
        quoted(&kms.endpoint)
    )
}
