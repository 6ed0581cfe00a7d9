//! Credentials by their own form: keys and tokens with a known shape, private
//! keys, passwords in URLs.

use std::sync::{LazyLock, OnceLock};

use aho_corasick::AhoCorasick;
use regex::Regex;

use crate::MASK;
use crate::detection::{Category, Confidence, Detection};
use crate::placeholder::{is_known_password, is_placeholder};

/// Kind, title, texts of which every match holds one, pattern. The first group is the secret; without one, all of it.
type Shape = (&'static str, &'static str, &'static [&'static str], &'static str);

const SHAPES: &[Shape] = &[
    ("aws-access-key", "an AWS access key", &["AKIA", "ASIA"], r"(?-u:\b)(?:AKIA|ASIA)[A-Z0-9]{16}(?-u:\b)"),
    ("google-api-key", "a Google API key", &["AIza"], r"(?-u:\b)AIza[0-9A-Za-z_\-]{35}"),
    ("google-oauth-token", "a Google access token", &["ya29."], r"(?-u:\b)ya29\.[0-9A-Za-z_\-]{20,}"),
    ("azure-storage-key", "an Azure storage key", &["AccountKey="], r"AccountKey=([A-Za-z0-9+/]{86}==)"),
    (
        "azure-shared-access-key",
        "an Azure shared access key",
        &["SharedAccessKey="],
        r"SharedAccessKey=([A-Za-z0-9+/]{43}=)",
    ),
    ("azure-sas", "an Azure shared access signature", &["sig="], r"[?&]sig=([A-Za-z0-9%]{43,})"),
    (
        "github-token",
        "a GitHub token",
        &["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"],
        r"(?-u:\b)(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{60,})",
    ),
    (
        "gitlab-token",
        "a GitLab token",
        &["glpat-", "gldt-", "glrt-", "glcbt-", "glptt-", "glft-", "glagent-", "gloas-", "glsoat-"],
        r"(?-u:\b)gl(?:pat|dt|rt|cbt|ptt|ft|agent|oas|soat)-[0-9A-Za-z_\-]{20,}",
    ),
    ("slack-token", "a Slack token", &["xox"], r"(?-u:\b)xox[abeoprs]-[0-9A-Za-z\-]{10,}"),
    (
        "slack-webhook",
        "a Slack webhook",
        &["hooks.slack.com"],
        r"hooks\.slack\.com/services/(T[A-Z0-9]{6,14}/B[A-Z0-9]{6,14}/[A-Za-z0-9]{16,32})",
    ),
    (
        "stripe-key",
        "a Stripe key",
        &["sk_live_", "sk_test_", "rk_live_", "rk_test_"],
        r"(?-u:\b)(?:sk|rk)_(?:live|test)_[0-9a-zA-Z]{16,}",
    ),
    (
        "json-web-token",
        "a JSON Web Token",
        &["eyJ"],
        r"(?-u:\b)eyJ[A-Za-z0-9_\-]{8,}\.eyJ[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]{16,}",
    ),
    ("npm-token", "an npm token", &["npm_"], r"(?-u:\b)npm_[A-Za-z0-9]{36}"),
    ("pypi-token", "a PyPI token", &["pypi-AgEI"], r"(?-u:\b)pypi-AgEI[A-Za-z0-9_\-]{50,}"),
    ("sendgrid-key", "a SendGrid key", &["SG."], r"(?-u:\b)SG\.[A-Za-z0-9_\-]{22}\.[A-Za-z0-9_\-]{43}"),
    ("docker-token", "a Docker Hub token", &["dckr_pat_"], r"(?-u:\b)dckr_pat_[A-Za-z0-9_\-]{20,}"),
    ("vault-token", "a Vault token", &["hvs.", "hvb.", "hvr."], r"(?-u:\b)hv[sbr]\.[A-Za-z0-9_\-]{24,}"),
    (
        "digitalocean-token",
        "a DigitalOcean token",
        &["doo_v1_", "dop_v1_", "dor_v1_"],
        r"(?-u:\b)do[opr]_v1_[a-f0-9]{64}",
    ),
    ("anthropic-key", "an Anthropic key", &["sk-ant-"], r"(?-u:\b)sk-ant-[a-z0-9]+-[A-Za-z0-9_\-]{40,}"),
    (
        "openai-key",
        "an OpenAI key",
        &["T3BlbkFJ"],
        r"(?-u:\b)sk-(?:proj-|svcacct-)?[A-Za-z0-9_\-]{16,}T3BlbkFJ[A-Za-z0-9_\-]{16,}",
    ),
    ("huggingface-token", "a Hugging Face token", &["hf_"], r"(?-u:\b)hf_[A-Za-z]{34}(?-u:\b)"),
    (
        "authorization-header",
        "credentials for HTTP",
        &["authorization"],
        r#"(?i)authorization["']?[ \t]*[:=][ \t]*["']?(?:basic|bearer|token)[ \t]+([A-Za-z0-9+/=._\-]{8,})"#,
    ),
    (
        "url-password",
        "a password in a URL",
        &["://"],
        r#"(?-u:\b)[A-Za-z][A-Za-z0-9+.\-]*://[^\s/?#@:"'<>,]*:([^\s/@"'<>]+)@"#,
    ),
    (
        "url-password",
        "a password in a connection string",
        &["@tcp(", "@unix("],
        r"(?-u:\b)[A-Za-z0-9_.\-]+:([^\s@/:]+)@(?:tcp|unix)\(",
    ),
    ("private-key", "a private key", &["-----BEGIN "], r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----"),
];

/// Finds the texts of the shapes, in any case: one pass over a line says which patterns can match it.
static TEXTS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let texts = SHAPES.iter().flat_map(|shape| shape.2);
    AhoCorasick::builder().ascii_case_insensitive(true).build(texts).ok()
});
/// The shape of each text.
static SHAPE_OF: LazyLock<Vec<usize>> =
    LazyLock::new(|| SHAPES.iter().enumerate().flat_map(|(index, shape)| shape.2.iter().map(move |_| index)).collect());
