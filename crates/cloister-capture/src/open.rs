//! Opens an interface or a file by libpcap.

use cloister_capture::{Reason, Source, What};
use pcap::{Active, Capture, Error, Offline};

use crate::End;

/// Packets are handed to us after so many milliseconds at the latest, however few there are.
const DELAY: i32 = 10;

/// What was opened.
pub(crate) enum Opened {
    Interface { name: String, capture: Capture<Active> },
    File(Capture<Offline>),
}

pub(crate) fn open(source: &Source) -> Result<Opened, End> {
    match &source.what {
        What::Interface(name) => {
            let failed = |error: Error| (Reason::NotOpened, format!("interface {name}: {}", help(&error)));
            let capture = interface(source, name).map_err(failed)?;
            Ok(Opened::Interface { name: name.clone(), capture })
        }
        What::File(path) => {
            let failed = |error: Error| (Reason::NotOpened, format!("{}: {}", path.display(), plain(&error)));
            let mut capture = Capture::from_file(path).map_err(failed)?;
            capture.filter(&source.filter, true).map_err(failed)?;
            Ok(Opened::File(capture))
        }
    }
}

fn interface(source: &Source, name: &str) -> Result<Capture<Active>, Error> {
    let number = |value: u32| i32::try_from(value).unwrap_or(i32::MAX);
    let capture = Capture::from_device(name)?
        .snaplen(number(source.snaplen))
        .buffer_size(number(source.buffer))
        .promisc(source.promiscuous)
        .timeout(DELAY)
        .open()?;
    let mut capture = capture.setnonblock()?;
    // The machine's own program for the kernel; nobody else compiles filters.
    capture.filter(&source.filter, true)?;
    Ok(capture)
}

/// What libpcap says, without the name of the crate around it.
pub(crate) fn plain(error: &Error) -> String {
    match error {
        Error::PcapError(text) => text.clone(),
        other => other.to_string(),
    }
}

fn help(error: &Error) -> String {
    let text = plain(error);
    let lower = text.to_lowercase();
    if lower.contains("permi") || lower.contains("cap_net_raw") {
        return format!(
            "{text}; it needs the capability CAP_NET_RAW: run it as root, or `setcap cap_net_raw=ep` on it"
        );
    }
    text
}
