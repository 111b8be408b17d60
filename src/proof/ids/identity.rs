//! The identity of a resource: a hash of its name, spelled in types.
//!
//! [`resource!`](crate::resource!) hashes the package, the crate and the name, in the proc macro,
//! which then writes the digits. Where the macro does not know the crate, and without the feature
//! `macros`, a constant hashes the version of the package, the path of the module and the name.
//!
//! No file and no line take part, so an edit never renames the resources below it. The hash is a
//! hint, not a proof: wherever a lookup hits, a bound demands that the two types are the same. So a
//! clash is an error, and never a wrong value.

use crate::proof::ids::digits::{Digit, Digits, End};

/// Hashes the parts of a name (FNV-1a, then the finaliser of SplitMix64 so that the low bits are as
/// good as the high).
pub const fn hash(parts: &[&str]) -> u64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut part = 0;
    while part < parts.len() {
        let bytes = parts[part].as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            hash = (hash ^ bytes[at] as u64).wrapping_mul(0x0000_0100_0000_01b3);
            at += 1;
        }
        // A byte that occurs in no UTF-8 text, so that ["ab", "c"] and ["a", "bc"] differ.
        hash = (hash ^ 0xff).wrapping_mul(0x0000_0100_0000_01b3);
        part += 1;
    }
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

/// Hashes the place where a name is declared. A package without a version has an empty one.
pub const fn hash_of(version: Option<&str>, module: &str, name: &str) -> u64 {
    let version = match version {
        Some(version) => version,
        None => "",
    };
    hash(&[version, module, name])
}

/// The digit at a place of a hash.
pub const fn digit(hash: u64, place: u32) -> u8 {
    ((hash >> (4 * place)) & 15) as u8
}

/// A hash of 32 bits as 8 digits in base 16, before the digits `Rest`.
pub type Spelled<
    const A: u8,
    const B: u8,
    const C: u8,
    const D: u8,
    const E: u8,
    const F: u8,
    const G: u8,
    const H: u8,
    Rest = End,
> = Digit<A, Digit<B, Digit<C, Digit<D, Digit<E, Digit<F, Digit<G, Digit<H, Rest>>>>>>>>;

/// The digits `A`, and then `B`.
pub type Both<A, B> = <A as Digits>::Append<B>;
