//! What only this library implements.

/// A supertrait that has no name outside, so that nobody else implements the traits that have it.
pub trait Sealed {}
