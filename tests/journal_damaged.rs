//! A file of a journal is damaged in every way: a run ends with the right value or with an error,
//! and never with a wrong value.
#![cfg(feature = "journal")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use tempfile::TempDir;
use typed_pipeliner::journal::{Files, Journal, JournalError, Keeps, Shelf};
use typed_pipeliner::{HList, In, Out, Pipeline, Store, resource, step};

resource! { Seed: u32; Squares: Vec<u32>; Sum: u32; }

/// The number of executions.
static EXECUTED: AtomicUsize = AtomicUsize::new(0);

#[step(keep = "square")]
fn square(seed: In<'_, Seed>) -> Out<Squares> {
    EXECUTED.fetch_add(1, Ordering::Relaxed);
    (1..=*seed).map(|number| number * number).collect()
}

#[step(keep = "add up")]
fn add_up(squares: In<'_, Squares>) -> Out<Sum> {
    EXECUTED.fetch_add(1, Ordering::Relaxed);
    squares.iter().sum()
}

struct App;
impl Pipeline for App {
    type Steps = HList![Square, AddUp];
}
impl Keeps for App {
    type Ambient = HList![];
}

/// The outcomes of runs on damaged files.
#[derive(Debug, Default)]
struct Outcomes {
    /// All values were taken.
    taken: usize,
    /// Some steps were executed.
    executed: usize,
    /// The journal or the run was refused.
    refused: usize,
}

/// Runs the pipeline on a folder. Both values are asked for, so both files are read.
fn run(folder: &Path, outcomes: &mut Outcomes) {
    EXECUTED.store(0, Ordering::Relaxed);
    let values = || -> Result<(u32, Vec<u32>), JournalError> {
        let journal = Journal::open(folder).expect("the marker of the journal is whole");
        smol::block_on(async {
            let store = Store::<App>::new().with(Seed, 4).kept_in(&journal, "a").await?;
            let sum = *store.resource::<Sum>().await.expect("a run does not fail");
            Ok((sum, store.resource::<Squares>().await.expect("a run does not fail").clone()))
        })
    };
    match values() {
        Ok(values) => {
            assert_eq!(values, (30, vec![1, 4, 9, 16]));
            match EXECUTED.load(Ordering::Relaxed) {
                0 => outcomes.taken += 1,
                _ => outcomes.executed += 1,
            }
        }
        Err(error) => {
            let text = error.to_string();
            assert!(text == "run `a` cannot be opened", "{text}");
            outcomes.refused += 1;
        }
    }
}

/// The files of entries below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let runs = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir());
    let entries = runs.flat_map(|run| fs::read_dir(run).unwrap()).map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = entries.filter(|path| fs::metadata(path).unwrap().len() > 0).collect();
    files.sort();
    files
}

#[test]
fn damaged_file_never_gives_a_wrong_value() {
    let parent = TempDir::new().unwrap();
    let folder = parent.path().join("journal");
    let mut outcomes = Outcomes::default();
    run(&folder, &mut outcomes);
    let mut whole = Outcomes::default();
    run(&folder, &mut whole);
    assert_eq!((outcomes.executed, whole.taken), (1, 1));

    let files = files(&folder);
    assert_eq!(files.len(), 2, "{files:?}");
    let mut outcomes = Outcomes::default();
    for file in &files {
        let bytes = fs::read(file).unwrap();
        let mut damage = |damaged: Vec<u8>| {
            fs::write(file, damaged).unwrap();
            run(&folder, &mut outcomes);
            // A run may have written the file anew, or another one in place of it.
            fs::write(file, &bytes).unwrap();
        };
        // One file suffices for that: the other one has the same format.
        let bits = if file == &files[0] { bytes.len() * 8 } else { 0 };
        for bit in 0..bits {
            let mut damaged = bytes.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            damage(damaged);
        }
        (0..bytes.len()).for_each(|length| damage(bytes[..length].to_vec()));
        damage([&bytes[..], b"\0"].concat());
        damage([&bytes[..], &bytes[..]].concat());
        damage(vec![0; bytes.len()]);
    }
    // Each file of the two is the other one.
    for (file, other) in [(&files[0], &files[1]), (&files[1], &files[0])] {
        let bytes = fs::read(file).unwrap();
        fs::copy(other, file).unwrap();
        run(&folder, &mut outcomes);
        fs::write(file, bytes).unwrap();
    }
    println!("{outcomes:?}");
    // No flip of a bit is harmless: each is noticed.
    assert_eq!(outcomes.taken, 0);
    assert!(outcomes.executed > 1000 && outcomes.refused > 100, "{outcomes:?}");
}

#[test]
fn foreign_file_is_refused_and_left_alone() {
    let parent = TempDir::new().unwrap();
    let folder = parent.path().join("journal");
    run(&folder, &mut Outcomes::default());
    let foreign = files(&folder)[0].with_file_name("letter.txt");
    fs::write(&foreign, "Dear …").unwrap();
    let journal = Journal::open(&folder).unwrap();
    let error = smol::block_on(Store::<App>::new().with(Seed, 4).kept_in(&journal, "a")).unwrap_err();
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert!(source.contains("letter.txt") && source.ends_with("is not a kept value"), "{source}");
    let error = smol::block_on(journal.forget("a")).unwrap_err();
    assert_eq!(error.to_string(), "run `a` cannot be forgotten");
    assert_eq!(fs::read_to_string(foreign).unwrap(), "Dear …");
}

#[test]
fn records_of_another_run_are_not_taken() {
    let parent = TempDir::new().unwrap();
    let folder = parent.path().join("journal");
    run(&folder, &mut Outcomes::default());
    // A shelf that mixes up its runs gives the record under the name of another one.
    let mut shelf = Files::open(&folder).unwrap();
    let records = shelf.records("a").unwrap();
    let names: Vec<_> = records.iter().map(|record| record.name.as_str().into()).collect();
    let values = shelf.read("a", &names).unwrap();
    assert!(shelf.lock("b").unwrap());
    for (record, value) in records.into_iter().zip(values) {
        let name = record.name.into();
        let entry =
            typed_pipeliner::journal::Entry { run: "b".into(), name, record: record.record, value: value.unwrap() };
        shelf.write(&[entry]).unwrap();
    }
    drop(shelf);
    let journal = Journal::open(&folder).unwrap();
    let store = smol::block_on(Store::<App>::new().with(Seed, 4).kept_in(&journal, "b")).unwrap();
    let explanation = store.explain().to_string();
    let expected =
        "Square: stale: it is damaged: its checksum is wrong\nAddUp: stale: it is damaged: its checksum is wrong\n";
    assert_eq!(explanation, expected);
}
