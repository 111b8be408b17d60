//! A shelf in a folder: files of others, damaged files, full disks, and the texts of errors.
#![cfg(feature = "journal")]

#[path = "support/disk.rs"]
mod disk;
#[path = "support/shelf.rs"]
mod shelf;

use shelf::{entry, entry_of, records_of, text, value_of};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use typed_pipeliner::BoxError;
use typed_pipeliner::journal::{Entry, Files, Shelf};

/// A shelf in a folder that has locked the run `run`.
fn locked(folder: &Path) -> Files {
    let mut files = Files::open(folder).unwrap();
    assert!(files.lock("run").unwrap());
    files
}

/// The names of the files in a folder, in order.
fn names(folder: &Path) -> Vec<String> {
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = files.collect();
    names.sort();
    names
}

#[test]
fn a_journal_has_a_file_for_each_entry() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a/nightly");
    let mut files = Files::open(&path).unwrap();
    assert!(files.lock("2026-11-29").unwrap());
    files.write(&[entry_of("2026-11-29", "app::Fetch", b"record", b"value")]).unwrap();
    assert_eq!(names(&path), ["run-2026-11-29", "typed-pipeliner-journal"]);
    assert_eq!(names(&path.join("run-2026-11-29")), [".lock", "kept-app%3A%3A%46etch"]);
    let marker = fs::read_to_string(path.join("typed-pipeliner-journal")).unwrap();
    assert_eq!(marker, "typed-pipeliner journal, format 1\n");

    // The format that the module documents.
    let mut expected = b"typed-pipeliner\x01".to_vec();
    expected.extend([10, 0, 0, 0, 10, 0, 0, 0, 6, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0]);
    expected.extend(b"2026-11-29app::Fetchrecordvalue");
    assert_eq!(fs::read(path.join("run-2026-11-29/kept-app%3A%3A%46etch")).unwrap(), expected);

    // Without entries a run has no folder.
    files.forget("2026-11-29").unwrap();
    files.unlock("2026-11-29");
    assert_eq!(names(&path), ["typed-pipeliner-journal"]);
}

#[test]
fn a_folder_of_others_is_no_journal() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |path: &str| text(Files::open(folder.path().join(path)).unwrap_err(), folder.path());
    fs::write(folder.path().join("letter.txt"), "Dear …").unwrap();
    assert_eq!(refused(""), "`` is not a journal, because it has other files: name a new folder");
    assert_eq!(refused("letter.txt"), "`letter.txt` is not a journal, because it is a file");
    assert_eq!(refused("letter.txt/a"), "the journal `letter.txt/a` cannot be opened: Not a directory (os error 20)");
    assert_eq!(names(folder.path()), ["letter.txt"]);

    // An empty folder becomes one, with the file that another process had begun.
    let path = folder.path().join("new");
    fs::create_dir(&path).unwrap();
    fs::write(path.join(".aside-1-0"), "typed").unwrap();
    drop(Files::open(&path).unwrap());
    assert_eq!(names(&path), [".aside-1-0", "typed-pipeliner-journal"]);

    let marked = |marker: &str| {
        fs::write(path.join("typed-pipeliner-journal"), marker).unwrap();
        refused("new")
    };
    assert_eq!(
        marked("typed-pipeliner journal, format 2\n"),
        "`new` was written by a newer version of typed-pipeliner: its format is 2, this version knows 1"
    );
    assert_eq!(marked("another"), "`new` is not a journal, because its marker has another text");
    assert_eq!(
        text(Files::open("").unwrap_err(), folder.path()),
        "the journal `` cannot be opened: cannot make an empty path absolute"
    );
}

