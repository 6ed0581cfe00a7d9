//! Judges the readers of protocols: real clients talk with real servers through a proxy that writes down what is said;
//! what was planted must come out with its table, column and value, however the bytes are cut.

#![allow(clippy::disallowed_methods)] // a judge: processes, files and sockets are its business

mod client;
mod expect;
mod planted;
mod proxy;
mod read;
mod scene;
mod server;
mod web;

pub use scene::{SCENES, Scene, Verdict, page, play, sample};
pub use web::{WEB, play_web};
