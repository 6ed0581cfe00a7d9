//! The program `cloister serve` as its users meet it: in Chromium, driven over the pipe of its own protocol, and under load.

#![allow(clippy::disallowed_methods)] // this crate's work is files, environment and programs

pub mod axe;
pub mod browser;
pub mod hub;
pub mod postgres;
pub mod receiver;
