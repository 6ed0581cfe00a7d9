//! Credentials by their own form: keys and tokens with a known shape, private
//! keys, passwords in URLs.

use std::borrow::Cow;
use std::sync::{LazyLock, OnceLock};

use aho_corasick::{AhoCorasick, MatchKind};
use regex::bytes::Regex;

use crate::MASK;
use crate::detection::{Category, Confidence, Detection};
use crate::engine::{Found, LONGEST, Text};
use crate::placeholder::{is_known_password, is_placeholder};

/// Kind, title, texts of which every match holds one, where the match starts before its text, pattern. The first
/// group is the secret; without one, all of it.
type Shape = (&'static str, &'static str, &'static [&'static str], Lead, &'static str);

/// Where a match starts, seen from the text that gave it away.
#[derive(Clone, Copy, Debug)]
enum Lead {
    /// At its text, which begins a word.
    Word,
    /// At its text, whatever stands before.
    Here,
    /// One byte before.
    One,
    /// Where the key starts that the text is in the middle of.
    Key,
    /// At the scheme of a URL.
    Scheme,
    /// At a user's name, and a password behind it.
    User,
}

const SHAPES: &[Shape] = &[
    ("aws-access-key", "an AWS access key", &["AKIA", "ASIA"], Lead::Word, r"(?:AKIA|ASIA)[A-Z0-9]{16}(?-u:\b)"),
    ("google-api-key", "a Google API key", &["AIza"], Lead::Word, r"AIza[0-9A-Za-z_\-]{35}"),
    ("google-oauth-token", "a Google access token", &["ya29."], Lead::Word, r"ya29\.[0-9A-Za-z_\-]{20,}"),
    ("azure-storage-key", "an Azure storage key", &["AccountKey="], Lead::Here, r"AccountKey=([A-Za-z0-9+/]{86}==)"),
    (
        "azure-shared-access-key",
        "an Azure shared access key",
        &["SharedAccessKey="],
        Lead::Here,
        r"SharedAccessKey=([A-Za-z0-9+/]{43}=)",
    ),
    ("azure-sas", "an Azure shared access signature", &["sig="], Lead::One, r"[?&]sig=([A-Za-z0-9%]{43,})"),
    (
        "github-token",
        "a GitHub token",
        &["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"],
        Lead::Word,
        r"(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{60,})",
    ),
    (
        "gitlab-token",
        "a GitLab token",
        &["glpat-", "gldt-", "glrt-", "glcbt-", "glptt-", "glft-", "glagent-", "gloas-", "glsoat-"],
        Lead::Word,
        r"gl(?:pat|dt|rt|cbt|ptt|ft|agent|oas|soat)-[0-9A-Za-z_\-]{20,}",
    ),
    ("slack-token", "a Slack token", &["xox"], Lead::Word, r"xox[abeoprs]-[0-9A-Za-z\-]{10,}"),
    (
        "slack-webhook",
        "a Slack webhook",
        &["hooks.slack.com"],
        Lead::Here,
        r"hooks\.slack\.com/services/(T[A-Z0-9]{6,14}/B[A-Z0-9]{6,14}/[A-Za-z0-9]{16,32})",
    ),
    (
        "stripe-key",
        "a Stripe key",
        &["sk_live_", "sk_test_", "rk_live_", "rk_test_"],
        Lead::Word,
        r"(?:sk|rk)_(?:live|test)_[0-9a-zA-Z]{16,}",
    ),
    (
        "json-web-token",
        "a JSON Web Token",
        &["eyJ"],
        Lead::Word,
        r"eyJ[A-Za-z0-9_\-]{8,}\.eyJ[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]{16,}",
    ),
    ("npm-token", "an npm token", &["npm_"], Lead::Word, r"npm_[A-Za-z0-9]{36}"),
    ("pypi-token", "a PyPI token", &["pypi-AgEI"], Lead::Word, r"pypi-AgEI[A-Za-z0-9_\-]{50,}"),
    ("sendgrid-key", "a SendGrid key", &["SG."], Lead::Word, r"SG\.[A-Za-z0-9_\-]{22}\.[A-Za-z0-9_\-]{43}"),
    ("docker-token", "a Docker Hub token", &["dckr_pat_"], Lead::Word, r"dckr_pat_[A-Za-z0-9_\-]{20,}"),
    ("vault-token", "a Vault token", &["hvs.", "hvb.", "hvr."], Lead::Word, r"hv[sbr]\.[A-Za-z0-9_\-]{24,}"),
    (
        "digitalocean-token",
        "a DigitalOcean token",
        &["doo_v1_", "dop_v1_", "dor_v1_"],
        Lead::Word,
        r"do[opr]_v1_[a-f0-9]{64}",
    ),
    ("anthropic-key", "an Anthropic key", &["sk-ant-"], Lead::Word, r"sk-ant-[a-z0-9]+-[A-Za-z0-9_\-]{40,}"),
    (
        "openai-key",
        "an OpenAI key",
        &["T3BlbkFJ"],
        Lead::Key,
        r"sk-(?:proj-|svcacct-)?[A-Za-z0-9_\-]{16,}T3BlbkFJ[A-Za-z0-9_\-]{16,}",
    ),
    ("huggingface-token", "a Hugging Face token", &["hf_"], Lead::Word, r"hf_[A-Za-z]{34}(?-u:\b)"),
    (
        "authorization-header",
        "credentials for HTTP",
        &["uthorization", "UTHORIZATION"],
        Lead::One,
        r#"(?i-u)authorization["']?[ \t]*[:=][ \t]*["']?(?:basic|bearer|token)[ \t]+([A-Za-z0-9+/=._\-]{8,})"#,
    ),
    (
        "url-password",
        "a password in a URL",
        &["://"],
        Lead::Scheme,
        r#"[A-Za-z][A-Za-z0-9+.\-]*://[^\s/?#@:"'<>,]*:([^\s/@"'<>]+)@"#,
    ),
    (
        "url-password",
        "a password in a connection string",
        &["@tcp(", "@unix("],
        Lead::User,
        r"[A-Za-z0-9_.\-]+:([^\s@/:]+)@(?:tcp|unix)\(",
    ),
    (
        "private-key",
        "a private key",
        &["-----BEGIN "],
        Lead::Here,
        r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----",
    ),
];

