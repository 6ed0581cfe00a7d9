//! Whether connections to a database are encrypted: what an engine's options and
//! URLs, of which `engines` knows the meaning, come to in one place.

use cloister_inventory::Container;
use cloister_model::{Place, Severity};

use super::settings::{Choice, Setting, choices, joined};
use super::urls::urls;
use crate::Findings;

/// What an option says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tls {
    /// Encrypted, or nothing goes.
    On,
    /// Encrypted only when the other side offers it: anybody between can say no.
    Maybe,
    /// In the clear.
    Off,
}

/// One kind of software.
#[derive(Debug)]
pub(crate) struct Engine {
    /// For people.
    pub title: &'static str,
    /// Parts of names of settings that are about it.
    pub words: &'static [&'static str],
    /// Parts of image names.
    pub images: &'static [&'static str],
    /// URL schemes, with what they mean when no option says otherwise.
    pub schemes: &'static [(&'static str, Tls)],
    /// An option's meaning: joined lower-case name, lower-case value, and whether
    /// it is surely this software's (by URL, name or image): what is said when it may be another's is said then, too.
    pub option: fn(&str, &str, bool) -> Option<Tls>,
    /// What to write.
    pub fix: &'static str,
}

/// A connection that may be in the clear.
#[derive(Debug)]
pub(crate) struct Plain<'a> {
    pub place: Place<'a>,
    pub tls: Tls,
    pub what: String,
    /// What to write instead.
    pub fix: String,
}

/// What a value says, in words, and what to write instead where the engine's own
/// words would not fit there.
#[derive(Debug, Default)]
struct Said {
    what: String,
    fix: Option<String>,
}

impl Engine {
    /// Whether a container runs this software.
    pub(crate) fn runs_in(&self, container: &Container<'_>) -> bool {
        is_image_of(container.image(), self.images)
    }

    /// What the settings say of its connections; `None` when they say nothing.
    pub(crate) fn judge<'a>(&self, settings: &[Setting<'a>], runs: bool) -> Option<Vec<Plain<'a>>> {
        let mut plain = Vec::new();
        let mut spoken = false;
        let mut demanded = false;
        for setting in settings.iter().filter(|setting| setting.may_tell_of_encryption()) {
            let Some((tls, Said { what, fix })) = self.verdict(setting, runs) else { continue };
            spoken = true;
            demanded |= tls == Tls::On;
            if tls != Tls::On {
                plain.push(Plain { place: setting.place, tls, what, fix: fix.unwrap_or_else(|| self.fix.to_owned()) });
            }
        }
        // A URL without an option takes what another setting demands (`PGSSLMODE`).
        if demanded {
            plain.retain(|one| !one.what.ends_with(UNSAID));
        }
        spoken.then_some(plain)
    }

    /// What one setting says, and in which words; none for this pod itself.
    pub(super) fn says(&self, setting: &Setting<'_>, runs: bool) -> Option<(Tls, String)> {
        self.verdict(setting, runs).map(|(tls, said)| (tls, said.what))
    }

    /// What one setting says.
    fn verdict(&self, setting: &Setting<'_>, runs: bool) -> Option<(Tls, Said)> {
        let by_url = if setting.has_url { self.by_url(&setting.value) } else { None };
        by_url.or_else(|| {
            let (name, value) = (setting.joined(), setting.lower());
            let by_options = |sure| {
                (self.option)(name, value.trim(), sure)
                    .map(|tls| (tls, said(&setting.name, value.trim())))
                    .or_else(|| self.worst(setting.options(), sure))
            };
            // Most settings say nothing to anybody: whose they are is asked of the others.
            let told = by_options(true)?;
            let sure = runs || self.words.iter().any(|word| name.contains(word));
            if sure { Some(told) } else { by_options(false) }
        })
    }

    /// A connection URL of this software, with the options in it.
    fn by_url(&self, text: &str) -> Option<(Tls, Said)> {
        let mut worst: Option<(Tls, Said)> = None;
        for url in urls(text) {
            let scheme = url.scheme.to_ascii_lowercase();
            let bare = scheme.split('+').next().unwrap_or(&scheme);
            let known = self
                .schemes
                .iter()
                .find(|(own, _)| *own == scheme)
                .or_else(|| self.schemes.iter().find(|(own, _)| *own == bare));
            let Some((own, unsaid)) = known else { continue };
            let found = if url.is_local() {
                (Tls::On, Said::default())
            } else {
                self.worst(&choices(url.rest), true).unwrap_or_else(|| {
                    let note = if *unsaid == Tls::Maybe { UNSAID } else { "" };
                    (*unsaid, Said { what: format!("{own}://{note}"), fix: None })
                })
            };
            if worst.as_ref().is_none_or(|(tls, _)| rank(found.0) > rank(*tls)) {
                worst = Some(found);
            }
        }
        worst
    }

    /// An option among others: the engine's own one fits beside them, a scheme does not.
    fn said_inside(&self, name: &str, value: &str) -> Said {
        let said = said(name, value);
        if self.fix.contains("://") || value.contains("://") { said } else { Said { fix: None, ..said } }
    }

    /// The worst that options inside a value say.
    fn worst(&self, options: &[Choice], sure: bool) -> Option<(Tls, Said)> {
        let verdicts = options.iter().filter_map(|option| {
            (self.option)(&option.joined, &option.value, sure)
                .map(|tls| (tls, self.said_inside(&option.name, &option.value)))
        });
        verdicts.max_by_key(|(tls, _)| rank(*tls))
    }
}

