//! A report on a source tree: its languages, files, dependencies and git history, in one page of
//! Markdown.
//!
//! ```sh
//! cargo run -p repo-report -- [--trace] [DIR]
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
//!                 ╰─ ReadHistory ─── RankAuthors ──────── WriteHistory ─────╯
//! ```
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
mod toml_file;
mod trace;
mod tree;

use arguments::{Arguments, USAGE};
use std::error::Error;
use std::io::{self, Write};
use std::iter::successors;
use std::process::ExitCode;
use trace::{Timeline, Trace, Traced};
use tree::Directory;
use typed_pipeliner::each::ForEach;
use typed_pipeliner::{HList, Pipeline, RunError, Store, pipeline, plan, run};
use typed_pipeliner_progress::Progress;

/// All steps, in any order.
struct RepoReport;

#[pipeline]
impl Pipeline for RepoReport {
    type Steps = HList![
        Traced<tree::OpenTree>,
        Traced<tree::WalkTree>,
        Traced<tree::FindLargest>,
        Traced<tree::FindRecent>,
        Traced<ForEach<lines::PerFile>>,
        Traced<lines::AddCounts>,
        Traced<manifest::ReadManifest>,
        Traced<manifest::CountDependencies>,
        Traced<lockfile::ReadLockfile>,
        Traced<lockfile::FindDuplicates>,
        Traced<history::ReadHistory>,
        Traced<history::RankAuthors>,
        Traced<report::WriteLanguages>,
        Traced<report::WriteFiles>,
        Traced<report::WriteManifest>,
        Traced<report::WriteLockfile>,
        Traced<report::WriteHistory>,
        Traced<report::BindReport>,
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

    let store = Store::<RepoReport>::new().with(Directory, arguments.directory).with(Timeline, Trace::begin());
    if arguments.plan {
        return print(&plan::<Traced<report::BindReport>>(&store).to_svg());
    }
    // Prints nothing unless standard error is a terminal.
    let report = smol::block_on(run::<Traced<report::BindReport>>(&store).observe(Progress::new()));
    if let Some(trace) = store.get::<Timeline>().filter(|_| arguments.trace) {
        eprint!("{trace}");
    }
    match report {
        Ok(report) => print(report),
        Err(error) => {
            eprintln!("error: {}", in_one_line(&error));
            ExitCode::FAILURE
        }
    }
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

/// Formats an error in one line: the cause first, down to the last source, then the step that
/// failed.
fn in_one_line(error: &RunError) -> String {
    let causes: Vec<_> = successors(error.source(), |&error| error.source()).map(ToString::to_string).collect();
    format!("{} (in step `{}`)", causes.join(": ").replace('\n', " "), error.step())
}
