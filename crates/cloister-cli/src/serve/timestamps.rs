//! `cloister serve --timestamp`: who stamps the evidence log's head with the time.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use cloister_hub::Timestamping;

use super::args::duration;
use crate::evidence::{authorities, timestamp};

/// Who stamps the evidence log's head.
#[derive(Debug, Args)]
pub struct Timestamps {
    /// Have the evidence log's head stamped by an authority for time (RFC 3161) at this address, http:// or https://, when it
    /// grew: it gets a hash and nothing else. `cloister evidence verify --timestamp-ca` checks what it said, offline.
    #[arg(long, value_name = "URL", requires = "timestamp_ca", help_heading = "What is kept")]
    pub timestamp: Option<String>,

    /// Certificates that the authority's must lead to, in PEM.
    #[arg(long, value_name = "FILE", requires = "timestamp", help_heading = "What is kept")]
    pub timestamp_ca: Option<PathBuf>,

    /// By which policy it is to stamp, such as 1.2.3.4 [default: the authority's own].
    #[arg(long, value_name = "NUMBERS", requires = "timestamp", help_heading = "What is kept")]
    pub timestamp_policy: Option<String>,

    /// How often it is asked, at most, such as 30m or 24h.
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = duration, help_heading = "What is kept")]
    pub timestamp_every: Duration,
}

/// As the hub wants it.
pub fn of(asked: &Timestamps) -> anyhow::Result<Option<Timestamping>> {
    let (Some(url), Some(file)) = (&asked.timestamp, &asked.timestamp_ca) else { return Ok(None) };
    let authority = timestamp::authority(url, authorities(file)?, asked.timestamp_policy.as_deref())?;
    Ok(Some(Timestamping::new(authority, asked.timestamp_every)))
}
