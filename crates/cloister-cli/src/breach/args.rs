//! `cloister breach`, as a command line.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use cloister_breach::Extent;
use cloister_breach::decision::Exemption;
use cloister_breach::draft::Kind;
use jiff::Timestamp;

use super::output::Drafted;
use crate::input::args::Source;
use crate::table::Format;

#[derive(Debug, Args)]
pub struct Breach {
    #[command(subcommand)]
    pub command: BreachCommand,
}

#[derive(Debug, Subcommand)]
pub enum BreachCommand {
    /// Begin the record of a suspected breach, with what the register says of those affected.
    New(Box<New>),
    /// Assess its severity, and whom to tell, with the reasons.
    Assess(Assess),
    /// Take a step: the document is changed, with who and when.
    Step(Step),
    /// Draft what is sent to the authority, to data subjects, or kept.
    Draft(Draft),
    /// Show how much is left of the 72 hours.
    Clock(Clock),
    /// List all breaches: the documentation of Art. 33(5).
    Register(Register),
}

/// Begin the record of a suspected breach.
///
/// The document holds what the register of processing says of the stores or the
/// namespaces: categories of data, data subjects, recipients, whom to notify.
/// What is not known yet is asked for at its head. Fill it in as it becomes known.
#[derive(Debug, Args)]
pub struct New {
    /// Its number, such as 2026-001. It stays for good: name nobody.
    pub number: String,

    /// What makes you suspect a breach.
    #[arg(long, value_name = "TEXT")]
    pub reason: String,

    /// Who writes it down: a person or an office.
    #[arg(long, value_name = "NAME")]
    pub who: String,

    /// A title for people, which names nobody.
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub title: String,

    /// A PersonalDataStore that is affected. Repeatable.
    #[arg(long, value_name = "NAME")]
    pub store: Vec<String>,

    /// A namespace that is affected. Repeatable.
    #[arg(long = "affected-namespace", value_name = "NAME")]
    pub namespace: Vec<String>,

    #[command(flatten)]
    pub source: Source,

    /// Write to this file, which must not exist yet [default: standard output].
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// When it is written down [default: now].
    #[arg(long, value_name = "TIME")]
    pub now: Option<Timestamp>,
}

/// Assess the severity by ENISA's method, the risk to people, and whom to tell.
#[derive(Debug, Args)]
#[command(after_help = "Exit status: 0 whatever it comes to, 2 the document could not be read.")]
pub struct Assess {
    /// The document.
    pub file: PathBuf,

    /// How to answer.
    #[arg(short, long, value_enum, default_value_t = Answer::Text)]
    pub output: Answer,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Answer {
    Text,
    Json,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Exit status: 0 the step was taken, 2 it makes no sense now, or the document could not be read."
)]
pub struct Step {
    #[command(subcommand)]
    pub step: StepCommand,
}

/// The document, and who takes the step.
#[derive(Debug, Args)]
pub struct Taken {
    /// The document. It is changed.
    pub file: PathBuf,

    /// Who takes the step: a person or an office.
    #[arg(long, value_name = "NAME")]
    pub who: String,

    /// When it is written down [default: now].
    #[arg(long, value_name = "TIME")]
    pub now: Option<Timestamp>,
}

/// Why.
#[derive(Debug, Args)]
pub struct Why {
    /// Why.
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub reason: String,
}

