//! `cloister harden authentication`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use cloister_harden::Version;
use cloister_harden::authentication::{Wish, authentication};

use super::refused;
use crate::input::args::Source;
use crate::input::read;
use crate::output::print;
use crate::terminal::Terminal;
use crate::way_out::failure;

#[derive(Debug, Args)]
#[command(
    after_help = "Where an API server in the input has the flags --oidc-*, its issuer, claims and prefixes are taken \
                        over, so that bindings stay good; what is written here counts more."
)]
pub struct Authentication {
    #[command(flatten)]
    pub source: Source,

    /// The API servers' version.
    #[arg(long, value_name = "VERSION", default_value_t = Version::NEWEST, help_heading = "Configuration")]
    pub kubernetes: Version,

    /// The issuer's address, as its tokens have it in "iss".
    #[arg(long, value_name = "URL", help_heading = "Configuration")]
    pub issuer: Option<String>,

    /// The client that the cluster is to the issuer.
    #[arg(long, value_name = "CLIENT", help_heading = "Configuration")]
    pub audience: Option<String>,

    /// Certificates in PEM that the issuer's own is checked against, where the host's do not do.
    #[arg(long, value_name = "FILE", help_heading = "Configuration")]
    pub issuer_ca: Option<PathBuf>,

    /// The claim that names the user [default: sub].
    #[arg(long, value_name = "CLAIM", help_heading = "Configuration")]
    pub username_claim: Option<String>,

    /// Before each user's name [default: oidc:].
    #[arg(long, value_name = "TEXT", help_heading = "Configuration")]
    pub username_prefix: Option<String>,

    /// The claim that names groups [default: groups].
    #[arg(long, value_name = "CLAIM", help_heading = "Configuration")]
    pub groups_claim: Option<String>,

    /// Before each group's name [default: oidc:].
    #[arg(long, value_name = "TEXT", help_heading = "Configuration")]
    pub groups_prefix: Option<String>,
}

/// Reads the flags that are there, and writes the configuration.
pub fn run(asked: &Authentication, terminal: &Terminal) -> anyhow::Result<ExitCode> {
    let (inventory, lost) = read(asked.source.sources(), terminal)?;
    let found = cloister_checks::issuer_in_flags(&inventory);
    let mut wish = match &found {
        Some(issuer) => Wish::like(issuer, asked.kubernetes),
        None if asked.issuer.is_none() => {
            let help =
                "write --issuer URL --audience CLIENT, or name by --from an API server that has the flags --oidc-*";
            return Err(failure("no issuer is named, and no API server in the input has one", help));
        }
        None => Wish {
            version: asked.kubernetes,
            issuer: String::new(),
            audience: String::new(),
            certificate_authority: String::new(),
            username_claim: "sub".to_owned(),
            username_prefix: "oidc:".to_owned(),
            groups_claim: "groups".to_owned(),
            groups_prefix: "oidc:".to_owned(),
        },
    };
    let written = [
        (&asked.issuer, &mut wish.issuer),
        (&asked.audience, &mut wish.audience),
        (&asked.username_claim, &mut wish.username_claim),
        (&asked.username_prefix, &mut wish.username_prefix),
        (&asked.groups_claim, &mut wish.groups_claim),
        (&asked.groups_prefix, &mut wish.groups_prefix),
    ];
    for (given, value) in written {
        given.iter().for_each(|given| given.clone_into(value));
    }
    if let Some(file) = &asked.issuer_ca {
        let read = std::fs::read_to_string(file);
        wish.certificate_authority = read.with_context(|| format!("{} cannot be read", file.display()))?;
    }
    print(&authentication(&wish).map_err(refused)?.annotated())?;
    Ok(ExitCode::from(if lost { 2 } else { 0 }))
}
