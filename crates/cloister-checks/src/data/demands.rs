//! Settings by which connections to databases and brokers are encrypted: the contrary of what the checks `*-tls-off` find.

use cloister_inventory::{Container, Inventory};
use cloister_model::Resource;

use super::engines::{AMQP, ELASTICSEARCH, KAFKA, MONGODB, MYSQL, POSTGRES, REDIS};
use super::settings::{Setting, Settings, joined};
use super::tls::{Engine, Tls};
use super::urls::{is_local, urls};

/// A setting that turns TLS on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Demand {
    /// The check that finds the contrary: `postgres-tls-off`.
    pub check: &'static str,
    /// What it says: `sslmode=verify-full`.
    pub said: String,
    /// Whose connections it is about.
    pub of: Demanded,
}

/// Whose connections a setting is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Demanded {
    /// Those that the workload opens to these hosts; to any where none is written beside it.
    Calls(Vec<String>),
    /// Those that come to it, all of them: it refuses what is not encrypted.
    Takes,
    /// Those that come to it, where the caller wants it.
    Offers,
}

/// All kinds of software, with their checks.
const ENGINES: [(&Engine, &str); 7] = [
    (&POSTGRES, "postgres-tls-off"),
    (&MYSQL, "mysql-tls-off"),
    (&MONGODB, "mongodb-tls-off"),
    (&REDIS, "redis-tls-off"),
    (&KAFKA, "kafka-tls-off"),
    (&ELASTICSEARCH, "elasticsearch-tls-off"),
    (&AMQP, "amqp-tls-off"),
];

/// The settings of a workload's containers that turn TLS on.
#[must_use]
pub fn demands(resource: &Resource) -> Vec<Demand> {
    let mut found = Vec::new();
    for pod in Inventory::pods_of(resource) {
        for container in pod.containers() {
            found.extend(of_container(&container));
        }
    }
    found
}

fn of_container(container: &Container<'_>) -> Vec<Demand> {
    let settings = Settings::of(container, None);
    let telling: Vec<&Setting<'_>> = settings.all().iter().filter(|it| it.may_tell_of_encryption()).collect();
    let mut found = Vec::new();
    for (engine, check) in ENGINES {
        let runs = engine.runs_in(container);
        for setting in &telling {
            let said = match engine.says(setting, runs) {
                // A socket, or this pod itself, says nothing of the network.
                Some((Tls::On, said)) if !said.is_empty() => said,
                _ => continue,
            };
            found.extend(whose(setting, &said, runs).map(|of| Demand { check, said, of }));
        }
    }
    found
}

/// Whose connections a setting is about; nobody's where it is a client's in the image of the server.
fn whose(setting: &Setting<'_>, said: &str, runs: bool) -> Option<Demanded> {
    if !runs || setting.has_url {
        return Some(Demanded::Calls(hosts(setting)));
    }
    const ALONE: [&str; 5] =
        ["requiresecuretransport", "listeners", "httpsslenabled", "sslhttpenabled", "clienttlssslmode"];
    let (name, value) = said.split_once('=').unwrap_or((said, ""));
    let name = joined(name);
    if ALONE.iter().any(|end| name.ends_with(end)) || matches!(value, "requiretls" | "requiressl") {
        Some(Demanded::Takes)
    } else if name.ends_with("sslmode") || name.ends_with("usessl") {
        None
    } else {
        Some(Demanded::Offers)
    }
}

/// The hosts that stand beside it, in a URL or as an option.
fn hosts(setting: &Setting<'_>) -> Vec<String> {
    let in_urls = urls(&setting.value).into_iter().flat_map(|url| url.hosts.split(',').map(str::to_lowercase));
    let named = setting.options().iter().filter(|option| option.joined == "host").map(|option| option.value.clone());
    let bare = |host: String| host.split(':').next().unwrap_or_default().to_owned();
    in_urls.chain(named).filter(|host| !is_local(host)).map(bare).collect()
}
