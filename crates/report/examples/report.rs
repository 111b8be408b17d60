//! The report of two runs on one store, which check the lines of a source tree on threads. The
//! first run fails, and the second executes only the remaining steps.
//!
//! ```sh
//! cargo run --package typed-pipeliner-report --example report
//! ```
//!
//! With a directory as argument it also writes the timeline, the trace and JSON to that directory.

use std::path::PathBuf;
use std::{env, fs, io};
use typed_pipeliner::executor::Executor;
use typed_pipeliner::{HList, In, Out, Pipeline, Return, Store, resource, step};
use typed_pipeliner_report::{Recorder, ReportExt};

resource! {
    /// The source tree.
    Tree: PathBuf;
    /// The file with the greatest length of a line.
    LimitFile: PathBuf;
    Files: Vec<PathBuf>;
    Lines: usize;
    Longest: usize;
    Limit: usize;
}

/// Why there is no limit.
#[derive(Debug, thiserror::Error)]
enum LimitError {
    #[error("the limit cannot be read")]
    Read(#[from] io::Error),
    #[error("the limit is not a number")]
    Number(#[from] std::num::ParseIntError),
}

#[step]
fn list_files(tree: In<'_, Tree>) -> Result<Out<Files>, ignore::Error> {
    let entries = ignore::Walk::new(tree).collect::<Result<Vec<_>, _>>()?;
    Ok(entries
        .into_iter()
        .map(|entry| entry.into_path())
        .filter(|path| path.extension() == Some("rs".as_ref()))
        .collect())
}

#[step]
fn count_lines(files: In<'_, Files>) -> io::Result<Out<Lines>> {
    files.iter().map(|file| Ok(fs::read_to_string(file)?.lines().count())).sum()
}

#[step]
fn find_longest(files: In<'_, Files>) -> io::Result<Out<Longest>> {
    let lengths = files.iter().map(|file| {
        let text = fs::read_to_string(file)?;
        Ok(text.lines().map(|line| line.chars().count()).max().unwrap_or(0))
    });
    Ok(lengths.collect::<io::Result<Vec<_>>>()?.into_iter().max().unwrap_or(0))
}

#[step]
async fn read_limit(file: In<'_, LimitFile>) -> Result<Out<Limit>, LimitError> {
    Ok(smol::fs::read_to_string(file).await?.trim().parse()?)
}

#[step]
fn judge(lines: In<'_, Lines>, longest: In<'_, Longest>, limit: In<'_, Limit>) -> Return<bool> {
    Return(*lines > 0 && longest <= limit)
}

struct Style;
impl Pipeline for Style {
    type Steps = HList![ListFiles, CountLines, FindLongest, ReadLimit];
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let temporary = tempfile::tempdir()?;
    let given = env::args_os().nth(1).map(PathBuf::from);
    let dir = given.as_deref().unwrap_or(temporary.path());
    let limit = temporary.path().join("limit");
    let tree = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src");
    let store = Store::<Style>::new().with(Tree, tree).with(LimitFile, limit.clone());
    let recorder = Recorder::new();
    let executor = Executor::new(2);
    let judge = || {
        executor.scope(async |scope| scope.run::<Judge>(&store).keep_going().observe(recorder.clone()).await.map(drop))
    };

    fs::write(&limit, "2OO")?;
    let error = judge().unwrap_err();
    // The report is part of the error.
    for failure in error.report().into_iter().flat_map(|report| report.failures()) {
        println!("{}: {:?}\n", failure.name(), failure.root_cause());
    }

    fs::write(&limit, "200")?;
    judge()?;
    let report = recorder.report();
    print!("{}", report.without_times());

    fs::write(dir.join("run.svg"), report.to_svg())?;
    fs::write(dir.join("run.trace.json"), report.to_trace())?;
    fs::write(dir.join("run.json"), report.to_json())?;
    if given.is_some() {
        println!("\n{report}");
    }
    Ok(())
}
