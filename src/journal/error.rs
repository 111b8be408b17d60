//! The errors of journals.

use crate::error::BoxError;
use core::error::Error;
use core::fmt;
use std::sync::Arc;

/// The error of a journal. That of the shelf is its [source](Error::source).
///
/// ```
/// # use typed_pipeliner::{HList, Out, Pipeline, Store, resource, step};
/// # use typed_pipeliner::journal::{Journal, Keeps, Memory};
/// # resource! { One: u32; }
/// # #[step(keep)] fn make_one() -> Out<One> { 1 }
/// # struct Numbers;
/// # impl Pipeline for Numbers { type Steps = HList![MakeOne]; }
/// # impl Keeps for Numbers { type Ambient = HList![]; }
/// # smol::block_on(async {
/// let journal = Journal::on(Memory::new());
/// let first = Store::<Numbers>::new().kept_in(&journal, "a").await.unwrap();
/// let error = Store::<Numbers>::new().kept_in(&journal, "a").await.unwrap_err();
/// assert!(error.is_in_use());
/// assert_eq!(error.to_string(), "run `a` is in use by another store, here or in another process");
/// # drop(first);
/// # });
/// ```
#[derive(Debug, Clone)]
pub struct JournalError {
    /// The failed action.
    action: Action,
    /// Its reason, if it is that of another.
    source: Option<Arc<BoxError>>,
}

/// An action that failed.
#[derive(Debug, Clone)]
pub(crate) enum Action {
    /// A run was opened, which another journal has.
    Lock(Arc<str>),
    /// A run was opened.
    OpenRun(Arc<str>),
    /// Values were to be kept that are larger than the largest.
    Size { bytes: u64, largest: u64 },
    /// Values were to be written.
    Write,
    /// Values were to be read.
    Read,
    /// A run was to be removed.
    Forget(Arc<str>),
    /// The runs were to be listed.
    List,
    /// The fingerprint of a supplied value was to be made.
    Print(&'static str),
    /// A store was to be kept in which runs have begun.
    Used,
    /// Two steps are kept under one name.
    SameName(&'static str, &'static str, Box<str>),
    /// Something was asked of a journal whose thread has panicked.
    Thread,
}

impl JournalError {
    /// An action that failed by itself.
    pub(crate) fn new(action: Action) -> Self {
        JournalError { action, source: None }
    }

    /// An action that failed because of another error.
    pub(crate) fn because(action: Action, source: BoxError) -> Self {
        JournalError { action, source: Some(Arc::new(source)) }
    }

    /// Whether another store, in this process or in another, has the run.
    pub fn is_in_use(&self) -> bool {
        matches!(self.action, Action::Lock(_))
    }
}

impl fmt::Display for JournalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.action {
            Action::Lock(run) => write!(f, "run `{run}` is in use by another store, here or in another process"),
            Action::OpenRun(run) => write!(f, "run `{run}` cannot be opened"),
            Action::Size { bytes, largest } => {
                write!(f, "the outputs cannot be kept: they take {bytes} bytes, and the largest may take {largest}")
            }
            Action::Write => f.write_str("the outputs cannot be kept"),
            Action::Read => f.write_str("the journal cannot be read"),
            Action::Forget(run) => write!(f, "run `{run}` cannot be forgotten"),
            Action::List => f.write_str("the runs cannot be listed"),
            Action::Print(resource) => write!(f, "the supplied value of `{resource}` has no fingerprint"),
            Action::Used => f.write_str("the store was used before: keep it before its first run"),
            Action::SameName(first, second, name) => {
                write!(f, "steps `{first}` and `{second}` are both kept as `{name}`: give one of them another name")
            }
            Action::Thread => f.write_str("the thread of the journal has panicked"),
        }
    }
}

impl Error for JournalError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_ref().map(|source| -> &(dyn Error + 'static) { &***source })
    }
}
