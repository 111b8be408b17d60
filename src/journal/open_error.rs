//! The error of a shelf that cannot be opened.

use crate::error::BoxError;
use std::error::Error;
use std::fmt;
use std::path::PathBuf;

/// A [shelf](super::Shelf) in files cannot be opened. Nothing was changed.
///
/// ```
/// # use typed_pipeliner::journal::Files;
/// # let folder = tempfile::tempdir()?;
/// # let home = folder.path();
/// std::fs::write(home.join("letter.txt"), "Dear …")?;
/// let error = Files::open(home).unwrap_err();
///
/// assert!(error.to_string().ends_with("is not a journal, because it has other files: name a new folder"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct OpenError {
    /// The file or the folder.
    path: PathBuf,
    /// Why it cannot be opened.
    reason: Reason,
}

/// Why a shelf cannot be opened.
#[derive(Debug)]
pub(super) enum Reason {
    /// It is something else, for this reason.
    Foreign(&'static str),
    /// It was written by a newer version of this library, in this format. The last is the format of
    /// this version.
    Newer(String, u32),
    /// It is open already, in another process or in this one.
    #[cfg(feature = "redb")]
    InUse,
    /// It cannot be read or written.
    Failed(BoxError),
}

impl OpenError {
    /// The error of a shelf at a path.
    pub(super) fn new(path: impl Into<PathBuf>, reason: Reason) -> Self {
        OpenError { path: path.into(), reason }
    }

    /// The error of a shelf that cannot be read or written.
    pub(super) fn failed(path: impl Into<PathBuf>, error: impl Into<BoxError>) -> Self {
        OpenError::new(path, Reason::Failed(error.into()))
    }

    /// Whether the shelf is open already, in another process or in this one, and can be open only
    /// once.
    #[cfg(feature = "redb")]
    pub fn is_in_use(&self) -> bool {
        matches!(self.reason, Reason::InUse)
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match &self.reason {
            Reason::Foreign(reason) => write!(f, "`{path}` is not a journal, because {reason}"),
            Reason::Newer(format, known) => write!(
                f,
                "`{path}` was written by a newer version of typed-pipeliner: its format is {format}, this version \
                 knows {known}"
            ),
            #[cfg(feature = "redb")]
            Reason::InUse => write!(f, "`{path}` is in use by another journal"),
            Reason::Failed(_) => write!(f, "the journal `{path}` cannot be opened"),
        }
    }
}

impl Error for OpenError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.reason {
            Reason::Failed(error) => Some(&**error),
            _ => None,
        }
    }
}