#[derive(Debug, Subcommand)]
pub enum StepCommand {
    /// There was no breach.
    Dismiss {
        #[command(flatten)]
        taken: Taken,
        #[command(flatten)]
        why: Why,
    },
    /// It is reasonably certain that there was one: the 72 hours begin.
    BecomeAware {
        #[command(flatten)]
        taken: Taken,
        /// When that was, such as 2026-11-20T10:20:00Z.
        #[arg(long, value_name = "TIME")]
        at: Timestamp,
        #[command(flatten)]
        why: Why,
    },
    /// Write down what the assessment comes to.
    Assess {
        #[command(flatten)]
        taken: Taken,
    },
    /// Decide whether the authority is notified.
    DecideNotification {
        #[command(flatten)]
        taken: Taken,
        /// Do not notify it.
        #[arg(long)]
        no: bool,
        #[command(flatten)]
        why: Why,
    },
    /// The authority was notified.
    Notify {
        #[command(flatten)]
        taken: Taken,
        /// initial, supplement or complete.
        #[arg(long)]
        extent: Extent,
        /// Which authority.
        #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
        authority: String,
        /// The file number that it gave.
        #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
        reference: String,
        /// Why it was not within 72 hours.
        #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
        delay: String,
    },
    /// As a processor: the controller was told.
    InformController {
        #[command(flatten)]
        taken: Taken,
        /// How, and with which reference.
        #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
        reference: String,
    },
    /// Decide whether data subjects are told.
    DecideCommunication {
        #[command(flatten)]
        taken: Taken,
        /// Do not tell them.
        #[arg(long)]
        no: bool,
        /// unintelligible, averted or disproportionate: the exemption of Art. 34(3) that is relied on.
        #[arg(long, requires = "no")]
        exemption: Option<Exemption>,
        #[command(flatten)]
        why: Why,
    },
    /// Data subjects were told.
    Communicate {
        #[command(flatten)]
        taken: Taken,
        /// How: by letter, by e-mail, in public.
        #[arg(long, value_name = "TEXT")]
        channel: String,
        /// How many were reached.
        #[arg(long, value_name = "NUMBER")]
        people: Option<u64>,
    },
    /// Note something: facts that changed, questions of an authority.
    Note {
        #[command(flatten)]
        taken: Taken,
        #[command(flatten)]
        why: Why,
    },
    /// Nothing is left to do.
    Close {
        #[command(flatten)]
        taken: Taken,
        #[command(flatten)]
        why: Why,
    },
    /// It is not over after all.
    Reopen {
        #[command(flatten)]
        taken: Taken,
        #[command(flatten)]
        why: Why,
    },
    /// Erase what the record says of anybody, once it was kept long enough. That it was there, and was erased, stays.
    Erase {
        #[command(flatten)]
        taken: Taken,
        #[command(flatten)]
        why: Why,
    },
}

/// Draft the notification, the message, or the record.
///
/// A draft holds what the document says. What is not known is marked "[to be
/// completed]", and told.
#[derive(Debug, Args)]
pub struct Draft {
    /// The document.
    pub file: PathBuf,

    /// notification (Art. 33(3)), message (Art. 34(2)) or record (Art. 33(5)).
    #[arg(value_name = "WHAT")]
    pub kind: Kind,

    /// md, json or pdf, to standard output or to a file. Repeatable.
    #[arg(short, long, value_name = "FORMAT[=FILE]", default_value = "md")]
    pub output: Vec<Drafted>,

    /// As of this moment [default: now].
    #[arg(long, value_name = "TIME")]
    pub now: Option<Timestamp>,
}

/// Show how much is left of the 72 hours of Art. 33(1).
///
/// They count from awareness, through nights, weekends and holidays, as Regulation
/// (EEC, Euratom) 1182/71 counts periods in hours. Alarms are due after 24, 48 and
/// 66 hours.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit status: 0 nothing is urgent, 1 less than six hours are left of one, or none, 2 a document could not be read."
)]
pub struct Clock {
    /// Documents, or folders of them [default: this folder].
    pub paths: Vec<PathBuf>,

    /// How to answer.
    #[arg(short, long, value_enum, default_value_t = Format::Text)]
    pub output: Format,

    /// As of this moment [default: now].
    #[arg(long, value_name = "TIME")]
    pub now: Option<Timestamp>,
}

/// List all breaches: the documentation of Art. 33(5), and what may be erased.
#[derive(Debug, Args)]
pub struct Register {
    /// Documents, or folders of them [default: this folder].
    pub paths: Vec<PathBuf>,

    /// How to answer.
    #[arg(short, long, value_enum, default_value_t = Format::Text)]
    pub output: Format,

    /// As of this moment [default: now].
    #[arg(long, value_name = "TIME")]
    pub now: Option<Timestamp>,
}
