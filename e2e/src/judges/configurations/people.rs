//! What becomes of an issuer's tokens.

use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::issuer::Issuer;
use super::observe::See;
use super::server::Running;
use crate::api::Api;
use crate::service::wait_for;

const REVIEWS: &str = "/apis/authentication.k8s.io/v1/selfsubjectreviews";

/// Who somebody is to the server: name and groups; nobody where the token is refused.
struct Somebody {
    name: String,
    groups: Vec<String>,
}

fn who(running: &Running, token: &str) -> Result<Option<Somebody>> {
    let api =
        Api::anonymous(&running.url, &running.authority)?.with_header("Authorization", &format!("Bearer {token}"));
    let review = json!({"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}).to_string();
    let answer = api.post(REVIEWS, &review)?;
    if answer.status != 201 {
        return Ok(None);
    }
    let answer = answer.json()?;
    let info = answer.pointer("/status/userInfo").context("no user")?;
    let groups = info.get("groups").and_then(Value::as_array).into_iter().flatten();
    Ok(Some(Somebody {
        name: info.get("username").and_then(Value::as_str).unwrap_or_default().to_owned(),
        groups: groups.filter_map(Value::as_str).map(str::to_owned).collect(),
    }))
}

/// Tokens good and bad.
pub fn people(running: &Running, issuer: &Issuer, see: &mut See<'_>) -> Result<()> {
    let good = issuer
        .token(&json!({"sub": "ann", "email": "ann@example.org", "email_verified": true, "groups": ["staff"],
        "roles": ["staff"], "hd": "example.org"}))?;
    // The server fetches the issuer's key when it is ready itself, and again after ten seconds.
    wait_for("a token of the issuer", Duration::from_secs(40), || who(running, &good).ok().flatten())?;
    let mut administrator = false;
    for claims in [
        json!({"sub": "mallory", "groups": ["system:masters"], "roles": ["system:masters"]}),
        json!({"sub": "system:kube-controller-manager", "email": "system:kube-controller-manager", "groups": [], "roles": []}),
    ] {
        let mut claims = claims;
        let all = claims.as_object_mut().context("no claims")?;
        all.entry("email").or_insert(json!("mallory@example.org"));
        all.extend([("email_verified".to_owned(), json!(true)), ("hd".to_owned(), json!("example.org"))]);
        if let Some(somebody) = who(running, &issuer.token(&claims)?)? {
            administrator |= somebody.name.starts_with("system:kube-");
            administrator |= somebody.groups.iter().any(|group| group == "system:masters");
        }
    }
    see(
        "the issuer calls somebody an administrator",
        &["issuer-names-administrators", "api-server-oidc-names-administrators"],
        administrator,
    );
    let unverified =
        json!({"sub": "mallory", "email": "ann@example.org", "groups": [], "roles": [], "hd": "example.org"});
    let named =
        who(running, &issuer.token(&unverified)?)?.is_some_and(|somebody| somebody.name.ends_with("ann@example.org"));
    see(
        "an address that is not verified is a name",
        &["issuer-email-unverified", "api-server-oidc-email-unverified"],
        named,
    );
    let other = json!({"sub": "ann", "email": "ann@example.org", "email_verified": true, "aud": "wiki", "groups": ["staff"],
        "roles": ["staff"], "hd": "example.org"});
    see(
        "a token for another program is taken",
        &["issuer-many-audiences"],
        who(running, &issuer.token(&other)?)?.is_some(),
    );
    Ok(())
}
