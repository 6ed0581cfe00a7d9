//! The contract, topic by topic.

pub mod assessments;
pub mod detections;
pub mod documents;
pub mod events;
pub mod findings;
pub mod leases;
pub mod queues;
pub mod requirements;
pub mod retention;
pub mod sessions;
