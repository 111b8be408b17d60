//! The prose of the repository is plain English: comments and documents avoid some words, and end
//! at 100 columns.
//!
//! CONTRIBUTING.md has the rules. A word is on the list because it makes a reader stop: a program
//! reports, returns or names, and does not tell; a noun is better than a clause that begins with
//! "what".

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

/// The words to avoid, in lower case, with a better one.
const WORDS: &[(&str, &str)] = &[
    ("tell", "report, return, name, show"),
    ("tells", "reports, returns, names, shows"),
    ("told", "reported, returned, named, shown"),
    ("what is", "a noun"),
    ("what it", "a noun"),
    ("what was", "a noun"),
    ("whoever", "a noun"),
    ("whom", "a noun"),
    ("stands for", "represents"),
    ("stands in", "is in, replaces"),
    ("stands on", "is on"),
];

/// The longest line of prose.
const COLUMNS: usize = 100;

/// The files of this repository with prose: sources, documents, scripts and manifests.
fn files(folder: &Path, to: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of the repository can be read") {
        let path = entry.expect("its entries can be read").path();
        let name = path.file_name().and_then(|name| name.to_str()).expect("names are UTF-8");
        let skipped = matches!(name, "target" | "node_modules" | "pictures" | "viztracer" | ".git" | "wip");
        match path.is_dir() {
            true if !skipped => files(&path, to),
            false if is_prose(&path, name) => to.push(path),
            _ => {}
        }
    }
}

fn is_prose(path: &Path, name: &str) -> bool {
    // The word list itself.
    let own = path.ends_with("tests/prose.rs");
    let script = path.parent().is_some_and(|folder| folder.file_name() == Some(OsStr::new(".ci")));
    !own && !name.starts_with("LICENSE") && (script || [".rs", ".md", ".toml"].iter().any(|end| name.ends_with(end)))
}

/// The lines of prose in a file, by number: comments outside of code, and text.
fn prose<'t>(path: &Path, text: &'t str) -> Vec<(usize, &'t str)> {
    let marker = match path.extension().and_then(|extension| extension.to_str()) {
        Some("md") => "",
        Some("rs") => "//",
        _ => "#",
    };
    let mut in_code = false;
    let mut lines = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let Some(comment) = line.trim_start().strip_prefix(marker) else { continue };
        let comment = comment.trim_start_matches(['/', '!']).trim();
        if comment.starts_with("```") {
            in_code = !in_code;
        } else if !in_code {
            lines.push((number, line));
        }
    }
    lines
}

/// A line without code, quotations and addresses, in lower case.
fn words(line: &str) -> String {
    let mut words = String::new();
    for (place, part) in line.split('`').enumerate() {
        for (quoted, part) in part.split('"').enumerate() {
            if place % 2 == 0 && quoted % 2 == 0 {
                words.push_str(part);
            }
        }
    }
    let words = words.split_whitespace().filter(|word| !word.contains("://") && !word.contains("]("));
    format!(" {} ", words.collect::<Vec<_>>().join(" ").to_lowercase())
}

/// Whether a line holds a word, as a whole.
fn holds(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        ![before, after].iter().flatten().any(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '\'' | '-'))
    })
}

/// Whether a line may be long: it cannot be broken, or is a table.
fn may_be_long(line: &str) -> bool {
    let text = line.trim_start().trim_start_matches(['/', '!', '#']).trim_start();
    text.starts_with('|') || text.starts_with('[') || !text.contains(' ') || line.contains("](") || line.contains("://")
}

#[test]
fn prose_is_plain_and_narrow() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = Vec::new();
    files(root, &mut sources);
    assert!(sources.len() > 200, "the files are found: {}", sources.len());
    sources.sort();

    let mut findings = Vec::new();
    for path in &sources {
        let text = fs::read_to_string(path).expect("a source can be read");
        let name = path.strip_prefix(root).expect("it is below the root").display();
        for (number, line) in prose(path, &text) {
            let plain = words(line);
            for (word, better) in WORDS.iter().filter(|(word, _)| holds(&plain, word)) {
                findings.push(format!("{name}:{number}: `{word}`, write: {better}"));
            }
            if line.chars().count() > COLUMNS && !may_be_long(line) {
                findings.push(format!("{name}:{number}: {} columns", line.chars().count()));
            }
        }
    }
    assert!(findings.is_empty(), "{} findings:\n{}", findings.len(), findings.join("\n"));
}