#[test]
fn a_file_of_others_is_an_error_and_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let mut files = locked(folder.path());
    files.write(&[entry("a", b"record", b"value")]).unwrap();
    let run = folder.path().join("run-run");
    /// Its name, that of the entry that is written then, and the function that makes it.
    type Other<'a> = (&'a str, &'a str, &'a dyn Fn(&Path));
    // Of another name; of the name of an entry; an empty one; a folder.
    let letter = |path: &Path| fs::write(path, "Dear …").unwrap();
    let others: [Other<'_>; 4] = [
        ("letter.txt", "c", &letter),
        ("kept-b", "b", &letter),
        ("empty", "c", &|path| fs::write(path, "").unwrap()),
        ("kept-b", "b", &|path| fs::create_dir(path).unwrap()),
    ];
    for (name, kept, make) in others {
        let path = run.join(name);
        make(&path);
        let expected = format!("`run-run/{name}` is not a kept value");
        let reads = text(files.records("run").unwrap_err(), folder.path());
        assert_eq!(reads, expected);
        assert_eq!(text(files.forget("run").unwrap_err(), folder.path()), expected);
        // Others are written and read all the same.
        assert_eq!(value_of(&mut files, "run", "a").unwrap(), b"value");
        match kept {
            "b" => {
                let error =
                    files.write(&[entry("a", b"record", b"value"), entry("b", b"record", b"value")]).unwrap_err();
                assert_eq!(text(error, folder.path()), expected);
                let error = files.read("run", &["b".into()]).unwrap_err();
                assert_eq!(text(error, folder.path()), expected);
                let _ = files.write(&[entry("b", b"record", b"value")]).unwrap_err();
            }
            _ => files.write(&[entry(kept, b"record", b"value")]).unwrap(),
        }
        assert!(!names(&run).iter().any(|name| name.starts_with(".aside")), "{:?}", names(&run));
        assert_eq!(files.runs().unwrap().len(), 1);
        match path.is_dir() {
            true => fs::remove_dir(&path).unwrap(),
            false => {
                let text = fs::read_to_string(&path).unwrap();
                assert_eq!(text, if name == "empty" { "" } else { "Dear …" });
                fs::remove_file(&path).unwrap();
            }
        }
        assert!(records_of(&mut files, "run").contains_key("a"));
    }
}

#[test]
fn an_entry_that_is_not_written_takes_no_other_with_it() {
    for durable in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let mut files = locked(folder.path());
        if durable {
            files.unlock("run");
            files = files.durable();
            assert!(files.lock("run").unwrap());
        }
        fs::write(folder.path().join("run-run/kept-bad"), "Dear …").unwrap();
        let entries = ["a", "bad", "b"].map(|name| entry(name, b"record", name.as_bytes()));
        let _ = files.write(&entries).unwrap_err();
        let written: Vec<_> = entries.iter().map(|entry| files.write(std::slice::from_ref(entry)).is_ok()).collect();
        assert_eq!(written, [true, false, true]);
        assert_eq!(value_of(&mut files, "run", "a").unwrap(), b"a");
        assert_eq!(value_of(&mut files, "run", "b").unwrap(), b"b");
        assert_eq!(names(&folder.path().join("run-run")), [".lock", "kept-a", "kept-b", "kept-bad"]);
    }
}

#[test]
fn a_file_in_the_place_of_another_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let mut files = locked(folder.path());
    assert!(files.lock("other").unwrap());
    files.write(&[entry("a", b"record", b"value"), entry_of("other", "b", b"record", b"value")]).unwrap();
    let (from, to) = (folder.path().join("run-run/kept-a"), folder.path().join("run-other/kept-a"));
    fs::copy(&from, &to).unwrap();
    let expected = "`run-other/kept-a` is the kept value `a` of run `run`, in the wrong place";
    assert_eq!(text(files.records("other").unwrap_err(), folder.path()), expected);
    assert_eq!(text(files.read("other", &["a".into()]).unwrap_err(), folder.path()), expected);
    let error = files.write(&[entry_of("other", "a", b"record", b"value")]).unwrap_err();
    assert_eq!(text(error, folder.path()), expected);
    // Its own entry can be forgotten with it.
    files.forget("other").unwrap();
    assert_eq!(names(&folder.path().join("run-other")), [".lock"]);
}

#[test]
fn files_that_a_process_left_aside_are_removed_by_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let mut files = locked(folder.path());
    files.write(&[entry("a", b"record", b"value")]).unwrap();
    let run = folder.path().join("run-run");
    fs::copy(run.join("kept-a"), run.join(".aside-0")).unwrap();
    fs::write(run.join(".aside-7"), "typed-pip").unwrap();
    assert_eq!(records_of(&mut files, "run").len(), 1);
    files.unlock("run");
    assert!(files.lock("run").unwrap());
    assert_eq!(names(&run), [".lock", "kept-a"]);
}

#[test]
fn a_run_that_is_not_locked_is_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let mut files = Files::open(folder.path()).unwrap();
    let error = files.write(&[entry("a", b"record", b"value")]).unwrap_err();
    assert_eq!(error.to_string(), "run `run` is not locked");
    assert_eq!(files.forget("run").unwrap_err().to_string(), "run `run` is not locked");
    assert_eq!(names(folder.path()), ["typed-pipeliner-journal"]);
}

