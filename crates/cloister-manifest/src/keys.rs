//! Keys, tokens and passwords in configuration files are dropped while reading: what stays is a mask, which says how long
//! a key was. Values of Secrets that a cluster lists are dropped likewise (`json`).

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cloister_model::{Node, Value};

use crate::Interner;

/// What a masked value begins with.
pub const MASK: &str = "•••";

/// The providers of an EncryptionConfiguration whose keys stand in it.
const PROVIDERS: [&str; 3] = ["aescbc", "aesgcm", "secretbox"];
/// What proves an identity, in the users of a kubeconfig.
const USER: [&str; 3] = ["client-key-data", "token", "password"];
/// The same, in what plug-ins of old clients kept there.
const PLUGIN: [&str; 4] = ["id-token", "refresh-token", "access-token", "client-secret"];

/// Masks what a document of this kind holds. What is masked already stays as it is.
pub fn mask(root: &mut Node, api_version: &str, kind: &str, interner: &mut Interner) {
    match (kind, api_version) {
        ("EncryptionConfiguration" | "EncryptionConfig", _) => encryption(root, interner),
        ("Config", "v1") => kubeconfig(root, interner),
        ("NodeFacts", _) => {
            for file in items(root, "files") {
                let Some(content) = child(file, "content") else { continue };
                let word = |key| content.str_at(key).unwrap_or_default().to_owned();
                let (api_version, kind) = (word("apiVersion"), word("kind"));
                if kind != "NodeFacts" {
                    mask(content, &api_version, &kind, interner);
                }
            }
        }
        _ => {}
    }
}

/// Source: `EncryptionConfiguration` of `apiserver.config.k8s.io`; before Kubernetes 1.13 `EncryptionConfig`.
fn encryption(root: &mut Node, interner: &mut Interner) {
    for resource in items(root, "resources") {
        for provider in items(resource, "providers") {
            for name in PROVIDERS {
                let Some(provider) = child(provider, name) else { continue };
                for key in items(provider, "keys") {
                    hide(key, "secret", interner);
                }
            }
        }
    }
}

/// Source: `Config` of `client-go/tools/clientcmd/api/v1`.
fn kubeconfig(root: &mut Node, interner: &mut Interner) {
    for user in items(root, "users") {
        let Some(user) = child(user, "user") else { continue };
        USER.iter().for_each(|key| hide(user, key, interner));
        if let Some(plugin) = child(user, "auth-provider").and_then(|plugin| child(plugin, "config")) {
            PLUGIN.iter().for_each(|key| hide(plugin, key, interner));
        }
        if let Some(program) = child(user, "exec") {
            items(program, "env").iter_mut().for_each(|variable| hide(variable, "value", interner));
        }
    }
}

fn child<'n>(node: &'n mut Node, key: &str) -> Option<&'n mut Node> {
    let Value::Map(entries) = &mut node.value else { return None };
    entries.iter_mut().find(|entry| &*entry.key == key).map(|entry| &mut entry.node)
}

fn items<'n>(node: &'n mut Node, key: &str) -> &'n mut [Node] {
    match child(node, key).map(|node| &mut node.value) {
        Some(Value::List(items)) => items,
        _ => &mut [],
    }
}

/// Nothing and what is empty stay, since that is a fault which tells no secret.
fn hide(node: &mut Node, key: &str, interner: &mut Interner) {
    let Some(node) = child(node, key).filter(|node| !node.is_empty()) else { return };
    let mask = match &node.value {
        Value::Text(text) if text.starts_with(MASK) => return,
        Value::Text(text) => masked(text),
        _ => format!("{MASK} (no text)"),
    };
    let mask = interner.get(&mask);
    if let Value::Text(text) = std::mem::replace(&mut node.value, Value::Text(mask)) {
        interner.forget(&text);
    }
}

