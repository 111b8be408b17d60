//! A shelf in one file: files of others, damaged files, full disks, and the texts of errors.
#![cfg(feature = "redb")]

#[path = "support/disk.rs"]
mod disk;
#[path = "support/shelf.rs"]
mod shelf;

use shelf::{Random, entry, records_of, text, value_of};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::{env, slice};
use typed_pipeliner::BoxError;
use typed_pipeliner::journal::{Entry, Redb, Shelf};

/// A shelf in a file that has locked the run `run`.
fn locked(path: &Path) -> Result<Redb, BoxError> {
    let mut redb = Redb::open(path)?;
    assert!(redb.lock("run")?);
    Ok(redb)
}

#[test]
fn a_file_of_others_is_no_journal_and_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    let refused = || text(Redb::open(&path).unwrap_err(), folder.path());
    for contents in ["", "Dear …", &"Dear …".repeat(10_000)] {
        fs::write(&path, contents).unwrap();
        assert_eq!(refused(), "`file` is not a journal, because it is no database of redb");
        assert_eq!(fs::read_to_string(&path).unwrap(), contents);
    }
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    assert_eq!(refused(), "the journal `file` cannot be opened: I/O error: Is a directory (os error 21)");
    let error = Redb::open(folder.path().join("no/file")).unwrap_err();
    let missing = "the journal `no/file` cannot be opened: I/O error: No such file or directory (os error 2)";
    assert_eq!(text(error, folder.path()), missing);
    let names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(names, ["file"]);
}

#[test]
fn a_database_of_others_is_no_journal() {
    const OTHER: redb::TableDefinition<'_, u32, u32> = redb::TableDefinition::new("other");
    const MARKER: redb::TableDefinition<'_, &str, u32> = redb::TableDefinition::new("typed-pipeliner journal");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    let write = |make: &dyn Fn(&redb::WriteTransaction)| {
        let database = redb::Database::create(&path).unwrap();
        let transaction = database.begin_write().unwrap();
        make(&transaction);
        transaction.commit().unwrap();
        drop(database);
        text(Redb::open(&path).unwrap_err(), folder.path())
    };
    let other = write(&|transaction| {
        transaction.open_table(OTHER).unwrap().insert(1, 1).unwrap();
    });
    assert_eq!(other, "`file` is not a journal, because it is another database");
    let newer = write(&|transaction| {
        transaction.open_table(MARKER).unwrap().insert("format", 2).unwrap();
    });
    assert_eq!(
        newer,
        "`file` was written by a newer version of typed-pipeliner: its format is 2, this version knows 1"
    );
}

