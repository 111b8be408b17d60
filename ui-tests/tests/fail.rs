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

mod pinned;

#[test]
fn mistakes_are_explained() {
    if pinned::is_pinned() {
        trybuild::TestCases::new().compile_fail("fail/**/*.rs");
    }
}
