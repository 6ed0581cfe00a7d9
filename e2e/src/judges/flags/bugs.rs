//! Bugs that readers of command lines have, put into the words: each must change an answer, or the lines are too weak.

use cloister_flags::{Kind, Program, Span, gates};

use super::generate::{Class, Item, here, words};
use super::version;

/// A bug: what a reader with it would take the words for; nothing where it makes no difference.
pub(super) struct Bug {
    pub name: &'static str,
    pub change: fn(Program, &[Item]) -> Option<Vec<String>>,
}

/// All of them.
pub(super) const BUGS: [Bug; 20] = [
    Bug { name: "the first of two flags counts", change: |_, items| kept(items, |items, at| !is_again(items, at)) },
    Bug { name: "lists do not add up", change: |_, items| kept(items, |items, at| !comes_again(items, at)) },
    Bug {
        name: "underscores make another flag",
        change: |_, items| kept(items, |items, at| items.get(at).is_none_or(|item| item.class != Class::Underscores)),
    },
    Bug { name: "the next word is no value", change: |_, items| mapped(items, |item| item.words.truncate(1)) },
    Bug {
        name: "a value never looks like a flag",
        change: |_, items| {
            mapped(items, |item| {
                if item.value.as_deref().is_some_and(|value| value.starts_with("--")) {
                    item.words.truncate(1);
                }
            })
        },
    },
    Bug {
        name: "a switch takes the next word",
        change: |program, items| {
            let bare =
                |item: &Item| item.value.is_none() && span(program, item).is_some_and(|span| span.bare.is_some());
            let at = items.iter().position(bare)?;
            let mut items = items.to_vec();
            let next = items.get(at + 1)?.words.first().filter(|word| !word.starts_with('-'))?.clone();
            items.get_mut(at)?.words = vec![format!("--{}={next}", items.get(at)?.name)];
            items.remove(at + 1);
            Some(words(&items))
        },
    },
    Bug {
        name: "one dash is as good as two",
        change: |_, items| {
            mapped(items, |item| {
                if let Some(word) = item
                    .words
                    .first_mut()
                    .filter(|word| word.starts_with('-') && !word.starts_with("--") && word.len() > 3)
                {
                    word.insert(0, '-');
                }
            })
        },
    },
    Bug {
        name: "-- is left out",
        change: |_, items| kept(items, |items, at| items.get(at).is_none_or(|item| item.class != Class::Terminator)),
    },
    Bug {
        name: "unknown flags are left out",
        change: |_, items| {
            kept(items, |items, at| {
                items.get(at).is_none_or(|item| !matches!(item.class, Class::Unknown | Class::Removed))
            })
        },
    },
    Bug {
        name: "stray words are left out",
        change: |_, items| kept(items, |items, at| items.get(at).is_none_or(|item| item.class != Class::Stray)),
    },
    Bug {
        name: "every switch is true or false",
        change: |program, items| {
            revalued(items, |item, value| {
                let is_switch = span(program, item).is_some_and(|span| span.kind == Kind::Boolean);
                is_switch.then(|| {
                    matches!(value.trim().to_lowercase().as_str(), "1" | "t" | "true" | "yes" | "on").to_string()
                })
            })
        },
    },
    Bug {
        name: "numbers are decimal",
        change: |program, items| {
            revalued(items, |item, value| {
                let is_number = span(program, item).is_some_and(|span| matches!(span.kind, Kind::Integer { .. }));
                (is_number && value.len() > 1 && value.chars().all(|digit| digit.is_ascii_digit()))
                    .then(|| value.trim_start_matches('0').to_owned())
            })
        },
    },
    Bug {
        name: "durations without a unit are seconds",
        change: |program, items| {
            revalued(items, |item, value| {
                let is_duration = span(program, item).is_some_and(|span| span.kind == Kind::Duration);
                (is_duration && value != "0" && value.parse::<f64>().is_ok()).then(|| format!("{value}s"))
            })
        },
    },
    Bug {
        name: "quotes in lists are kept",
        change: |program, items| {
            revalued(items, |item, value| {
                let is_list = span(program, item).is_some_and(|span| span.kind == Kind::List);
                (is_list && value.contains('"')).then(|| value.replace('"', "'"))
            })
        },
    },
    Bug {
        name: "every list is cut at commas",
        change: |program, items| {
            let cut = |item: &Item| {
                let value = item
                    .value
                    .as_deref()
                    .filter(|value| value.contains(','))
                    .filter(|_| span(program, item).is_some_and(|span| span.kind == Kind::Array));
                match value {
                    Some(value) => value.split(',').map(|part| format!("--{}={part}", item.name)).collect(),
                    None => item.words.clone(),
                }
            };
            changed(items, items.iter().flat_map(cut).collect())
        },
    },
    Bug {
        name: "an empty value is no value",
        change: |_, items| kept(items, |items, at| items.get(at).is_none_or(|item| item.value.as_deref() != Some(""))),
    },
    Bug {
        name: "gates can always be set",
        change: |program, items| {
            without_gates(program, items, |program, pair| {
                let version = version(program);
                let here = |name: &str| {
                    gates(program)
                        .find(|gate| gate.name == name && version.is_some_and(|version| gate.versions.contain(version)))
                };
                pair.split_once('=').and_then(|(name, _)| here(name)).is_some_and(|gate| gate.locked)
            })
        },
    },
    Bug {
        name: "AllAlpha and AllBeta are nothing",
        change: |program, items| without_gates(program, items, |_, pair| pair.starts_with("All")),
    },
    Bug {
        name: "unknown gates are left out",
        change: |program, items| without_gates(program, items, |_, pair| pair.starts_with("NoSuch")),
    },
    Bug {
        name: "the last flag of gates replaces the others",
        change: |_, items| {
            kept(items, |items, at| {
                items.get(at).is_none_or(|item| item.name != "feature-gates" || !comes_again(items, at))
            })
        },
    },
];