fn masked(text: &Arc<str>) -> String {
    // Go's decoder skips ends of lines, wherever they stand.
    let bare: String = text.chars().filter(|letter| !matches!(letter, '\r' | '\n')).collect();
    match STANDARD.decode(bare) {
        Ok(bytes) => format!("{MASK} ({} bytes)", bytes.len()),
        Err(_) => format!("{MASK} (not base64)"),
    }
}

#[cfg(test)]
mod tests {
    use cloister_model::Origin;

    use crate::{Interner, parse};

    const PLANTED: &str = "cGxhbnRlZC1rZXktb2YtMzItYnl0ZXMtZm9yLXRlc3Q=";

    fn read(text: &str) -> String {
        let mut interner = Interner::default();
        let parsed = parse(text, &Origin::File("f.yaml".into()), 1, &mut interner);
        // What is read, and what the reader itself still holds.
        format!("{:?} {interner:?}", parsed.resources)
    }

    fn configuration(provider: &str) -> String {
        format!(
            "apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n- resources: [secrets]\n  \
             providers:\n  - {provider}:\n      keys:\n      - {{name: one, secret: {PLANTED}}}\n      - {{name: two, secret: \
             !!str 1234567890123456}}\n      - {{name: three, secret: 98765}}\n      - {{name: four, secret: planted!}}\n"
        )
    }

    #[test]
    fn keys_of_encryption_are_never_kept() {
        for provider in super::PROVIDERS {
            let seen = read(&configuration(provider));
            for planted in [PLANTED, "1234567890123456", "98765", "planted!"] {
                assert!(!seen.contains(planted), "{provider}: {planted}\n{seen}");
            }
            for left in ["\"one\"", "••• (32 bytes)", "••• (12 bytes)", "••• (no text)", "••• (not base64)"]
            {
                assert!(seen.contains(left), "{provider}: {left}\n{seen}");
            }
        }
    }

    #[test]
    fn a_list_and_the_facts_of_a_node_hide_them_no_less() {
        let nested = configuration("aescbc").replace('\n', "\n    ");
        let list = format!("apiVersion: v1\nkind: List\nitems:\n-\n    {nested}\n");
        let facts = format!(
            "apiVersion: cloister.dev/v1alpha1\nkind: NodeFacts\nmetadata: {{name: n}}\nfiles:\n- path: /e\n  content:\n    \
             {nested}\n"
        );
        for text in [list, facts] {
            let seen = read(&text);
            assert!(seen.contains("••• (32 bytes)") && !seen.contains(PLANTED), "{seen}");
        }
    }

    #[test]
    fn what_signs_in_is_never_kept_of_a_kubeconfig() {
        let text = "apiVersion: v1\nkind: Config\nusers:\n- name: ann\n  user:\n    client-certificate-data: kept\n    \
                    client-key-data: planted1\n    token: planted2\n    password: planted3\n    username: kept\n    \
                    auth-provider: {name: oidc, config: {id-token: planted4, refresh-token: planted5, client-id: kept}}\n    \
                    exec: {command: kept, env: [{name: kept, value: planted6}]}\n";
        let seen = read(text);
        assert!(!seen.contains("planted"), "{seen}");
        assert_eq!(seen.matches("\"kept\"").count(), 5 + 1, "five values, and the reader's copy: {seen}");
    }

    #[test]
    fn json_hides_them_as_yaml_does() {
        let json = format!(
            "{{\"apiVersion\":\"apiserver.config.k8s.io/v1\",\"kind\":\"EncryptionConfiguration\",\"resources\":[{{\
             \"providers\":[{{\"secretbox\":{{\"keys\":[{{\"secret\":\"{PLANTED}\"}}]}}}}]}}]}}"
        );
        let origin = Origin::Cluster("test".into());
        let mut interner = Interner::default();
        let parsed = crate::objects_from_json(json.as_bytes(), &origin, &mut interner).unwrap();
        let seen = format!("{:?} {interner:?} {}", parsed.resources, read(&json));
        assert!(seen.contains("••• (32 bytes)") && !seen.contains(PLANTED), "{seen}");
    }
}
