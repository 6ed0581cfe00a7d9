use cloister_inventory::{Inputs, Inventory};
use cloister_manifest::{Interner, parse};
use cloister_model::Origin;

use super::{End, NeedOptions, Needs, declared};
use crate::network::{Network, Options};

const SERVERS: &str = "
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: data}
spec: {template: {metadata: {labels: {app: db}}, spec: {containers: [{name: c, image: i, ports: [{name: sql, containerPort: 5432}]}]}}}
---
apiVersion: v1
kind: Service
metadata: {name: db, namespace: data}
spec: {clusterIP: None, selector: {app: db}, ports: [{name: sql, port: 5432, targetPort: sql}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: cache, namespace: shop}
spec: {template: {metadata: {labels: {app: cache}}, spec: {containers: [{name: c, image: i}]}}}
---
apiVersion: v1
kind: Service
metadata: {name: cache, namespace: shop}
spec: {selector: {app: cache}, ports: [{name: a, port: 80, targetPort: 8080}, {name: b, port: 81, targetPort: 8181}]}
---
apiVersion: v1
kind: Service
metadata: {name: sms, namespace: shop}
spec: {type: ExternalName, externalName: sms.example.net}
";

/// The needs of a Deployment whose container has this.
fn of(container: &str, more: &str) -> (Needs, Vec<String>) {
    let text = format!(
        "{SERVERS}---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: api, namespace: shop}}\nspec: \
         {{template: {{metadata: {{labels: {{app: api}}}}, spec: {{containers: [{{name: c, image: i, {container}}}]}}}}}}\n{more}"
    );
    let parsed = parse(&text, &Origin::File("c.yaml".into()), 1, &mut Interner::default());
    assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
    let inventory = Inventory::new(parsed.resources, Inputs { files: true, ..Inputs::default() });
    let network = Network::new(&inventory, &Options::default());
    let needs = declared(&network, &inventory, &NeedOptions::default());
    let name = |end: &End| match end {
        End::Workload(number) => network.endpoint(*number).unwrap().name(),
        End::Unseen(unseen) => unseen.namespace.clone(),
        End::Outside(block) => block.cidr.clone(),
    };
    let show = needs.all.iter().map(|need| format!("{} > {} {}", name(&need.from), name(&need.to), need.ports));
    let show = show.collect();
    (needs, show)
}

fn env(name: &str, value: &str) -> Vec<String> {
    of(&format!("env: [{{name: {name}, value: \"{value}\"}}]"), "").1
}

const DNS: &str = "shop/api[Deployment] > kube-system TCP 53, UDP 53";

#[test]
fn names_of_services_are_followed_to_ports_of_pods() {
    let db = "shop/api[Deployment] > data/db[StatefulSet] TCP 5432";
    for value in [
        "db.data",
        "db.data.svc",
        "db.data.svc.cluster.local.",
        "db-0.db.data.svc",
        "db.data:5432",
        "pg://x:y@db.data/z",
    ] {
        assert_eq!(env("DB", value), [db, DNS], "{value}");
    }
    assert_eq!(env("CACHE_URL", "http://cache:81/x"), ["shop/api[Deployment] > shop/cache[Deployment] TCP 8181", DNS]);
    assert_eq!(env("CACHE_URL", "http://cache/"), ["shop/api[Deployment] > shop/cache[Deployment] TCP 8080", DNS]);
    assert_eq!(env("CACHE_HOST", "cache"), ["shop/api[Deployment] > shop/cache[Deployment] TCP 8080,8181", DNS]);
}

#[test]
fn a_bare_word_counts_only_where_it_is_an_address() {
    for (name, value) in
        [("CACHE_USER", "cache"), ("MESSAGE", "the cache is warm"), ("NO_PROXY", "db.x,cache"), ("MAIL", "ann@cache")]
    {
        assert!(env(name, value).is_empty(), "{name}={value}");
    }
    assert_eq!(env("STORE", "cache").len(), 2, "the whole value");
    assert!(of("args: [serve, cache]", "").1.is_empty(), "a word of a command");
    assert_eq!(of("args: [--cache-host, cache]", "").1.len(), 2);
    assert_eq!(of("args: [\"--cache-host=cache\"]", "").1.len(), 2);
}

#[test]
fn pairs_and_references_give_the_port() {
    let pair = "env: [{name: CACHE_HOST, value: cache}, {name: CACHE_PORT, value: \"80\"}, {name: U, value: \"$(CACHE_HOST):81\"}]";
    let (_, needs) = of(pair, "");
    assert!(needs.contains(&"shop/api[Deployment] > shop/cache[Deployment] TCP 8181".to_owned()), "{needs:?}");
    let map = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: m, namespace: shop}\ndata:\n  app.yaml: |\n    cache:\n      host: cache\n      port: 81\n";
    let (needs, shown) = of("envFrom: [{configMapRef: {name: m}}]", map);
    assert_eq!(shown, ["shop/api[Deployment] > shop/cache[Deployment] TCP 8181", DNS]);
    let location = needs.all[0].why.location.as_ref().unwrap();
    assert_eq!(
        (&*location.file, location.line),
        (
            "c.yaml",
            Some(
                map.lines().position(|it| it.contains("host")).map_or(0, |it| it as u32)
                    + SERVERS.lines().count() as u32
                    + 6
            )
        )
    );
}

#[test]
fn outside_is_opened_by_port_and_told() {
    let (needs, shown) = of("env: [{name: PAY, value: \"https://pay.example.net/v1\"}]", "");
    assert_eq!(shown, ["shop/api[Deployment] > 0.0.0.0/0 TCP 443", "shop/api[Deployment] > ::/0 TCP 443", DNS]);
    assert!(needs.notes.iter().any(|note| note.contains("knows no names")));
    assert_eq!(env("SMS_URL", "https://sms/v2").len(), 3, "an alias of a public name");
    assert_eq!(env("LOG", "203.0.113.9:514"), Vec::<String>::new(), "nothing says that it is called");
    assert_eq!(env("LOG_HOST", "203.0.113.9:514"), ["shop/api[Deployment] > 203.0.113.9/32 TCP 514"]);
    let (needs, shown) = of("env: [{name: SMTP_HOST, value: mail.example.net}]", "");
    assert_eq!(shown, [DNS]);
    assert!(needs.questions[0].words.contains("without a port"), "{:?}", needs.questions);
}

#[test]
fn what_cannot_be_seen_is_asked() {
    let (needs, _) = of("env: [{name: DB_URL, valueFrom: {secretKeyRef: {name: s, key: k}}}]", "");
    assert!(needs.questions[0].words.contains("Secret \"s\""), "{:?}", needs.questions);
    let (needs, _) = of("env: [{name: DB_PASSWORD, valueFrom: {secretKeyRef: {name: s, key: k}}}]", "");
    assert!(needs.questions.is_empty());
    let (needs, _) = of("env: [{name: DB_URL, value: \"http://gone:80\"}]", "");
    assert!(needs.questions[0].words.contains("no such Service"), "{:?}", needs.questions);
}
