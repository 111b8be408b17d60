//! A report that goes on from the last one: the files and the last commit decide which kept values
//! are taken.
//!
//! The path of a tree is the same after its files have changed, and so are the inputs of a step
//! that walks it. So the tree is walked first, on a store that is not kept, and the files that were
//! found are supplied to the store that is: each with its size and the time of its last change. The
//! same holds for git, whose last commit is looked up first.

use crate::RepoReport;
use crate::arguments::Arguments;
use crate::history::{GitHead, Head};
use crate::report::Report;
use crate::trace::Trace;
use crate::tree::{Directory, Files, SourceFile, Unwalked};
use std::path::Path;
use std::sync::Arc;
use typed_pipeliner::journal::{Journal, Keeps};
use typed_pipeliner::{BoxError, HList, In, Return, Store, run_owned, step};
use typed_pipeliner_progress::Progress;

impl Keeps for RepoReport {
    /// Each tree has a run of its own.
    type Ambient = HList![Directory];
}

/// Looks at all on which kept values depend.
#[step]
fn look(
    files: In<'_, Files>,
    unwalked: In<'_, Unwalked>,
    head: In<'_, Head>,
) -> (Return<Vec<SourceFile>>, Return<Vec<String>>, Return<GitHead>) {
    (Return(files.clone()), Return(unwalked.clone()), Return(head.clone()))
}

/// Makes the report with a journal in a folder.
pub(crate) async fn make_report(arguments: &Arguments, folder: &Path, trace: &Arc<Trace>) -> Result<String, BoxError> {
    let store = || Store::<RepoReport>::new().with(Directory, arguments.directory.clone());
    let first = store().observed_by(Arc::clone(trace)).observed_by(Progress::new());
    let (files, unwalked, head) = run_owned::<Look>(first).await?;

    let store = store().with(Files, files).with(Unwalked, unwalked).with(Head, head);
    let store = store.observed_by(Arc::clone(trace)).observed_by(Progress::new());
    let run = arguments.directory.canonicalize()?;
    let store = store.kept_in(&Journal::open(folder)?, run.to_string_lossy()).await?;
    if arguments.explain {
        eprint!("{}", store.explain());
    }
    Ok(store.resource_owned::<Report>().await?)
}
