//! A nightly job that goes on: a report on the sales of a day, for a network drive that is not
//! always there. The second attempt executes only the steps that the first one did not finish.
//!
//! Feature `journal`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use std::{fs, io};
use typed_pipeliner::each::{Each, ForEach, KeptBy};
use typed_pipeliner::journal::{Journal, JournalError, Keeps, OpenError};
use typed_pipeliner::observe::{RunInfo, StepEvent, StepEventKind};
use typed_pipeliner::{BoxError, HList, In, Observer, Out, Pipeline, Store, StoreOf, resource, step};

/// A file as it was before the run. Its path alone would be the same after it has changed.
#[derive(serde::Serialize)]
struct SalesFile {
    path: PathBuf,
    bytes: u64,
    modified: SystemTime,
}

resource! {
    Files: Vec<SalesFile>;
    /// The network drive.
    Share: PathBuf;
    /// One of the files.
    File: SalesFile;
    /// The sales of each shop in one file, in cents.
    Sales: BTreeMap<String, u64>;
    AllSales: Vec<BTreeMap<String, u64>>;
    /// The sales of each shop, in cents.
    Totals: BTreeMap<String, u64>;
    Report: String;
    /// The place of the report on the drive.
    Published: PathBuf;
}

#[step(keep)]
fn read_sales(file: In<'_, File>) -> Result<Out<Sales>, BoxError> {
    let mut sales = BTreeMap::new();
    for line in fs::read_to_string(&file.path)?.lines() {
        let (shop, cents) = line.split_once(',').ok_or(format!("`{line}` has no comma"))?;
        *sales.entry(shop.to_owned()).or_default() += cents.parse::<u64>()?;
    }
    Ok(sales)
}

struct PerFile;
impl Pipeline for PerFile {
    type Steps = HList![ReadSales];
}
impl Each for PerFile {
    type Over = Files;
    type Item = File;
    type Takes = HList![];
    type Target = ReadSales;
    type Into = AllSales;
    /// A file that has changed is read again, and the others are not.
    const KEPT_BY: KeptBy<File> = KeptBy::value();

    fn key(file: In<'_, File>) -> Option<String> {
        Some(file.path.file_name()?.to_string_lossy().into_owned())
    }
}

#[step(keep)]
fn add_up(sales: In<'_, AllSales>) -> Out<Totals> {
    let mut totals = BTreeMap::new();
    for (shop, cents) in sales.iter().flatten() {
        *totals.entry(shop.clone()).or_default() += cents;
    }
    totals
}

/// So quick that it is not kept. Its version counts all the same for the step below.
#[step(version = 1)]
fn write(totals: In<'_, Totals>) -> Result<Out<Report>, std::fmt::Error> {
    let mut report = String::new();
    for (shop, cents) in totals {
        writeln!(report, "{shop}: {cents}")?;
    }
    Ok(report)
}

/// Kept, so that the report is not published twice.
#[step(keep)]
fn publish(report: In<'_, Report>, share: In<'_, Share>) -> io::Result<Out<Published>> {
    let path = share.join("report.txt");
    fs::write(&path, report)?;
    Ok(path)
}

struct Nightly;
impl Pipeline for Nightly {
    type Steps = HList![ForEach<PerFile>, AddUp, Write, Publish];
}
impl Keeps for Nightly {
    /// The report is the same on another drive.
    type Ambient = HList![Share];
}

/// The store of a process, before it is kept.
type NightlyStore = StoreOf<Nightly, HList![Files, Share]>;

/// Makes the store, for the files in a folder.
fn store(folder: &Path) -> io::Result<NightlyStore> {
    let file = |entry: io::Result<fs::DirEntry>| {
        let entry = entry?;
        let metadata = entry.metadata()?;
        Ok(SalesFile { path: entry.path(), bytes: metadata.len(), modified: metadata.modified()? })
    };
    let mut files: Vec<_> = fs::read_dir(folder.join("sales"))?.map(file).collect::<io::Result<_>>()?;
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(Store::new().with(Files, files).with(Share, folder.join("share")))
}

/// An attempt, as a process would make it.
pub(crate) async fn attempt(journal: &Journal, folder: &Path, observer: impl Observer) -> Result<(), Failure> {
    let store = store(folder)?.observed_by(observer).kept_in(journal, "2026-11-29").await?;
    print!("{}", store.explain());
    match store.resource::<Published>().await {
        Ok(path) => println!("{}", fs::read_to_string(path)?),
        Err(error) => println!("{error:#}\n"),
    }
    Ok(())
}

/// Prints the steps that were executed.
struct Printer;

impl Observer for Printer {
    fn step(&self, run: &RunInfo, event: &StepEvent<'_>) {
        let StepEventKind::Finished = event.kind else { return };
        match run.element().and_then(|element| element.key.as_deref()) {
            Some(file) => println!("  {} for {file}", event.name()),
            None => println!("  {}", event.name()),
        }
    }
}

/// Makes the files of a day.
pub(crate) fn make_files(folder: &Path) -> io::Result<()> {
    fs::create_dir(folder.join("sales"))?;
    fs::write(folder.join("sales/morning.csv"), "Harbour,100\nMarket,250\n")?;
    fs::write(folder.join("sales/noon.csv"), "Harbour,9000\nMarket,150\nStation,80\n")?;
    fs::write(folder.join("sales/evening.csv"), "Harbour,120\n")
}

fn main() -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    make_files(folder)?;
    let journal = Journal::open(folder.join("journal"))?;
    smol::block_on(async {
        attempt(&journal, folder, Printer).await?;

        // The drive is there again. `kill -9` in place of the error would make no difference.
        fs::create_dir(folder.join("share"))?;
        attempt(&journal, folder, Printer).await?;

        // Somebody corrects a file.
        fs::write(folder.join("sales/evening.csv"), "Harbour,120\nStation,20\n")?;
        attempt(&journal, folder, Printer).await
    })
}

#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub(crate) enum Failure {
    Files(#[from] io::Error),
    Open(#[from] OpenError),
    Journal(#[from] JournalError),
}
