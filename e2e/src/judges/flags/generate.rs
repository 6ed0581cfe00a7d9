//! Command lines: flags of the table in every way in which they can be written, and words that are wrong.

use std::collections::BTreeSet;

use cloister_flags::{Flag, Gate, Program, Span, flags, gates};

use super::values::{invalid, valid};
use super::version;
use crate::judges::Dice;

/// What a line tries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    Value,
    NextWord,
    Again,
    Underscores,
    Invalid,
    Unknown,
    Removed,
    Gates,
    Shorthand,
    OneDash,
    Stray,
    Terminator,
    Missing,
    Ends,
}

impl Class {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Class::Value => "`--flag=value`",
            Class::NextWord => "`--flag value`",
            Class::Again => "a flag a second time",
            Class::Underscores => "underscores for dashes",
            Class::Invalid => "a value that is none of its kind",
            Class::Unknown => "a flag that never was",
            Class::Removed => "a flag of another version",
            Class::Gates => "feature gates",
            Class::Shorthand => "letters behind one dash",
            Class::OneDash => "one dash before a name",
            Class::Stray => "a word that belongs to no flag",
            Class::Terminator => "`--`",
            Class::Missing => "a last flag without its value",
            Class::Ends => "`--help` and `--version`",
        }
    }
}

/// One flag on a command line, or another word.
#[derive(Clone, Debug)]
pub(super) struct Item {
    /// The flag, without dashes and underscores; empty for other words.
    pub name: String,
    /// The flag's value as it is written, where it has one.
    pub value: Option<String>,
    /// How it is written.
    pub words: Vec<String>,
    pub class: Class,
}

/// A command line.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub items: Vec<Item>,
}

impl Case {
    pub(super) fn words(&self) -> Vec<String> {
        words(&self.items)
    }

    /// Everything that it tries, each once.
    pub(super) fn classes(&self) -> BTreeSet<Class> {
        self.items.iter().map(|item| item.class).collect()
    }
}

pub(super) fn words(items: &[Item]) -> Vec<String> {
    items.iter().flat_map(|item| item.words.clone()).collect()
}

/// What another version is emulated with is judged by nobody: its gates are not in our tables.
const LEFT_OUT: &[&str] = &["emulated-version", "min-compatibility-version", "feature-gates", "help", "version"];

/// One command line of a program.
pub(super) fn case(program: Program, dice: &mut Dice) -> Case {
    let table: Vec<(&Flag, &Span)> = here(program).filter(|(flag, _)| !LEFT_OUT.contains(&flag.name)).collect();
    let mut items: Vec<Item> = Vec::new();
    for _ in 0..dice.below(7) {
        let item = item(program, &table, &items, dice);
        items.push(item);
    }
    if dice.chance(2)
        && let Some((flag, _)) = table.iter().filter(|(_, span)| span.bare.is_none()).nth(dice.below(40))
    {
        let words = vec![format!("--{}", flag.name)];
        items.push(Item { name: flag.name.to_owned(), value: None, words, class: Class::Missing });
    }
    Case { items }
}

/// The flags of the version that is judged.
pub(super) fn here(program: Program) -> impl Iterator<Item = (&'static Flag, &'static Span)> {
    let version = version(program);
    flags(program).iter().filter_map(move |flag| {
        let span = flag.spans.iter().find(|span| version.is_some_and(|version| span.versions.contain(version)))?;
        Some((flag, span))
    })
}

fn item(program: Program, table: &[(&'static Flag, &'static Span)], before: &[Item], dice: &mut Dice) -> Item {
    let other = |words: &[&str], class| Item {
        name: String::new(),
        value: None,
        words: words.iter().map(|word| (*word).to_owned()).collect(),
        class,
    };
    match dice.below(100) {
        0..=11 => gate_flag(program, dice),
        12..=13 => unknown(program, dice),
        14 => other(&[dice.pick(&["word", "false", "", "-"])], Class::Stray),
        15 => other(&["--"], Class::Terminator),
        16..=17 => other(
            &[dice.pick(&["-h", "--help", "--help=false", "--version", "--version=raw", "--version=false"])],
            Class::Ends,
        ),
        18..=21 if program != Program::Etcd => {
            let words = dice.pick(&[
                ["-v2", ""],
                ["-v=3", ""],
                ["-v", "4"],
                ["-v", "x"],
                ["-v=", ""],
                ["-hv1", ""],
                ["-x", ""],
                ["-vv", ""],
            ]);
            let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
            Item { name: "v".to_owned(), ..other(&words, Class::Shorthand) }
        }
        _ => {
            let again =
                before.iter().filter(|item| !item.name.is_empty()).map(|item| item.name.clone()).collect::<Vec<_>>();
            let name = if dice.chance(35) { dice.pick(&again) } else { String::new() };
            let found = table.iter().find(|(flag, _)| flag.name == name);
            let fresh = table.get(dice.below(table.len()));
            match (found, fresh) {
                (Some((flag, span)), _) => Item { class: Class::Again, ..written(program, flag.name, span, dice) },
                (None, Some((flag, span))) => written(program, flag.name, span, dice),
                (None, None) => other(&[], Class::Value),
            }
        }
    }
}

