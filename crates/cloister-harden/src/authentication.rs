//! An AuthenticationConfiguration: people by an issuer of OpenID Connect whose names cannot be those of the system, and
//! nobody unknown beyond the paths of health.

use cloister_authentication::{HEALTH, Issuer, Mapping};

use crate::encryption_config::Refusal;
use crate::yaml::quoted;
use crate::{Step, Version};

/// Who signs people in.
#[derive(Clone, Debug)]
pub struct Wish {
    /// Of the API servers.
    pub version: Version,
    /// `https://…`
    pub issuer: String,
    /// The client that the cluster is to the issuer.
    pub audience: String,
    /// Certificates in PEM that the issuer's own is checked against; empty for those of the host.
    pub certificate_authority: String,
    /// The claim that names the user: `sub`, or `email`.
    pub username_claim: String,
    /// Before each user's name.
    pub username_prefix: String,
    /// The claim that names groups; empty for none.
    pub groups_claim: String,
    /// Before each group's name.
    pub groups_prefix: String,
}

impl Wish {
    /// The same people with the same names as by the flags `--oidc-*`, so that bindings stay good.
    pub fn like(issuer: &Issuer, version: Version) -> Wish {
        let of = |mapping: &Mapping| match mapping {
            Mapping::Claim { claim, prefix } => (claim.clone(), prefix.clone()),
            Mapping::None | Mapping::Expression(_) => (String::new(), String::new()),
        };
        let ((username_claim, username_prefix), (groups_claim, groups_prefix)) =
            (of(&issuer.username), of(&issuer.groups));
        Wish {
            version,
            issuer: issuer.url.clone(),
            audience: issuer.audiences.first().cloned().unwrap_or_default(),
            certificate_authority: String::new(),
            username_claim,
            username_prefix,
            groups_claim,
            groups_prefix,
        }
    }
}

/// The file is read from here on.
const STRUCTURED: Version = Version::minor(30);
/// And says what is anonymous.
const ANONYMOUS: Version = Version::minor(32);
/// And is v1.
const STABLE: Version = Version::minor(34);

/// The configuration, and how to bring it into force.
///
/// # Errors
/// The version reads none, or the issuer has no good address.
pub fn authentication(wish: &Wish) -> Result<Step, Refusal> {
    let refusal = |cause: String, help: &str| Err(Refusal { cause, help: help.to_owned() });
    if wish.version < STRUCTURED {
        let cause = format!("Kubernetes {} reads no AuthenticationConfiguration by itself", wish.version);
        return refusal(cause, "it does from 1.30; before, the flags --oidc-* say the same");
    }
    if !wish.issuer.starts_with("https://") || wish.issuer.contains(['?', '#', '@', ' ']) {
        let cause = format!("{} is no address of an issuer", wish.issuer);
        return refusal(cause, "write --issuer https://HOST/PATH, as its tokens have it in \"iss\"");
    }
    if wish.audience.is_empty() || wish.username_claim.is_empty() {
        let help = "write --audience CLIENT, the name by which the issuer knows the cluster";
        return refusal("an issuer needs an audience and a claim for the user's name".to_owned(), help);
    }
    Ok(Step { name: "authentication".to_owned(), says: says(wish), text: text(wish) })
}

fn text(wish: &Wish) -> String {
    let api = if wish.version < STABLE { "v1beta1" } else { "v1" };
    let mut text = format!("apiVersion: apiserver.config.k8s.io/{api}\nkind: AuthenticationConfiguration\n");
    if wish.version >= ANONYMOUS {
        let paths: String = HEALTH.iter().map(|path| format!("    - path: {path}\n")).collect();
        text += &format!("anonymous:\n  enabled: true\n  conditions:\n{paths}");
    }
    text += &format!(
        "jwt:\n  - issuer:\n      url: {}\n      audiences:\n        - {}\n",
        quoted(&wish.issuer),
        quoted(&wish.audience)
    );
    if !wish.certificate_authority.is_empty() {
        text += &format!("      certificateAuthority: {}\n", quoted(&wish.certificate_authority));
    }
    if wish.username_claim == "email" {
        text += "    claimValidationRules:\n      - expression: 'claims.?email_verified.orValue(false) == true'\n        \
                 message: the address is not verified\n";
    }
    text += "    claimMappings:\n";
    text += &mapping("username", &wish.username_claim, &wish.username_prefix);
    if !wish.groups_claim.is_empty() {
        text += &mapping("groups", &wish.groups_claim, &wish.groups_prefix);
    }
    text + "    userValidationRules:\n      - expression: '!user.username.startsWith(\"system:\")'\n        message: names of \
            the system are reserved\n      - expression: 'user.groups.all(group, !group.startsWith(\"system:\"))'\n        \
            message: groups of the system are reserved\n"
}

fn mapping(name: &str, claim: &str, prefix: &str) -> String {
    format!("      {name}:\n        claim: {}\n        prefix: {}\n", quoted(claim), quoted(prefix))
}

fn says(wish: &Wish) -> Vec<String> {
    let mut says = vec![
        "Put this file on each control plane node (mode 0600, owner root), and name it by --authentication-config; take the",
        "flags --oidc-* away, and --anonymous-auth, since the server refuses both together. Restart each kube-apiserver, one",
        "after the other, and look before the next: kubectl auth whoami, by a token of the issuer.",
        "A change of the file comes into force without a restart, but for \"anonymous\". Keep one client certificate locked",
        "away for the day on which the issuer cannot be reached.",
    ];
    if wish.version < ANONYMOUS {
        says.extend([
            "This version says in the file nothing of anonymous requests: keep --anonymous-auth=false, and let the kubelet ask",
            "for the server's health by TCP.",
        ]);
    }
    says.into_iter().map(str::to_owned).collect()
}
