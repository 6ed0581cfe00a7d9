//! `cloister evidence timestamp`: by when a head was there, as an authority for it says.

use std::process::ExitCode;

use cloister_evidence::folder::stamps;
use cloister_evidence::timestamp::ask::{Authority, NoAnswer};
use cloister_evidence::timestamp::{Authorities, NoTimestamp};

use super::args::Timestamp;
use super::count;
use super::open::head;
use super::verify::authorities;
use crate::output::print;
use crate::way_out::failure;

/// Asks, checks what comes, and keeps it.
pub fn run(asked: &Timestamp) -> anyhow::Result<ExitCode> {
    let (text, head) = head(&asked.log)?;
    let authority = authority(&asked.url, authorities(&asked.timestamp_ca)?, asked.policy.as_deref())?;
    let (token, stamp) = match authority.stamp(text.as_bytes()) {
        Ok(stamped) => stamped,
        Err(why @ NoAnswer::Policy(_)) => return Err(failure(why, "name the policy as the authority does")),
        Err(why) => {
            eprintln!("Not stamped: {}\n  help: {}", cloister_report::clean(&why.to_string()), help(&why));
            return Ok(ExitCode::from(1));
        }
    };
    let file = stamps::keep(&asked.log, &text, &token)?;
    print(&format!(
        "{} of {} existed by {}, says {}\n  {}\n",
        count(head.size, "entry", "entries"),
        head.origin,
        stamp.time,
        cloister_report::clean(&stamp.by),
        file.display()
    ))?;
    Ok(ExitCode::SUCCESS)
}

/// The authority at this address.
pub fn authority(url: &str, trusted: Authorities, policy: Option<&str>) -> anyhow::Result<Authority> {
    // What is wrong with it may be a password: it is not shown.
    Authority::new(url, trusted, policy).map_err(|why| {
        failure(format!("the address of the authority for time: {why}"), "such as https://tsa.example.org/tsr")
    })
}

/// The way out.
fn help(why: &NoAnswer) -> &'static str {
    match why {
        NoAnswer::Absent(..) => "check its address, and whether a firewall stands between; the log is as it was",
        NoAnswer::Wrong(_, NoTimestamp::Stranger) => {
            "name the certificate of the authority that it leads to: --timestamp-ca FILE"
        }
        NoAnswer::Wrong(_, NoTimestamp::Clock { .. }) => "set the clock of this machine, or ask another authority",
        NoAnswer::Wrong(..) | NoAnswer::Policy(_) | NoAnswer::Random => {
            "ask its operator, or ask another authority; the log is as it was"
        }
    }
}
