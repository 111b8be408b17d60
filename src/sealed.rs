//! Seals for the traits that only this library implements.

/// A supertrait that has no name outside, so that nobody else implements the traits that have it.
pub trait Sealed {}

/// A type that has no name outside, so that nobody else implements the traits with a function that
/// takes it: its signature cannot be written.
///
/// A supertrait would not suffice, because most of these traits have parameters. With a type of
/// their own as a parameter, users could implement such a trait for a type of this library, which
/// already has the supertrait.
#[derive(Debug)]
pub struct Seal;
