//! What of a request comes into the log at all, whatever the level.

use cloister_rbac::Action;

use super::{Asked, Decision, Level, Stage};

/// Subresources whose requests last (`BasicLongRunningRequestCheck`, as `pkg/controlplane/apiserver` calls it). Something
/// else speaks behind them: the server passes bodies on, and keeps none.
const LASTING: [&str; 5] = ["attach", "exec", "proxy", "log", "portforward"];

/// Which bodies stand in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bodies {
    /// That of the request.
    pub request: bool,
    /// That of the response.
    pub response: bool,
}

impl Decision<'_> {
    /// The stages at which something is written of a request that the server answers, in their order.
    pub fn stages(&self, asked: &Asked<'_>) -> Vec<Stage> {
        if self.level == Level::None {
            return Vec::new();
        }
        let passed: &[Stage] = match asked.identity {
            None => &[Stage::ResponseStarted],
            Some(_) if lasts(asked.action) => {
                &[Stage::RequestReceived, Stage::ResponseStarted, Stage::ResponseComplete]
            }
            Some(_) => &[Stage::RequestReceived, Stage::ResponseComplete],
        };
        passed.iter().copied().filter(|stage| !self.omitted.contains(stage)).collect()
    }

    /// Which bodies are written of a request that the server carries out.
    pub fn bodies(&self, asked: &Asked<'_>) -> Bodies {
        let Action::Resource(action) = asked.action else {
            // Answers of discovery are objects.
            let response = asked.identity.is_some() && self.level == Level::RequestResponse;
            return Bodies { request: false, response };
        };
        let ends = [Stage::ResponseComplete, Stage::ResponseStarted];
        let kept = asked.identity.is_some()
            && !LASTING.contains(&&*action.subresource)
            && ends.iter().any(|end| self.stages(asked).contains(end));
        let reads = matches!(&*action.verb, "get" | "list" | "watch");
        Bodies {
            request: kept && !reads && self.level >= Level::Request,
            // The events of a watch are sent one by one, and none is kept.
            response: kept && action.verb != "watch" && self.level == Level::RequestResponse,
        }
    }
}

/// Whether the server treats a request as one that lasts.
fn lasts(action: &Action) -> bool {
    match action {
        Action::Resource(action) => {
            matches!(&*action.verb, "watch" | "proxy") || LASTING.contains(&&*action.subresource)
        }
        Action::Url { path, .. } => path.starts_with("/debug/pprof/"),
    }
}
