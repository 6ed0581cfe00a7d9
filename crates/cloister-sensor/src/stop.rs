//! Ends when it is asked to, with all written that was seen: the first process of a container gets no other chance.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

/// Whether somebody has asked for the end.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Listens from now on. Who asks twice does not want to wait.
    pub fn listen() -> anyhow::Result<Stop> {
        let stop = Stop::default();
        for signal in [SIGTERM, SIGINT] {
            flag::register_conditional_shutdown(signal, 1, stop.0.clone())
                .and_then(|_| flag::register(signal, stop.0.clone()))
                .context("failed to listen to signals")?;
        }
        Ok(stop)
    }

    /// Somebody has.
    pub fn is_asked(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
