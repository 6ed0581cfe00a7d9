//! What the name of an image says.

/// Words in an image's name that tell a companion of a store from the store.
const TOOLS: [&str; 45] = [
    "admin",
    "agent",
    "autobackup",
    "backup",
    "bouncer",
    "bridge",
    "browser",
    "cli",
    "client",
    "commander",
    "connect",
    "connector",
    "console",
    "controller",
    "cruise",
    "dashboard",
    "dashboards",
    "dump",
    "exporter",
    "express",
    "gateway",
    "gui",
    "init",
    "initializer",
    "insight",
    "kubectl",
    "manager",
    "metrics",
    "migrate",
    "migration",
    "mirror",
    "monitor",
    "operator",
    "orchestrator",
    "pgbouncer",
    "pgpool",
    "proxy",
    "reloader",
    "rest",
    "router",
    "schema",
    "sentinel",
    "tools",
    "ui",
    "webhook",
];

/// Whether the image is one of `names`: its last part, the first words of it
/// (`postgresql-repmgr`), or the folder it lies in (`cloudnative-pg/postgresql`).
pub fn names(image: &str, names: &[&str]) -> bool {
    let name = last_part(image);
    if names.contains(&name) {
        return true;
    }
    if is_tool(image) {
        return false;
    }
    names.iter().any(|wanted| name.strip_prefix(wanted).is_some_and(|rest| rest.starts_with(['-', '_', '.'])))
}

/// Whether a word in the image's name makes it a companion: an exporter, a proxy, a console.
pub fn is_tool(image: &str) -> bool {
    last_part(image).split(['-', '_', '.']).any(|word| TOOLS.contains(&word))
}

/// The last part of the repository: `postgres` of `registry.example/mirror/postgres:16.4@sha256:…`.
fn last_part(image: &str) -> &str {
    let image = image.split('@').next().unwrap_or(image);
    let name = image.rsplit('/').next().unwrap_or(image);
    name.split(':').next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn a_store_is_told_from_its_companions() {
        let postgres = ["postgres", "postgresql", "spilo"];
        for image in [
            "postgres",
            "postgres:16",
            "localhost:5000/postgres",
            "docker.io/bitnami/postgresql-repmgr:16.1",
            "ghcr.io/cloudnative-pg/postgresql:16.2@sha256:0123",
            "ghcr.io/zalando/spilo-16:3.2-p2",
        ] {
            assert!(names(image, &postgres), "{image}");
        }
        for image in [
            "",
            "registry.example/postgres/api:1",
            "quay.io/prometheuscommunity/postgres-exporter:v0.15",
            "ghcr.io/zalando/postgres-operator",
            "postgresclone:1",
            "bitnami/pgpool",
        ] {
            assert!(!names(image, &postgres), "{image}");
        }
    }
}
