//! Software that keeps data, and the marks it is recognised by.

use crate::macros::vocabulary;

vocabulary! {
    /// The software of a store.
    Engine {
        Postgresql = "postgresql": "PostgreSQL",
        Mysql = "mysql": "MySQL",
        Mariadb = "mariadb": "MariaDB",
        Mongodb = "mongodb": "MongoDB",
        Redis = "redis": "Redis",
        Valkey = "valkey": "Valkey",
        Elasticsearch = "elasticsearch": "Elasticsearch",
        Opensearch = "opensearch": "OpenSearch",
        Kafka = "kafka": "Kafka",
        Rabbitmq = "rabbitmq": "RabbitMQ",
        Nats = "nats": "NATS",
        Cassandra = "cassandra": "Cassandra",
        Minio = "minio": "MinIO",
        Couchdb = "couchdb": "CouchDB",
        Influxdb = "influxdb": "InfluxDB",
        Clickhouse = "clickhouse": "ClickHouse",
        Mssql = "mssql": "SQL Server",
        Oracle = "oracle": "Oracle Database",
        Neo4j = "neo4j": "Neo4j",
        Etcd = "etcd": "etcd",
        Memcached = "memcached": "Memcached",
        Ldap = "ldap": "LDAP",
        Cockroachdb = "cockroachdb": "CockroachDB",
        Tidb = "tidb": "TiDB",
        Solr = "solr": "Solr",
        ObjectStorage = "object-storage": "object storage",
        Files = "files": "files",
        Other = "other": "other software",
    }
}

/// The marks of one engine.
#[derive(Debug)]
pub struct Marks {
    /// The engine.
    pub engine: Engine,
    /// Names of images: the last part of the repository, or its first word.
    pub images: &'static [&'static str],
    /// Ports that it listens on.
    pub ports: &'static [i64],
    /// Variables that configure a server of it, not its clients alone.
    pub variables: &'static [&'static str],
    /// Folders that hold its data.
    pub folders: &'static [&'static str],
}

const fn marks(
    engine: Engine,
    images: &'static [&'static str],
    ports: &'static [i64],
    variables: &'static [&'static str],
    folders: &'static [&'static str],
) -> Marks {
    Marks { engine, images, ports, variables, folders }
}

