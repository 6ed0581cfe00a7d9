//! # What it does
//! Finds containers that download and run programs when they start: `curl … | sh`,
//! `apt-get install`, `pip install` and their kin.
//!
//! # Why it matters
//! What runs was never scanned or signed and is another at each start. Whoever holds
//! the server, or the name, runs commands here; without a network nothing starts.
//!
//! # What to do
//! Put the programs into the image when it is built.
//!
//! # References
//! GDPR Art. 32(1)(b). MITRE ATT&CK for Containers, T1105 "Ingress Tool Transfer".

use cloister_inventory::Container;
use cloister_model::Severity;

use crate::commands::Command;
use crate::{Check, Run};

/// Package managers, with the words by which they install.
const INSTALLERS: [(&str, &[&str]); 20] = [
    ("apk", &["add"]),
    ("apt", &["install"]),
    ("apt-get", &["install"]),
    ("cargo", &["install"]),
    ("composer", &["install", "require"]),
    ("dnf", &["install"]),
    ("gem", &["install"]),
    ("go", &["install", "get"]),
    ("helm", &["plugin"]),
    ("microdnf", &["install"]),
    ("npm", &["install", "i", "ci"]),
    ("npx", &[]),
    ("pip", &["install"]),
    ("pip3", &["install"]),
    ("pipx", &["install", "run"]),
    ("pnpm", &["install", "add"]),
    ("tdnf", &["install"]),
    ("uvx", &[]),
    ("yarn", &["install", "add"]),
    ("yum", &["install"]),
];

const DOWNLOADERS: [&str; 3] = ["curl", "wget", "fetch"];
const INTERPRETERS: [&str; 12] =
    ["sh", "bash", "ash", "dash", "zsh", "ksh", "python", "python3", "perl", "ruby", "node", "php"];

pub(crate) const CHECK: Check = Check {
    name: "download-at-start",
    title: "container downloads programs when it starts",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Container(|container, findings| {
        if container.words().next().is_none() {
            return findings.not_applicable();
        }
        let commands = findings.commands(container);
        if let Some((command, what)) = downloads(&commands) {
            report(container, command, what, findings);
        }
    }),
};

fn report(container: &Container<'_>, command: &Command<'_>, what: &str, findings: &mut crate::Findings<'_>) {
    findings
        .report(command.place(container))
        .message(format!("container \"{}\" {what} when it starts", container.name()));
}

/// The first command that brings in a program.
fn downloads<'c, 'a>(commands: &'c [Command<'a>]) -> Option<(&'c Command<'a>, &'static str)> {
    let installs = commands.iter().find(|command| is_installer(command)).map(|command| (command, "installs packages"));
    let runs = || {
        let download = commands.iter().position(|command| DOWNLOADERS.contains(&behind_sudo(command)))?;
        let command = commands.get(download)?;
        let after = commands.get(download + 1..).unwrap_or(&[]);
        let before = commands.get(..download).unwrap_or(&[]);
        // `curl … | sh`, with anything between; `sh -c "$(curl …)"` and `bash <(curl …)`; `chmod +x` of what came.
        let piped = after.iter().take_while(|next| next.piped).any(|next| INTERPRETERS.contains(&behind_sudo(next)));
        let substituted = before.last().is_some_and(takes_script);
        let made =
            after.iter().any(|next| next.program() == "chmod" && next.words.iter().any(|word| makes_program(word)));
        (piped || substituted || made).then_some((command, "runs what it downloads"))
    };
    installs.or_else(runs)
}

fn is_installer(command: &Command<'_>) -> bool {
    let program = behind_sudo(command);
    let module =
        matches!(program, "python" | "python3") && command.has("-m") && command.has("pip") && command.has("install");
    let known = INSTALLERS.iter().any(|(name, words)| {
        *name == program && (words.is_empty() || words.iter().any(|word| command.has(word))) && !is_local(command)
    });
    module || known
}

/// Nothing is fetched from elsewhere.
fn is_local(command: &Command<'_>) -> bool {
    ["--no-index", "--offline", "--no-network"].iter().any(|option| command.has(option))
}

/// An interpreter that ends in `-c` or `<`, so that its script is what follows.
fn takes_script(command: &Command<'_>) -> bool {
    let open = command.words.last().is_some_and(|word| word == "<" || (word.starts_with('-') && word.ends_with('c')));
    open && INTERPRETERS.contains(&behind_sudo(command))
}

/// A mode of `chmod` that makes a file a program.
fn makes_program(mode: &str) -> bool {
    mode.ends_with("+x")
        || mode.ends_with("+rx")
        || (mode.len() <= 4 && mode.contains(['7', '5', '1']) && is_octal(mode))
}

fn is_octal(mode: &str) -> bool {
    mode.len() >= 3 && mode.bytes().all(|b| matches!(b, b'0'..=b'7'))
}

/// The program, past `sudo`.
fn behind_sudo<'c>(command: &'c Command<'_>) -> &'c str {
    if command.program() != "sudo" {
        return command.program();
    }
    let next = command.words.iter().skip(1).find(|word| !word.starts_with('-')).map_or("", String::as_str);
    next.rsplit('/').next().unwrap_or(next)
}
