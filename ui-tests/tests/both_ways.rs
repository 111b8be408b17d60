//! The two ways of proof report the same: each failing case is compiled as it is, proved by the
//! walk, and once more with `#[pipeline]` before each of its pipelines.
//!
//! The headlines have to be the same, in the same places. No error may be new, and none longer by
//! more than a line, but for a few that follow from a wrong list.

mod generate;
mod pinned;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// Cases with an error in the list of steps, whose second error, where the pipeline is used, is
/// longer by up to [`LONGER`] lines.
const WRONG_LISTS: [&str; 7] = [
    "fail/dyn_step/not_a_chosen_step.rs",
    "fail/each/not_declared.rs",
    "fail/each/without_for_each.rs",
    "fail/not_a_step_in_a_group.rs",
    "fail/not_a_step_in_a_store.rs",
    "fail/ported/resource_registered.rs",
    "fail/ported/steps_as_a_tuple.rs",
];
/// See [`WRONG_LISTS`].
const LONGER: usize = 5;

/// A way to prove.
#[derive(Clone, Copy)]
enum Way {
    Walk,
    Certificate,
}

impl Way {
    fn name(self) -> &'static str {
        match self {
            Way::Walk => "walk",
            Way::Certificate => "certificate",
        }
    }

    /// A program that is proved in this way. The attribute is on the line before the impl, so no
    /// line has another number.
    fn program(self, program: &str) -> String {
        let mut lines: Vec<String> = program.lines().map(str::to_owned).collect();
        for at in 0..lines.len() {
            let is_pipeline = lines[at].trim_start().starts_with("impl") && lines[at].contains("Pipeline for ");
            if is_pipeline && matches!(self, Way::Certificate) {
                lines[at - 1] += " #[typed_pipeliner::pipeline]";
            }
        }
        lines.join("\n") + "\n"
    }
}

/// An error of rustc.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Error {
    /// The line of the program.
    line: u32,
    headline: String,
    lines: usize,
}

/// The cases below a folder, as paths without extension.
fn cases(folder: &Path, to: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of cases can be read") {
        let path = entry.expect("its entries can be read").path();
        if path.is_dir() {
            cases(&path, to);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            to.push(path);
        }
    }
}

/// The errors of all cases, proved in a way, by the name of the case.
fn errors(way: Way) -> BTreeMap<String, Vec<Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("both_ways").join(way.name());
    let mut paths = Vec::new();
    cases(&root.join("fail"), &mut paths);
    let mut manifest = format!(
        "[package]\nname = \"cases\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
         typed-pipeliner = {{ path = {:?}, features = [\"journal\"] }}\n\
         futures = {{ version = \"0.3\", default-features = false, features = [\"executor\", \"std\"] }}\n\
         serde = {{ version = \"1\", features = [\"derive\"] }}\n",
        generate::repository(),
    );
    for (number, path) in paths.iter().enumerate() {
        let name = path.strip_prefix(root).expect("a case is in the package");
        let _ = write!(manifest, "\n[[bin]]\nname = \"case{number}\"\npath = {name:?}\n");
    }
    paths.extend(["calc.rs", "scopes.rs"].map(|name| root.join(name)));
    for path in paths {
        let to = folder.join(path.strip_prefix(root).expect("a case is in the package"));
        let program = fs::read_to_string(&path).expect("a case can be read");
        fs::create_dir_all(to.parent().expect("a file is in a folder")).expect("a folder can be made");
        fs::write(to, way.program(&program)).expect("a file can be written");
    }
    fs::write(folder.join("Cargo.toml"), manifest).expect("a file can be written");
    fs::copy(generate::repository().join("Cargo.lock"), folder.join("Cargo.lock")).expect("a file can be copied");
    let output = Command::new(env!("CARGO"))
        .args(["check", "--quiet", "--keep-going", "--bins"])
        .current_dir(&folder)
        // One folder for both, so that the library is checked once.
        .env("CARGO_TARGET_DIR", folder.with_file_name("target"))
        .env_remove("RUSTFLAGS")
        .output()
        .expect("cargo runs");
    parse(&String::from_utf8(output.stderr).expect("rustc prints UTF-8"))
}

/// The lines of each error, warning and summary. Summaries have no empty line after them.
fn blocks(text: &str) -> Vec<Vec<&str>> {
    let mut blocks: Vec<Vec<&str>> = vec![Vec::new()];
    for line in text.lines() {
        if line.is_empty() || line.starts_with("error") || line.starts_with("warning") {
            blocks.push(Vec::new());
        }
        blocks.last_mut().expect("there is a block").extend(Some(line).filter(|line| !line.is_empty()));
    }
    blocks.retain(|block| !block.is_empty());
    blocks
}

/// The errors in an output of cargo, by the file in which they are.
fn parse(text: &str) -> BTreeMap<String, Vec<Error>> {
    let mut errors: BTreeMap<String, Vec<Error>> = BTreeMap::new();
    // A note of its own may follow the summary of another case.
    let is_error =
        |block: &Vec<&str>| block[0].starts_with("error") && !block[0].starts_with("error: could not compile");
    for block in blocks(text).into_iter().filter(is_error) {
        let place = block.iter().find_map(|line| line.trim_start().strip_prefix("--> "));
        let Some((file, line)) = place.and_then(|place| place.split_once(':')) else { continue };
        let line = line.split(':').next().and_then(|line| line.parse().ok()).expect("a place has a line");
        errors.entry(file.to_owned()).or_default().push(Error {
            line,
            headline: block[0].to_owned(),
            lines: block.len(),
        });
    }
    errors.values_mut().for_each(|errors| errors.sort());
    errors
}

/// The differences between the errors of one case.
fn differences(case: &str, walk: &[Error], certificate: &[Error]) -> Vec<String> {
    let longer = if WRONG_LISTS.contains(&case) { LONGER } else { 1 };
    let mut walk = walk.to_vec();
    let mut differences = Vec::new();
    for error in certificate {
        match walk.iter().position(|other| (other.line, &other.headline) == (error.line, &error.headline)) {
            None => differences.push(format!("new, line {}: {}", error.line, error.headline)),
            Some(at) => {
                let other = walk.remove(at);
                if error.lines > other.lines + longer {
                    differences.push(format!("{} lines, not {}: {}", error.lines, other.lines, error.headline));
                }
            }
        }
    }
    differences
}

#[test]
fn certificates_and_walks_report_the_same() {
    if !pinned::is_pinned() {
        return;
    }
    let (walk, certificate) = (errors(Way::Walk), errors(Way::Certificate));
    assert!(walk.len() > 150, "the cases are compiled: {}", walk.len());
    let mut report = String::new();
    for (case, errors) in &walk {
        match certificate.get(case) {
            None => writeln!(report, "{case}: no error at all").expect("text can be written"),
            Some(others) => {
                for difference in differences(case, errors, others) {
                    writeln!(report, "{case}: {difference}").expect("text can be written");
                }
            }
        }
    }
    for case in certificate.keys().filter(|case| !walk.contains_key(*case)) {
        writeln!(report, "{case}: refused").expect("text can be written");
    }
    assert!(report.is_empty(), "{report}");
}
