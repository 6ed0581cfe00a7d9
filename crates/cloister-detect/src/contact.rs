//! E-mail addresses and telephone numbers.

use std::sync::LazyLock;

use regex::Regex;

use crate::MASK;
use crate::detection::{Category, Confidence, Detection};
use crate::names::is_about_phones;
use crate::words::Context;

static EMAIL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"[A-Za-z0-9][A-Za-z0-9._%+\-]*@[A-Za-z0-9](?:[A-Za-z0-9\-]*\.)+[A-Za-z]{2,24}(?-u:\b)").ok()
});
static PHONE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?:\+[1-9]|\(?0|00[1-9])[0-9](?:[ .\-/()]{0,2}[0-9]){5,13}(?-u:\b)").ok());

/// Endings that are no domains of the world: files, and names inside a cluster.
const NO_DOMAINS: [&str; 22] = [
    "png",
    "jpg",
    "jpeg",
    "gif",
    "svg",
    "webp",
    "js",
    "css",
    "so",
    "local",
    "internal",
    "svc",
    "lan",
    "localdomain",
    "cluster",
    "yaml",
    "yml",
    "json",
    "service",
    "intranet",
    "home",
    "corp",
];

/// Reserved for documentation and tests (RFC 2606, RFC 6761).
const RESERVED: [&str; 4] = ["example", "test", "invalid", "localhost"];

/// Functions, not persons.
const ROLES: [&str; 52] = [
    "info",
    "support",
    "admin",
    "administrator",
    "noreply",
    "no-reply",
    "donotreply",
    "do-not-reply",
    "contact",
    "hello",
    "help",
    "helpdesk",
    "sales",
    "billing",
    "security",
    "abuse",
    "postmaster",
    "hostmaster",
    "webmaster",
    "root",
    "office",
    "team",
    "ops",
    "devops",
    "sre",
    "oncall",
    "alerts",
    "alert",
    "monitoring",
    "notifications",
    "notification",
    "newsletter",
    "privacy",
    "dpo",
    "legal",
    "press",
    "jobs",
    "careers",
    "service",
    "services",
    "mail",
    "mailer",
    "daemon",
    "git",
    "bot",
    "ci",
    "user",
    "username",
    "test",
    "you",
    "email",
    "platform",
];

/// Finds e-mail addresses in one line.
pub fn emails(line: &str, offset: usize, found: &mut Vec<Detection>) {
    let Some(pattern) = EMAIL.as_ref().filter(|_| line.contains('@')) else { return };
    for value in pattern.find_iter(line) {
        let Some((local, domain)) = value.as_str().split_once('@') else { continue };
        let ending = domain.rsplit('.').next().unwrap_or("").to_ascii_lowercase();
        let userinfo = line
            .get(..value.start())
            .is_some_and(|before| before.ends_with("://") || before.ends_with(':') && before.contains("://"));
        let remote = line
            .get(value.end()..)
            .is_some_and(|after| after.starts_with([':', '/']) && (local == "git" || after.starts_with('/')));
        if NO_DOMAINS.contains(&ending.as_str())
            || userinfo
            || remote
            || domain.ends_with("gserviceaccount.com")
            || local.len() > 64
        {
            continue;
        }
        let reserved = is_reserved(domain, &ending);
        let whole = local.to_ascii_lowercase();
        let role = ROLES.iter().any(|role| {
            whole.strip_prefix(role).is_some_and(|rest| rest.is_empty() || rest.starts_with(['+', '-', '.', '_']))
        });
        let person = local
            .split(['.', '_'])
            .filter(|part| part.len() > 1 && part.bytes().all(|b| b.is_ascii_alphabetic()))
            .count()
            >= 2;
        let (confidence, reason) = match (role, reserved, person) {
            (true, ..) => (Confidence::Possible, "the address of a function"),
            (_, true, false) => (Confidence::Possible, "a domain reserved for documentation"),
            (_, true, true) => (Confidence::Likely, "a domain reserved for documentation"),
            (_, false, true) => (Confidence::Certain, "an address made of names"),
            (_, false, false) => (Confidence::Likely, "by its form"),
        };
        let first: String = local.chars().take(usize::from(local.len() > 1)).collect();
        found.push(Detection {
            category: Category::EmailAddress,
            kind: "email-address",
            title: "an e-mail address",
            confidence,
            offset: offset + value.start(),
            length: value.len(),
            masked: format!("{first}{MASK}@{MASK}"),
            reason,
            test_data: reserved,
        });
    }
}

fn is_reserved(domain: &str, ending: &str) -> bool {
    let lower = domain.to_ascii_lowercase();
    let second = ["example.com", "example.org", "example.net", "example.edu"];
    RESERVED.contains(&ending) || second.iter().any(|name| lower == *name || lower.ends_with(&format!(".{name}")))
}

/// Numbers that regulators keep for films and manuals (digits, from the country code).
const RESERVED_PHONES: [&str; 17] = [
    "493023125",
    "494066969",
    "496990009",
    "498999998",
    "492214710",
    "4917139200",
    "4917299255",
    "49176040690",
    "44207946",
    "447700900",
    "441632960",
    "33199001",
    "331990",
    "3363998",
    "4684650046",
    "61491570",
    "353209",
];

/// Finds telephone numbers in one line; `context` is the name of its field.
pub fn phones(line: &str, offset: usize, context: &str, found: &mut Vec<Detection>) {
    let Some(pattern) = PHONE.as_ref().filter(|_| line.bytes().filter(u8::is_ascii_digit).take(7).count() == 7) else {
        return;
    };
    for value in pattern.find_iter(line) {
        let before = line.get(..value.start()).unwrap_or("");
        let joined =
            before.ends_with(|last: char| last.is_alphanumeric() || matches!(last, '.' | '-' | '_' | '/' | '+'));
        let digits: String = value.as_str().chars().filter(char::is_ascii_digit).collect();
        if joined || !(8..=15).contains(&digits.len()) {
            continue;
        }
        let international = value.as_str().starts_with('+');
        let about = is_about_phones(&Context::new(&format!("{context} {}", tail(before, 32))));
        if !international && !about {
            continue;
        }
        let national = digits.trim_start_matches('0');
        let test_data = RESERVED_PHONES.iter().any(|start| national.starts_with(start))
            || (digits.starts_with('1') && digits.get(4..9) == Some("55501"));
        found.push(Detection {
            category: Category::PhoneNumber,
            kind: "phone-number",
            title: "a telephone number",
            confidence: if about { Confidence::Certain } else { Confidence::Likely },
            offset: offset + value.start(),
            length: value.len(),
            masked: if international { format!("+{MASK}") } else { MASK.to_owned() },
            reason: if about { "by its form and the words before it" } else { "by its international form" },
            test_data,
        });
    }
}

/// The last `limit` bytes or fewer, cut between characters.
pub fn tail(text: &str, limit: usize) -> &str {
    let mut start = text.len().saturating_sub(limit);
    while start < text.len() && !text.is_char_boundary(start) {
        start += 1;
    }
    text.get(start..).unwrap_or("")
}
