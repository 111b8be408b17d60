//! The compiler whose texts the tests know.

use std::io::Write as _;
use std::process::Command;

/// The compiler of the snapshots.
const PINNED: &str = "rustc 1.95.0";

/// Whether the compiler is that of the snapshots. With another one it prints a note.
pub(crate) fn is_pinned() -> bool {
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let version = Command::new(rustc).arg("--version").output().expect("rustc runs");
    let version = String::from_utf8_lossy(&version.stdout);
    if !version.starts_with(PINNED) {
        // Printed directly, because the harness would capture `eprintln!`.
        let note = format!("note: skipped the texts of errors: they are kept for {PINNED}, and this is {version}");
        writeln!(std::io::stderr(), "{note}").expect("a note can be printed");
    }
    version.starts_with(PINNED)
}
