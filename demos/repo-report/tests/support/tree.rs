//! Small trees on which the tests run the program.

use git2::{Oid, Repository, Signature, Time};
use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Command, Output};
use std::time::{Duration, SystemTime};
use tempfile::TempDir;

/// 2024-05-01 00:00:00 UTC.
const MAY: u64 = 1_714_521_600;

/// A tree in a temporary directory.
pub(crate) struct Tree {
    /// The directory of the tree. It is also the home of the program, so that no user's git
    /// settings matter.
    pub(crate) home: TempDir,
    pub(crate) root: PathBuf,
}

impl Tree {
    pub(crate) fn new() -> Self {
        let home = TempDir::new().unwrap();
        let root = home.path().join("demo");
        fs::create_dir(&root).unwrap();
        Tree { home, root }
    }

    /// Writes a file that was changed this many seconds into May.
    pub(crate) fn file(&self, path: &str, text: &str, seconds: u64) -> &Self {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        let changed = SystemTime::UNIX_EPOCH + Duration::from_secs(MAY + seconds);
        File::options().write(true).open(&path).unwrap().set_modified(changed).unwrap();
        self
    }

    pub(crate) fn run(&self, arguments: impl IntoIterator<Item: AsRef<OsStr>>) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_repo-report"));
        command.env("HOME", self.home.path()).env("XDG_CONFIG_HOME", self.home.path()).args(arguments);
        command.output().unwrap()
    }
}

/// Adds an empty commit this many seconds into May.
pub(crate) fn commit(repository: &Repository, author: &str, message: &str, seconds: u64) -> Oid {
    let time = Time::new((MAY + seconds).try_into().unwrap(), 0);
    let author = Signature::new(author, "mail@example.org", &time).unwrap();
    let tree = repository.treebuilder(None).unwrap().write().unwrap();
    let tree = repository.find_tree(tree).unwrap();
    let parent = repository.head().ok().map(|head| head.peel_to_commit().unwrap());
    repository.commit(Some("HEAD"), &author, &author, message, &tree, parent.as_ref().as_slice()).unwrap()
}

#[track_caller]
pub(crate) fn stdout(output: &Output) -> &str {
    assert!(output.status.success(), "{output:?}");
    std::str::from_utf8(&output.stdout).unwrap()
}

/// Asserts that the program failed, and returns the one line of its error.
#[track_caller]
pub(crate) fn error(output: &Output) -> &str {
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert_eq!(output.stdout, b"", "no half report");
    let stderr = std::str::from_utf8(&output.stderr).unwrap();
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    stderr.trim_end()
}
