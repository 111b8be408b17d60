//! What the proof asks of lists.

pub mod inputs;
