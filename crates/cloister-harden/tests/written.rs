//! What is written is taken by the server and has no finding; that a real server takes it is shown by
//! `judge configurations`.
#![allow(clippy::unwrap_used, reason = "a test")]

use cloister_authentication::Server as Authenticates;
use cloister_encryption::at_rest::{Configuration, GroupResource, Kind, Server};
use cloister_harden::encryption_config::{self, Current, Kms, encryption_config};
use cloister_harden::{Step, Version, authentication};
use cloister_manifest::{Interner, parse};
use cloister_model::{Origin, Resource};

const KEY: &str = "cGxhbnRlZC1rZXktb2YtMzItYnl0ZXMtZm9yLXRlc3Q=";

fn read(step: &Step) -> Resource {
    let parsed = parse(&step.annotated(), &Origin::File("w.yaml".into()), 1, &mut Interner::default());
    assert!(
        parsed.diagnostics.is_empty() && parsed.resources.len() == 1,
        "{:?}\n{}",
        parsed.diagnostics,
        step.annotated()
    );
    parsed.resources.into_iter().next().unwrap()
}

fn wish() -> encryption_config::Wish {
    encryption_config::Wish {
        version: Version::NEWEST,
        resources: vec!["secrets".into(), "configmaps".into()],
        exempt: Vec::new(),
        kms: None,
        key: Some(KEY.into()),
        today: jiff::civil::date(2026, 6, 1),
        current: Vec::new(),
    }
}

fn kinds(step: &Step) -> Vec<String> {
    let resource = read(step);
    let configuration = Configuration::of(&resource);
    let stored = configuration.stored(GroupResource::SECRETS);
    stored.providers().map(|provider| provider.kind.field().to_owned()).collect()
}

#[test]
fn every_step_reads_what_the_one_before_it_wrote() {
    let steps = encryption_config(&wish()).unwrap();
    assert_eq!(
        steps.iter().map(kinds).collect::<Vec<_>>(),
        [vec!["identity", "secretbox"], vec!["secretbox", "identity"], vec!["secretbox"],]
    );
    for step in &steps {
        let resource = read(step);
        let configuration = Configuration::of(&resource);
        assert!(configuration.faults(Server::default()).is_empty(), "{}", step.text);
        assert!(configuration.stored(GroupResource::CONFIG_MAPS).writer().is_some());
    }
}

#[test]
fn a_rotation_keeps_the_old_keys_until_the_end() {
    let current = vec![Current::Keys("aescbc".into(), vec!["key-2026-06-01".into(), "b".into()]), Current::Identity];
    let steps = encryption_config(&encryption_config::Wish { current, ..wish() }).unwrap();
    assert_eq!(
        steps.iter().map(kinds).collect::<Vec<_>>(),
        [vec!["aescbc", "secretbox", "identity"], vec!["secretbox", "aescbc", "identity"], vec!["secretbox"],]
    );
    // The new key is named like none that is there.
    assert!(steps.iter().all(|step| step.text.contains("\"key-2026-06-01-2\"")));
}

#[test]
fn keys_of_one_kind_stand_in_one_provider() {
    let current = vec![Current::Keys("secretbox".into(), vec!["a".into(), "b".into()])];
    let steps = encryption_config(&encryption_config::Wish { current, ..wish() }).unwrap();
    let names = |step: &Step| -> Vec<String> {
        let resource = read(step);
        let configuration = Configuration::of(&resource);
        let stored = configuration.stored(GroupResource::SECRETS);
        stored.providers().flat_map(|provider| provider.keys.iter().map(|key| key.name.to_owned())).collect()
    };
    assert_eq!(
        steps.iter().map(names).collect::<Vec<_>>(),
        [vec!["a", "key-2026-06-01", "b"], vec!["key-2026-06-01", "a", "b"], vec!["key-2026-06-01"],]
    );
    assert!(steps.iter().all(|step| kinds(step) == ["secretbox"]), "plaintext was refused before, and stays so");
}

#[test]
fn what_is_exempt_stays_so() {
    let exempt = encryption_config::Wish { resources: vec!["*.*".into()], exempt: vec!["events".into()], ..wish() };
    for step in encryption_config(&exempt).unwrap() {
        let resource = read(&step);
        let configuration = Configuration::of(&resource);
        assert!(configuration.faults(Server::default()).is_empty(), "{}", step.text);
        assert!(!configuration.stored(GroupResource::parse("events")).is_encrypted());
        assert!(configuration.stored(GroupResource::SECRETS).writer().is_some());
    }
}

#[test]
fn no_server_starts_with_a_key_that_nobody_has_made() {
    let steps = encryption_config(&encryption_config::Wish { key: None, ..wish() }).unwrap();
    for step in &steps {
        let resource = read(step);
        assert_eq!(Configuration::of(&resource).faults(Server::default()).len(), 1, "{}", step.text);
    }
}

#[test]
fn a_plug_in_is_of_the_second_protocol() {
    let kms = Some(Kms { name: "vault".into(), endpoint: "unix:///var/run/kms.sock".into() });
    let steps = encryption_config(&encryption_config::Wish { kms: kms.clone(), ..wish() }).unwrap();
    let resource = read(steps.last().unwrap());
    let configuration = Configuration::of(&resource);
    assert!(configuration.faults(Server::default()).is_empty());
    let writer = configuration.stored(GroupResource::SECRETS).writer().map(|provider| provider.kind);
    assert_eq!(writer, Some(Kind::Kms { version: "v2", name: "vault" }));
    let old = encryption_config::Wish { version: Version::minor(26), kms, ..wish() };
    assert!(encryption_config(&old).unwrap_err().cause.contains("1.26 has no KMS v2"));
}

#[test]
fn an_issuer_names_nobody_of_the_system() {
    let wish = authentication::Wish {
        version: Version::NEWEST,
        issuer: "https://id.example.org".into(),
        audience: "kubernetes".into(),
        certificate_authority: String::new(),
        username_claim: "email".into(),
        username_prefix: String::new(),
        groups_claim: "groups".into(),
        groups_prefix: String::new(),
    };
    for (version, api) in [(30, "v1beta1"), (33, "v1beta1"), (34, "v1"), (37, "v1")] {
        let step =
            authentication::authentication(&authentication::Wish { version: Version::minor(version), ..wish.clone() })
                .unwrap();
        let resource = read(&step);
        assert_eq!(&*resource.api_version, format!("apiserver.config.k8s.io/{api}"));
        let configuration = cloister_authentication::Configuration::of(&resource);
        assert!(configuration.faults(&Authenticates::default()).is_empty(), "{}", step.text);
        assert_eq!(
            configuration.anonymous.as_ref().map(|anonymous| anonymous.beyond_health()),
            (version >= 32).then_some(false)
        );
        let issuer = configuration.issuers.first().unwrap();
        let masters = issuer.may_name(cloister_authentication::Name::Group("system:masters"));
        assert!(matches!(masters, cloister_authentication::Answer::No(_)), "{masters:?}");
        assert!(!issuer.takes_unverified_email());
    }
    assert!(
        authentication::authentication(&authentication::Wish {
            issuer: "http://id.example.org".into(),
            ..wish.clone()
        })
        .is_err()
    );
    assert!(authentication::authentication(&authentication::Wish { version: Version::minor(29), ..wish }).is_err());
}
