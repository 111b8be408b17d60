//! What only this library implements.

/// A supertrait that has no name outside, so that nobody else implements the traits that have it.
pub trait Sealed {}

/// A type that has no name outside, so that nobody else implements the traits with a function that
/// takes it: its signature cannot be written.
///
/// A supertrait would not do. Most of these traits have parameters, and a type of the user's among
/// them is enough for an impl on a type of this library, whose supertraits hold.
#[derive(Debug)]
pub struct Seal;