#[test]
fn a_file_has_one_process() {
    const PATH: &str = "PIPELINER_TEST_REDB";
    if let Some(path) = env::var_os(PATH) {
        let error = Redb::open(path).unwrap_err();
        assert!(error.is_in_use());
        return println!("\nchild: {error}");
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nightly.redb");
    let mut redb = locked(&path).unwrap();
    let mut itself = Command::new(env::current_exe().unwrap());
    itself.args(["--exact", "a_file_has_one_process", "--nocapture"]).env(PATH, &path);
    let output = itself.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let expected = format!("child: `{}` is in use by another journal", path.display());
    assert!(String::from_utf8_lossy(&output.stdout).contains(&expected), "{output:?}");

    let error = Redb::open(&path).unwrap_err();
    assert_eq!(text(error, folder.path()), "`nightly.redb` is in use by another journal");
    redb.write(&[entry("a", b"record", b"value")]).unwrap();
    drop(redb);
    assert_eq!(value_of(&mut locked(&path).unwrap(), "run", "a").unwrap(), b"value");
}

#[test]
fn processes_make_a_file_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nightly.redb");
    let write = |number: u32| {
        // Another thread may have the file.
        let mut redb = loop {
            match Redb::open(&path) {
                Err(error) if error.is_in_use() => std::thread::yield_now(),
                redb => break redb.unwrap(),
            }
        };
        assert!(redb.lock("run").unwrap());
        redb.write(&[entry(&number.to_string(), b"record", b"value")]).unwrap();
    };
    std::thread::scope(|scope| (0..8).for_each(|number| drop(scope.spawn(move || write(number)))));
    assert_eq!(records_of(&mut locked(&path).unwrap(), "run").len(), 8);
    // No file aside is left.
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

/// A file with entries, and the entries.
fn sample(path: &Path) -> Vec<Entry> {
    let entries: Vec<_> = (0..20).map(|number| entry(&number.to_string(), &[number; 300], &[number; 3000])).collect();
    let mut redb = locked(path).unwrap();
    redb.write(&entries).unwrap();
    // Some pages are free then.
    redb.write(&entries[..10]).unwrap();
    entries
}

/// Opens a file with these bytes. All entries have to be there, or none of them and an error.
#[track_caller]
fn is_refused(path: &Path, bytes: &[u8], entries: &[Entry]) -> bool {
    fs::write(path, bytes).unwrap();
    let mut redb = match locked(path) {
        Ok(redb) => redb,
        Err(error) => {
            assert!(error.to_string().contains(&*path.to_string_lossy()), "{error}");
            return true;
        }
    };
    let records = entries.iter().map(|entry| (entry.name.to_string(), entry.record.clone()));
    assert!(records_of(&mut redb, "run") == BTreeMap::from_iter(records));
    let names: Vec<_> = entries.iter().map(|entry| Arc::clone(&entry.name)).collect();
    let values = redb.read("run", &names).unwrap();
    assert!(values.iter().zip(entries).all(|(value, entry)| value.as_ref() == Some(&entry.value)));
    false
}

#[test]
fn no_bit_that_flips_makes_another_entry() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nightly.redb");
    let entries = sample(&path);
    let whole = fs::read(&path).unwrap();
    let mut random = Random::new(1);
    let mut refused = 0;
    // Anywhere, and in the first bytes, which say where everything is.
    for end in [whole.len(), 320] {
        for _ in 0..300 {
            let (at, bit) = (random.below(end as u64) as usize, random.below(8));
            let mut bytes = whole.clone();
            bytes[at] ^= 1 << bit;
            refused += u32::from(is_refused(&path, &bytes, &entries));
        }
    }
    assert!((50..550).contains(&refused), "{refused} of 600 files are refused");
}

#[test]
fn a_file_that_is_cut_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nightly.redb");
    let entries = sample(&path);
    let whole = fs::read(&path).unwrap();
    for length in (0..whole.len()).step_by(4096).chain([1, 9, 320, 5000, whole.len() - 1]) {
        assert!(is_refused(&path, &whole[..length], &entries), "{length} bytes");
    }
}

#[test]
fn a_full_disk_is_an_error_and_the_others_stay() {
    disk::with_small_disk("a_full_disk_is_an_error_and_the_others_stay", |disk| {
        let path = disk.join("nightly.redb");
        let mut redb = locked(&path).unwrap();
        let mut written = Vec::new();
        let error = loop {
            let next = entry(&written.len().to_string(), b"record", &[written.len() as u8; 20_000]);
            match redb.write(slice::from_ref(&next)) {
                Ok(()) => written.push(next),
                Err(error) => break error,
            }
        };
        assert!(text(error, disk).contains("No space left on device"));
        // redb refuses each write after one that failed, until the file is opened again.
        let small = entry("small", b"record", b"value");
        redb.write(slice::from_ref(&small)).unwrap();
        written.push(small);
        assert!(written.len() > 2, "{}", written.len());
        drop(redb);
        let mut redb = locked(&path).unwrap();
        assert_eq!(records_of(&mut redb, "run").len(), written.len());
        for entry in &written {
            assert_eq!(value_of(&mut redb, "run", &entry.name).unwrap(), entry.value);
        }
    });
}

#[test]
fn a_file_that_cannot_be_written_is_an_error() {
    let prepare = |disk: &Path| drop(sample(&disk.join("nightly.redb")));
    disk::with_read_only_folder("a_file_that_cannot_be_written_is_an_error", prepare, |disk| {
        for name in ["nightly.redb", "new.redb"] {
            let error = text(Redb::open(disk.join(name)).unwrap_err(), disk);
            let read_only = "I/O error: Read-only file system (os error 30)";
            assert_eq!(error, format!("the journal `{name}` cannot be opened: {read_only}"));
        }
    });
}
