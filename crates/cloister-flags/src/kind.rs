//! How the value of a flag is read: one kind for each of Go's implementations of `Value` that the programs use.

use std::num::NonZeroU32;

/// How a value is written, kept and printed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// `true` and the other words of Go's `strconv.ParseBool`.
    Boolean,
    /// A whole number of so many bits.
    Integer {
        /// How many.
        bits: NonZeroU32,
        /// Whether it may be below zero.
        signed: bool,
    },
    /// A decimal number; of 32 bits, or of 64.
    Decimal {
        /// Whether it is rounded to 32 bits.
        short: bool,
    },
    /// `1h30m`.
    Duration,
    /// Any text.
    Text,
    /// A list, written as a line of CSV; each further flag adds to it (pflag's `stringSlice`).
    List,
    /// A list of which each flag is one value, as it stands (pflag's `stringArray`).
    Array,
    /// A list of numbers that adds up (pflag's `int32Slice`).
    Numbers,
    /// An address; an empty one changes nothing (pflag's `ip`).
    Address,
    /// An address that is kept as it is written; an empty one lets go of the setting (the kubelet's `IPVar`).
    WrittenAddress,
    /// The same with a port behind it, or without.
    AddressAndPort,
    /// `key=value,key=value`; further flags add to it.
    Map(Pairs),
    /// `key:value,key:value`; a key may come again.
    Multimap {
        /// Whether a value may stand without a key.
        keyless: bool,
    },
    /// `certificate,key:names`, once a flag.
    CertificateAndKey,
    /// `30000-32767`, `30000+10` or one port.
    PortRange,
    /// An amount, as `10Mi`.
    Quantity,
    /// How much is logged: a number without base or sign.
    Verbosity,
    /// `pattern=number,…`; adds up.
    VerbosityOfFiles,
    /// `true`, `false`, `raw`, or the version to pretend.
    Version,
    /// `key=value:effect,…`.
    Taints,
    /// `node:memory=amount,…;…`.
    ReservedMemory,
    /// Feature gates that are set as the flag is read.
    Gates,
    /// Nothing: taken and ignored (etcd).
    Ignored,
    /// A list of URLs, sorted; the last flag counts (etcd).
    Urls {
        /// Whether `*` stands for all of them.
        or_all: bool,
    },
    /// A list that the last flag replaces (etcd).
    Words,
    /// A set that the last flag replaces (etcd).
    Set,
    /// One of these words (etcd).
    Choice(Vec<String>),
    /// Some of these words; adds up, sorted (etcd).
    Choices(Vec<String>),
}

/// How pairs are cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pairs {
    /// At commas, each with `=`; replaces what is there by default.
    Split,
    /// Each flag is one pair.
    Whole,
    /// At commas, each with `<`.
    LessThan,
    /// At commas; a key may stand alone, and adds to what is there.
    Loose,
    /// At commas, and each value is a boolean.
    Boolean,
    /// As CSV, and adds to what is there after the first flag (pflag's `stringToString`).
    Csv,
}

impl Kind {
    /// Reads the word of a table; none for a word that is not one.
    pub(crate) fn parse(word: &str) -> Option<Kind> {
        let integer = |bits, signed| NonZeroU32::new(bits).map(|bits| Kind::Integer { bits, signed });
        let choices = |words: &str| words.split('|').map(str::to_owned).collect();
        if let Some(words) = word.strip_prefix("choice:") {
            return Some(Kind::Choice(choices(words)));
        }
        if let Some(words) = word.strip_prefix("choices:") {
            return Some(Kind::Choices(choices(words)));
        }
        Some(match word {
            "bool" => Kind::Boolean,
            "int" => return integer(64, true),
            "int32" => return integer(32, true),
            "uint" => return integer(64, false),
            "uint32" => return integer(32, false),
            "float" => Kind::Decimal { short: false },
            "float32" => Kind::Decimal { short: true },
            "duration" => Kind::Duration,
            "string" => Kind::Text,
            "list" => Kind::List,
            "array" => Kind::Array,
            "numbers" => Kind::Numbers,
            "address" => Kind::Address,
            "written-address" => Kind::WrittenAddress,
            "address-port" => Kind::AddressAndPort,
            "map" => Kind::Map(Pairs::Split),
            "map-whole" => Kind::Map(Pairs::Whole),
            "map-less-than" => Kind::Map(Pairs::LessThan),
            "map-loose" => Kind::Map(Pairs::Loose),
            "map-bool" => Kind::Map(Pairs::Boolean),
            "map-csv" => Kind::Map(Pairs::Csv),
            "multimap" => Kind::Multimap { keyless: false },
            "multimap-keyless" => Kind::Multimap { keyless: true },
            "certificate-key" => Kind::CertificateAndKey,
            "port-range" => Kind::PortRange,
            "quantity" => Kind::Quantity,
            "verbosity" => Kind::Verbosity,
            "verbosity-of-files" => Kind::VerbosityOfFiles,
            "version" => Kind::Version,
            "taints" => Kind::Taints,
            "reserved-memory" => Kind::ReservedMemory,
            "gates" => Kind::Gates,
            "ignored" => Kind::Ignored,
            "urls" => Kind::Urls { or_all: false },
            "urls-or-all" => Kind::Urls { or_all: true },
            "words" => Kind::Words,
            "set" => Kind::Set,
            _ => return None,
        })
    }

    /// Whether a second flag adds to the first, instead of replacing it.
    #[must_use]
    pub fn adds_up(&self) -> bool {
        matches!(
            self,
            Kind::List
                | Kind::Array
                | Kind::Numbers
                | Kind::Map(_)
                | Kind::Multimap { .. }
                | Kind::CertificateAndKey
                | Kind::VerbosityOfFiles
                | Kind::ReservedMemory
                | Kind::Gates
                | Kind::Choices(_)
        )
    }
}
