//! The texts by which a workload names what it talks to: values of variables,
//! arguments, and the ConfigMaps it reads.

use cloister_inventory::Inventory;

use crate::workload::Workload;

/// Variables that name a host without a scheme.
const HOST_VARIABLES: [&str; 6] = ["HOST", "HOSTNAME", "SERVER", "ENDPOINT", "ADDRESS", "DOMAIN"];

/// Every text of one line, with the name it stands under (empty for an argument).
pub(super) fn of_workload<'a>(workload: &Workload<'a>, inventory: &'a Inventory) -> Vec<(&'a str, &'a str)> {
    let mut texts = Vec::new();
    for container in workload.pods.iter().flat_map(|pod| pod.containers()) {
        texts.extend(container.env().filter_map(|(name, entry)| Some((name, entry.str_at("value")?))));
        texts.extend(container.words().filter_map(|word| Some(("", word.as_str()?))));
        let maps = container.node.items_at("envFrom").iter().filter_map(|source| source.str_at("configMapRef/name"));
        let maps = maps.filter_map(|name| inventory.get("ConfigMap", workload.namespace(), name));
        let entries = maps.flat_map(|map| map.root.entries_at("data"));
        texts.extend(entries.filter_map(|entry| Some((&*entry.key, entry.node.as_str()?))));
    }
    // Whole files and scripts name hosts in comments and examples too.
    texts.retain(|(_, text)| !text.trim_end().contains('\n'));
    texts
}

/// The host names in a text: after `://` and, where the name says so, the text itself.
pub(super) fn hosts<'t>(name: &str, text: &'t str) -> Vec<&'t str> {
    let mut hosts: Vec<&str> = text.split("://").skip(1).filter_map(authority).collect();
    let name = name.to_ascii_uppercase();
    let by_name = HOST_VARIABLES.iter().any(|word| name.ends_with(word));
    if hosts.is_empty() && by_name {
        hosts.extend(authority(text));
    }
    hosts
}

/// The host of `user:password@host:port/path?query`, if it is a name.
fn authority(text: &str) -> Option<&str> {
    let end = text.find(|letter: char| letter.is_whitespace() || "/?#\"',;)]}".contains(letter)).unwrap_or(text.len());
    let authority = text.get(..end)?;
    let host = authority.rsplit('@').next()?.split(':').next()?.trim_end_matches('.');
    let letters = host.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-' || letter == '.');
    let address = host.chars().all(|letter| letter.is_ascii_digit() || letter == '.');
    (letters && !address && !host.is_empty() && !host.starts_with(['.', '-'])).then_some(host)
}

/// Whether `host`, named by a workload of `from`, is the Service `name` of `namespace`.
pub(super) fn is_service(host: &str, from: &str, name: &str, namespace: &str) -> bool {
    let mut labels = host.split('.');
    if labels.next() != Some(name) {
        return false;
    }
    match (labels.next(), labels.next()) {
        (None, _) => from == namespace,
        (Some(other), None | Some("svc")) => other == namespace,
        _ => false,
    }
}

/// Whether `host` is a name in the cluster or on the machine itself.
pub(super) fn is_inside(host: &str) -> bool {
    let labels = host.split('.').count();
    let local = [".local", ".internal", ".localdomain", ".svc", ".cluster"].iter().any(|end| host.ends_with(end));
    labels < 2 || local || host.split('.').nth(2) == Some("svc") || host == "localhost"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_found_where_they_stand() {
        assert_eq!(
            hosts("", "--url=https://a:b@api.x.example:8443/v1?u=http://y.example"),
            ["api.x.example", "y.example"]
        );
        assert_eq!(hosts("SMTP_HOST", "smtp.x.example:25"), ["smtp.x.example"]);
        assert_eq!(hosts("jdbc", "jdbc:mysql://db.billing:3306/i"), ["db.billing"]);
        assert_eq!(hosts("PGHOST", "db"), ["db"]);
        assert!(hosts("GREETING", "see x.example").is_empty());
        assert!(hosts("DB_HOST", "10.0.0.7").is_empty());
        assert!(hosts("URL", "http://$(HOST)/").is_empty());
        assert!(hosts("URL", "://").is_empty());
    }

    #[test]
    fn a_service_is_known_by_each_of_its_names() {
        for (host, from) in [("db", "a"), ("db.a", "b"), ("db.a.svc", "b"), ("db.a.svc.cluster.local", "b")] {
            assert!(is_service(host, from, "db", "a"), "{host} from {from}");
        }
        for (host, from) in [("db", "b"), ("db.b", "a"), ("dba.a", "a"), ("db.a.example", "a")] {
            assert!(!is_service(host, from, "db", "a"), "{host} from {from}");
        }
    }
}