/// A flag of the table, in one of the ways in which it can be written.
fn written(program: Program, name: &str, span: &Span, dice: &mut Dice) -> Item {
    let wrong = dice.chance(4).then(|| invalid(&span.kind, dice)).flatten();
    let class = if wrong.is_some() { Class::Invalid } else { Class::Value };
    let value = wrong.unwrap_or_else(|| valid(&span.kind, dice));
    spelled(program, (name, span.bare.is_some()), value, class, dice)
}

fn spelled(program: Program, (name, has_bare): (&str, bool), value: String, class: Class, dice: &mut Dice) -> Item {
    let underscores = name.contains('-') && dice.chance(15) && program != Program::Etcd;
    let one_dash = dice.chance(if program == Program::Etcd { 40 } else { 1 });
    let dashes = if one_dash { "-" } else { "--" };
    let flag = format!("{dashes}{}", if underscores { name.replace('-', "_") } else { name.to_owned() });
    let special = match (underscores, one_dash) {
        (true, _) => Some(Class::Underscores),
        (_, true) => Some(Class::OneDash),
        _ => None,
    };
    let class = if class == Class::Value { special.unwrap_or(class) } else { class };
    let item = |value, words, class| Item { name: name.to_owned(), value, words, class };
    if has_bare && dice.chance(40) {
        return item(None, vec![flag], class);
    }
    if dice.chance(40) && (!has_bare || dice.chance(10)) {
        let class = if class == Class::Value { Class::NextWord } else { class };
        return item(Some(value.clone()), vec![flag, value], class);
    }
    item(Some(value.clone()), vec![format!("{flag}={value}")], class)
}

/// A flag that does not exist, or no longer.
fn unknown(program: Program, dice: &mut Dice) -> Item {
    let gone: Vec<&'static str> = flags(program)
        .iter()
        .map(|flag| flag.name)
        .filter(|name| !here(program).any(|(flag, _)| flag.name == *name))
        .collect();
    let removed = dice.chance(50) && !gone.is_empty();
    let name = if removed {
        dice.pick(&gone)
    } else {
        dice.pick(&["no-such-flag", "Anonymous-Auth", "anonymous-aut", "profilin", "test.v"])
    };
    let class = if removed { Class::Removed } else { Class::Unknown };
    let words = match dice.below(4) {
        0 => vec![format!("--{name}")],
        1 => vec![format!("--{name}"), "value".to_owned()],
        2 => vec![format!("---{name}=x")],
        _ => vec![format!("--{name}=true")],
    };
    Item { name: name.to_owned(), value: None, words, class }
}

fn gate_flag(program: Program, dice: &mut Dice) -> Item {
    let version = version(program);
    // Of etcd, what all gates of a stage come to is printed gate by gate.
    let whole = |name: &str| program == Program::Etcd && name.starts_with("All");
    let known: Vec<&Gate> = gates(program)
        .filter(|gate| !whole(gate.name))
        .filter(|gate| version.is_some_and(|version| gate.versions.contain(version)))
        .collect();
    let components = !matches!(program, Program::Etcd | Program::Kubelet | Program::Proxy);
    let prefix = if components && dice.chance(30) { "kube:" } else { "" };
    let mut pairs = Vec::new();
    for _ in 0..=dice.below(3) {
        let Some(gate) = known.get(dice.below(known.len())) else { continue };
        let all = program != Program::Etcd && dice.chance(12);
        let name = match () {
            () if all => dice.pick(&["AllAlpha", "AllBeta"]),
            () if dice.chance(4) => dice.pick(&["NoSuchGate", "allbeta"]),
            () => gate.name,
        };
        // Mostly as it is: so many gates are locked, or needed by others.
        let is = if dice.chance(45) { !gate.default } else { gate.default };
        let value = match dice.below(40) {
            0 => "maybe".to_owned(),
            1 => "1".to_owned(),
            2 => " True".to_owned(),
            _ => is.to_string(),
        };
        let odd = dice.pick(&["", "", "", "", "", "", "", "other:"]);
        let prefix = if components && dice.chance(6) { odd } else { prefix };
        pairs.push(if dice.chance(2) { format!("{prefix}{name}") } else { format!("{prefix}{name}={value}") });
    }
    let mut value = pairs.join(",");
    if dice.chance(5) {
        value.push(',');
    }
    let item = spelled(program, ("feature-gates", false), value, Class::Value, dice);
    Item { class: Class::Gates, ..item }
}
