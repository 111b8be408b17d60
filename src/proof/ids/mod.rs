//! Names on the level of types: identities of resources, numbers of steps, and maps keyed by them.
//!
//! Types cannot be compared, and numbers can. So a resource has an [identity], which is a list of
//! [digits], and a step has a [number]. A [trie] is a map from identities to anything; a
//! [set] holds the resources that one step lists.

pub mod digits;
pub mod identity;
pub mod number;
pub mod set;
pub mod trie;

pub use digits::Reflexive;
