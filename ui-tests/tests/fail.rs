//! What the compiler says to each mistake. A case is one file, `fail/NAME.rs`, and its text, `fail/NAME.stderr`, which
//! `TRYBUILD=overwrite` writes. `pass.rs` compiles the same programs without the mistake.
//!
//! A case is compiled as a crate with a number in its name, and `resource!` hashes the name of the crate. So that a new case
//! changes no text, a case whose text shows two supplied resources spells their identities by hand, with `identity!`.
//!
//! The texts are those of one compiler, the pinned one. With another one the failing cases are left out, with a note.

use std::io::Write as _;
use std::process::Command;

/// The compiler whose texts are kept.
const PINNED: &str = "rustc 1.95.0";

#[test]
fn mistakes_are_explained() {
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let version = Command::new(rustc).arg("--version").output().expect("rustc runs");
    let version = String::from_utf8_lossy(&version.stdout);
    if !version.starts_with(PINNED) {
        // Past the harness, which would capture what is printed.
        let note = format!("note: skipped the texts of errors: they are kept for {PINNED}, and this is {version}");
        writeln!(std::io::stderr(), "{note}").expect("a note can be printed");
        return;
    }
    trybuild::TestCases::new().compile_fail("fail/**/*.rs");
}
