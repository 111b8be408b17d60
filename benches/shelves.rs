//! The cost of an entry on the shelves of a journal: to write it alone and with others, and to read
//! it. A file that is written aside and renamed by hand shows the part of the file system.
//!
//! `cargo bench -p benches --bench shelves` prints a section of the page of measurements, and with
//! `-- --write` writes it. Compare within a table; nothing here is a gate.

use benches::{Section, argument, only_arguments};
use std::fs::{self, File};
use std::hint::black_box;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use typed_pipeliner::BoxError;
use typed_pipeliner::journal::{Entry, Files, KeptRecord, Redb, RunSummary, Shelf};

/// The sizes of values in bytes, with the number of entries that are written.
const SIZES: [(&str, usize, usize); 4] =
    [("100 B", 100, 300), ("1 kB", 1000, 300), ("10 kB", 10_000, 200), ("1 MB", 1_000_000, 20)];

/// The number of bytes of a record.
const RECORD: usize = 200;

/// How often each shelf is measured. They take turns, so that noise meets all of them.
const ROUNDS: usize = 5;

/// A shelf in a folder, by its name.
type Contender = (&'static str, Open);
type Open = fn(&Path) -> Box<dyn Shelf>;

const CONTENDERS: [Contender; 4] = [
    ("by hand", |folder| Box::new(ByHand(folder.to_owned()))),
    ("`Files`", |folder| Box::new(Files::open(folder.join("journal")).unwrap())),
    ("`Files`, durable", |folder| Box::new(Files::open(folder.join("journal")).unwrap().durable())),
    ("`Redb`", |folder| Box::new(Redb::open(folder.join("journal")).unwrap())),
];

/// Files without names, heads and checks.
struct ByHand(PathBuf);

impl Shelf for ByHand {
    fn lock(&mut self, _: &str) -> Result<bool, BoxError> {
        Ok(true)
    }

    fn unlock(&mut self, _: &str) {}

    fn records(&mut self, _: &str) -> Result<Vec<KeptRecord>, BoxError> {
        for file in fs::read_dir(&self.0)? {
            black_box(fs::read(file?.path())?);
        }
        Ok(Vec::new())
    }

    fn read(&mut self, _: &str, names: &[Arc<str>]) -> Result<Vec<Option<Vec<u8>>>, BoxError> {
        names.iter().map(|name| Ok(Some(fs::read(self.0.join(&**name))?))).collect()
    }

    fn write(&mut self, entries: &[Entry]) -> Result<(), BoxError> {
        for entry in entries {
            let aside = self.0.join(".aside");
            File::create(&aside)?.write_all(&entry.value)?;
            fs::rename(aside, self.0.join(&*entry.name))?;
        }
        Ok(())
    }

    fn runs(&mut self) -> Result<Vec<RunSummary>, BoxError> {
        Ok(Vec::new())
    }

    fn forget(&mut self, _: &str) -> Result<(), BoxError> {
        Ok(())
    }
}

/// The folders of all measurements, on the disk of the repository: that for temporary files may be
/// in memory. They are removed at the end, because for some seconds after a file was removed ext4
/// makes new ones more slowly.
struct Folders(Vec<TempDir>);

impl Folders {
    fn next(&mut self) -> PathBuf {
        let folder = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let path = folder.path().to_owned();
        self.0.push(folder);
        path
    }
}

/// A new shelf that has locked the run `run`.
fn locked(folder: &Path, open: Open) -> Box<dyn Shelf> {
    let mut shelf = open(folder);
    assert!(shelf.lock("run").unwrap());
    shelf
}

fn entries(count: usize, size: usize) -> Vec<Entry> {
    let entry = |number| Entry {
        run: "run".into(),
        name: format!("step-{number}").into(),
        record: vec![1; RECORD],
        value: vec![2; size],
    };
    (0..count).map(entry).collect()
}

fn timed<T>(action: impl FnOnce() -> T) -> Duration {
    let start = Instant::now();
    black_box(action());
    start.elapsed()
}

/// The median time of a write of one entry.
fn write_alone(open: Open, size: usize, count: usize, folders: &mut Folders) -> Duration {
    let mut shelf = locked(&folders.next(), open);
    let mut times: Vec<_> = entries(count, size).chunks(1).map(|entry| timed(|| shelf.write(entry).unwrap())).collect();
    times.sort_unstable();
    times[count / 2]
}

/// A thousand entries of 1 kB: the time to write them at once, to read their records, and to read
/// their values.
fn thousand(open: Open, folders: &mut Folders) -> [Duration; 3] {
    let mut shelf = locked(&folders.next(), open);
    let entries = entries(1000, 1000);
    let names: Vec<_> = entries.iter().map(|entry| entry.name.clone()).collect();
    [
        timed(|| shelf.write(&entries).unwrap()),
        timed(|| shelf.records("run").unwrap()),
        timed(|| shelf.read("run", &names).unwrap()),
    ]
}

/// The least time of each measurement in seconds, because noise only adds.
fn least<const N: usize>(measure: impl Fn(Open, &mut Folders) -> [Duration; N]) -> Vec<[f64; N]> {
    let mut folders = Folders(Vec::new());
    let mut least = vec![[f64::INFINITY; N]; CONTENDERS.len()];
    for _ in 0..ROUNDS {
        for (least, (_, open)) in least.iter_mut().zip(CONTENDERS) {
            for (least, time) in least.iter_mut().zip(measure(open, &mut folders)) {
                *least = least.min(time.as_secs_f64());
            }
        }
    }
    least
}

fn main() {
    // `cargo test --all-targets` starts this too, but without the argument that `cargo bench` adds.
    if !argument("--bench") {
        eprintln!("nothing is measured without `--bench`");
        return;
    }
    only_arguments(&["--write"]);
    let mut section = Section::new("Shelves of a journal", "cargo bench -p benches --bench shelves");
    section.paragraph("By hand: each value is written to a file aside, which is renamed.");
    section.table("one entry, written, µs", SIZES.map(|(name, ..)| name));
    let times = least(|open, folders| SIZES.map(|(_, size, count)| write_alone(open, size, count, folders)));
    for ((name, _), times) in CONTENDERS.iter().zip(times) {
        section.row(name, times.map(|time| format!("{:.0}", time * 1e6)));
    }
    section.table("1,000 entries of 1 kB, ms", ["written at once", "records read", "values read"]);
    for ((name, _), times) in CONTENDERS.iter().zip(least(thousand)) {
        section.row(name, times.map(|time| format!("{:.1}", time * 1e3)));
    }
    section.finish();
}
