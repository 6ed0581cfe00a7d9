//! Which workload an observer's names mean.

use std::collections::BTreeMap;

use crate::endpoints::Endpoint;
use crate::network::Network;

/// Workloads by namespace: their name, their kind and number.
#[derive(Debug)]
pub(super) struct Workloads(BTreeMap<String, Vec<(String, String, usize)>>);

impl Workloads {
    pub(super) fn of(network: &Network<'_>) -> Workloads {
        let mut all: BTreeMap<String, Vec<_>> = BTreeMap::new();
        for (number, endpoint) in network.endpoints().iter().enumerate() {
            if let Endpoint::Workload(it) = endpoint {
                let one = (it.name.to_owned(), it.kind.to_owned(), number);
                all.entry(it.namespace.to_owned()).or_default().push(one);
            }
        }
        Workloads(all)
    }

    /// `namespace/name`, with a kind in brackets or without.
    pub(super) fn called(&self, word: &str) -> Option<usize> {
        let (namespace, name) = word.split_once('/')?;
        match name.strip_suffix(']').and_then(|name| name.split_once('[')) {
            Some((name, kind)) => self.named(namespace, name, Some(kind)),
            None => self.named(namespace, name, None).or_else(|| self.of_pod(namespace, name)),
        }
    }

    /// By its own name.
    pub(super) fn named(&self, namespace: &str, name: &str, kind: Option<&str>) -> Option<usize> {
        let all = self.0.get(namespace)?;
        let is =
            |it: &&(String, String, usize)| it.0 == name && kind.is_none_or(|kind| kind.eq_ignore_ascii_case(&it.1));
        all.iter().find(is).map(|it| it.2)
    }

    /// By the name of one of its pods: `api-7d9c6bd5f4-x2x7k`, `db-0`, `backup-29100000-abcde`.
    pub(super) fn of_pod(&self, namespace: &str, pod: &str) -> Option<usize> {
        let all = self.0.get(namespace)?;
        let fits = |it: &&(String, String, usize)| {
            let rest = pod.strip_prefix(it.0.as_str()).and_then(|rest| rest.strip_prefix('-'));
            rest.is_some_and(|rest| is_made(rest, &it.1))
        };
        all.iter().filter(fits).max_by_key(|it| it.0.len()).map(|it| it.2)
    }
}

/// Whether controllers of this kind put that behind their own name.
fn is_made(rest: &str, kind: &str) -> bool {
    let parts: Vec<&str> = rest.split('-').collect();
    let random = |part: &str| part.len() == 5 && part.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit());
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|it| it.is_ascii_digit());
    match (kind, parts.as_slice()) {
        ("StatefulSet", [number]) => digits(number),
        ("Deployment", [hash, end]) => hash.len() < 11 && random(end),
        ("CronJob", [number, .., end]) => digits(number) && random(end),
        ("Job", [end] | [_, end]) | ("DaemonSet" | "ReplicaSet" | "ReplicationController", [end]) => random(end),
        ("Deployment" | "StatefulSet" | "DaemonSet" | "CronJob" | "Job" | "ReplicaSet" | "Pod", _) => false,
        (_, [end] | [_, end]) => random(end) || digits(end),
        _ => false,
    }
}
