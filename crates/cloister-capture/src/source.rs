//! What is captured: said by whoever starts the program, and understood by it.

use std::ffi::OsString;
use std::path::PathBuf;

use thiserror::Error;

/// From where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// An interface by its name; `any` for all.
    Interface(String),
    /// A file of pcap or pcapng.
    File(PathBuf),
}

/// What is captured, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// From where.
    pub what: What,
    /// Which packets, in the language of pcap-filter(7); all where it is empty.
    pub filter: String,
    /// Bytes of a frame that are captured at most.
    pub snaplen: u32,
    /// Bytes that the kernel keeps for us.
    pub buffer: u32,
    /// Whether frames to others are captured too, where the interface sees them.
    pub promiscuous: bool,
}

/// The program was called in a way that it does not know.
#[derive(Debug, Error, PartialEq, Eq)]
#[error(
    "{0}\nusage: cloister-capture (--interface NAME | --file PATH) [--filter TEXT] [--snaplen BYTES] [--buffer BYTES] \
     [--promiscuous]"
)]
pub struct Usage(String);

impl Source {
    /// All packets of one source. Machines join packets before they hand them over, so frames may have 64 KiB and more.
    pub fn new(what: What) -> Source {
        Source { what, filter: String::new(), snaplen: 256 << 10, buffer: 32 << 20, promiscuous: false }
    }

    /// As arguments of the program.
    pub fn to_arguments(&self) -> Vec<OsString> {
        let mut arguments: Vec<OsString> = match &self.what {
            What::Interface(name) => vec!["--interface".into(), name.into()],
            What::File(path) => vec!["--file".into(), path.into()],
        };
        if !self.filter.is_empty() {
            arguments.extend(["--filter".into(), OsString::from(&self.filter)]);
        }
        arguments.extend(["--snaplen".into(), self.snaplen.to_string().into()]);
        arguments.extend(["--buffer".into(), self.buffer.to_string().into()]);
        if self.promiscuous {
            arguments.push("--promiscuous".into());
        }
        arguments
    }

    /// From the arguments of the program.
    ///
    /// # Errors
    /// They are not understood.
    pub fn of_arguments(arguments: impl IntoIterator<Item = OsString>) -> Result<Source, Usage> {
        let mut given = arguments.into_iter();
        let mut what = None;
        let mut source = Source::new(What::Interface(String::new()));
        while let Some(argument) = given.next() {
            let name = argument.to_string_lossy().into_owned();
            let mut value = || given.next().ok_or_else(|| Usage(format!("{name} needs a value")));
            match name.as_str() {
                "--interface" => what = Some(What::Interface(text(&name, value()?)?)),
                "--file" => what = Some(What::File(value()?.into())),
                "--filter" => source.filter = text(&name, value()?)?,
                "--snaplen" => source.snaplen = number(&name, value()?, 64, 1 << 20)?,
                "--buffer" => source.buffer = number(&name, value()?, 1 << 16, 1 << 30)?,
                "--promiscuous" => source.promiscuous = true,
                _ => return Err(Usage(format!("{name} is not an argument of this program"))),
            }
        }
        source.what = what.ok_or_else(|| Usage("nothing to capture from is named".to_owned()))?;
        Ok(source)
    }
}

fn text(name: &str, value: OsString) -> Result<String, Usage> {
    value.into_string().map_err(|value| Usage(format!("{name}: {} is not UTF-8", value.display())))
}

fn number(name: &str, value: OsString, least: u32, most: u32) -> Result<u32, Usage> {
    let value = text(name, value)?;
    let number = value.parse().ok().filter(|number| (least..=most).contains(number));
    number.ok_or_else(|| Usage(format!("{name}: {value} is not a number from {least} to {most}")))
}

#[cfg(test)]
mod tests {
    use super::{Source, What};
    use std::ffi::OsString;

    #[test]
    fn arguments_are_understood_as_they_were_meant() {
        let mut source = Source::new(What::File("/some/file".into()));
        assert_eq!(Source::of_arguments(source.to_arguments()), Ok(source.clone()));
        source.what = What::Interface("any".into());
        (source.filter, source.snaplen, source.promiscuous) = ("tcp port 80".into(), 96, true);
        assert_eq!(Source::of_arguments(source.to_arguments()), Ok(source));
    }

    #[test]
    fn what_is_not_understood_is_named() {
        for (arguments, part) in [
            (&[][..], "nothing to capture from"),
            (&["--interface"], "--interface needs a value"),
            (&["--file", "x", "--snaplen", "63"], "63 is not a number from 64"),
            (&["--wrong"], "--wrong is not an argument"),
        ] {
            let error = Source::of_arguments(arguments.iter().map(OsString::from)).unwrap_err();
            assert!(error.to_string().contains(part), "{error}");
        }
    }
}
