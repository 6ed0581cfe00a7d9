//! Judges the readers of protocols: real clients talk with real servers through a proxy that writes down what is said;
//! what was planted must come out with its table, column and value, however the bytes are cut, and what tshark reads of
//! the same must be read here.

#![allow(clippy::disallowed_methods)] // a judge: processes, files and sockets are its business

mod capture;
mod client;
mod comparison;
mod databases;
mod datagrams;
mod dissected;
mod expect;
mod planted;
mod proxy;
mod read;
mod scene;
mod sections;
mod server;
mod tshark;
mod web;

pub use comparison::{Compared, Verdict};
pub use scene::{SCENES, Scene, play, sample};
pub use sections::{Sections, sections};
pub use web::{WEB, WebScene, play_web};
