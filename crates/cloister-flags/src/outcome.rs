//! Whether a program takes its words.

use crate::diagnostic::Diagnostic;
use crate::program::Program;

/// What the program does after it has read its words. It may still refuse to start for what they say together, or for
/// files that they name: that is not looked at here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome<'l> {
    /// It goes on.
    Starts,
    /// It prints its help and ends.
    PrintsHelp,
    /// It prints its version and ends.
    PrintsVersion,
    /// It is another command of the same binary, which is not known here.
    OtherCommand,
    /// It ends with an error: this one, or another that is beside it.
    Fails(&'l Diagnostic),
    /// Some versions start and others do not: the version is not known.
    Depends(&'l Diagnostic),
}

/// The steps in which a program can end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// A word could not be read.
    Words,
    Help,
    /// A word was left over.
    Arguments,
    Gates,
    Version,
}

impl Program {
    /// The order of the steps.
    /// Source: Kubernetes 1.37, `cmd/*/app/server.go`; cobra's `Command.execute`; etcd 3.7, `etcdmain/config.go`.
    pub(crate) const fn phases(self) -> [Phase; 5] {
        match self {
            Program::ApiServer | Program::ControllerManager | Program::Scheduler => {
                [Phase::Words, Phase::Help, Phase::Arguments, Phase::Gates, Phase::Version]
            }
            Program::Kubelet => [Phase::Words, Phase::Arguments, Phase::Help, Phase::Version, Phase::Gates],
            Program::Proxy => [Phase::Words, Phase::Help, Phase::Arguments, Phase::Version, Phase::Gates],
            // Help is printed while words are read.
            Program::Etcd => [Phase::Words, Phase::Gates, Phase::Help, Phase::Arguments, Phase::Version],
        }
    }
}
