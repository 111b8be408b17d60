//! The removal of runs.

use crate::in_one_line;
use crate::list::size;
use crate::show::no_run;
use std::fmt::Write;
use typed_pipeliner::BoxError;
use typed_pipeliner::journal::{Journal, Prune};
use typed_pipeliner::text::one_line;

/// Removes runs. Those after one that cannot be removed are removed all the same.
pub(crate) async fn forget(journal: &Journal, runs: &[String]) -> Result<(), BoxError> {
    let mut failures = Vec::new();
    for run in runs {
        match journal.forget(run).await {
            Ok(true) => {}
            Ok(false) => failures.push(in_one_line(&*no_run(run))),
            Err(error) => failures.push(in_one_line(&error)),
        }
    }
    if failures.is_empty() { Ok(()) } else { Err(failures.join("; ").into()) }
}

/// Removes runs by a rule, or none if it is dry. Returns a line for each.
pub(crate) async fn prune(journal: &Journal, rule: Prune, is_dry: bool) -> Result<String, BoxError> {
    let (runs, done) = match is_dry {
        true => (journal.prunable(rule).await?, "would be removed"),
        false => (journal.prune(rule).await?, "removed"),
    };
    let mut text = String::new();
    for run in &runs {
        writeln!(text, "{}: {done}, {}", one_line(&run.run), size(run.bytes))?;
    }
    if runs.is_empty() {
        text.push_str("there is nothing to remove\n");
    }
    Ok(text)
}
