//! # What it does
//! Finds interfaces of administration (dashboards, consoles, tools for databases,
//! notebooks, pipelines, model servers) that a load balancer, a node port, an
//! Ingress or a route opens to the outside.
//!
//! # Why it matters
//! They are made to read and change everything, many ask for no password, and
//! they are the first that attackers look for.
//!
//! # What to do
//! Use a Service of `type: ClusterIP` and a port-forward, or put a proxy with
//! single sign-on and a list of addresses before it.
//!
//! # References
//! GDPR Art. 25(2), 32(1)(b). MITRE ATT&CK T1133, "External Remote Services".

use std::collections::HashMap;
use std::rc::Rc;

use cloister_inventory::Pod;
use cloister_model::Severity;

use super::exposures::{self, KINDS};
use crate::{Check, Run};

/// Ends of image names, by whole parts of the path; `true` where anyone who
/// comes is let in unless that is changed.
const INTERFACES: [(&str, bool); 62] = [
    ("adminer", true),
    ("akhq", true),
    ("alertmanager", true),
    ("argocd", false),
    ("argocli", true),
    ("kubernetesui/dashboard", false),
    ("kubernetesui/dashboard-web", false),
    ("kubernetes-dashboard-amd64", false),
    ("airflow", false),
    ("ceph-dashboard", false),
    ("cerebro", true),
    ("cloudbeaver", false),
    ("code-server", false),
    ("centraldashboard", true),
    ("consul", true),
    ("couchdb-fauxton", true),
    ("dbgate", true),
    ("elasticsearch-head", true),
    ("etcdkeeper", true),
    ("flink", true),
    ("flower", true),
    ("gocd-server", true),
    ("grafana", false),
    ("guacamole", false),
    ("headlamp", false),
    ("hubble-ui", true),
    ("jaegertracing/all-in-one", true),
    ("jenkins", false),
    ("jenkins/jenkins", false),
    ("jupyterhub", false),
    ("minimal-notebook", false),
    ("scipy-notebook", false),
    ("base-notebook", false),
    ("kafdrop", true),
    ("kafka-ui", true),
    ("kiali", false),
    ("kibana", false),
    ("kube-ops-view", true),
    ("longhorn-ui", true),
    ("mailhog", true),
    ("mailpit", true),
    ("mlflow", true),
    ("mongo-express", true),
    ("minio/console", false),
    ("netdata", true),
    ("nifi", false),
    ("ollama", true),
    ("opensearch-dashboards", false),
    ("pgadmin4", false),
    ("pgweb", true),
    ("phpmyadmin", false),
    ("phppgadmin", false),
    ("portainer", false),
    ("portainer-ce", false),
    ("prometheus", true),
    ("rancher/rancher", false),
    ("redis-commander", true),
    ("redisinsight", true),
    ("weaveworks/scope", true),
    ("vault", false),
    ("vllm-openai", true),
    ("zipkin", true),
];

/// Ports of administration that a store has beside its own.
const PORTS: [(i64, &str, &str); 4] = [
    (15672, "rabbitmq", "RabbitMQ's management"),
    (8001, "redis-stack", "RedisInsight"),
    (9001, "minio", "MinIO's console"),
    (8080, "cockroach", "CockroachDB's console"),
];

pub(crate) const CHECK: Check = Check {
    name: "admin-interface-exposed",
    title: "interface of administration can be reached from outside the cluster",
    severity: Severity::High,
    needs: &[],
    run: Run::Inventory(KINDS, |findings| {
        let mut known = HashMap::new();
        for (service, pods, ways) in exposures::exposed(findings.inventory()) {
            let pods = known.entry(Rc::as_ptr(&pods)).or_insert_with(|| telling(&pods));
            for way in ways {
                let found = pods.iter().find_map(|pod| {
                    interface(pod).or_else(|| {
                        let beside = PORTS
                            .iter()
                            .find(|(port, image, _)| runs(pod, image) && exposures::reaches(service, &way, pod, *port));
                        beside.map(|(_, _, what)| ((*what).to_owned(), false))
                    })
                });
                if findings.examine(found.is_some())
                    && let Some((what, anyone)) = found
                {
                    findings
                        .report(way.place)
                        .severity(if anyone { Severity::Critical } else { Severity::High })
                        .message(format!("{} opens {what} to the outside", way.phrase))
                        .fix("spec:\n  type: ClusterIP");
                }
            }
        }
    }),
};

/// The pods whose images tell of an interface, whatever the Service opens. Shared
/// lists of pods live as long as the check, so that each is gone through once.
fn telling<'a>(pods: &[Pod<'a>]) -> Vec<Pod<'a>> {
    let beside = |pod: &Pod<'_>| PORTS.iter().any(|(_, image, _)| runs(pod, image));
    pods.iter().filter(|pod| interface(pod).is_some() || beside(pod)).copied().collect()
}

/// The image's name and whether it lets anyone in.
fn interface(pod: &Pod<'_>) -> Option<(String, bool)> {
    pod.containers().filter(|container| container.is_lasting()).find_map(|container| {
        let path = path_of(container.image());
        let (name, anyone) = INTERFACES.iter().find(|(name, _)| ends_with(path, name))?;
        Some(((*name).to_owned(), *anyone))
    })
}

fn runs(pod: &Pod<'_>, word: &str) -> bool {
    pod.containers()
        .any(|container| path_of(container.image()).rsplit('/').next().is_some_and(|name| name.starts_with(word)))
}

/// The image without tag and digest.
fn path_of(image: &str) -> &str {
    let image = image.split_once('@').map_or(image, |(image, _)| image);
    match image.rsplit_once(':') {
        Some((path, tag)) if !tag.contains('/') => path,
        _ => image,
    }
}

/// Whether the path ends with these whole parts.
fn ends_with(path: &str, parts: &str) -> bool {
    path.strip_suffix(parts).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
}