/// How a URL that leaves the choice to the client is described.
const UNSAID: &str = " without an option for TLS";

fn rank(tls: Tls) -> u8 {
    match tls {
        Tls::On => 0,
        Tls::Maybe => 1,
        Tls::Off => 2,
    }
}

/// What a setting says. Values of options are words; anything longer may hold
/// more than it should.
fn said(name: &str, value: &str) -> Said {
    let what = match value {
        "" => name.to_owned(),
        value if value.len() <= 24 && !value.contains(['@', '/', ':']) => format!("{name}={value}"),
        _ => format!("{name}=…"),
    };
    let fix = match opposite(value) {
        Some(word) if joined(name) != "skipssl" => Some(format!("{name}={word}")),
        _ if joined(name) == "skipssl" => Some("require_secure_transport=ON".to_owned()),
        _ if value.contains("http://") => Some("https://".to_owned()),
        _ => None,
    };
    Said { what, fix }
}

/// The other position of a switch, in the same words.
fn opposite(value: &str) -> Option<&'static str> {
    const PAIRS: [(&str, &str); 5] =
        [("true", "false"), ("1", "0"), ("yes", "no"), ("on", "off"), ("enabled", "disabled")];
    PAIRS.iter().find_map(|(on, off)| match value {
        value if value == *on => Some(*off),
        value if value == *off => Some(*on),
        _ => None,
    })
}

/// Whether the last part of an image's name holds one of `parts`.
pub(crate) fn is_image_of(image: &str, parts: &[&str]) -> bool {
    let path = image.split('@').next().unwrap_or(image);
    let last = path.rsplit('/').next().unwrap_or(path);
    let name = last.split(':').next().unwrap_or(last);
    parts.iter().any(|part| name.contains(part))
        && !["exporter", "operator", "backup", "-ui", "admin"].iter().any(|tool| name.contains(tool))
}

/// The judgement of one container, for the checks of the single engines.
pub(crate) fn judge_container<'a>(engine: &Engine, container: &Container<'a>, findings: &mut Findings<'a>) {
    let Some(plain) = engine.judge(findings.settings(container).all(), engine.runs_in(container)) else {
        return findings.not_applicable();
    };
    for one in plain {
        let message = format!("container \"{}\": {}", container.name(), describe(engine, &one));
        findings.report(one.place).message(message).severity(severity(one.tls)).fix(one.fix);
    }
}

/// What is wrong, in words.
pub(crate) fn describe(engine: &Engine, plain: &Plain<'_>) -> String {
    let how =
        if plain.tls == Tls::Off { "are not encrypted" } else { "are encrypted only if the other side offers it" };
    format!("connections to {} {how} ({})", engine.title, plain.what.trim())
}

/// In the clear is worse than leaving it open.
pub(crate) fn severity(tls: Tls) -> Severity {
    if tls == Tls::Off { Severity::High } else { Severity::Medium }
}

#[cfg(test)]
mod tests {
    use super::said;

    #[test]
    fn what_to_write_fits_where_it_is_written() {
        for (value, fix) in [
            ("no", Some("REDIS_TLS_ENABLED=yes")),
            ("false", Some("REDIS_TLS_ENABLED=true")),
            ("http://search:9200", Some("https://")),
            ("disable", None),
            ("plaintext", None),
        ] {
            assert_eq!(said("REDIS_TLS_ENABLED", value).fix.as_deref(), fix, "{value}");
        }
        assert_eq!(said("skip-ssl", "").fix.as_deref(), Some("require_secure_transport=ON"));
    }
}
