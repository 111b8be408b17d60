//! The compiler errors that the documents quote are those of the UI snapshots.

use std::fs;
use std::path::{Path, PathBuf};

/// The files below a folder with one of these extensions.
fn files(folder: &Path, extensions: &[&str]) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(self::files(&path, extensions));
        } else if path.extension().is_some_and(|extension| extensions.iter().any(|&known| extension == known)) {
            files.push(path);
        }
    }
    files
}

/// The lines of a document; of a Rust file, those of its doc comments.
fn lines(document: &Path) -> Vec<String> {
    let text = fs::read_to_string(document).unwrap();
    let is_rust = document.extension().is_some_and(|extension| extension == "rs");
    let line = |line: &str| match is_rust {
        true => {
            let comment = line.trim_start();
            let prose = comment.strip_prefix("//!").or_else(|| comment.strip_prefix("///"))?;
            Some(prose.strip_prefix(' ').unwrap_or(prose).to_owned())
        }
        false => Some(line.to_owned()),
    };
    text.lines().filter_map(line).collect()
}

/// The fenced blocks in a document.
fn blocks(lines: &[String]) -> Vec<&[String]> {
    lines.split(|line| line.starts_with("```")).skip(1).step_by(2).collect()
}

/// A line of an error.
#[derive(PartialEq)]
enum Line<'a> {
    /// The place of the mistake, which differs from program to program.
    Place,
    /// A line of the program, by its number.
    Program(usize, &'a str),
    /// A sentence, a label or a note, with any underline reduced to one `^`.
    Text(String),
}

impl<'a> Line<'a> {
    fn new(line: &'a str) -> Self {
        let line = line.trim();
        if line.starts_with("-->") || line == "|" {
            return Line::Place;
        }
        if let Some((number, code)) = line.split_once('|') {
            if let Ok(number) = number.trim().parse() {
                return Line::Program(number, code.trim());
            }
        }
        let words = line.split_whitespace().map(|word| if word.starts_with("^^") { "^" } else { word });
        Line::Text(words.collect::<Vec<_>>().join(" "))
    }
}

/// Reports whether each line of a quote is in a snapshot, in the same order. The quote may leave
/// lines out. A line of the program may also be in a program of the document.
fn is_part(quote: &[String], snapshot: &str, programs: &[&[String]]) -> bool {
    let mut rest = snapshot.lines().map(Line::new);
    let is_in = |program: &[String], number, code: &str| {
        program.iter().zip(1..).any(|(line, n)| n == number && line.trim() == code)
    };
    quote.iter().map(|line| Line::new(line)).all(|line| match line {
        Line::Place => true,
        Line::Program(number, code) if programs.iter().any(|program| is_in(program, number, code)) => true,
        line => rest.any(|other| other == line),
    })
}

/// The texts of all UI snapshots.
fn snapshots(root: &Path) -> Vec<String> {
    files(&root.join("ui-tests/fail"), &["stderr"]).iter().map(|path| fs::read_to_string(path).unwrap()).collect()
}

/// Reports whether a headline reads like a sentence in which each code span names something else.
fn reads_like(headline: &str, sentence: &str) -> bool {
    let mut rest = headline;
    sentence.split('`').step_by(2).all(|words| match rest.find(words) {
        Some(at) => {
            rest = &rest[at + words.len()..];
            true
        }
        None => false,
    })
}

#[test]
fn guide_explains_errors_by_their_headlines() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let snapshots = snapshots(root);
    let headlines: Vec<_> =
        snapshots.iter().flat_map(|text| text.lines()).filter(|line| line.starts_with("error")).collect();

    let guide = fs::read_to_string(root.join("src/guide/errors.md")).unwrap();
    let (_, proof) = guide.split_once("# From the proof\n").unwrap();
    let (proof, _) = proof.split_once("\n# ").unwrap();
    let sentences: Vec<_> = proof.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    assert!(sentences.len() > 20, "{sentences:?}");
    for sentence in sentences {
        // A heading may name two errors: "…, or …".
        let first = sentence.split(", or ").next().unwrap();
        assert!(
            headlines.iter().any(|headline| reads_like(headline, first)),
            "no UI snapshot has this error: {sentence}"
        );
    }
}

#[test]
fn quoted_errors_are_parts_of_ui_snapshots() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let snapshots = snapshots(root);
    let documents = [root.join("README.md")];
    let documents =
        documents.into_iter().chain(files(&root.join("src"), &["md", "rs"])).chain(files(&root.join("docs"), &["md"]));

    let mut quoting = Vec::new();
    for document in documents {
        let lines = lines(&document);
        let blocks = blocks(&lines);
        let (quotes, programs): (Vec<_>, Vec<_>) =
            blocks.iter().partition(|block| block.first().is_some_and(|line| line.starts_with("error")));
        for quote in quotes {
            let is_known = snapshots.iter().any(|snapshot| is_part(quote, snapshot, &programs));
            assert!(is_known, "no UI snapshot has this error of {}:\n{}", document.display(), quote.join("\n"));
            quoting.push(document.strip_prefix(root).unwrap().to_owned());
        }
    }
    // The test sees the quotes.
    assert!(quoting.contains(&PathBuf::from("README.md")), "{quoting:?}");
    assert!(quoting.len() >= 4, "{quoting:?}");
}
