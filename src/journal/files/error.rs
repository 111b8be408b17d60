//! The errors of files.

use crate::error::BoxError;
use crate::text::one_line;
use std::error::Error;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// The error of a file. Its source is that of the operating system.
#[derive(Debug)]
pub(super) struct FileError {
    /// What cannot be done with the file: "read".
    done: &'static str,
    /// The file.
    path: PathBuf,
    /// The error of the operating system.
    error: io::Error,
}

impl FileError {
    /// A function that makes the error of this file.
    pub(super) fn of(done: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |error| FileError { done, path: path.to_owned(), error }
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` cannot be {}", self.path.display(), self.done)
    }
}

impl Error for FileError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.error)
    }
}

/// The error of a file that has not the format of an entry.
pub(super) fn foreign(path: &Path) -> BoxError {
    format!("`{}` is not a kept value", path.display()).into()
}

/// The error of a file with an entry that belongs elsewhere.
pub(super) fn misplaced(path: &Path, run: &str, name: &str) -> BoxError {
    let path = path.display();
    format!("`{path}` is the kept value `{}` of run `{}`, in the wrong place", one_line(name), one_line(run)).into()
}
