//! Where assessments come from: a folder or cluster that is watched here, or agents.

pub mod map;
pub mod supplement;
pub mod watch;
pub mod yaml;
