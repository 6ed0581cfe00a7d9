//! Stores are told from their clients, companions and look-alikes.
#![allow(clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod support;

use cloister_register::{Engine, Register};
use support::inventory;

/// The engine that a workload of this kind and pod spec is recognised as.
fn engine(kind: &str, spec: &str) -> Option<Engine> {
    let text = match kind {
        "CronJob" => format!(
            "apiVersion: batch/v1\nkind: CronJob\nmetadata: {{name: a}}\nspec: {{jobTemplate: {{spec: {{template: {{spec: {spec}}}}}}}}}"
        ),
        _ => format!("apiVersion: x/v1\nkind: {kind}\nmetadata: {{name: a}}\nspec: {{template: {{spec: {spec}}}}}"),
    };
    let inventory = inventory(&text);
    let (register, _) = Register::from_inventory(&inventory);
    let workload = register.workloads().first().expect("a workload");
    register.recognised(workload.resource).map(|recognised| recognised.engine)
}

fn by_image(image: &str) -> Option<Engine> {
    engine("StatefulSet", &format!("{{containers: [{{name: a, image: '{image}'}}]}}"))
}

#[test]
fn by_image_wherever_it_comes_from() {
    for (image, expected) in [
        ("postgres", Engine::Postgresql),
        ("docker.io/bitnami/postgresql-repmgr:17", Engine::Postgresql),
        ("ghcr.io/cloudnative-pg/postgresql:16.2-3@sha256:00", Engine::Postgresql),
        ("ghcr.io/zalando/spilo-16:3.3-p1", Engine::Postgresql),
        ("postgis/postgis:16-3.4", Engine::Postgresql),
        ("timescale/timescaledb-ha:pg16", Engine::Postgresql),
        ("percona/percona-xtradb-cluster:8.0.36", Engine::Mysql),
        ("mysql:8.4", Engine::Mysql),
        ("mysql/mysql-server:8.0", Engine::Mysql),
        ("mariadb:11", Engine::Mariadb),
        ("bitnami/mariadb-galera:11", Engine::Mariadb),
        ("percona/percona-server-mongodb:7.0", Engine::Mongodb),
        ("mongo:7", Engine::Mongodb),
        ("mongodb/mongodb-community-server:7.0-ubi8", Engine::Mongodb),
        ("redis/redis-stack-server:7.4.0-v0", Engine::Redis),
        ("valkey/valkey:8", Engine::Valkey),
        ("docker.elastic.co/elasticsearch/elasticsearch:8.15.0", Engine::Elasticsearch),
        ("opensearchproject/opensearch:2", Engine::Opensearch),
        ("quay.io/strimzi/kafka:0.43.0-kafka-3.8.0", Engine::Kafka),
        ("confluentinc/cp-kafka:7.7.0", Engine::Kafka),
        ("rabbitmq:3-management", Engine::Rabbitmq),
        ("nats:2.10-alpine", Engine::Nats),
        ("scylladb/scylla:6.1", Engine::Cassandra),
        ("quay.io/minio/minio:latest", Engine::Minio),
        ("couchdb:3", Engine::Couchdb),
        ("influxdb:2.7", Engine::Influxdb),
        ("clickhouse/clickhouse-server:24", Engine::Clickhouse),
        ("mcr.microsoft.com/mssql/server:2022-latest", Engine::Mssql),
        ("container-registry.oracle.com/database/free:latest", Engine::Oracle),
        ("gvenzl/oracle-free:23", Engine::Oracle),
        ("neo4j:5", Engine::Neo4j),
        ("quay.io/coreos/etcd:v3.5", Engine::Etcd),
        ("memcached:1.6", Engine::Memcached),
        ("osixia/openldap:1.5.0", Engine::Ldap),
        ("cockroachdb/cockroach:v24", Engine::Cockroachdb),
        ("pingcap/tikv:v8", Engine::Tidb),
        ("solr:9", Engine::Solr),
    ] {
        assert_eq!(by_image(image), Some(expected), "{image}");
    }
}

