//! The two facts about rustc on which the error recovery of `#[step]` rests. They hold for no rustc
//! by promise, so each new one is asked.
//!
//! If a test here fails after an update of rustc, a mistake in the signature of a step is reported
//! more than once. Read the head of `macros/src/step/error_recovery.rs`, compile
//! `ui-tests/fail/step/struct_instead_of_its_resource.rs`, and compare the errors: where two of
//! them differ in text or span, give the tokens in `error_recovery` the span that rustc now uses.
//! Do not accept longer snapshots, and do not raise the numbers here.

use std::fs;
use std::path::Path;
use std::process::Command;

/// A step as the macro expands it, reduced to what the recovery needs. The types in the function
/// and in the block are the same tokens, so their spans are equal.
const PROGRAM: &str = r"
pub trait Resource {}
pub struct Settings;
pub struct Get<R: Resource>(R);
pub trait Step { type Input: Resource; }

pub trait Known<T> { type Type; }
impl<S: ?Sized, T> Known<T> for S { type Type = T; }
pub type PoisonUnless<const N: usize, T> = <[(); N] as Known<T>>::Type;

macro_rules! step {
    ($step:ident, $function:ident($argument:ty), $resource:ty) => {
        pub fn $function(_: $argument) {}
        pub struct $step;
        impl Step for $step { type Input = POISON; }
    };
}
step!(Load, load(Get<Settings>), Settings);

pub fn run<S: Step>() {}
pub fn twice() {
    run::<Load>();
    run::<Load>();
}
";

/// Compiles the program with a type for the input of the step, and counts the errors.
fn errors(input: &str) -> usize {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("error-recovery");
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join(if input.contains("Poison") { "with.rs" } else { "without.rs" });
    fs::write(&file, PROGRAM.replace("POISON", input)).unwrap();
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc)
        .args(["--edition=2024", "--crate-type=lib", "--emit=metadata", "--error-format=short", "--out-dir"])
        .args([&folder, &file])
        .output()
        .unwrap();
    let printed = String::from_utf8(output.stderr).unwrap();
    printed.lines().filter(|line| line.contains("error[E0277]")).count()
}

#[test]
fn rustc_reports_equal_errors_at_equal_spans_once() {
    assert_eq!(errors("PoisonUnless<{ let _: $argument; 0 }, $resource>"), 1);
    // Without the recovery there are more, so the number above is its work.
    assert_eq!(errors("$resource"), 2);
}

#[test]
fn snapshots_have_an_error_for_each_mistake() {
    let cases = [
        ("step/struct_instead_of_its_resource", 1),
        ("step/structs_instead_of_resources", 2),
        ("step/return_not_send", 1),
        ("step/unknown_option", 1),
        ("resources_amiss", 10),
    ];
    for (case, mistakes) in cases {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui-tests/fail").join(case).with_extension("stderr");
        let text = fs::read_to_string(&file).unwrap();
        let errors = text.lines().filter(|line| line.starts_with("error")).count();
        assert_eq!(errors, mistakes, "{case}");
    }
}