/// Compiled when first met: most runs meet few of them.
static EACH: [OnceLock<Option<Regex>>; SHAPES.len()] = [const { OnceLock::new() }; SHAPES.len()];

fn pattern(index: usize) -> Option<&'static Regex> {
    EACH.get(index)?.get_or_init(|| Regex::new(SHAPES.get(index)?.3).ok()).as_ref()
}

/// The shapes that can match in `line`, each once and in order.
fn shapes(line: &str) -> impl Iterator<Item = usize> {
    let mut fits = [false; SHAPES.len()];
    for found in TEXTS.iter().flat_map(|texts| texts.find_overlapping_iter(line)) {
        if let Some(fit) = SHAPE_OF.get(found.pattern().as_usize()).and_then(|&shape| fits.get_mut(shape)) {
            *fit = true;
        }
    }
    fits.into_iter().enumerate().filter_map(|(index, fit)| fit.then_some(index))
}

/// Finds credentials in one line; `offset` is where the line starts.
pub fn find(line: &str, offset: usize, found: &mut Vec<Detection>) {
    for index in shapes(line) {
        let (Some((kind, title, ..)), Some(pattern)) = (SHAPES.get(index), pattern(index)) else { continue };
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::string::string_regex;

    use super::*;

    proptest! {
        /// One pass over a line may leave out no pattern that matches it.
        #[test]
        fn every_match_holds_a_text_of_its_shape(
            (index, secret) in (0..SHAPES.len()).prop_flat_map(|index| {
                // Generators know no boundaries of words.
                let pattern = SHAPES[index].3.replace(r"(?-u:\b)", "");
                (Just(index), string_regex(&pattern).expect("a pattern without boundaries"))
            }),
        ) {
            prop_assert!(shapes(&secret).any(|shape| shape == index), "{} is passed over", SHAPES[index].0);
        }
    }
}
