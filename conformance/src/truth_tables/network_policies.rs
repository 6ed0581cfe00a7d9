//! The tables of NetworkPolicy.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use serde_json::Value;

use super::{Expected, Labels, Report, namespace, network_policy, pod, protocol};

#[derive(Debug, Deserialize)]
struct Test {
    spec: String,
    /// `namespace/name`, set apart by spaces.
    pods: String,
    states: Vec<State>,
}

#[derive(Debug, Deserialize)]
struct State {
    /// By `namespace/name`.
    policies: BTreeMap<String, Value>,
    /// That pods or namespaces have beside their own.
    #[serde(default)]
    labels: BTreeMap<String, Labels>,
    /// By protocol and port.
    tables: BTreeMap<String, String>,
}

pub(super) fn compare(tables: &str) -> Result<Report> {
    let tests: Vec<Test> = serde_saphyr::from_str(tables)?;
    let mut report = Report::default();
    for test in tests {
        report.tests += 1;
        let pods: Vec<&str> = test.pods.split(' ').collect();
        for state in &test.states {
            let objects = objects(&pods, state)?;
            let expected = expected(&pods, &state.tables).with_context(|| test.spec.clone())?;
            report.compare(&test.spec, &objects, &expected)?;
        }
    }
    Ok(report)
}

fn objects(pods: &[&str], state: &State) -> Result<Vec<Value>> {
    let with = |key: &str, label: &str, value: &str| {
        let mut labels = state.labels.get(key).cloned().unwrap_or_default();
        labels.insert(label.to_owned(), value.to_owned());
        labels
    };
    let split = |name| str::split_once(name, '/').with_context(|| format!("{name} has no namespace"));
    let mut objects = Vec::new();
    let namespaces: BTreeSet<&str> = pods.iter().filter_map(|pod| Some(pod.split_once('/')?.0)).collect();
    objects.extend(namespaces.iter().map(|name| namespace(name, &with(name, "ns", name))));
    let ports: Vec<(String, &str, u16)> = ["TCP", "UDP", "SCTP"]
        .iter()
        .flat_map(|protocol| [80, 81].map(|port| (format!("{}-{port}", protocol.to_lowercase()), *protocol, port)))
        .collect();
    for key in pods {
        let (namespace, name) = split(key)?;
        let place = |of: &str, first: char| of.chars().next().map_or(0, |it| u32::from(it) + 1 - u32::from(first));
        let address = format!("10.{}.0.{}", place(namespace, 'x'), place(name, 'a'));
        objects.push(pod(namespace, name, &with(key, "pod", name), &address, &ports));
    }
    for (key, spec) in &state.policies {
        let (namespace, name) = split(key)?;
        objects.push(network_policy(namespace, name, spec));
    }
    Ok(objects)
}

fn expected(pods: &[&str], tables: &BTreeMap<String, String>) -> Result<Vec<Expected>> {
    let mut expected = Vec::new();
    for (key, table) in tables {
        let (word, port) = key.split_once(' ').with_context(|| format!("{key} is no protocol and port"))?;
        let rows: Vec<&str> = table.split(' ').collect();
        ensure!(rows.len() == pods.len(), "{key}: not a row for each pod");
        for (from, row) in pods.iter().zip(rows) {
            ensure!(row.chars().count() == pods.len(), "{key}: not a column for each pod");
            for (to, sign) in pods.iter().zip(row.chars()).filter(|(to, _)| *to != from) {
                ensure!(sign == '+' || sign == '-', "{key}: {sign} is no sign");
                let (from, to) = ((*from).to_owned(), (*to).to_owned());
                expected.push(Expected {
                    from,
                    to,
                    protocol: protocol(word)?,
                    port: port.parse()?,
                    connects: sign == '+',
                });
            }
        }
    }
    Ok(expected)
}
