//! EncryptionConfiguration, as the API server reads it. What a running server says of the same is in `judge configurations`.
#![allow(clippy::unwrap_used, reason = "a test")]

use cloister_encryption::at_rest::{Configuration, GroupResource, Kind, Server};
use cloister_manifest::{Interner, parse};
use cloister_model::{Origin, Resource};

const KEY: &str = "cGxhbnRlZC1rZXktb2YtMzItYnl0ZXMtZm9yLXRlc3Q=";

fn read(rules: &str) -> Resource {
    let text = format!("apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n{rules}");
    let text = text.replace("KEY", KEY);
    let mut parsed = parse(&text, &Origin::File("e.yaml".into()), 1, &mut Interner::default());
    assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
    parsed.resources.remove(0)
}

fn faults(rules: &str) -> Vec<String> {
    let resource = read(rules);
    let found = Configuration::of(&resource).faults(Server::default());
    found.into_iter().map(|fault| format!("{}: {}", fault.place.mark.line, fault.cause)).collect()
}

const LAYERS: &str = "
- {resources: [events], providers: [{identity: {}}]}
- {resources: [secrets, pandas.bears.example], providers: [{secretbox: {keys: [{name: a, secret: KEY}]}}, {identity: {}}]}
- {resources: ['*.apps'], providers: [{aescbc: {keys: [{name: b, secret: KEY}]}}]}
- {resources: ['*.*'], providers: [{aesgcm: {keys: [{name: c, secret: KEY}]}}]}
";

#[test]
fn the_most_exact_name_decides() {
    let resource = read(LAYERS);
    let configuration = Configuration::of(&resource);
    assert!(configuration.faults(Server::default()).is_empty());
    let writer = |name| configuration.stored(GroupResource::parse(name)).writer().map(|provider| provider.kind);
    assert_eq!(writer("events"), Some(Kind::Identity));
    assert_eq!(writer("secrets"), Some(Kind::Secretbox));
    assert_eq!(writer("pandas.bears.example"), Some(Kind::Secretbox));
    assert_eq!(writer("pandas.other.example"), Some(Kind::AesGcm));
    assert_eq!(writer("deployments.apps"), Some(Kind::AesCbc));
    assert_eq!(writer("configmaps"), Some(Kind::AesGcm));
    let secrets = configuration.stored(GroupResource::SECRETS);
    assert!(secrets.is_encrypted() && secrets.reads_clear().is_some());
    assert!(configuration.stored(GroupResource::CONFIG_MAPS).reads_clear().is_none());
}

#[test]
fn what_no_entry_names_is_stored_in_the_clear() {
    let resource = read("- {resources: ['*.apps'], providers: [{secretbox: {keys: [{name: a, secret: KEY}]}}]}\n");
    let configuration = Configuration::of(&resource);
    let stored = configuration.stored(GroupResource::SECRETS);
    assert!(stored.writer().is_none() && !stored.is_encrypted() && stored.reads_clear().is_none());
}

#[test]
fn entries_of_the_same_name_add_up() {
    let resource = read(
        "- {resources: [secrets], providers: [{identity: {}}]}\n- {resources: [secrets], providers: [{secretbox: {keys: \
         [{name: a, secret: KEY}]}}]}\n",
    );
    let configuration = Configuration::of(&resource);
    assert!(configuration.faults(Server::default()).is_empty());
    let stored = configuration.stored(GroupResource::SECRETS);
    assert!(!stored.is_encrypted());
    assert_eq!(stored.providers().count(), 2);
}