/// Names and titles of what has a form of its own.
pub fn shapes() -> impl Iterator<Item = (&'static str, &'static str)> {
    SHAPES.iter().map(|shape| (shape.0, shape.1))
}

/// Finds the texts of the shapes: one pass says which patterns can match where.
static TEXTS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let texts = SHAPES.iter().flat_map(|shape| shape.2);
    AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).build(texts).ok()
});
/// The shape of each text.
static SHAPE_OF: LazyLock<Vec<usize>> =
    LazyLock::new(|| SHAPES.iter().enumerate().flat_map(|(index, shape)| shape.2.iter().map(move |_| index)).collect());
/// Compiled when first met: most runs meet few of them.
static EACH: [OnceLock<Option<Regex>>; SHAPES.len()] = [const { OnceLock::new() }; SHAPES.len()];

fn pattern(index: usize) -> Option<&'static Regex> {
    EACH.get(index)?.get_or_init(|| Regex::new(&format!("^(?:{})", SHAPES.get(index)?.4)).ok()).as_ref()
}

/// What credentials look like that are known by their form, as patterns.
pub fn credential_patterns() -> impl Iterator<Item = &'static str> {
    SHAPES.iter().map(|shape| shape.4)
}

/// How far before its text a match may start: user names, schemes, the start of a key.
const LEAD: usize = 256;

/// Bytes that keys and tokens are made of.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

