//! `cloister harden encryption-config`.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clap::Args;
use cloister_encryption::at_rest::{Configuration, GroupResource, Kind, Provider};
use cloister_harden::encryption_config::{Current, Kms, Wish, encryption_config};
use cloister_harden::{Step, Version};
use cloister_inventory::Inventory;

use super::refused;
use crate::input::args::Source;
use crate::input::read;
use crate::output::print;
use crate::terminal::Terminal;
use crate::way_out::failure;

#[derive(Debug, Args)]
#[command(
    after_help = "Without --with-new-key no key is made: a word stands in its place with which no API server starts. \
                        With it, keys go into files of mode 0600 only, never to standard output."
)]
pub struct EncryptionConfig {
    #[command(flatten)]
    pub source: Source,

    /// The API servers' version.
    #[arg(long, value_name = "VERSION", default_value_t = Version::NEWEST, help_heading = "Configuration")]
    pub kubernetes: Version,

    /// A KMS v2 plug-in that holds the key, and its socket; without one the key stands in the file.
    #[arg(long, value_name = "NAME=unix:///SOCKET", help_heading = "Configuration")]
    pub kms: Option<String>,

    /// What to encrypt beside Secrets and the kinds in which personal data are found. Repeatable.
    #[arg(long, value_name = "RESOURCE[.GROUP]", help_heading = "Configuration")]
    pub resource: Vec<String>,

    /// Make a key of 32 random bytes and write it into the files; needs --output.
    #[arg(long, requires = "output", conflicts_with = "kms", help_heading = "Result")]
    pub with_new_key: bool,

    /// Write each step into a file of this folder, which holds none of them yet.
    #[arg(short, long, value_name = "FOLDER", help_heading = "Result")]
    pub output: Option<PathBuf>,
}

/// Reads what is there, and writes the steps.
pub fn run(asked: &EncryptionConfig, terminal: &Terminal) -> anyhow::Result<ExitCode> {
    let (inventory, lost) = read(asked.source.sources(), terminal)?;
    let configuration = present(&inventory)?;
    let (resources, exempt) = resources(asked, &inventory, configuration.as_ref());
    let wish = Wish {
        version: asked.kubernetes,
        current: configuration.map_or_else(Vec::new, |configuration| current(&configuration, &resources)),
        resources,
        exempt,
        kms: asked.kms.as_deref().map(plug_in).transpose()?,
        key: if asked.with_new_key { Some(new_key()?) } else { None },
        today: jiff::Zoned::now().date(),
    };
    let steps = encryption_config(&wish).map_err(refused)?;
    match &asked.output {
        None => print(&steps.iter().map(Step::annotated).collect::<Vec<_>>().join("---\n"))?,
        Some(folder) => write(folder, &steps)?,
    }
    Ok(ExitCode::from(if lost { 2 } else { 0 }))
}

/// What to encrypt, and what stays exempt: whatever is encrypted today stays so, or the servers could read it no more.
fn resources(
    asked: &EncryptionConfig,
    inventory: &Inventory,
    configuration: Option<&Configuration<'_>>,
) -> (Vec<String>, Vec<String>) {
    let kinds = cloister_checks::personal_kinds(inventory);
    let found = kinds.keys().map(|(group, resource)| GroupResource { group, resource }.to_string());
    let (mut all, mut exempt): (Vec<String>, Vec<String>) = (vec!["secrets".to_owned()], Vec::new());
    all.extend(found);
    all.extend(asked.resource.iter().cloned());
    for rule in configuration.iter().flat_map(|configuration| &configuration.rules) {
        let is_exempt = rule.providers.iter().all(|provider| provider.kind == Kind::Identity);
        let names = rule.resources.iter().map(|(name, _)| name.to_string());
        if is_exempt { exempt.extend(names) } else { all.extend(names) }
    }
    let mut kept: Vec<String> = Vec::new();
    for name in &all {
        if !kept.contains(name) && !all.iter().any(|other| covers(other, name)) {
            kept.push(name.clone());
        }
    }
    exempt.retain(|name| !all.contains(name));
    (kept, exempt)
}

/// The server refuses a list in which one name covers another.
fn covers(wildcard: &str, name: &str) -> bool {
    let (wildcard, parsed) = (GroupResource::parse(wildcard), GroupResource::parse(name));
    wildcard != parsed
        && (wildcard == GroupResource::EVERYTHING || (wildcard.resource == "*" && wildcard.group == parsed.group))
}

fn plug_in(text: &str) -> anyhow::Result<Kms> {
    let (name, endpoint) = text
        .split_once('=')
        .ok_or_else(|| failure(format!("--kms {text} names no socket"), "write --kms NAME=unix:///path/of/the.sock"))?;
    Ok(Kms { name: name.to_owned(), endpoint: endpoint.to_owned() })
}

/// The kernel's random bytes.
fn new_key() -> anyhow::Result<String> {
    let mut bytes = [0; 32];
    File::open("/dev/urandom")
        .and_then(|mut source| source.read_exact(&mut bytes))
        .context("no random bytes can be read from /dev/urandom")?;
    Ok(STANDARD.encode(bytes))
}

/// The configuration that the servers have today.
fn present(inventory: &Inventory) -> anyhow::Result<Option<Configuration<'_>>> {
    let found: Vec<_> = inventory.of_kind("EncryptionConfiguration").collect();
    match found.as_slice() {
        [] => Ok(None),
        [resource] => Ok(Some(Configuration::of(resource))),
        several => {
            let help = "name the one that the API servers have now by --from";
            Err(failure(format!("{} EncryptionConfigurations are in the input", several.len()), help))
        }
    }
}

/// Every provider that any of the resources is read by today, those of Secrets first.
fn current(configuration: &Configuration<'_>, resources: &[String]) -> Vec<Current> {
    let mut all: Vec<Current> = Vec::new();
    let names = std::iter::once(GroupResource::SECRETS).chain(resources.iter().map(|name| GroupResource::parse(name)));
    for stored in names.map(|name| configuration.stored(name)) {
        let own = stored.providers().filter_map(provider);
        let clear = stored.rules.is_empty().then_some(Current::Identity);
        for one in own.chain(clear) {
            if !all.contains(&one) {
                all.push(one);
            }
        }
    }
    all
}

fn provider(provider: &Provider<'_>) -> Option<Current> {
    Some(match provider.kind {
        Kind::Identity => Current::Identity,
        Kind::Unknown => return None,
        Kind::Kms { version, name } => {
            let endpoint = provider.node.str_at("kms/endpoint").unwrap_or_default().to_owned();
            Current::Kms(version.to_owned(), Kms { name: name.to_owned(), endpoint })
        }
        kind => {
            let names = provider.keys.iter().map(|key| key.name.to_owned()).collect();
            Current::Keys(kind.field().to_owned(), names)
        }
    })
}

/// Files that hold keys are their owner's alone, from the first byte.
fn write(folder: &Path, steps: &[Step]) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    for step in steps {
        let path = folder.join(format!("{}.yaml", step.name));
        let opened = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
        let mut file = opened.map_err(|error| {
            let help = match error.kind() {
                ErrorKind::AlreadyExists => "a key is never overwritten: name another folder",
                _ => "name a folder that you may write",
            };
            failure(format!("{} cannot be written: {error}", path.display()), help)
        })?;
        file.write_all(step.annotated().as_bytes()).with_context(|| format!("{} cannot be written", path.display()))?;
        eprintln!("wrote {}", path.display());
    }
    Ok(())
}