#[test]
fn the_server_refuses_what_it_refuses() {
    let key = "[{name: a, secret: KEY}]";
    let good = format!("[{{secretbox: {{keys: {key}}}}}]");
    let cases = [
        ("".to_owned(), "names no resources"),
        (format!("- {{resources: [], providers: {good}}}\n"), "names no resources"),
        ("- {resources: [secrets], providers: []}\n".to_owned(), "names no provider"),
        ("- {resources: [secrets], providers: [{identity: }]}\n".to_owned(), "none of"),
        ("- {resources: [secrets], providers: [{identity: {}, aesgcm: {keys: []}}]}\n".to_owned(), "several"),
        (format!("- {{resources: [secrets, secrets], providers: {good}}}\n"), "named twice"),
        (format!("- {{resources: [secrets, '*.'], providers: {good}}}\n"), "overlap"),
        (format!("- {{resources: ['*.*', deployments.apps], providers: {good}}}\n"), "overlap"),
        (format!("- {{resources: ['*.'], providers: {good}}}\n- {{resources: [secrets], providers: {good}}}\n"), "after *."),
        (format!("- {{resources: ['*.*'], providers: {good}}}\n- {{resources: ['*.apps'], providers: {good}}}\n"), "after *.*"),
        (format!("- {{resources: [Secrets], providers: {good}}}\n"), "capital"),
        (format!("- {{resources: ['*'], providers: {good}}}\n"), "'*.'"),
        (format!("- {{resources: [serviceipallocations], providers: {good}}}\n"), "no API"),
        (format!("- {{resources: [events.events.k8s.io], providers: {good}}}\n"), "core group"),
        (format!("- {{resources: [ingresses.extensions], providers: {good}}}\n"), "removed"),
        (format!("- {{resources: ['secrets.*'], providers: {good}}}\n"), "all groups"),
        ("- {resources: [secrets], providers: [{secretbox: {keys: []}}]}\n".to_owned(), "no key"),
        ("- {resources: [secrets], providers: [{secretbox: {keys: [{name: a, secret: c2hvcnQ=}]}}]}\n".to_owned(), "5 bytes"),
        ("- {resources: [secrets], providers: [{aescbc: {keys: [{name: a, secret: '!'}]}}]}\n".to_owned(), "base64"),
        ("- {resources: [secrets], providers: [{aescbc: {keys: [{name: a, secret: ''}]}}]}\n".to_owned(), "is empty"),
        ("- {resources: [secrets], providers: [{aescbc: {keys: [{secret: KEY}]}}]}\n".to_owned(), "no name"),
        ("- {resources: [secrets], providers: [{kms: {name: a, endpoint: 'unix:///k'}}]}\n".to_owned(), "KMS v1"),
        ("- {resources: [secrets], providers: [{kms: {apiVersion: v2, endpoint: 'unix:///k'}}]}\n".to_owned(), "no name"),
        ("- {resources: [secrets], providers: [{kms: {apiVersion: v2, name: 'a:b', endpoint: 'unix:///k'}}]}\n".to_owned(), "colon"),
        ("- {resources: [secrets], providers: [{kms: {apiVersion: v2, name: a, endpoint: 'tcp://k'}}]}\n".to_owned(), "socket"),
        ("- {resources: [secrets], providers: [{kms: {apiVersion: v2, name: a, endpoint: 'unix:///k', cachesize: 5}}]}\n".to_owned(), "cachesize"),
        ("- {resources: [secrets], providers: [{kms: {apiVersion: v3, name: a, endpoint: 'unix:///k'}}]}\n".to_owned(), "v1 or v2"),
        ("- {resources: [secrets], providers: [{kms: {apiVersion: v2, name: a, endpoint: 'unix:///k', timeout: 0s}}]}\n".to_owned(), "timeout"),
        (format!("- {{resources: [secrets], provider: {good}}}\n"), "no field"),
        ("- {resources: secrets, providers: [{identity: {}}]}\n".to_owned(), "a list"),
    ];
    for (rules, cause) in cases {
        let found = faults(&rules);
        assert!(found.len() == 1 && found.iter().all(|fault| fault.contains(cause)), "{rules}: {cause}\n{found:#?}");
    }
}

#[test]
fn plug_ins_are_named_once() {
    let twice = "- {resources: [secrets], providers: [{kms: {apiVersion: v2, name: a, endpoint: 'unix:///k'}}]}\n\
                 - {resources: [pods], providers: [{kms: {apiVersion: v2, name: a, endpoint: 'unix:///k'}}]}\n";
    assert!(matches!(faults(twice).as_slice(), [one] if one.contains("two KMS plug-ins")));
    let resource = read(&twice.replace("v2", "v1"));
    let configuration = Configuration::of(&resource);
    assert!(configuration.faults(Server { kms_v1: true, reloads: false }).is_empty());
    assert_eq!(configuration.faults(Server { kms_v1: true, reloads: true }).len(), 1);
}
