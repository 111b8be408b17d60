//! The failing cases, with the line that their errors advise: it is Rust that compiles, and there
//! is no error then. The build script makes these programs from the snapshots.

#![allow(warnings, clippy::all, reason = "the cases are compiled, and not run")]

include!(concat!(env!("OUT_DIR"), "/advised.rs"));

#[test]
fn advice_is_found() {
    assert!(COUNT >= 11, "{COUNT} programs follow the advice of their errors");
    assert!(DECLARED >= 15, "{DECLARED} programs declare something that their errors advise");
}