/// Every engine that can be recognised. The first that fits counts.
pub const MARKS: [Marks; 25] = [
    marks(
        Engine::Postgresql,
        &[
            "postgres",
            "postgresql",
            "postgis",
            "timescaledb",
            "timescale",
            "pgvector",
            "spilo",
            "supabase-postgres",
            "alloydbomni",
        ],
        &[5432],
        &[
            "PGDATA",
            "POSTGRES_DB",
            "POSTGRES_PASSWORD",
            "POSTGRES_PASSWORD_FILE",
            "POSTGRESQL_DATABASE",
            "POSTGRESQL_PASSWORD",
            "POSTGRES_HOST_AUTH_METHOD",
            "SPILO_CONFIGURATION",
        ],
        &["/var/lib/postgresql", "/bitnami/postgresql", "/home/postgres/pgdata", "/var/lib/pgsql"],
    ),
    marks(
        Engine::Mariadb,
        &["mariadb"],
        &[3306],
        &["MARIADB_ROOT_PASSWORD", "MARIADB_DATABASE", "MARIADB_ROOT_PASSWORD_FILE"],
        &["/bitnami/mariadb"],
    ),
    marks(
        Engine::Mysql,
        &["mysql", "percona", "percona-server", "percona-xtradb-cluster", "vitess"],
        &[3306],
        &[
            "MYSQL_ROOT_PASSWORD",
            "MYSQL_ROOT_PASSWORD_FILE",
            "MYSQL_RANDOM_ROOT_PASSWORD",
            "MYSQL_ALLOW_EMPTY_PASSWORD",
        ],
        &["/var/lib/mysql", "/bitnami/mysql"],
    ),
    marks(
        Engine::Mongodb,
        &["mongo", "mongodb", "mongod", "percona-server-mongodb", "ferretdb"],
        &[27017, 27018, 27019],
        &["MONGO_INITDB_ROOT_USERNAME", "MONGO_INITDB_DATABASE", "MONGODB_ROOT_PASSWORD", "MONGODB_REPLICA_SET_NAME"],
        &["/data/db", "/bitnami/mongodb"],
    ),
    marks(Engine::Valkey, &["valkey"], &[6379], &["VALKEY_PASSWORD", "VALKEY_REPLICATION_MODE"], &["/bitnami/valkey"]),
    marks(
        Engine::Redis,
        &["redis", "keydb", "dragonfly", "dragonflydb"],
        &[6379],
        &["REDIS_REPLICATION_MODE", "REDIS_AOF_ENABLED"],
        &["/bitnami/redis"],
    ),
    marks(
        Engine::Elasticsearch,
        &["elasticsearch"],
        &[9200, 9300],
        &["ES_JAVA_OPTS", "ELASTIC_PASSWORD", "ELASTICSEARCH_CLUSTER_NAME"],
        &["/usr/share/elasticsearch/data", "/bitnami/elasticsearch"],
    ),
    marks(
        Engine::Opensearch,
        &["opensearch"],
        &[9200, 9300],
        &["OPENSEARCH_JAVA_OPTS", "OPENSEARCH_INITIAL_ADMIN_PASSWORD"],
        &["/usr/share/opensearch/data", "/bitnami/opensearch"],
    ),
    marks(
        Engine::Kafka,
        &["kafka", "cp-kafka", "redpanda"],
        &[9092, 9093, 9094],
        &["KAFKA_LISTENERS", "KAFKA_ADVERTISED_LISTENERS", "KAFKA_CFG_LISTENERS", "KAFKA_LOG_DIRS"],
        &["/var/lib/kafka", "/bitnami/kafka"],
    ),
    marks(
        Engine::Rabbitmq,
        &["rabbitmq"],
        &[5672, 5671],
        &["RABBITMQ_ERLANG_COOKIE", "RABBITMQ_DEFAULT_USER", "RABBITMQ_NODE_NAME"],
        &["/var/lib/rabbitmq", "/bitnami/rabbitmq"],
    ),
    marks(Engine::Nats, &["nats"], &[4222], &["JS_STORE_DIR"], &["/data/jetstream"]),
    marks(
        Engine::Cassandra,
        &["cassandra", "scylla", "scylladb", "dse-server"],
        &[9042, 7000, 7001],
        &["CASSANDRA_SEEDS", "CASSANDRA_CLUSTER_NAME"],
        &["/var/lib/cassandra", "/bitnami/cassandra", "/var/lib/scylla"],
    ),
    marks(
        Engine::Minio,
        &["minio"],
        &[9000],
        &["MINIO_ROOT_USER", "MINIO_ROOT_PASSWORD", "MINIO_ACCESS_KEY"],
        &["/bitnami/minio"],
    ),
    marks(
        Engine::Couchdb,
        &["couchdb", "couchbase"],
        &[5984, 8091],
        &["COUCHDB_USER", "COUCHDB_SECRET"],
        &["/opt/couchdb/data", "/opt/couchbase/var"],
    ),
    marks(
        Engine::Influxdb,
        &["influxdb", "influxdb2"],
        &[8086],
        &["DOCKER_INFLUXDB_INIT_MODE", "INFLUXDB_DB", "INFLUXDB_ADMIN_USER"],
        &["/var/lib/influxdb", "/var/lib/influxdb2", "/bitnami/influxdb"],
    ),
    marks(
        Engine::Clickhouse,
        &["clickhouse", "clickhouse-server"],
        &[8123, 9440],
        &["CLICKHOUSE_DB", "CLICKHOUSE_ADMIN_USER"],
        &["/var/lib/clickhouse", "/bitnami/clickhouse"],
    ),
    marks(
        Engine::Mssql,
        &["mssql", "mssql-server", "azure-sql-edge"],
        &[1433],
        &["MSSQL_SA_PASSWORD", "MSSQL_PID", "SA_PASSWORD"],
        &["/var/opt/mssql"],
    ),
    marks(
        Engine::Oracle,
        &["oracle-free", "oracle-xe", "oracle-database", "oracledb", "adb-free"],
        &[1521],
        &["ORACLE_SID", "ORACLE_PDB", "ORACLE_PWD"],
        &["/opt/oracle/oradata"],
    ),
    marks(
        Engine::Neo4j,
        &["neo4j"],
        &[7687, 7474],
        &["NEO4J_AUTH", "NEO4J_PLUGINS"],
        &["/var/lib/neo4j", "/bitnami/neo4j"],
    ),
    marks(
        Engine::Etcd,
        &["etcd"],
        &[2379, 2380],
        &["ETCD_DATA_DIR", "ETCD_INITIAL_CLUSTER"],
        &["/var/lib/etcd", "/bitnami/etcd"],
    ),
    marks(Engine::Memcached, &["memcached"], &[11211], &["MEMCACHED_CACHE_SIZE"], &[]),
    marks(
        Engine::Ldap,
        &["openldap", "389ds", "dirsrv", "glauth", "lldap"],
        &[389, 636, 1389, 1636],
        &["LDAP_ROOT", "LDAP_ADMIN_PASSWORD", "LDAP_BASE_DN"],
        &["/var/lib/ldap", "/bitnami/openldap"],
    ),
    marks(
        Engine::Cockroachdb,
        &["cockroach", "cockroachdb"],
        &[26257],
        &["COCKROACH_DATABASE"],
        &["/cockroach/cockroach-data"],
    ),
    marks(Engine::Tidb, &["tidb", "tikv"], &[4000, 20160], &[], &["/var/lib/tikv"]),
    marks(Engine::Solr, &["solr"], &[8983], &["SOLR_HEAP", "SOLR_CLOUD_BOOTSTRAP"], &["/var/solr", "/bitnami/solr"]),
];

