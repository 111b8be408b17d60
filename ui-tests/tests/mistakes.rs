//! The first line of each mistake, as an editor or `--message-format short` shows it: the headline
//! and the label. `docs/mistakes.md` has these lines; `MISTAKES=overwrite` writes them.

mod pinned;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// The program of the mistakes in Cargo.toml, without a mistake.
const PROGRAM: &str = "\
use typed_pipeliner::{HList, In, Out, Pipeline, Return, Store, resource, run, step};

resource! { Url: String; Pool: String; }

#[step]
fn connect(url: In<'_, Url>) -> Out<Pool> {
    url.clone()
}

#[step]
fn answer(pool: In<'_, Pool>) -> Return<String> {
    Return(pool.clone())
}

struct App;
impl Pipeline for App {
    type Steps = HList![Connect];
}

fn main() {
    let _ = run::<Answer>(&Store::<App>::new().with(Url, String::new()));
}
";

/// A row of the page: the number, the mistake, the count of errors, the first line, the verdict,
/// and the case.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    cells: [String; 6],
}

impl Row {
    fn parse(line: &str) -> Option<Self> {
        let cells: Vec<String> = line.strip_prefix("| ")?.strip_suffix(" |")?.split(" | ").map(str::to_owned).collect();
        let cells: [String; 6] = cells.try_into().ok()?;
        cells[0].parse::<u32>().is_ok().then_some(Row { cells })
    }

    /// The UI case, or the mistake in Cargo.toml.
    fn case(&self) -> Option<&str> {
        self.cells[5].strip_prefix('`')?.strip_suffix('`')
    }

    /// The row with these errors, each of one line.
    fn with(mut self, errors: &[String]) -> Self {
        self.cells[2] = errors.len().to_string();
        self.cells[3] = errors.first().map_or(String::new(), |error| error.replace('|', "\\|"));
        self
    }

    fn text(&self) -> String {
        format!("| {} |", self.cells.join(" | "))
    }
}

/// The folder of the library.
fn library() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the package is in the workspace")
}

/// The errors of a package with this manifest: the file and the line of text of each. All packages
/// share one folder of outputs, so that the dependencies are checked once.
fn errors(name: &str, manifest: &str) -> Vec<(PathBuf, String)> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mistakes").join(name);
    fs::create_dir_all(folder.join("src")).expect("a folder can be made");
    let head = format!("[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n");
    fs::write(folder.join("Cargo.toml"), head + manifest).expect("a file can be written");
    fs::copy(library().join("Cargo.lock"), folder.join("Cargo.lock")).expect("a file can be copied");
    let output = Command::new(env!("CARGO"))
        .args(["check", "--quiet", "--keep-going", "--bins", "--message-format", "short"])
        .current_dir(&folder)
        .env("CARGO_TARGET_DIR", folder.with_file_name("target"))
        .env_remove("RUSTFLAGS")
        .output()
        .expect("cargo runs");
    let text = String::from_utf8(output.stderr).expect("rustc prints UTF-8");
    assert!(!output.status.success(), "{name} compiles: {text}");
    let error = |line: &str| {
        let (place, text) = line.split_once(": error")?;
        let (path, text) = (place.split(':').next()?, text.split_once(": ")?.1);
        Some((folder.join(path), text.to_owned()))
    };
    text.lines().filter_map(error).collect()
}

/// The errors of the UI cases with these names.
fn errors_of_cases(names: &[&str]) -> Vec<Vec<String>> {
    let fail = Path::new(env!("CARGO_MANIFEST_DIR")).join("fail");
    let mut manifest = format!(
        "[dependencies]\ntyped-pipeliner = {{ path = {:?}, features = [\"journal\"] }}\n\
         futures = {{ version = \"0.3\", default-features = false, features = [\"executor\", \"std\"] }}\n",
        library(),
    );
    for (number, name) in names.iter().enumerate() {
        let path = fail.join(name).with_extension("rs");
        let _ = write!(manifest, "\n[[bin]]\nname = \"case{number}\"\npath = {path:?}\n");
    }
    let errors = errors("cases", &manifest);
    let of = |name: &&str| {
        let path = fail.join(name).with_extension("rs");
        let errors = errors.iter().filter(|(file, _)| file.canonicalize().is_ok_and(|file| file == path));
        errors.map(|(_, text)| text.clone()).collect()
    };
    names.iter().map(of).collect()
}

