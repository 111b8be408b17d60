//! The programs of `fail` without their mistake, and others that have to compile. They are modules
//! of this one program.
//!
//! A case is one file, `pass/NAME.rs`; the build script lists them. If many mistakes have the same
//! correction, as most of those with `#[step]` have, it is one case.

#![allow(warnings, clippy::all, reason = "the cases are compiled, and not run")]

include!(concat!(env!("OUT_DIR"), "/pass.rs"));