#[test]
fn a_journal_is_where_it_was_opened() {
    let folder = tempfile::tempdir().unwrap();
    let relative = Path::new(folder.path().file_name().unwrap());
    // Another test may not depend on the current folder of the process.
    if std::env::var_os("PIPELINER_TEST_MOVES").is_none() {
        let mut itself = std::process::Command::new(std::env::current_exe().unwrap());
        itself.args(["--exact", "a_journal_is_where_it_was_opened"]).env("PIPELINER_TEST_MOVES", "1");
        assert!(itself.output().unwrap().status.success());
        return;
    }
    std::env::set_current_dir(folder.path().parent().unwrap()).unwrap();
    let mut files = Files::open(relative).unwrap();
    std::env::set_current_dir("/").unwrap();
    assert!(files.lock("run").unwrap());
    assert_eq!(names(folder.path()), ["run-run", "typed-pipeliner-journal"]);
}

/// A folder with two entries, the first of which is damaged before it is read.
struct Damage {
    folder: tempfile::TempDir,
    path: PathBuf,
    whole: Vec<u8>,
}

/// A damaged entry, as it is read.
#[derive(Debug, PartialEq)]
enum Read {
    /// An error that names the file.
    Error,
    /// No record, or an empty one, and no value.
    Absent,
    /// This record and this value.
    Bytes(Vec<u8>, Vec<u8>),
}

impl Damage {
    fn new() -> Damage {
        let folder = tempfile::tempdir().unwrap();
        let mut files = locked(folder.path());
        files.write(&[entry("fetch", b"record", b"value"), entry("other", b"r", b"v")]).unwrap();
        let path = folder.path().join("run-run/kept-fetch");
        let whole = fs::read(&path).unwrap();
        Damage { folder, path, whole }
    }

    /// Reads the entry from a file with these bytes. The other entry has to be read in any case,
    /// and a new one can be written, or is refused with an error that names the file.
    #[track_caller]
    fn read(&self, bytes: &[u8]) -> Read {
        fs::write(&self.path, bytes).unwrap();
        let mut files = locked(self.folder.path());
        assert_eq!(value_of(&mut files, "run", "other").unwrap(), b"v");
        let name = Arc::from("fetch");
        let value = files.read("run", std::slice::from_ref(&name));
        let read = match (files.records("run"), value) {
            (Err(error), Err(_)) => {
                assert!(error.to_string().contains("run-run/kept-fetch` is "), "{error}");
                Read::Error
            }
            (Ok(records), Ok(mut value)) => {
                let record = records.into_iter().find(|kept| *kept.name == *name).unwrap().record;
                match value.remove(0) {
                    None => {
                        assert_eq!(record, [0; 0], "the journal refuses this record");
                        Read::Absent
                    }
                    Some(value) => Read::Bytes(record, value),
                }
            }
            (records, value) => panic!("{records:?}, {value:?}"),
        };
        let written = files.write(&[entry("fetch", b"new record", b"new value")]);
        assert_eq!(written.is_err(), read == Read::Error, "{read:?}, {written:?}");
        if read != Read::Error {
            assert_eq!(value_of(&mut files, "run", "fetch").unwrap(), b"new value");
        }
        read
    }
}

#[test]
fn no_bit_that_flips_makes_another_entry() {
    let damage = Damage::new();
    let whole = damage.whole.clone();
    let body = whole.len() - b"recordvalue".len();
    let mut seen = [0; 3];
    for at in 0..whole.len() * 8 {
        let mut bytes = whole.clone();
        bytes[at / 8] ^= 1 << (at % 8);
        match damage.read(&bytes) {
            Read::Error => seen[0] += 1,
            Read::Absent => seen[1] += 1,
            Read::Bytes(record, value) => {
                // The checksums of the record are for these.
                assert!(at / 8 >= body, "bit {at} is read as {record:?}, {value:?}");
                assert_eq!([record, value].concat(), bytes[body..]);
                seen[2] += 1;
            }
        }
    }
    // The magic and the names; the lengths, and bytes of names that are not UTF-8; the rest.
    assert_eq!(seen, [128 + 7 * 8, 160 + 8, 88]);
}