#[test]
fn companions_are_no_stores() {
    for image in [
        "prometheuscommunity/postgres-exporter:v0.15",
        "bitnami/pgbouncer:1",
        "dpage/pgadmin4:8",
        "oliver006/redis_exporter:v1",
        "rediscommander/redis-commander:latest",
        "mongo-express:1",
        "bitnami/mongodb-exporter:0.40",
        "provectuslabs/kafka-ui:latest",
        "ghcr.io/cloudnative-pg/cloudnative-pg:1.24",
        "ghcr.io/zalando/postgres-operator:v1.13",
        "quay.io/minio/mc:latest",
        "quay.io/minio/operator:v6",
        "phpmyadmin:5",
        "prodrigestivill/postgres-backup-local:16",
        "percona/mongodb_exporter:0.40",
        "opensearchproject/opensearch-dashboards:2",
        "example.org/mysql/shop:1",
        "",
    ] {
        assert_eq!(by_image(image), None, "{image}");
    }
}

#[test]
fn what_ends_is_a_client() {
    let containers = "{containers: [{name: a, image: 'postgres:16'}]}";
    assert_eq!(engine("Deployment", containers), Some(Engine::Postgresql));
    assert_eq!(engine("Job", containers), None);
    assert_eq!(engine("CronJob", containers), None);
    let waits = "{initContainers: [{name: wait, image: 'postgres:16'}], containers: [{name: a, image: shop}]}";
    assert_eq!(engine("Deployment", waits), None);
    let sidecar = "{initContainers: [{name: db, image: 'postgres:16', restartPolicy: Always}], containers: [{name: a, image: shop}]}";
    assert_eq!(engine("Deployment", sidecar), Some(Engine::Postgresql));
    let shell = "{containers: [{name: a, image: 'postgres:16', command: [/usr/bin/psql, -h, db]}]}";
    assert_eq!(engine("Deployment", shell), None);
}

#[test]
fn two_other_marks_tell_a_store_and_one_does_not() {
    let port = "ports: [{containerPort: 5432}]";
    let variable = "env: [{name: PGDATA, value: /x}]";
    let folder = "volumeMounts: [{name: v, mountPath: /var/lib/postgresql/data}]";
    let recognised = |marks: &[&str]| {
        let marks = marks.join(", ");
        engine("StatefulSet", &format!("{{containers: [{{name: a, image: 'registry.example/base:1', {marks}}}]}}"))
    };
    for pair in [[port, variable], [port, folder], [variable, folder]] {
        assert_eq!(recognised(&pair), Some(Engine::Postgresql), "{pair:?}");
    }
    for one in [port, variable, folder] {
        assert_eq!(recognised(&[one]), None, "{one}");
    }
    assert_eq!(recognised(&[port, "env: [{name: MYSQL_ROOT_PASSWORD, value: x}]"]), None, "marks of different engines");
    assert_eq!(recognised(&[port, "volumeMounts: [{name: v, mountPath: /var/lib/postgresqlx}]"]), None);
}

#[test]
fn operators_are_asked_for_databases() {
    for (api_version, kind, expected) in [
        ("postgresql.cnpg.io/v1", "Cluster", Some(Engine::Postgresql)),
        ("acid.zalan.do/v1", "postgresql", Some(Engine::Postgresql)),
        ("psmdb.percona.com/v1", "PerconaServerMongoDB", Some(Engine::Mongodb)),
        ("kafka.strimzi.io/v1beta2", "Kafka", Some(Engine::Kafka)),
        ("cluster.x-k8s.io/v1beta1", "Cluster", None),
    ] {
        let text = format!(
            "apiVersion: {api_version}\nkind: {kind}\nmetadata: {{name: a, namespace: b}}\nspec: {{replicas: 3}}\n"
        );
        let inventory = inventory(&text);
        let (register, _) = Register::from_inventory(&inventory);
        let found = register.workloads().first().and_then(|workload| register.recognised(workload.resource));
        assert_eq!(found.map(|store| store.engine), expected, "{kind} of {api_version}");
    }
}
