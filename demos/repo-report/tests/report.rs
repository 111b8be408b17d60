//! Runs the program on small trees, complete and broken ones, and checks its reports and its
//! errors.

#[path = "support/tree.rs"]
mod tree;

use git2::{Oid, Repository};
use std::fs::{self, File};
use std::path::Path;
use std::process::Output;
use tree::{Tree, commit, error, stdout};

const MANIFEST: &str = "\
[package]
name = \"demo\"
version = \"0.3.1\"
edition = \"2024\"

[dependencies]
syn = \"2\"

[target.'cfg(windows)'.dependencies]
winapi = \"0.3\"

[dev-dependencies]
syn-old = { package = \"syn\", version = \"1\" }
";

const LOCKFILE: &str = "\
version = 4

[[package]]
name = \"demo\"
version = \"0.3.1\"
dependencies = [\"syn 1.0.109\", \"syn 2.0.10\", \"winapi\"]

[[package]]
name = \"syn\"
version = \"2.0.10\"
source = \"registry+https://github.com/rust-lang/crates.io-index\"

[[package]]
name = \"syn\"
version = \"1.0.109\"
source = \"registry+https://github.com/rust-lang/crates.io-index\"

[[package]]
name = \"winapi\"
version = \"0.3.9\"
source = \"registry+https://github.com/rust-lang/crates.io-index\"
";

/// Makes a report on a tree.
fn report(tree: &Tree) -> Output {
    tree.run([&tree.root])
}

/// A tree with every kind of content, and its first and last commit.
fn demo() -> (Tree, Oid, Oid) {
    let tree = Tree::new();
    tree.file("Cargo.toml", MANIFEST, 60)
        .file("Cargo.lock", LOCKFILE, 50)
        .file("README.md", "# Demo\n\nSays `hi`.\n", 10)
        .file("src/main.rs", "// Says hi.\nfn main() {\n    println!(\"hi\");\n}\n", 60)
        .file("src/a|b.rs", "fn a() {}\n\n", 30)
        .file("src/empty.rs", "", 20)
        .file("tools/empty.rs", "", 20)
        .file(".gitignore", "/ignored.rs\n", 90)
        .file("ignored.rs", "fn ignored() {}\n", 90)
        .file("target/debug/built.rs", "fn built() {}\n", 90);
    let repository = Repository::init(&tree.root).unwrap();
    let first = commit(&repository, "Ann", "Begin", 0);
    commit(&repository, "Bob_B", "Go on", 100);
    let last = commit(&repository, "Ann", "Say *hi*\n\nAt last.", 100);
    (tree, first, last)
}

#[test]
fn full_tree_has_every_section() {
    let (tree, first, last) = demo();
    let [first, last] = [first, last].map(|id| id.to_string()[..10].to_owned());
    let output = report(&tree);
    let expected = format!(
        "\
# Report on demo

- 7 files with {bytes} bytes
- 14 lines of code, 3 of comments, 5 blank

## Languages

| Language | Files | Code | Comments | Blank |
| --- | --: | --: | --: | --: |
| TOML | 1 | 10 | 0 | 3 |
| Rust | 4 | 4 | 1 | 1 |
| Markdown | 1 | 0 | 2 | 1 |

In no language that is counted: 1 file.

## Largest files

| File | Bytes |
| --- | --: |
| `Cargo.lock` | {lockfile} |
| `Cargo.toml` | {manifest} |
| `src/main.rs` | 46 |
| `README.md` | 19 |
| `src/a\\|b.rs` | 11 |
| `src/empty.rs` | 0 |
| `tools/empty.rs` | 0 |

## Most recently changed files

| File | Changed (UTC) |
| --- | --: |
| `Cargo.toml` | 2024-05-01 00:01:00 |
| `src/main.rs` | 2024-05-01 00:01:00 |
| `Cargo.lock` | 2024-05-01 00:00:50 |
| `src/a\\|b.rs` | 2024-05-01 00:00:30 |
| `src/empty.rs` | 2024-05-01 00:00:20 |
| `tools/empty.rs` | 2024-05-01 00:00:20 |
| `README.md` | 2024-05-01 00:00:10 |

## Cargo.toml

- Package: `demo`
- Version: 0.3.1
- Edition: 2024
- Dependencies: 2 normal, 1 dev, 0 build

## Cargo.lock

- Packages: 4, 1 of them local
- Crates in several versions: 1
- `syn`: 1.0.109, 2.0.10

## Git

- Commits: 3
- Last commit: `{last}` 2024-05-01 00:01:40, Ann: Say \\*hi\\*
- First commit: `{first}` 2024-05-01 00:00:00, Ann: Begin
- Authors: 2

| Author | Commits |
| --- | --: |
| Ann | 2 |
| Bob\\_B | 1 |
",
        bytes = MANIFEST.len() + LOCKFILE.len() + 46 + 19 + 11,
        lockfile = LOCKFILE.len(),
        manifest = MANIFEST.len(),
    );
    assert_eq!(stdout(&output), expected);
}

#[test]
fn sibling_steps_overlap() {
    let (tree, ..) = demo();
    let output = tree.run([Path::new("--trace"), &tree.root]);
    assert_eq!(stdout(&output), stdout(&report(&tree)), "the trace is no part of the report");

    let trace = str::from_utf8(&output.stderr).unwrap();
    let last = trace.lines().last().unwrap();
    let at_once = last.strip_prefix("19 steps, at most ").and_then(|rest| rest.strip_suffix(" at once"));
    let at_once: usize = at_once.unwrap_or_else(|| panic!("{trace}")).parse().unwrap();
    assert!(at_once >= 2, "{trace}");
}

#[test]
fn empty_tree_is_reported() {
    let output = report(&Tree::new());
    let report = stdout(&output);
    assert!(report.contains("- 0 files with 0 bytes\n"), "{report}");
    assert!(report.contains("\nThere is no `Cargo.toml`.\n"), "{report}");
    assert!(report.contains("\nThere is no `Cargo.lock`.\n"), "{report}");
    assert!(report.contains("\nThere is no git repository.\n"), "{report}");
}

#[test]
fn repository_without_commits_is_reported() {
    let tree = Tree::new();
    Repository::init(&tree.root).unwrap();
    let output = report(&tree);
    let report = stdout(&output);
    assert!(report.contains("## Git\n\nThere are no commits yet.\n"), "{report}");
}

#[test]
fn workspace_member_inherits_its_fields() {
    let tree = Tree::new();
    tree.file("Cargo.toml", "[package]\nname = \"member\"\nversion.workspace = true\nedition.workspace = true\n", 0);
    let output = report(&tree);
    let report = stdout(&output);
    assert!(report.contains("- Version: that of the workspace\n- Edition: that of the workspace\n"), "{report}");
}

#[test]
fn workspace_without_a_package_is_reported() {
    let tree = Tree::new();
    tree.file("Cargo.toml", "[workspace]\nmembers = [\"a\", \"b\"]\n", 0);
    let output = report(&tree);
    let report = stdout(&output);
    assert!(report.contains("## Cargo.toml\n\n- Workspace members: 2\n"), "{report}");
}

#[test]
fn broken_manifest_is_an_error_with_its_place() {
    let tree = Tree::new();
    let path = tree.file("Cargo.toml", "[package]\nname = \"demo\nversion = \"1.0.0\"\n", 0).root.join("Cargo.toml");
    let output = report(&tree);
    let error = error(&output);
    assert!(error.starts_with(&format!("error: `{}` is broken at line 2, column ", path.display())), "{error}");
    assert!(error.ends_with(" (in step `ReadManifest`)"), "{error}");
}

#[test]
fn empty_manifest_is_reported() {
    let tree = Tree::new();
    let path = tree.file("Cargo.toml", "", 0).root.join("Cargo.toml");
    let expected = "is broken: it has no `[package]` or `[workspace]` (in step `ReadManifest`)";
    assert_eq!(error(&report(&tree)), format!("error: `{}` {expected}", path.display()));
}

#[test]
fn broken_lock_file_is_an_error_with_its_place() {
    let tree = Tree::new();
    let text = "version = 4\n\n[[package]]\nname = \"demo\"\nversion = \"one\"\n";
    let path = tree.file("Cargo.lock", text, 0).root.join("Cargo.lock");
    let output = report(&tree);
    let error = error(&output);
    assert!(error.starts_with(&format!("error: `{}` is broken at line 5, column 11: ", path.display())), "{error}");
    assert!(error.ends_with(" (in step `ReadLockfile`)"), "{error}");
}

#[test]
fn unreadable_manifest_is_an_error() {
    let tree = Tree::new();
    let path = tree.root.join("Cargo.toml");
    fs::create_dir(&path).unwrap();
    let output = report(&tree);
    let error = error(&output);
    assert!(error.starts_with(&format!("error: cannot read `{}`: ", path.display())), "{error}");
}

#[test]
fn unreadable_history_is_an_error() {
    let (tree, _, last) = demo();
    let id = last.to_string();
    fs::remove_file(tree.root.join(".git/objects").join(&id[..2]).join(&id[2..])).unwrap();
    let output = report(&tree);
    let error = error(&output);
    let expected = format!("error: cannot read the git history of `{}`: ", tree.root.display());
    assert!(error.starts_with(&expected), "{error}");
    assert!(error.ends_with(" (in step `ReadHistory`)"), "{error}");
}

#[test]
fn missing_directory_is_an_error() {
    let tree = Tree::new();
    refused(&tree, &tree.root.join("missing"));
}

#[test]
fn file_instead_of_a_directory_is_an_error() {
    let tree = Tree::new();
    tree.file("file", "", 0);
    refused(&tree, &tree.root.join("file"));
}

/// The directory is a link to itself: not even root can read it.
#[cfg(unix)]
#[test]
fn unreadable_directory_is_an_error() {
    let tree = Tree::new();
    let path = tree.root.join("loop");
    std::os::unix::fs::symlink(&path, &path).unwrap();
    refused(&tree, &path);
}

#[track_caller]
fn refused(tree: &Tree, path: &Path) {
    let output = tree.run([path]);
    let error = error(&output);
    assert!(error.starts_with(&format!("error: cannot read the directory `{}`: ", path.display())), "{error}");
    assert!(error.ends_with(" (in step `OpenTree`)"), "{error}");
}

/// Root can read the files all the same; for root the test checks nothing.
#[cfg(unix)]
#[test]
fn unreadable_parts_are_listed() {
    use std::os::unix::fs::PermissionsExt;
    let tree = Tree::new();
    tree.file("open.rs", "fn open() {}\n", 0).file("closed.rs", "fn closed() {}\n", 0);
    let closed = tree.root.join("closed.rs");
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).unwrap();
    if File::open(&closed).is_ok() {
        return;
    }
    let output = report(&tree);
    let report = stdout(&output);
    assert!(report.contains("| Rust | 1 | 1 | 0 | 0 |\n"), "{report}");
    assert!(report.contains("## Not read\n\n- ") && report.contains("closed.rs: Permission denied"), "{report}");
}

#[test]
fn no_argument_reports_this_repository() {
    let arguments: [&str; 0] = [];
    let output = Tree::new().run(arguments);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    let name = root.file_name().unwrap().to_str().unwrap();
    assert!(stdout(&output).starts_with(&format!("# Report on {name}\n")), "{output:?}");
}

#[test]
fn wrong_usage_prints_the_usage() {
    let tree = Tree::new();
    for (arguments, reason) in [
        (&["--quick", "."][..], "error: there is no option `--quick`\n"),
        (&[".", "."], "error: more than one directory\n"),
        (&[".", "--resume"], "error: `--resume` needs the folder of a journal\n"),
        (&["--explain", "."], "error: `--explain` needs a journal: `--resume FOLDER`\n"),
    ] {
        let output = tree.run(arguments);
        assert_eq!(output.status.code(), Some(2));
        let stderr = std::str::from_utf8(&output.stderr).unwrap();
        assert!(stderr.starts_with(reason), "{stderr}");
        assert!(stderr.contains("usage: repo-report"), "{stderr}");
    }
}
