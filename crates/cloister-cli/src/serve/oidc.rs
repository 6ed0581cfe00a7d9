//! People of an issuer of OpenID Connect, who sign in there.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use cloister_hub::{Mapping, OidcSecret, OidcSettings};

use super::args::duration;
use crate::way_out::failure;

/// The variable that may hold the client's secret.
const VARIABLE: &str = "CLOISTER_HUB_OIDC_SECRET";
/// No session lasts longer.
const LONGEST: Duration = Duration::from_secs(12 * 3600);

/// Sign-in by OpenID Connect, as options.
#[derive(Debug, Args)]
pub struct Oidc {
    /// Let people of this issuer of OpenID Connect in, such as https://dex.example.org: to the letter as it calls itself.
    #[arg(id = "oidc_issuer", long = "oidc-issuer", value_name = "URL", requires_all = ["oidc_client", "oidc_roles"], help_heading = "Sign-in by OpenID Connect")]
    pub issuer: Option<String>,

    /// What the hub is called there. It is led back to /sign-in/oidc/callback.
    #[arg(
        id = "oidc_client",
        long = "oidc-client",
        value_name = "ID",
        requires = "oidc_issuer",
        help_heading = "Sign-in by OpenID Connect"
    )]
    pub client: Option<String>,

    /// A file with the client's secret; the variable CLOISTER_HUB_OIDC_SECRET may hold it, too. A public client has none.
    #[arg(
        id = "oidc_secret",
        long = "oidc-secret",
        value_name = "FILE",
        requires = "oidc_issuer",
        help_heading = "Sign-in by OpenID Connect"
    )]
    pub secret: Option<PathBuf>,

    /// Who of them is what, one a line: GROUP ROLE, with ROLE one of viewer, engineer, dpo, admin; behind it the namespaces that they
    /// see, where not all. Who is in none of the groups does not come in.
    #[arg(
        id = "oidc_roles",
        long = "oidc-roles",
        value_name = "FILE",
        requires = "oidc_issuer",
        help_heading = "Sign-in by OpenID Connect"
    )]
    pub roles: Option<PathBuf>,

    /// The claim that lists somebody's groups or roles; with a slash before it, the way to it: /realm_access/roles.
    #[arg(
        id = "oidc_claim",
        long = "oidc-claim",
        value_name = "NAME",
        default_value = "groups",
        help_heading = "Sign-in by OpenID Connect"
    )]
    pub claim: String,

    /// A scope to ask for besides openid, profile and email, such as groups. Repeatable.
    #[arg(
        id = "oidc_scope",
        long = "oidc-scope",
        value_name = "NAME",
        requires = "oidc_issuer",
        help_heading = "Sign-in by OpenID Connect"
    )]
    pub scopes: Vec<String>,

    /// Authorities of the issuer's certificate, in PEM [default: those of the system].
    #[arg(
        id = "oidc_ca",
        long = "oidc-ca",
        value_name = "FILE",
        requires = "oidc_issuer",
        help_heading = "Sign-in by OpenID Connect"
    )]
    pub ca: Option<PathBuf>,

    /// So long one stays signed in, 12h at the most: the issuer does not tell when somebody leaves a group.
    #[arg(id = "oidc_session", long = "oidc-session", value_name = "TIME", default_value = "1h", value_parser = duration, help_heading = "Sign-in by OpenID Connect")]
    pub session: Duration,
}

/// Those who sign in by the issuer, where one is named.
pub fn of_issuer(asked: &Oidc) -> anyhow::Result<Option<cloister_hub::Oidc>> {
    let (Some(issuer), Some(client), Some(roles)) = (&asked.issuer, &asked.client, &asked.roles) else {
        return Ok(None);
    };
    let settings = OidcSettings {
        issuer: issuer.clone(),
        client: client.clone(),
        secret: secret(asked),
        ca: asked.ca.clone(),
        claim: asked.claim.clone(),
        scopes: asked.scopes.clone(),
        mapping: mapping(roles)?,
        lasts: asked.session.min(LONGEST).try_into()?,
    };
    let help = "correct --oidc-issuer, --oidc-secret or --oidc-ca, or leave --oidc-issuer out";
    cloister_hub::Oidc::new(settings).map(Some).map_err(|cause| failure(cause, help))
}

fn secret(asked: &Oidc) -> Option<OidcSecret> {
    let file = asked.secret.clone().map(OidcSecret::File);
    file.or_else(|| Some(OidcSecret::Text(std::env::var_os(VARIABLE)?.to_string_lossy().into_owned())))
}

fn mapping(path: &Path) -> anyhow::Result<Mapping> {
    let help = "a line is GROUP ROLE, with ROLE one of viewer, engineer, dpo, admin; behind it namespaces, with commas between, where people are limited to them; a group with spaces stands in double quotes";
    let text = std::fs::read_to_string(path).map_err(|error| {
        let why = cloister_source::without_number(&error.to_string()).to_owned();
        failure(format!("{}: {why}", path.display()), "name a file with groups and roles: --oidc-roles FILE")
    })?;
    Mapping::read(&text).map_err(|bad| failure(format!("{}: {bad}", path.display()), help))
}
