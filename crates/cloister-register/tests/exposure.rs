//! Which personal data is at risk, and through what.
#![allow(clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod support;

use cloister_inventory::Inventory;
use cloister_model::PersonalData;
use cloister_register::{AtRisk, Exposure, Register};
use support::{clinic, inventory};

fn at_risk(inventory: &Inventory, kind: &str, name: &str) -> AtRisk {
    let (register, _) = Register::from_inventory(inventory);
    let exposure = Exposure::new(&register, inventory);
    let mut named = inventory.resources().iter().filter(|resource| *resource.kind == *kind && *resource.name == *name);
    let resource = named.next().unwrap_or_else(|| panic!("no {kind} {name}"));
    let found = exposure.of_resource(resource);
    assert_eq!(exposure.of_reference(&resource.reference()), found, "a finding names {kind} {name} the same way");
    found
}

#[track_caller]
fn expect(inventory: &Inventory, kind: &str, name: &str, level: PersonalData, reason: &str) {
    let found = at_risk(inventory, kind, name);
    assert_eq!((found.level, &*found.reason), (level, reason), "{kind} {name}");
}

#[test]
fn workloads_by_what_is_declared() {
    use PersonalData as P;
    let clinic = clinic();
    let db = "holds health data of patients and children (store patients-db)";
    expect(&clinic, "StatefulSet", "patients-db", P::Special, db);
    expect(&clinic, "Deployment", "worker", P::Ordinary, "handles personal data of patients (activity reminders)");
    expect(&clinic, "Deployment", "invoices-db", P::Special, "holds health data of patients (store invoices-db)");
    expect(&clinic, "Deployment", "collector", P::Special, "handles health data of patients (activity statistics)");
    expect(&clinic, "DaemonSet", "log-shipper", P::None, "");
    let events = "recognised as a MongoDB store; no register says what it holds";
    expect(&clinic, "StatefulSet", "events", P::Ordinary, events);
}

#[test]
fn other_resources_by_the_workloads_behind_them() {
    use PersonalData as P;
    let clinic = clinic();
    let db = "StatefulSet patients-db, which holds health data of patients and children (store patients-db)";
    expect(&clinic, "NetworkPolicy", "patients-db", P::Special, &format!("selects {db}"));
    expect(&clinic, "PodDisruptionBudget", "patients-db", P::Special, &format!("selects {db}"));
    expect(&clinic, "Service", "patients-db", P::Special, &format!("leads to {db}"));
    expect(&clinic, "StorageClass", "clinic-encrypted", P::Special, &format!("used by {db}"));
    let api = "Deployment api, which handles health data of patients and children (activity appointments)";
    expect(&clinic, "ConfigMap", "api-config", P::Special, &format!("used by {api}"));
    expect(&clinic, "Secret", "api-keys", P::Special, &format!("used by {api}"));
    expect(&clinic, "ServiceAccount", "api", P::Special, &format!("used by {api}"));
    expect(&clinic, "HorizontalPodAutoscaler", "api", P::Special, &format!("scales {api}"));
    let report = "Job yearly-report, which handles health data of patients (activity statistics)";
    expect(&clinic, "PersistentVolumeClaim", "exports", P::Special, &format!("used by {report}"));
    let billing = "leads to Deployment billing, which handles personal data of patients (activity billing)";
    expect(&clinic, "Ingress", "billing", P::Ordinary, billing);
    expect(&clinic, "Ingress", "analytics", P::None, "");
    expect(&clinic, "NetworkPolicy", "invoices-db", P::None, "");
    expect(&clinic, "HorizontalPodAutoscaler", "reminders", P::None, "");
    expect(&clinic, "Secret", "deployer-token", P::None, "");
}

#[test]
fn rights_by_where_they_hold() {
    use PersonalData as P;
    let clinic = clinic();
    for (kind, name, level) in [
        ("Namespace", "clinic-data", P::Special),
        ("Namespace", "clinic-ops", P::None),
        ("Role", "support", P::Special),
        ("RoleBinding", "support", P::Special),
        ("ClusterRole", "clinic-reporting", P::Special),
        ("ClusterRoleBinding", "clinic-deployer", P::Special),
    ] {
        assert_eq!(at_risk(&clinic, kind, name).level, level, "{kind} {name}");
    }
    let namespace = at_risk(&clinic, "Namespace", "clinic-data");
    assert!(namespace.reason.starts_with("in namespace clinic-data, "), "{}", namespace.reason);
}

#[test]
fn documents_by_what_they_speak_of() {
    use PersonalData as P;
    let clinic = clinic();
    expect(
        &clinic,
        "ProcessingActivity",
        "reminders",
        P::Ordinary,
        "handles personal data of patients (activity reminders)",
    );
    expect(
        &clinic,
        "PersonalDataStore",
        "referrals-archive",
        P::Special,
        "holds health data of patients (store referrals-archive)",
    );
    let sms = "receives personal data of patients (activity reminders)";
    expect(&clinic, "Processor", "sms-provider", P::Ordinary, sms);
    assert_eq!(at_risk(&clinic, "Organisation", "clinic").level, P::Special);
    assert_eq!(at_risk(&clinic, "Exception", "one-worker"), at_risk(&clinic, "Deployment", "worker"));
}