#[test]
fn a_file_of_another_length_is_absent() {
    let damage = Damage::new();
    let whole = damage.whole.clone();
    for length in 0..whole.len() {
        assert_eq!(damage.read(&whole[..length]), Read::Absent, "{length} bytes");
        // A file system may have the length and not the bytes.
        let mut zeros = whole[..length].to_vec();
        zeros.resize(whole.len(), 0);
        match damage.read(&zeros) {
            Read::Error | Read::Absent => {}
            Read::Bytes(record, value) => assert_eq!([record, value].concat(), zeros[zeros.len() - 11..]),
        }
    }
    for more in [&b"\0"[..], b"value", &whole] {
        assert_eq!(damage.read(&[&whole, more].concat()), Read::Absent);
    }
    assert_eq!(damage.read(&whole), Read::Bytes(b"record".to_vec(), b"value".to_vec()));
}

#[test]
fn a_long_entry_that_is_cut_is_absent() {
    let folder = tempfile::tempdir().unwrap();
    let mut files = locked(folder.path());
    let long = entry(&"long name ".repeat(500), &[1; 5000], &[2; 10_000]);
    files.write(std::slice::from_ref(&long)).unwrap();
    let file = names(&folder.path().join("run-run")).pop().unwrap();
    let path = folder.path().join("run-run").join(file);
    let whole = fs::read(&path).unwrap();
    for length in (0..whole.len()).step_by(97).chain([4095, 4096, 4097, whole.len() - 1]) {
        fs::write(&path, &whole[..length]).unwrap();
        // Its name was in the file.
        assert_eq!(files.records("run").unwrap(), []);
        assert_eq!(files.read("run", &[Arc::clone(&long.name)]).unwrap(), [None]);
    }
    files.write(std::slice::from_ref(&long)).unwrap();
    assert_eq!(value_of(&mut files, "run", &long.name).unwrap(), long.value);
}

/// Writes entries until the disk is full.
fn fill(files: &mut Files) -> (Vec<Entry>, BoxError) {
    let mut written = Vec::new();
    for number in 0.. {
        let next = entry(&number.to_string(), b"record", &[number as u8; 50_000]);
        match files.write(std::slice::from_ref(&next)) {
            Ok(()) => written.push(next),
            Err(error) => return (written, error),
        }
    }
    unreachable!("the disk is small")
}

#[test]
fn a_full_disk_is_an_error_and_the_others_stay() {
    disk::with_small_disk("a_full_disk_is_an_error_and_the_others_stay", |disk| {
        for folder in ["plain", "durable"] {
            let folder = disk.join(folder);
            let mut files = Files::open(&folder).unwrap();
            if folder.ends_with("durable") {
                files = files.durable();
            }
            assert!(files.lock("run").unwrap());
            let (written, error) = fill(&mut files);
            assert!(written.len() > 5, "{error}");
            let full = "`run-run/.aside-0` cannot be written: No space left on device (os error 28)";
            assert_eq!(text(error, &folder), full);
            assert_eq!(records_of(&mut files, "run").len(), written.len());
            for entry in &written {
                assert_eq!(value_of(&mut files, "run", &entry.name).unwrap(), entry.value);
            }
            // The part of a file was removed, so smaller ones find room.
            files.write(&[entry("small", b"record", b"value")]).unwrap();
            // A value is replaced only by a whole one.
            let _ = files.write(&[entry("small", b"record", &[1; 50_000])]).unwrap_err();
            assert_eq!(value_of(&mut files, "run", "small").unwrap(), b"value");
            files.forget("run").unwrap();
            files.unlock("run");
        }
    });
}

#[test]
fn a_journal_that_cannot_be_written_can_be_read() {
    let prepare = |disk: &Path| {
        let mut files = locked(&disk.join("journal"));
        files.write(&[entry("a", b"record", b"value")]).unwrap();
    };
    disk::with_read_only_folder("a_journal_that_cannot_be_written_can_be_read", prepare, |disk| {
        let mut files = Files::open(disk.join("journal")).unwrap();
        assert_eq!(records_of(&mut files, "run")["a"], b"record");
        assert_eq!(value_of(&mut files, "run", "a").unwrap(), b"value");
        assert_eq!(files.runs().unwrap()[0].entries, 1);
        let read_only = "Read-only file system (os error 30)";
        let error = text(files.lock("run").unwrap_err(), disk);
        assert_eq!(error, format!("`journal/run-run` cannot be locked: {read_only}"));
        let error = text(Files::open(disk.join("new")).unwrap_err(), disk);
        assert_eq!(error, format!("the journal `new` cannot be opened: {read_only}"));
    });
}
