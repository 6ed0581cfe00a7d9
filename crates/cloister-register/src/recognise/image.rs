//! What the name of an image says.

/// Words in an image's name that tell a companion of a store from the store, in order.
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

/// An image's name, taken apart once for all the names that it is held against.
#[derive(Clone, Copy, Debug)]
pub struct Name<'a> {
    /// Without tag and digest.
    path: &'a str,
    /// The last part of the path: `postgres` of `registry.example/mirror/postgres:16.4@sha256:…`.
    last: &'a str,
    /// Whether a word in it makes the image a companion: an exporter, a proxy, a console.
    pub is_tool: bool,
}

impl<'a> Name<'a> {
    /// Takes an image's name apart.
    pub fn of(image: &'a str) -> Name<'a> {
        let path = repository(image);
        let last = path.rsplit('/').next().unwrap_or(path);
        let is_tool = last.split(['-', '_', '.']).any(|word| TOOLS.binary_search(&word).is_ok());
        Name { path, last, is_tool }
    }

    /// How well one of `names` fits, longest best: the last part, the first words of it (`postgresql-repmgr`), or, for
    /// names with a slash, the last two parts (`mssql/server`). `None` for companions.
    pub fn fit(&self, names: &[&str]) -> Option<usize> {
        names.iter().filter(|wanted| self.fits(wanted)).map(|wanted| wanted.len()).max()
    }

    fn fits(&self, wanted: &str) -> bool {
        if wanted.contains('/') {
            return self.path.strip_suffix(wanted).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'));
        }
        let rest = self.last.strip_prefix(wanted);
        rest.is_some_and(|rest| rest.is_empty() || (!self.is_tool && rest.starts_with(['-', '_', '.'])))
    }
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
    use super::{Name, TOOLS};

    #[test]
    fn the_words_are_in_order() {
        assert!(TOOLS.is_sorted());
    }

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
            assert!(Name::of(image).fit(&postgres).is_some(), "{image}");
        }
        for image in [
            "",
            "registry.example/postgres/api:1",
            "quay.io/prometheuscommunity/postgres-exporter:v0.15",
            "ghcr.io/zalando/postgres-operator",
            "postgresclone:1",
            "bitnami/pgpool",
        ] {
            assert!(Name::of(image).fit(&postgres).is_none(), "{image}");
        }
    }
}
