//! The errors of the compiler for each mistake. A case is one file, `fail/NAME.rs`, and its
//! snapshot, `fail/NAME.stderr`, which `TRYBUILD=overwrite` writes. `pass.rs` compiles the same
//! programs without the mistake.
//!
//! A case is compiled as a crate with a number in its name, and `resource!` hashes the name of the
//! crate. If an error shows two supplied resources, their order depends on the hash. Such a case
//! makes their identities by hand, with `identity!`, so that a new case changes no snapshot.
//!
//! The snapshots are those of the pinned compiler. With another compiler the failing cases are
//! skipped, with a note.

use std::io::Write as _;
use std::process::Command;

/// The compiler of the snapshots.
const PINNED: &str = "rustc 1.95.0";

#[test]
fn mistakes_are_explained() {
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let version = Command::new(rustc).arg("--version").output().expect("rustc runs");
    let version = String::from_utf8_lossy(&version.stdout);
    if !version.starts_with(PINNED) {
        // Printed directly, because the harness would capture `eprintln!`.
        let note = format!("note: skipped the texts of errors: they are kept for {PINNED}, and this is {version}");
        writeln!(std::io::stderr(), "{note}").expect("a note can be printed");
        return;
    }
    trybuild::TestCases::new().compile_fail("fail/**/*.rs");
}