impl Lead {
    /// Where a match would start whose text stands at `anchor`.
    fn start(self, text: &Text<'_>, anchor: usize) -> Option<usize> {
        let back = |belongs: fn(u8) -> bool| {
            let mut start = anchor;
            while start > 0 && anchor - start < LEAD && text.before(start).is_some_and(belongs) {
                start -= 1;
            }
            start
        };
        match self {
            Lead::Here => Some(anchor),
            Lead::Word => (!text.before(anchor).is_some_and(is_token)).then_some(anchor),
            Lead::One => anchor.checked_sub(1),
            Lead::Key => Some(back(is_token)),
            Lead::User => {
                Some(back(|byte| !byte.is_ascii_whitespace() && !matches!(byte, b'/' | b'@' | b'"' | b'\'' | b'=')))
            }
            Lead::Scheme => {
                let start = back(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
                let letter = text.slice(start, anchor).iter().position(u8::is_ascii_alphabetic)?;
                // Most URLs name no user: one look spares the pattern.
                let (after, whole) = text.line_after(anchor + 3, LEAD * 2);
                let end = after.iter().position(|byte| {
                    byte.is_ascii_whitespace() || matches!(byte, b'/' | b'@' | b'"' | b'\'' | b'<' | b'>')
                });
                let user = end.map_or(!whole, |end| after.get(end) == Some(&b'@'));
                user.then_some(start + letter)
            }
        }
    }
}

/// Finds credentials whose texts stand in `from..to`, past what is `covered` by the last of them. Says where the
/// first stands of which more must be known, if there is one: nothing from there on is decided.
pub fn find(text: &Text<'_>, from: usize, to: usize, covered: &mut usize, found: &mut Vec<Found>) -> usize {
    let Some(texts) = TEXTS.as_ref() else { return to };
    // A text may reach over the end of what is decided.
    let near = text.slice(from, text.bytes.len().min(to + 32));
    for hit in texts.find_iter(near) {
        let anchor = from + hit.start();
        let Some(&index) = SHAPE_OF.get(hit.pattern().as_usize()).filter(|_| anchor < to) else { continue };
        if text.base + anchor < *covered {
            continue;
        }
        match of_shape(text, anchor, from + hit.end(), index) {
            Judged::Nothing => {}
            Judged::Wait => return anchor,
            Judged::Found(detection) => {
                *covered = detection.end();
                found.push(Found { anchor, detection });
            }
        }
    }
    to
}

enum Judged {
    Nothing,
    /// The value may go on.
    Wait,
    Found(Detection),
}

/// What may stand between a text and its secret: `: Bearer `, the name of an algorithm.
const BETWEEN: usize = 48;

/// Looks for a shape whose text stands in `anchor..end`.
fn of_shape(text: &Text<'_>, anchor: usize, end: usize, index: usize) -> Judged {
    let (Some((kind, title, _, lead, _)), Some(pattern)) = (SHAPES.get(index), pattern(index)) else {
        return Judged::Nothing;
    };
    let Some(start) = lead.start(text, anchor) else { return Judged::Nothing };
    let (after, whole) = text.line_after(end, LONGEST);
    let skipped = if matches!(lead, Lead::One | Lead::Here) { BETWEEN } else { 0 };
    let ends = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'<' | b'>');
    let value = after.iter().skip(skipped).position(ends).map(|end| end + skipped);
    if value.is_none() && !whole {
        return Judged::Wait;
    }
    let window = text.slice(start, end + value.map_or(after.len(), |value| value + 1));
    let Some(captures) = pattern.captures(window) else { return Judged::Nothing };
    let Some(found) = captures.get(1).or_else(|| captures.get(0)) else { return Judged::Nothing };
    let secret = String::from_utf8_lossy(found.as_bytes());
    let (mut kind, mut title) = (*kind, *title);
    if kind == "url-password" {
        if is_placeholder(&secret) {
            return Judged::Nothing;
        }
        let matched = captures.get(0).map_or(Cow::default(), |all| String::from_utf8_lossy(all.as_bytes()));
        if is_known_password(&secret) || is_user(&matched, &secret) {
            (kind, title) = ("known-password", "a password that everybody guesses");
        }
    }
    let mut length = found.len();
    if kind == "private-key" {
        let (key, ended) = private_key(text.slice(start + found.start(), text.bytes.len()));
        if !ended && !text.ended {
            return Judged::Wait;
        }
        length = key;
    }
    Judged::Found(Detection {
        category: Category::Credentials,
        kind,
        title,
        confidence: Confidence::Certain,
        offset: text.base + start + found.start(),
        length,
        masked: MASK.to_owned(),
        reason: "by its form",
        test_data: secret.ends_with("EXAMPLE"),
        column: None,
    })
}

/// Whether a URL's password is its user name: `reader:reader@`.
fn is_user(matched: &str, password: &str) -> bool {
    let user = matched.rsplit_once("://").map_or(matched, |(_, rest)| rest).split(':').next();
    user.is_some_and(|user| !user.is_empty() && user.eq_ignore_ascii_case(password))
}

/// Where the private key that starts in `bytes` ends: after its END line, or after the last line that can be part
/// of it; and whether that is known.
fn private_key(bytes: &[u8]) -> (usize, bool) {
    let mut length = 0;
    for (index, line) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let bare = line.trim_ascii();
        let complete = line.ends_with(b"\n");
        if index > 0 && bare.starts_with(b"-----END") && complete {
            return (length + line.trim_ascii_end().len(), true);
        }
        let body = bare.is_empty()
            || bare.windows(2).any(|two| two == b": ")
            || bare.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'='));
        let end = index > 0 && bare.starts_with(b"-----END");
        if index > 0 && complete && !body || length > LONGEST {
            return (trimmed(bytes, length), true);
        }
        if index == 0 || body || end {
            length += line.len();
        }
    }
    (trimmed(bytes, length.min(LONGEST)), length >= LONGEST)
}

fn trimmed(bytes: &[u8], length: usize) -> usize {
    bytes.get(..length).map_or(length, |key| key.trim_ascii_end().len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::string::string_regex;

    use super::*;

    proptest! {
        /// One pass over a line may leave out no pattern that matches it.
        #[test]
        fn every_shape_is_found(
            (index, secret) in (0..SHAPES.len()).prop_flat_map(|index| {
                // Generators know no boundaries of words.
                let pattern = SHAPES[index].4.replace(r"(?-u:\b)", "");
                // Names of headers come in three cases.
                let pattern = pattern.replace("(?i-u)authorization", "(?:[aA]uthorization|AUTHORIZATION)");
                (Just(index), string_regex(&pattern).expect("a pattern without boundaries"))
            }),
            before in "[a-z]{0,8} ?[\" (]",
        ) {
            let given = format!("{before}{secret} ");
            let text = Text { bytes: given.as_bytes(), base: 0, ended: true };
            let mut hits = TEXTS.as_ref().unwrap().find_iter(&given);
            prop_assert!(hits.any(|hit| {
                let shape = SHAPE_OF[hit.pattern().as_usize()];
                shape == index && SHAPES[shape].3.start(&text, hit.start()).is_some()
            }), "{} is passed over", SHAPES[index].0);
        }
    }
}
