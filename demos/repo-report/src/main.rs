//! A report on a source tree: its languages, files, dependencies and git history, in one page of
//! Markdown.
//!
//! ```sh
//! cargo run -p repo-report -- [--resume FOLDER] [--trace] [DIR]
//! cargo run -p repo-report -- --plan > plan.svg
//! ```
//!
//! Each fact is a step that names only its inputs. The program states no order, and yet the tree,
//! `Cargo.toml`, `Cargo.lock` and git are read at the same time: `--trace` prints when each step
//! ran, on standard error. During the run the terminal shows which steps run, and which ones wait.
//!
//! ```text
//!                 ╭─ WalkTree ─┬─ PerFile ── AddCounts ─┬─ WriteLanguages ──╮
//!                 │            ├─ FindLargest ──────────┼─ WriteFiles ──────┤
//!                 │            ╰─ FindRecent ───────────╯                   │
//! DIR ─ OpenTree ─┼─ ReadManifest ── CountDependencies ── WriteManifest ────┼─ BindReport
//!                 ├─ ReadLockfile ── FindDuplicates ───── WriteLockfile ────┤
//!                 ╰─ ReadHead ── ReadHistory ── RankAuthors ── WriteHistory ╯
//! ```
//!
//! `--resume` keeps the lines of each file and the history in a journal, so the next report on the
//! tree reads only the files that have changed: see `resume`.
//!
//! `PerFile` is a pipeline of its own, which runs for each file of the tree, sixteen at once; the
//! terminal shows how many are done.
//!
//! All steps share the task that awaits the run. Steps that compute for long or read with a
//! blocking library therefore hand that work to a thread, with `smol::unblock`, and leave the task
//! to their siblings.

mod arguments;
mod history;
mod lines;
mod lockfile;
mod manifest;
mod markdown;
mod report;
mod resume;
mod toml_file;
mod trace;
mod tree;

use arguments::{Arguments, USAGE};
use std::error::Error;
use std::io::{self, Write};
use std::iter::successors;
use std::process::ExitCode;
use std::sync::Arc;
use trace::Trace;
use tree::Directory;
use typed_pipeliner::each::ForEach;
use typed_pipeliner::{BoxError, HList, Pipeline, RunError, Store, pipeline, plan};
use typed_pipeliner_progress::Progress;

/// All steps, in any order.
struct RepoReport;

#[pipeline]
impl Pipeline for RepoReport {
    type Steps = HList![
        tree::OpenTree,
        tree::WalkTree,
        tree::FindLargest,
        tree::FindRecent,
        ForEach<lines::PerFile>,
        lines::AddCounts,
        manifest::ReadManifest,
        manifest::CountDependencies,
        lockfile::ReadLockfile,
        lockfile::FindDuplicates,
        history::ReadHead,
        history::ReadHistory,
        history::RankAuthors,
        report::WriteLanguages,
        report::WriteFiles,
        report::WriteManifest,
        report::WriteLockfile,
        report::WriteHistory,
        report::BindReport,
    ];
}

fn main() -> ExitCode {
    let arguments = match Arguments::from_command_line() {
        Ok(arguments) => arguments,
        Err(error) => {
            eprintln!("error: {error}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    if arguments.help {
        println!("{USAGE}");
        return ExitCode::SUCCESS;
    }

    if arguments.plan {
        let store = Store::<RepoReport>::new().with(Directory, arguments.directory);
        return print(&plan::<report::BindReport>(&store).to_svg());
    }
    let trace = Arc::new(Trace::begin());
    let report = smol::block_on(make_report(&arguments, &trace));
    if arguments.trace {
        eprint!("{trace}");
    }
    match report {
        Ok(report) => print(&report),
        Err(error) => {
            eprintln!("error: {}", in_one_line(&*error));
            ExitCode::FAILURE
        }
    }
}

/// Makes the report, with a journal or without one.
async fn make_report(arguments: &Arguments, trace: &Arc<Trace>) -> Result<String, BoxError> {
    if let Some(folder) = &arguments.resume {
        return resume::make_report(arguments, folder, trace).await;
    }
    let store = Store::<RepoReport>::new().with(Directory, arguments.directory.clone());
    // Prints nothing unless standard error is a terminal.
    let store = store.observed_by(Arc::clone(trace)).observed_by(Progress::new());
    Ok(store.resource_owned::<report::Report>().await?)
}

/// Prints the report, or its plan. It is no error if the reader closes the pipe early, as `head`
/// does.
fn print(report: &str) -> ExitCode {
    match io::stdout().write_all(report.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            eprintln!("error: cannot print the report: {error}");
            ExitCode::FAILURE
        }
        _ => ExitCode::SUCCESS,
    }
}

/// Formats an error in one line: the cause first, down to the last source; then, for the error of a
/// run, the step that failed.
fn in_one_line(error: &(dyn Error + 'static)) -> String {
    let of_run = error.downcast_ref::<RunError>();
    let first = if of_run.is_some() { error.source() } else { Some(error) };
    let causes: Vec<_> = successors(first, |&error| error.source()).map(ToString::to_string).collect();
    let step = of_run.map_or_else(String::new, |error| format!(" (in step `{}`)", error.step()));
    causes.join(": ").replace('\n', " ") + &step
}
