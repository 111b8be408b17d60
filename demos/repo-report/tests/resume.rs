//! Makes several reports on a tree with a journal, and checks which steps are executed again.

#[path = "support/tree.rs"]
mod tree;

use git2::Repository;
use std::fs;
use tree::{Tree, commit, error, stdout};

/// A report that was made with a journal.
struct Resumed {
    /// The report.
    report: String,
    /// The steps that were executed.
    executed: Vec<String>,
    /// The lines of `--explain`.
    explained: Vec<String>,
}

impl Resumed {
    /// Whether a step was executed.
    fn has_executed(&self, step: &str) -> bool {
        self.executed.iter().any(|executed| executed == step)
    }

    /// Whether a step was explained in this way.
    fn explains(&self, line: &str) -> bool {
        self.explained.iter().any(|explained| explained == line)
    }
}

/// Makes a report on a tree, with a journal beside it.
#[track_caller]
fn resume(tree: &Tree) -> Resumed {
    let folder = tree.home.path().join("journal");
    let options = ["--explain", "--trace", "--resume"].map(|option| option.as_ref());
    let output = tree.run(options.into_iter().chain([folder.as_os_str(), tree.root.as_os_str()]));
    let report = stdout(&output).to_owned();
    assert_eq!(report, stdout(&tree.run([&tree.root])), "it is the same as without a journal");
    let stderr = String::from_utf8(output.stderr).unwrap();
    let (steps, others): (Vec<_>, Vec<_>) = stderr.lines().partition(|line| line.contains('|'));
    let executed = steps.iter().filter_map(|line| Some(line.split_once(' ')?.0.to_owned())).collect();
    Resumed { report, executed, explained: others.into_iter().map(str::to_owned).collect() }
}

/// A tree with two files and a commit, and its repository.
fn small() -> (Tree, Repository) {
    let tree = Tree::new();
    tree.file("a.rs", "fn a() {}\n", 0).file("b.py", "b = 1\n", 0);
    let repository = Repository::init(&tree.root).unwrap();
    commit(&repository, "Ann", "Begin", 0);
    (tree, repository)
}

#[test]
fn unchanged_tree_is_not_read_again() {
    let (tree, _) = small();
    let first = resume(&tree);
    for step in ["PerFile", "AddCounts", "ReadHistory"] {
        assert!(first.has_executed(step), "{:?}", first.executed);
    }
    assert!(first.explains("ReadHistory: absent"), "{:?}", first.explained);

    let second = resume(&tree);
    assert_eq!(second.report, first.report);
    for step in ["PerFile", "AddCounts", "ReadHistory"] {
        assert!(!second.has_executed(step), "{:?}", second.executed);
    }
    assert!(second.explains("PerFile: not kept, with 2 entries of its elements"), "{:?}", second.explained);
    assert!(second.explains("AddCounts: taken from the journal"), "{:?}", second.explained);
}

#[test]
fn changed_file_is_noticed() {
    let (tree, _) = small();
    resume(&tree);
    // Of the same size: its time differs.
    tree.file("a.rs", "// a b c\n\n", 5);
    let second = resume(&tree);
    assert!(second.report.contains("| Rust | 1 | 0 | 1 | 1 |"), "{}", second.report);
    assert!(second.explains("AddCounts: stale: `Counts` has changed"), "{:?}", second.explained);
    assert!(!second.has_executed("ReadHistory"), "{:?}", second.executed);
}

#[test]
fn new_and_removed_files_are_noticed() {
    let (tree, _) = small();
    resume(&tree);
    tree.file("c.rs", "fn c() {}\n", 0);
    fs::remove_file(tree.root.join("b.py")).unwrap();
    let second = resume(&tree);
    assert!(second.report.contains("| Rust | 2 | 2 | 0 | 0 |"), "{}", second.report);
    assert!(!second.report.contains("Python"), "{}", second.report);
}

#[test]
fn new_commit_and_new_names_of_authors_are_noticed() {
    let (tree, repository) = small();
    resume(&tree);
    commit(&repository, "Bob", "Go on", 10);
    let second = resume(&tree);
    assert!(second.report.contains("- Commits: 2\n"), "{}", second.report);
    assert!(!second.has_executed("PerFile"), "{:?}", second.executed);

    tree.file(".mailmap", "Robert <mail@example.org>\n", 0);
    let third = resume(&tree);
    assert!(third.report.contains("| Robert | 2 |"), "{}", third.report);
}

/// Root can read the file all the same; for root the test checks nothing.
#[cfg(unix)]
#[test]
fn file_that_could_not_be_read_is_read_again() {
    use std::os::unix::fs::PermissionsExt;
    let (tree, _) = small();
    let path = tree.root.join("a.rs");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::File::open(&path).is_ok() {
        return;
    }
    let first = resume(&tree);
    assert!(first.report.contains("## Not read\n"), "{}", first.report);
    // That changes neither its size nor its time.
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let second = resume(&tree);
    assert!(!second.report.contains("## Not read\n"), "{}", second.report);
}

#[test]
fn each_tree_has_its_own_run() {
    let ((first, _), (second, _)) = (small(), small());
    let folder = first.home.path().join("journal");
    for tree in [&first, &second, &first] {
        let output = first.run(["--resume".as_ref(), folder.as_os_str(), tree.root.as_os_str()]);
        assert!(stdout(&output).contains("- Commits: 1\n"), "{output:?}");
    }
    let runs = fs::read_dir(folder).unwrap().filter(|entry| entry.as_ref().unwrap().path().is_dir());
    assert_eq!(runs.count(), 2);
}

#[test]
fn folder_that_is_no_journal_is_an_error() {
    let (tree, _) = small();
    let output = tree.run(["--resume".as_ref(), tree.root.as_os_str(), tree.root.as_os_str()]);
    let expected = "is not a journal, because it has other files: name a new folder";
    assert_eq!(error(&output), format!("error: `{}` {expected}", tree.root.display()));
}
