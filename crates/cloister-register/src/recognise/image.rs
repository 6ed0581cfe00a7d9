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

/// How well one of `names` fits the image, longest best: its last part, the
/// first words of it (`postgresql-repmgr`), or, for names with a slash, its
/// last two parts (`mssql/server`). `None` for companions.
pub fn fit(image: &str, names: &[&str]) -> Option<usize> {
    let path = repository(image);
    let name = last_part(image);
    let fits = |wanted: &&&str| {
        let begins = || name.strip_prefix(**wanted).is_some_and(|rest| rest.starts_with(['-', '_', '.']));
        let ends = || path.strip_suffix(**wanted).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'));
        if wanted.contains('/') { ends() } else { name == **wanted || (!is_tool(image) && begins()) }
    };
    names.iter().filter(fits).map(|wanted| wanted.len()).max()
}

/// Whether a word in the image's name makes it a companion: an exporter, a proxy, a console.
pub fn is_tool(image: &str) -> bool {
    last_part(image).split(['-', '_', '.']).any(|word| TOOLS.contains(&word))
}

/// The last part of the repository: `postgres` of `registry.example/mirror/postgres:16.4@sha256:…`.
fn last_part(image: &str) -> &str {
    let path = repository(image);
    path.rsplit('/').next().unwrap_or(path)
}

/// Without tag and digest. A colon before the last slash belongs to the registry's port.
fn repository(image: &str) -> &str {
    let image = image.split('@').next().unwrap_or(image);
    match image.rsplit_once(':') {
        Some((path, tag)) if !tag.contains('/') => path,
        _ => image,
    }
}

#[cfg(test)]
mod tests {
    use super::fit;

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
            assert!(fit(image, &postgres).is_some(), "{image}");
        }
        for image in [
            "",
            "registry.example/postgres/api:1",
            "quay.io/prometheuscommunity/postgres-exporter:v0.15",
            "ghcr.io/zalando/postgres-operator",
            "postgresclone:1",
            "bitnami/pgpool",
        ] {
            assert!(fit(image, &postgres).is_none(), "{image}");
        }
    }
}