/// The errors of a mistake in Cargo.toml.
fn errors_of_manifest(name: &str) -> Vec<String> {
    let library = format!("path = {:?}", library());
    let (dependency, program) = match name {
        "macros_missing" => {
            (format!("typed-pipeliner = {{ {library}, default-features = false }}"), PROGRAM.to_owned())
        }
        "dyn_step_missing" => (
            format!("typed-pipeliner = {{ {library}, default-features = false, features = [\"macros\"] }}"),
            PROGRAM.replacen("HList,", "DynStep, HList,", 1),
        ),
        "executor_missing" => (
            format!("typed-pipeliner = {{ {library}, default-features = false, features = [\"macros\"] }}"),
            PROGRAM.replacen("#[step]", "#[step(blocking)]", 1),
        ),
        "policy_missing" => (
            format!("typed-pipeliner = {{ {library}, default-features = false, features = [\"macros\"] }}"),
            PROGRAM.replacen("#[step]", "#[step(retry = Retry::times(3))]", 1),
        ),
        "journal_missing" => {
            (format!("typed-pipeliner = {{ {library} }}"), PROGRAM.replacen("#[step]", "#[step(keep)]", 1))
        }
        "dependency_missing" => (String::new(), PROGRAM.to_owned()),
        "dependency_renamed" => (
            format!("pipe = {{ package = \"typed-pipeliner\", {library} }}"),
            PROGRAM.replace("typed_pipeliner", "pipe"),
        ),
        _ => panic!("there is no mistake `{name}` in Cargo.toml"),
    };
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mistakes").join(name);
    fs::create_dir_all(folder.join("src")).expect("a folder can be made");
    fs::write(folder.join("src/main.rs"), program).expect("a file can be written");
    errors(name, &format!("[dependencies]\n{dependency}\n")).into_iter().map(|(_, text)| text).collect()
}

#[test]
fn first_lines_are_those_of_the_page() {
    if !pinned::is_pinned() {
        return;
    }
    let page = library().join("docs/mistakes.md");
    let text = fs::read_to_string(&page).expect("the page can be read");
    let rows: Vec<Row> = text.lines().filter_map(Row::parse).collect();
    assert_eq!(rows.len(), 105, "the page has a row for each mistake");

    let is_manifest = |name: &&str| name.ends_with("_missing") || name.ends_with("_renamed");
    let manifests: Vec<&str> = rows
        .iter()
        .filter_map(Row::case)
        .filter(is_manifest)
        .filter(|name| !Path::new(env!("CARGO_MANIFEST_DIR")).join("fail").join(name).with_extension("rs").exists())
        .collect();
    let mut cases: Vec<&str> = rows.iter().filter_map(Row::case).filter(|name| !manifests.contains(name)).collect();
    cases.sort_unstable();
    cases.dedup();
    let of_cases = errors_of_cases(&cases);

    let mut found = text.clone();
    for row in &rows {
        let Some(case) = row.case() else { continue };
        let errors = match cases.binary_search(&case) {
            Ok(number) => of_cases[number].clone(),
            Err(_) => errors_of_manifest(case),
        };
        found = found.replace(&row.text(), &row.clone().with(&errors).text());
    }
    if env::var("MISTAKES").is_ok_and(|action| action == "overwrite") {
        fs::write(&page, &found).expect("the page can be written");
        return;
    }
    let differing: Vec<(&str, &str)> = text.lines().zip(found.lines()).filter(|(old, new)| old != new).collect();
    assert!(differing.is_empty(), "`MISTAKES=overwrite` writes these lines: {differing:#?}");

    let enough = rows.iter().filter(|row| row.cells[4] == "yes").count();
    assert!(text.contains(&format!("The first line suffices in {enough} of them")), "{enough} rows say `yes`");
    assert!(enough >= 65, "{enough} rows say `yes`");
}
