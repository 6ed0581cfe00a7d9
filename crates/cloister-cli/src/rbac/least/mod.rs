//! `cloister rbac minimize` and `cloister rbac roles`: least privilege.

pub mod args;
mod json;
mod logs;
mod minimize;
mod page;
mod part;
mod report;
mod roles;
mod sink;
mod text;
mod time;

pub use minimize::run as minimize;
pub use roles::run as roles;
