//! Credentials by their own form: keys and tokens with a known shape, private
//! keys, passwords in URLs.

use std::sync::{LazyLock, OnceLock};

use regex::{Regex, RegexSet};

use crate::MASK;
use crate::detection::{Category, Confidence, Detection};
use crate::placeholder::{is_known_password, is_placeholder};

/// kind, title, pattern. The first group is the secret; without one, all of it.
const SHAPES: &[(&str, &str, &str)] = &[
    ("aws-access-key", "an AWS access key", r"(?-u:\b)(?:AKIA|ASIA)[A-Z0-9]{16}(?-u:\b)"),
    ("google-api-key", "a Google API key", r"(?-u:\b)AIza[0-9A-Za-z_\-]{35}"),
    ("google-oauth-token", "a Google access token", r"(?-u:\b)ya29\.[0-9A-Za-z_\-]{20,}"),
    ("azure-storage-key", "an Azure storage key", r"AccountKey=([A-Za-z0-9+/]{86}==)"),
    ("azure-shared-access-key", "an Azure shared access key", r"SharedAccessKey=([A-Za-z0-9+/]{43}=)"),
    ("azure-sas", "an Azure shared access signature", r"[?&]sig=([A-Za-z0-9%]{43,})"),
    ("github-token", "a GitHub token", r"(?-u:\b)(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{60,})"),
    ("gitlab-token", "a GitLab token", r"(?-u:\b)gl(?:pat|dt|rt|cbt|ptt|ft|agent|oas|soat)-[0-9A-Za-z_\-]{20,}"),
    ("slack-token", "a Slack token", r"(?-u:\b)xox[abeoprs]-[0-9A-Za-z\-]{10,}"),
    (
        "slack-webhook",
        "a Slack webhook",
        r"hooks\.slack\.com/services/(T[A-Z0-9]{6,14}/B[A-Z0-9]{6,14}/[A-Za-z0-9]{16,32})",
    ),
    ("stripe-key", "a Stripe key", r"(?-u:\b)(?:sk|rk)_(?:live|test)_[0-9a-zA-Z]{16,}"),
    (
        "json-web-token",
        "a JSON Web Token",
        r"(?-u:\b)eyJ[A-Za-z0-9_\-]{8,}\.eyJ[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]{16,}",
    ),
    ("npm-token", "an npm token", r"(?-u:\b)npm_[A-Za-z0-9]{36}"),
    ("pypi-token", "a PyPI token", r"(?-u:\b)pypi-AgEI[A-Za-z0-9_\-]{50,}"),
    ("sendgrid-key", "a SendGrid key", r"(?-u:\b)SG\.[A-Za-z0-9_\-]{22}\.[A-Za-z0-9_\-]{43}"),
    ("docker-token", "a Docker Hub token", r"(?-u:\b)dckr_pat_[A-Za-z0-9_\-]{20,}"),
    ("vault-token", "a Vault token", r"(?-u:\b)hv[sbr]\.[A-Za-z0-9_\-]{24,}"),
    ("digitalocean-token", "a DigitalOcean token", r"(?-u:\b)do[opr]_v1_[a-f0-9]{64}"),
    ("anthropic-key", "an Anthropic key", r"(?-u:\b)sk-ant-[a-z0-9]+-[A-Za-z0-9_\-]{40,}"),
    ("openai-key", "an OpenAI key", r"(?-u:\b)sk-(?:proj-|svcacct-)?[A-Za-z0-9_\-]{16,}T3BlbkFJ[A-Za-z0-9_\-]{16,}"),
    ("huggingface-token", "a Hugging Face token", r"(?-u:\b)hf_[A-Za-z]{34}(?-u:\b)"),
    (
        "authorization-header",
        "credentials for HTTP",
        r#"(?i)authorization["']?[ \t]*[:=][ \t]*["']?(?:basic|bearer|token)[ \t]+([A-Za-z0-9+/=._\-]{8,})"#,
    ),
    ("url-password", "a password in a URL", r#"(?-u:\b)[A-Za-z][A-Za-z0-9+.\-]*://[^\s/?#@:"'<>,]*:([^\s/@"'<>]+)@"#),
    ("url-password", "a password in a connection string", r"(?-u:\b)[A-Za-z0-9_.\-]+:([^\s@/:]+)@(?:tcp|unix)\("),
    ("private-key", "a private key", r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----"),
];

static SET: LazyLock<Option<RegexSet>> = LazyLock::new(|| RegexSet::new(SHAPES.iter().map(|shape| shape.2)).ok());
/// Compiled when first met: most runs meet few of them.
static EACH: [OnceLock<Option<Regex>>; SHAPES.len()] = [const { OnceLock::new() }; SHAPES.len()];

fn pattern(index: usize) -> Option<&'static Regex> {
    EACH.get(index)?.get_or_init(|| Regex::new(SHAPES.get(index)?.2).ok()).as_ref()
}

/// Finds credentials in one line; `offset` is where the line starts.
pub fn find(line: &str, offset: usize, found: &mut Vec<Detection>) {
    let Some(set) = SET.as_ref() else { return };
    for index in set.matches(line) {
        let (Some((kind, title, _)), Some(pattern)) = (SHAPES.get(index), pattern(index)) else { continue };
        for captures in pattern.captures_iter(line) {
            let Some(value) = captures.get(1).or_else(|| captures.get(0)) else { continue };
            let (mut kind, mut title) = (*kind, *title);
            if kind == "url-password" {
                if is_placeholder(value.as_str()) {
                    continue;
                }
                if is_known_password(value.as_str())
                    || is_user(captures.get(0).map_or("", |all| all.as_str()), value.as_str())
                {
                    (kind, title) = ("known-password", "a password that everybody guesses");
                }
            }
            found.push(Detection {
                category: Category::Credentials,
                kind,
                title,
                confidence: Confidence::Certain,
                offset: offset + value.start(),
                length: value.len(),
                masked: MASK.to_owned(),
                reason: "by its form",
                test_data: value.as_str().ends_with("EXAMPLE"),
            });
        }
    }
}

/// Whether a URL's password is its user name: `reader:reader@`.
fn is_user(matched: &str, password: &str) -> bool {
    let user = matched.rsplit_once("://").map_or(matched, |(_, rest)| rest).split(':').next();
    user.is_some_and(|user| !user.is_empty() && user.eq_ignore_ascii_case(password))
}

/// Where the private key that starts in `text` ends: after its END line, or
/// after the last line that can be part of it.
pub fn private_key_length(text: &str) -> usize {
    let mut length = 0;
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let bare = line.trim();
        if index > 0 && bare.starts_with("-----END") {
            return length + line.trim_end().len();
        }
        let body = bare.is_empty()
            || bare.contains(": ")
            || bare.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'='));
        if index > 0 && !body {
            break;
        }
        length += line.len();
    }
    text.get(..length).map_or(length, |key| key.trim_end().len())
}
