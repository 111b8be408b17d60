//! No error is long: neither in lines, nor in bytes. rustc prints types in full in some places, and
//! a type of the proof can have ten thousand letters.

mod generate;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The most bytes of an error; the longest ones are those of rustc that
/// [the limits](../../src/guide/limits.md) list.
const BYTES: usize = 3_000;
/// The most bytes of a line.
const LINE: usize = 600;

/// The snapshots below a folder.
fn snapshots(folder: &Path, to: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of cases can be read") {
        let path = entry.expect("its entries can be read").path();
        if path.is_dir() {
            snapshots(&path, to);
        } else if path.extension().is_some_and(|extension| extension == "stderr") {
            to.push(path);
        }
    }
}

/// The errors in a snapshot.
fn errors(text: &str) -> Vec<&str> {
    let starts: Vec<usize> =
        text.match_indices("error").map(|(at, _)| at).filter(|&at| at == 0 || text[..at].ends_with('\n')).collect();
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts.iter().zip(ends).map(|(&start, end)| text[start..end].trim_end()).collect()
}

#[test]
fn no_error_and_no_line_is_long() {
    let mut paths = Vec::new();
    snapshots(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fail"), &mut paths);
    assert!(paths.len() > 100, "the snapshots are found: {}", paths.len());
    let mut long = Vec::new();
    // Who forges a proof reads about the proof.
    let is_forged = |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("forged"));
    for path in paths.into_iter().filter(|path| !is_forged(path)) {
        let text = fs::read_to_string(&path).expect("a snapshot can be read");
        for error in errors(&text) {
            let line = error.lines().map(str::len).max().unwrap_or_default();
            if error.len() > BYTES || line > LINE {
                long.push(format!("{}: {} bytes, a line of {line}", path.display(), error.len()));
            }
        }
    }
    assert!(long.is_empty(), "{}", long.join("\n"));
}

/// The whole output of rustc for a case, as a user sees it: trybuild removes the summary, paths and
/// the notes about long names.
fn printed(name: &str) -> String {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("size").join(name.replace('/', "_"));
    generate::package(&folder, "").expect("the package can be written");
    let main = generate::program(&folder, "case");
    fs::create_dir_all(main.parent().expect("a program is in a folder")).expect("a folder can be made");
    let case = Path::new(env!("CARGO_MANIFEST_DIR")).join("fail").join(name).with_extension("rs");
    fs::copy(case, main).expect("the case can be copied");
    let output = Command::new(env!("CARGO"))
        .args(["check", "--quiet", "--bins"])
        .current_dir(&folder)
        // One folder for all, so that the library is checked once.
        .env("CARGO_TARGET_DIR", folder.with_file_name("target"))
        .env_remove("RUSTFLAGS")
        .output()
        .expect("cargo runs");
    assert!(!output.status.success(), "the case has a mistake");
    String::from_utf8(output.stderr).expect("rustc prints UTF-8")
}

/// The errors in such an output, without its summary.
fn errors_in(text: &str) -> Vec<&str> {
    text.split("\n\n").filter(|block| block.starts_with("error[")).collect()
}

#[test]
fn scope_of_an_unknown_parent_is_one_short_error() {
    let text = printed("runs/generic_parent");
    let errors = errors_in(&text);
    assert_eq!(errors.len(), 1, "{text}");
    assert!(errors[0].lines().count() <= 15 && text.len() < 2_000, "{} bytes:\n{text}", text.len());
    assert!(text.contains("Opens<"), "a note names the bound that works:\n{text}");
}

#[test]
fn bound_on_a_scope_of_an_unknown_parent_is_short() {
    let text = printed("runs/bound_on_a_scope");
    let errors = errors_in(&text);
    // rustc reports it for the signature, the bound, the body and the call in it.
    assert!(errors.len() <= 4 && text.len() < 6_000, "{} bytes:\n{text}", text.len());
    assert!(errors.iter().all(|error| error.lines().count() <= 20 && error.len() < 1_600), "{text}");
    assert!(errors.iter().all(|error| error.contains("Opens<")), "{text}");
}
