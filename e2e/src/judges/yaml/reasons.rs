//! Where the readings differ for a reason: what neither is in manifests that anybody writes, nor
//! worth a parser of our own. Each difference must have one of these.

use super::compare::Difference;
use super::documents::Case;

/// A class of differences.
pub(super) struct Reason {
    /// What the text has in it.
    pub what: &'static str,
    /// What comes of it on both sides.
    pub why: &'static str,
    holds: fn(&str, &Difference) -> bool,
}

/// The reasons, the first that holds counts.
pub(super) const REASONS: &[Reason] = &[
    Reason {
        what: "next line, line or paragraph separator, byte-order mark",
        why: "YAML 1.1 breaks lines at U+0085, U+2028 and U+2029, and U+FEFF within a text is a letter to Go; YAML 1.2 changed both",
        holds: |text, _| text.contains(['\u{85}', '\u{2028}', '\u{2029}', '\u{feff}']),
    },
    Reason {
        what: "carriage returns alone",
        why: "kubectl cuts streams at line feeds only, and its parser ends lines at either",
        holds: |text, _| text.replace("\r\n", "").contains('\r'),
    },
    Reason {
        what: "a letter beyond U+FFFF, escaped as JSON does",
        why: "`\"\\ud83d\\ude00\"` is JSON, which kubectl reads by a parser for JSON; Go's YAML takes no such pairs",
        holds: |text, difference| {
            text.contains("\\ud") && theirs(difference, &["invalid Unicode character escape code"])
        },
    },
    Reason {
        what: "a merge that overrides, read strictly",
        why: "Go's strict reader counts a key that a merge and its mapping both have as doubled; kubectl does not ask it to, and nor do we",
        holds: |text, difference| text.contains("<<") && *difference == (Difference::Doubled { ours: false }),
    },
    Reason {
        what: "two spellings of one key",
        why: "`1` and `\"1\"`, or `.nan` twice, are two keys to Go and one in JSON; which of them wins is chance there. We say that the key is doubled, and take the last",
        holds: |_, difference| {
            matches!(difference, Difference::Doubled { ours: true } | Difference::Values { doubled: true, .. })
                || refuses(difference, &["JSON cannot hold it", "the key of this mapping is null"])
        },
    },
    Reason {
        what: "a tab among the spaces",
        why: "Go refuses tabs before, between and behind tokens in places where YAML 1.2 takes them as space",
        holds: |text, difference| {
            text.contains('\t')
                && (matches!(difference, Difference::OnlyKubernetesRefuses(_))
                    || refuses(difference, &["a tab indents", "expected whitespace"]))
        },
    },
    Reason {
        what: "a comment right behind the sign of a block scalar",
        why: "`>#` has no space before the comment: YAML asks for one, Go does not",
        holds: |_, difference| refuses(difference, &["comments must be separated from other tokens by whitespace"]),
    },
    Reason {
        what: "text behind the end of the document",
        why: "where the first value ends by its indentation, Go drops the rest of the document without a word; we say that it cannot be read",
        holds: |_, difference| {
            refuses(
                difference,
                &[
                    "did not find expected <document start>",
                    "comment intercepting the multiline text",
                    "invalid trailing content",
                    "missing explicit document end marker before directive",
                    "mapping values are not allowed in this context",
                    "wrongly indented line in block scalar",
                    "misplaced bracket",
                    "only valid inside a block",
                    "duplicate version directive",
                    "unexpected end of stream",
                    "block sequence entries are not allowed",
                    "while scanning a tag",
                    "TAG directive",
                    "while scanning an anchor",
                    "simple key expect",
                    "the key of this mapping is a list",
                    "this is a template, not YAML",
                    "invalid indentation",
                ],
            )
        },
    },
    Reason {
        what: "a block scalar of the whole document, not indented",
        why: "Go ends it at once and drops the lines, or stumbles over them; YAML 1.2 takes them as its own",
        holds: |text, difference| {
            // A tag or an anchor may stand before the sign.
            let sign = |line: &str| {
                line.split_whitespace()
                    .find(|word| !word.starts_with(['!', '&']))
                    .is_some_and(|word| word.starts_with(['|', '>']))
            };
            text.lines().any(sign) && !matches!(difference, Difference::OnlyWeRefuse(_) | Difference::Doubled { .. })
        },
    },
    Reason {
        what: "a comment right behind the separator",
        why: "`---#` separates documents for kubectl, but is text where it is the first line",
        holds: |text, _| text.contains("---#"),
    },
    Reason {
        what: "the sign of a block scalar in brackets",
        why: "`[>x]` is a word in YAML 1.2 and nothing to Go",
        holds: |text, difference| {
            text.contains(['[', '{']) && text.contains(['|', '>']) && theirs(difference, &["cannot start any token"])
        },
    },
    Reason {
        what: "`:`, `?` or `-` that touch a bracket or comma",
        why: "whether `[::]`, `{a :, b}`, `[-]` and `{?x: 1}` hold words or signs was settled in YAML 1.2 only",
        holds: |text, difference| {
            let touches = |first: char| {
                text.char_indices().any(|(at, c)| {
                    let rest = text.get(at + c.len_utf8()..).unwrap_or_default();
                    c == first && rest.starts_with([',', ']', '}', '[', '{', ':', '?', '\n', ' '])
                })
            };
            let brackets = text.contains(['[', '{']);
            let kubernetes = theirs(
                difference,
                &[
                    "expected node content",
                    "expected ',' or",
                    "mapping values",
                    "could not find expected ':'",
                    "%!s(<nil>)",
                    "cannot start any token",
                    "unexpected end of stream",
                    "unknown anchor",
                    "invalid map key",
                    "unknown escape character",
                    "invalid Unicode character escape code",
                    "did not find expected hexdecimal number",
                ],
            );
            let we = refuses(
                difference,
                &[
                    "did not find expected node content",
                    "while parsing a flow",
                    "plain scalar cannot start with '-'",
                    "illegal placement of ':'",
                    "':' may not precede",
                ],
            );
            let values = matches!(difference, Difference::Values { .. }) && (text.contains('?') || spaced(text));
            brackets
                && (touches(':') || touches('?') || touches('-') || text.contains('?') || spaced(text))
                && (kubernetes || we || values)
        },
    },
    Reason {
        what: "a key in quotes over two lines, in brackets",
        why: "Go wants a key and its colon on one line; YAML 1.2 asks that of keys outside of brackets only",
        holds: |text, difference| {
            text.contains(['[', '{'])
                && ["\":", "':"].iter().any(|end| key_over_lines(text, end))
                && theirs(difference, &["did not find expected", "could not find expected ':'", "mapping values"])
        },
    },
    Reason {
        what: "names of anchors",
        why: "Go takes letters, digits, `-` and `_` only; YAML takes nearly anything",
        holds: |text, difference| {
            let strange = |name: &str| {
                let name: &str = name.split([' ', '\n']).next().unwrap_or_default();
                !name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
            };
            let values = matches!(difference, Difference::Values { .. }) && text.split('&').skip(1).any(strange);
            values
                || (text.contains('&') && refuses(difference, &["did not find expected"]))
                || text.contains(['&', '*'])
                    && theirs(
                        difference,
                        &[
                            "%!s(<nil>)",
                            "cannot start any token",
                            "alphabetic or numeric",
                            "could not find expected ':'",
                            "mapping values are not allowed",
                            "mapping keys are not allowed",
                            "did not find expected",
                        ],
                    )
        },
    },
    Reason {
        what: "an escaped slash",
        why: "`\"\\/\"` came with YAML 1.2, for the sake of JSON",
        holds: |text, difference| text.contains("\\/") && theirs(difference, &["unknown escape character"]),
    },
    Reason {
        what: "what touches a tag",
        why: "a comma, a bracket or `#` right behind it belongs to the tag in YAML 1.1, or may not stand there, and ends it in YAML 1.2",
        holds: |text, difference| {
            text.contains('!')
                && (text.contains(['[', '{']) || theirs(difference, &["expected whitespace or line break"]))
        },
    },
    Reason {
        what: "a key beyond 63 bits",
        why: "Go reads `18446744073709551615` as an unsigned number and has no word for it as a key",
        holds: |_, difference| theirs(difference, &["unsupported map key of type: uint64"]),
    },
    Reason {
        what: "a document that ends before it begins",
        why: "`...` without a document before it, and what stands behind it, is refused by Go and passed over by us",
        holds: |text, difference| text.contains("...") && matches!(difference, Difference::OnlyKubernetesRefuses(_)),
    },
];

/// Whether a key in quotes, which ends with `end`, begins on an earlier line.
fn key_over_lines(text: &str, end: &str) -> bool {
    text.match_indices(end).any(|(at, found)| {
        let before = text.get(..at).unwrap_or_default();
        let quote = found.chars().next().unwrap_or_default();
        before.rsplit_once(quote).is_some_and(|(_, key)| key.contains('\n'))
    })
}

/// Whether a colon stands apart from the word before it.
fn spaced(text: &str) -> bool {
    [" :", "\t:", "\n:", "{:", "[:", ",:"].iter().any(|part| text.contains(part))
}

fn refuses(difference: &Difference, parts: &[&str]) -> bool {
    matches!(difference, Difference::OnlyWeRefuse(why) if parts.iter().any(|part| why.contains(part)))
}

fn theirs(difference: &Difference, parts: &[&str]) -> bool {
    matches!(difference, Difference::OnlyKubernetesRefuses(why) if parts.iter().any(|part| why.contains(part)))
}

/// The index of the reason for a difference.
pub(super) fn reason(case: &Case, difference: &Difference) -> Option<usize> {
    REASONS.iter().position(|reason| (reason.holds)(&case.text, difference))
}
