//! # What it does
//! Finds entries of EncryptionConfigurations that keep more keys than a rotation needs:
//! three and more; or two of which both are there for longer than a month, by the dates
//! in their names or, in facts of a node, since the file has not changed for as long.
//! A KMS plug-in counts as one. One key is all that is needed, whatever its name is.
//!
//! # Why it matters
//! An old key decrypts every backup from its time, and with some providers whatever was
//! not written anew. As long as it stands in the file of each API server, whoever reads
//! that file has it; and a rotation that was meant to retire it has not.
//!
//! # What to do
//! Write everything anew with the key that stands first (`kubectl get secrets -A -o json |
//! kubectl replace -f -`, and so for each resource that is named), back etcd up, remove
//! the other keys, and restart each API server. `cloister harden encryption-config`
//! writes the steps.
//!
//! # References
//! GDPR Art. 32(1)(a). Kubernetes, "Encrypting Confidential Data at Rest", "Rotate a
//! decryption key": the last step removes the old one. PCI DSS 3.7.5. NIST SP 800-57
//! part 1, 8.3.

use cloister_encryption::at_rest::{Configuration, Key, Kind, Rule};
use cloister_model::{Place, Severity};
use jiff::civil::Date;

use super::at_rest::{File, KIND, NEEDS, each_configuration, names};
use crate::Check;

/// The one that writes, and the one that it replaces or that will replace it.
const ROTATION: usize = 2;
/// In days: longer than a rotation takes.
const LONG: i32 = 31;

pub(crate) const CHECK: Check = Check {
    name: "encryption-old-keys-kept",
    title: "keys are kept that a rotation should have retired",
    severity: Severity::Low,
    needs: NEEDS,
    run: each_configuration(|resource, findings| {
        let configuration = Configuration::of(resource);
        let file = File::of(resource, findings);
        let mut any = false;
        for rule in &configuration.rules {
            let readers = readers(&configuration, rule);
            any |= !readers.is_empty();
            let [_, left @ ..] = readers.as_slice() else { continue };
            let Some((place, _)) = left.first() else { continue };
            let days = days_together(&readers, &file, findings.today());
            let how_long = match days {
                Some(days) if days > LONG => format!(", and all are there for {days} days at least"),
                _ if readers.len() > ROTATION => String::new(),
                Some(_) => continue,
                None => {
                    let why = "two keys may be a rotation under way, and nothing shows how long both are there";
                    findings.untold(KIND, why, "name keys after the day on which they are made: key-2026-03-01");
                    continue;
                }
            };
            let message = format!("{} may be decrypted with {} keys{how_long}", names(rule), readers.len());
            findings.report(*place).message(message);
        }
        if !any {
            findings.not_applicable();
        }
    }),
};

/// All that can decrypt: keys, and plug-ins that have theirs elsewhere.
fn readers<'c, 'a>(configuration: &Configuration<'a>, rule: &'c Rule<'a>) -> Vec<(Place<'a>, Option<&'c Key<'a>>)> {
    let of_provider = |provider: &'c cloister_encryption::at_rest::Provider<'a>| {
        let plug_in = matches!(provider.kind, Kind::Kms { .. }).then(|| (configuration.place(provider.node), None));
        let keys = provider.keys.iter().map(|key| (configuration.place(key.node), Some(key)));
        plug_in.into_iter().chain(keys)
    };
    rule.providers.iter().flat_map(of_provider).collect()
}

/// For how many days all of them are there at least; nothing where neither names nor the file show it.
fn days_together(readers: &[(Place<'_>, Option<&Key<'_>>)], file: &File, today: Date) -> Option<i32> {
    let made: Option<Vec<Date>> = readers.iter().map(|(_, key)| key.and_then(Key::made)).collect();
    let youngest = made.and_then(|all| all.into_iter().max());
    let by_name = youngest.map(|day| (today - day).get_days());
    let by_file = file.changed.map(|day| (file.seen - day).get_days());
    // A young file says nothing: another thing in it may have changed.
    by_name.max(by_file.filter(|days| *days > LONG))
}

#[cfg(test)]
mod tests {
    use cloister_manifest::{Interner, parse};
    use cloister_model::Origin;
    use jiff::civil::date;

    use super::*;

    fn days(names: &[&str], changed: Option<Date>) -> Option<i32> {
        let keys: Vec<String> = names.iter().map(|name| format!("{{name: {name}, secret: bw==}}")).collect();
        let text = format!(
            "apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n- resources: [secrets]\n  \
             providers:\n  - secretbox: {{keys: [{}]}}\n",
            keys.join(", ")
        );
        let parsed = parse(&text, &Origin::File("enc.yaml".into()), 1, &mut Interner::default());
        let configuration = parsed.resources.first().map(Configuration::of)?;
        let readers = readers(&configuration, configuration.rules.first()?);
        assert_eq!(readers.len(), names.len());
        days_together(&readers, &File { changed, seen: date(2026, 5, 31) }, date(2026, 6, 1))
    }

    #[test]
    fn the_youngest_key_and_the_file_tell_how_long_all_are_there() {
        assert_eq!(days(&["key-2026-03-01", "key-2025-03-01"], None), Some(92));
        assert_eq!(days(&["key-2025-03-01", "key-2026-05-31"], None), Some(1), "the new one stands second at first");
        assert_eq!(days(&["key-2026-03-01", "old"], None), None);
        assert_eq!(days(&["a", "b"], Some(date(2026, 1, 31))), Some(120));
        assert_eq!(days(&["a", "b"], Some(date(2026, 5, 30))), None, "a file that changed lately");
        assert_eq!(days(&["key-2026-05-31", "key-2026-05-01"], Some(date(2026, 1, 31))), Some(120));
    }
}
