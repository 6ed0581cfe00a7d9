//! What settings of either end say of a connection.

use cloister_inventory::{Inventory, Selector};
use cloister_model::Resource;
use cloister_network::{Endpoint, Network};
use cloister_register::{Engine, Register};

use crate::{Does, Setting, Transit};

/// What callers call a store: its workload and its Services, all in its namespace.
pub(crate) fn names(network: &Network<'_>, inventory: &Inventory, store: usize) -> Vec<String> {
    let Some(Endpoint::Workload(workload)) = network.endpoint(store) else { return Vec::new() };
    let services = inventory.of_kind_in("Service", workload.namespace);
    let own = services.filter(|service| {
        service.root.at("spec/selector").is_some_and(|it| Selector::Map(it).matches(&workload.labels))
    });
    own.map(|service| service.name.to_string()).chain([workload.name.to_owned()]).collect()
}

/// What a setting of either end says of connections to software of the store's kind, where one does. Whoever runs such
/// software itself says it of its own connections.
pub(crate) fn said(
    register: &Register<'_>,
    settings: &impl Fn(&Resource) -> Vec<Setting>,
    (from, to): (&Resource, &Resource),
    names: &[String],
) -> Option<(Transit, String)> {
    let about = |workload: &Resource| register.recognised(workload).and_then(|it| check(it.engine));
    let wanted = about(to)?;
    let of = |end: &Resource| settings(end).into_iter().filter(|it| it.check == wanted).collect::<Vec<_>>();
    let caller = if about(from) == Some(wanted) { Vec::new() } else { of(from) };
    let store = of(to);
    let find =
        |all: &[Setting], does: &dyn Fn(&Does) -> bool| all.iter().find(|it| does(&it.does)).map(|it| it.said.clone());
    let asks = |does: &Does| match does {
        Does::AsksFor(hosts) => hosts.is_empty() || hosts.iter().any(|host| is_meant(host, names, (from, to))),
        _ => false,
    };
    let clear = |does: &Does| *does == Does::LeavesClear;
    if let Some(said) = find(&store, &|does| *does == Does::TakesAlone) {
        return Some((Transit::Encrypted, format!("the store takes nothing else: {said}")));
    }
    if let Some(said) = find(&caller, &clear) {
        return Some((Transit::Plaintext, said));
    }
    if let Some(said) = find(&caller, &asks) {
        return Some((Transit::Encrypted, format!("the caller takes nothing else: {said}")));
    }
    if let Some(said) = find(&store, &clear) {
        return Some((Transit::Plaintext, format!("the store: {said}")));
    }
    let offered = find(&store, &|does| *does == Does::Offers)?;
    Some((
        Transit::Unknown,
        format!("the store offers TLS ({offered}), and no setting shows that the caller asks for it"),
    ))
}

/// Whether a host is the store: `db`, `db.shop.svc`, or a pod of it, `db-0.db`.
fn is_meant(host: &str, names: &[String], (from, to): (&Resource, &Resource)) -> bool {
    let mut labels = host.split('.');
    let is_name = |label: Option<&&str>| label.is_some_and(|label| names.iter().any(|name| name == label));
    let first = labels.next();
    let is_first = is_name(first.as_ref());
    if !is_first && !is_name(labels.next().as_ref()) {
        return false;
    }
    let home = to.namespace_or_default();
    labels.next().map_or(from.namespace_or_default() == home, |namespace| namespace == home)
}

/// The check that reads the settings of a kind of software.
fn check(engine: Engine) -> Option<&'static str> {
    Some(match engine {
        Engine::Postgresql | Engine::Cockroachdb => "postgres-tls-off",
        Engine::Mysql | Engine::Mariadb | Engine::Tidb => "mysql-tls-off",
        Engine::Mongodb => "mongodb-tls-off",
        Engine::Redis | Engine::Valkey => "redis-tls-off",
        Engine::Elasticsearch | Engine::Opensearch => "elasticsearch-tls-off",
        Engine::Kafka => "kafka-tls-off",
        Engine::Rabbitmq => "amqp-tls-off",
        _ => return None,
    })
}
