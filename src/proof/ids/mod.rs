//! Numbers and maps on the level of types.

pub mod digits;
pub mod identity;
pub mod number;
pub mod set;
pub mod trie;
