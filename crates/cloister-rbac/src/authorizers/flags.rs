//! The flags of kube-apiserver, where it runs as a pod that is in the input.
//! Source: Kubernetes 1.37, `pkg/kubeapiserver/options/authorization.go`.

use cloister_inventory::{Container, Inventory};

use super::{Authorizer, Webhook};

const PROGRAM: &str = "kube-apiserver";

/// How one API server was told to authorise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// `--authorization-mode`; without any flag, everything is allowed.
    Modes(Vec<String>),
    /// `--authorization-config`, and its path on the server's own disk.
    File(String),
}

/// Each API server among the pods, with where its container is written.
pub(crate) fn servers(inventory: &Inventory) -> Vec<(Told, Container<'_>)> {
    let containers = inventory.pods().flat_map(|pod| pod.containers());
    containers.filter_map(|container| Some((told(&words(&container)?), container))).collect()
}

/// The command line, also of one that a shell is given.
fn words<'a>(container: &Container<'a>) -> Option<Vec<&'a str>> {
    let words: Vec<&str> = container.words().filter_map(|node| node.as_str()).collect();
    let is_program = |word: &str| word.rsplit('/').next() == Some(PROGRAM);
    if words.first().is_some_and(|first| is_program(first)) {
        return Some(words);
    }
    let script = words.iter().find(|word| word.split_whitespace().any(is_program))?;
    Some(script.split_whitespace().skip_while(|word| !is_program(word)).collect())
}

fn told(words: &[&str]) -> Told {
    if let Some(path) = values(words, "authorization-config").pop().filter(|path| !path.is_empty()) {
        return Told::File(path.to_owned());
    }
    // A list that is given twice adds up.
    let modes = values(words, "authorization-mode").into_iter().flat_map(|list| list.split(','));
    let modes: Vec<String> = modes.map(|mode| mode.trim().to_owned()).filter(|mode| !mode.is_empty()).collect();
    Told::Modes(if modes.is_empty() { vec!["AlwaysAllow".to_owned()] } else { modes })
}

/// The values of a flag, behind `=` or as the next word.
fn values<'w>(words: &[&'w str], flag: &str) -> Vec<&'w str> {
    let mut values = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let Some(bare) = word.strip_prefix("--").or_else(|| word.strip_prefix('-')) else { continue };
        let (name, value) = bare.split_once('=').map_or((bare, None), |(name, value)| (name, Some(value)));
        if name == flag {
            values.push(value.or_else(|| words.get(at + 1).copied()).unwrap_or_default());
        }
    }
    values
}

/// The authorisers that modes mean; a webhook of flags is asked about everything, and its errors are no opinion.
pub(crate) fn authorizers(modes: &[String]) -> Vec<Authorizer> {
    modes.iter().map(|mode| super::configuration::built_in(mode).unwrap_or_else(|| other(mode))).collect()
}

fn other(mode: &str) -> Authorizer {
    match mode {
        "Webhook" => {
            Authorizer::Webhook(Webhook { name: "default".to_owned(), conditions: Vec::new(), denies_on_error: false })
        }
        mode => Authorizer::Other(mode.to_owned()),
    }
}