fn span(program: Program, item: &Item) -> Option<&'static Span> {
    here(program).find(|(flag, _)| flag.name == item.name).map(|(_, span)| span)
}

fn is_again(items: &[Item], at: usize) -> bool {
    let name = items.get(at).map_or("", |item| item.name.as_str());
    !name.is_empty() && items.iter().take(at).any(|item| item.name == name)
}

fn comes_again(items: &[Item], at: usize) -> bool {
    let name = items.get(at).map_or("", |item| item.name.as_str());
    !name.is_empty() && items.iter().skip(at + 1).any(|item| item.name == name)
}

fn changed(items: &[Item], other: Vec<String>) -> Option<Vec<String>> {
    (other != words(items)).then_some(other)
}

fn kept(items: &[Item], keeps: impl Fn(&[Item], usize) -> bool) -> Option<Vec<String>> {
    let left: Vec<Item> =
        items.iter().enumerate().filter(|(at, _)| keeps(items, *at)).map(|(_, item)| item.clone()).collect();
    changed(items, words(&left))
}

fn mapped(items: &[Item], change: impl Fn(&mut Item)) -> Option<Vec<String>> {
    let mut other = items.to_vec();
    other.iter_mut().for_each(change);
    changed(items, words(&other))
}

fn revalued(items: &[Item], change: impl Fn(&Item, &str) -> Option<String>) -> Option<Vec<String>> {
    mapped(items, |item| {
        let Some(new) = item.value.as_deref().and_then(|value| change(item, value)) else { return };
        let flag = item.words.first().and_then(|word| word.split('=').next()).unwrap_or_default();
        item.words = vec![format!("{flag}={new}")];
    })
}

fn without_gates(program: Program, items: &[Item], leaves: impl Fn(Program, &str) -> bool) -> Option<Vec<String>> {
    revalued(items, |item, value| {
        let left = value.split(',').filter(|pair| !leaves(program, pair.trim_start_matches("kube:")));
        (item.name == "feature-gates").then(|| left.collect::<Vec<_>>().join(","))
    })
}
