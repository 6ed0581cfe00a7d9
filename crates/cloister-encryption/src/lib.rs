//! What is encrypted where it lies.

pub mod at_rest;