/// Resources with which operators are asked for a database: `Kind.group`.
pub const MADE_BY_OPERATORS: [(&str, Engine); 40] = [
    ("Cluster.postgresql.cnpg.io", Engine::Postgresql),
    ("postgresql.acid.zalan.do", Engine::Postgresql),
    ("PostgresCluster.postgres-operator.crunchydata.com", Engine::Postgresql),
    ("PerconaPGCluster.pgv2.percona.com", Engine::Postgresql),
    ("PerconaPGCluster.pg.percona.com", Engine::Postgresql),
    ("SGCluster.stackgres.io", Engine::Postgresql),
    ("PerconaXtraDBCluster.pxc.percona.com", Engine::Mysql),
    ("PerconaServerMySQL.ps.percona.com", Engine::Mysql),
    ("InnoDBCluster.mysql.oracle.com", Engine::Mysql),
    ("VitessCluster.planetscale.com", Engine::Mysql),
    ("MysqlCluster.mysql.presslabs.org", Engine::Mysql),
    ("MariaDB.k8s.mariadb.com", Engine::Mariadb),
    ("MariaDB.mariadb.mmontes.io", Engine::Mariadb),
    ("PerconaServerMongoDB.psmdb.percona.com", Engine::Mongodb),
    ("MongoDBCommunity.mongodbcommunity.mongodb.com", Engine::Mongodb),
    ("MongoDB.mongodb.com", Engine::Mongodb),
    ("Redis.redis.redis.opstreelabs.in", Engine::Redis),
    ("RedisCluster.redis.redis.opstreelabs.in", Engine::Redis),
    ("RedisReplication.redis.redis.opstreelabs.in", Engine::Redis),
    ("RedisFailover.databases.spotahome.com", Engine::Redis),
    ("RedisEnterpriseCluster.app.redislabs.com", Engine::Redis),
    ("Dragonfly.dragonflydb.io", Engine::Redis),
    ("Elasticsearch.elasticsearch.k8s.elastic.co", Engine::Elasticsearch),
    ("OpenSearchCluster.opensearch.opster.io", Engine::Opensearch),
    ("OpenSearchCluster.opensearch.org", Engine::Opensearch),
    ("Kafka.kafka.strimzi.io", Engine::Kafka),
    ("Redpanda.cluster.redpanda.com", Engine::Kafka),
    ("RabbitmqCluster.rabbitmq.com", Engine::Rabbitmq),
    ("CassandraDatacenter.cassandra.datastax.com", Engine::Cassandra),
    ("K8ssandraCluster.k8ssandra.io", Engine::Cassandra),
    ("ScyllaCluster.scylla.scylladb.com", Engine::Cassandra),
    ("Tenant.minio.min.io", Engine::Minio),
    ("CouchbaseCluster.couchbase.com", Engine::Couchdb),
    ("ClickHouseInstallation.clickhouse.altinity.com", Engine::Clickhouse),
    ("Neo4jEnterpriseCluster.neo4j.neo4j.com", Engine::Neo4j),
    ("EtcdCluster.etcd.database.coreos.com", Engine::Etcd),
    ("CrdbCluster.crdb.cockroachlabs.com", Engine::Cockroachdb),
    ("TidbCluster.pingcap.com", Engine::Tidb),
    ("SolrCloud.solr.apache.org", Engine::Solr),
    ("ObjectBucketClaim.objectbucket.io", Engine::ObjectStorage),
];