#[test]
fn parts_of_a_workload_share_its_risk() {
    let owned = inventory(
        "
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop, namespace: a}
spec: {template: {metadata: {labels: {app: shop}}, spec: {containers: [{name: c, image: x}]}}}
---
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: shop-1, namespace: a, ownerReferences: [{kind: Deployment, name: shop, controller: true}]}
spec: {template: {metadata: {labels: {app: shop}}, spec: {containers: [{name: c, image: x}]}}}
---
apiVersion: v1
kind: Pod
metadata: {name: shop-1-a, namespace: a, ownerReferences: [{kind: ReplicaSet, name: shop-1, controller: true}]}
spec: {containers: [{name: c, image: x}]}
---
apiVersion: cloister.dev/v1alpha1
kind: ProcessingActivity
metadata: {name: shopping}
spec: {dataSubjects: [children], dataCategories: [name], selector: {namespaces: ['a*'], matchLabels: {app: shop}}}
",
    );
    let reason = "handles personal data of children (activity shopping)";
    expect(&owned, "Deployment", "shop", PersonalData::Children, reason);
    expect(&owned, "ReplicaSet", "shop-1", PersonalData::Children, reason);
    expect(&owned, "Pod", "shop-1-a", PersonalData::Children, reason);
}

#[test]
fn a_store_that_says_nothing_holds_what_its_activities_declare() {
    let text = "
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: {name: ledger, namespace: a}
spec: {instances: 3}
---
apiVersion: cloister.dev/v1alpha1
kind: PersonalDataStore
metadata: {name: ledger, namespace: a}
spec: {selector: {names: [Cluster/ledger]}}
---
apiVersion: cloister.dev/v1alpha1
kind: ProcessingActivity
metadata: {name: payroll}
spec: {dataSubjects: [employees], dataCategories: [employment], largeScale: true, stores: [ledger]}
";
    let reason = "holds personal data of employees on a large scale (store ledger)";
    expect(&inventory(text), "Cluster", "ledger", PersonalData::LargeScale, reason);
}

#[test]
fn an_absence_concerns_the_worst() {
    let clinic = clinic();
    let (register, _) = Register::from_inventory(&clinic);
    let exposure = Exposure::new(&register, &clinic);
    assert_eq!(exposure.of_everything().level, PersonalData::Special);
    let namespace = Inventory::namespace_reference("clinic");
    assert_eq!(exposure.of_reference(&namespace).level, PersonalData::Special);
    let nothing = inventory("");
    let (register, _) = Register::from_inventory(&nothing);
    assert_eq!(Exposure::new(&register, &nothing).of_everything(), AtRisk::default());
}

#[test]
fn volumes_tokens_and_projections_lead_to_their_users() {
    let text = "
apiVersion: apps/v1
kind: Deployment
metadata: {name: app, namespace: a}
spec:
  template:
    spec:
      serviceAccountName: app
      imagePullSecrets: [{name: pull}]
      containers: [{name: c, image: x, env: [{name: K, valueFrom: {secretKeyRef: {name: key}}}]}]
      volumes:
        - {name: v, persistentVolumeClaim: {claimName: bound}}
        - {name: w, persistentVolumeClaim: {claimName: named}}
        - {name: p, projected: {sources: [{configMap: {name: projected}}]}}
---
{apiVersion: v1, kind: Secret, metadata: {name: pull, namespace: a}}
---
{apiVersion: v1, kind: Secret, metadata: {name: key, namespace: a}}
---
{apiVersion: v1, kind: Secret, metadata: {name: key, namespace: b}}
---
{apiVersion: v1, kind: Secret, metadata: {name: token, namespace: a, annotations: {kubernetes.io/service-account.name: app}}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: projected, namespace: a}}
---
{apiVersion: v1, kind: PersistentVolume, metadata: {name: one}, spec: {claimRef: {namespace: a, name: bound}}}
---
{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: named, namespace: a}, spec: {volumeName: two}}
---
{apiVersion: v1, kind: PersistentVolume, metadata: {name: two}, spec: {}}
---
{apiVersion: v1, kind: PersistentVolume, metadata: {name: three}, spec: {}}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: unbound}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: widens, labels: {rbac.authorization.k8s.io/aggregate-to-view: 'true'}}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: there}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: there, namespace: a}
roleRef: {kind: ClusterRole, name: there}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: elsewhere}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: elsewhere, namespace: b}
roleRef: {kind: ClusterRole, name: elsewhere}
---
apiVersion: cloister.dev/v1alpha1
kind: ProcessingActivity
metadata: {name: shopping}
spec: {dataCategories: [name], selector: {names: [app]}}
";
    use PersonalData as P;
    let inventory = inventory(text);
    for (kind, name, level) in [
        ("Secret", "pull", P::Ordinary),
        ("Secret", "token", P::Ordinary),
        ("ConfigMap", "projected", P::Ordinary),
        ("PersistentVolume", "one", P::Ordinary),
        ("PersistentVolume", "two", P::Ordinary),
        ("PersistentVolume", "three", P::None),
        ("ClusterRole", "unbound", P::None),
        ("ClusterRole", "widens", P::Ordinary),
        ("ClusterRole", "there", P::Ordinary),
        ("ClusterRole", "elsewhere", P::None),
    ] {
        assert_eq!(at_risk(&inventory, kind, name).level, level, "{kind} {name}");
    }
    let (register, _) = Register::from_inventory(&inventory);
    let exposure = Exposure::new(&register, &inventory);
    let key = |namespace| inventory.get("Secret", namespace, "key").map(|secret| exposure.of_resource(secret).level);
    assert_eq!((key("a"), key("b")), (Some(P::Ordinary), Some(P::None)), "a name counts in its namespace");
}
