//! The tests of a shelf, for any shelf: `shelf_tests!` makes them for a [`Place`].
//!
//! Processes that are killed are the test binary itself, with the test `child` alone.
#![allow(dead_code, unused_macros, unused_imports, reason = "each test uses a part of it")]

use std::collections::BTreeMap;
use std::env;
use std::error::Error;
use std::fmt::Display;
use std::io::{BufRead, BufReader, Read, stdin};
use std::iter;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, SystemTime};
use typed_pipeliner::BoxError;
use typed_pipeliner::journal::{Entry, KeptRecord, Shelf};

/// A place in which a shelf can be opened again and again.
pub(crate) trait Place: Sized {
    type Shelf: Shelf;

    /// Whether there are such places. If not, the tests are skipped.
    fn is_available() -> bool {
        true
    }

    /// A place without a shelf.
    fn new() -> Self;

    fn open(&self) -> Self::Shelf;
}

/// A place that other processes have too.
pub(crate) trait SharedPlace: Place {
    /// What another process needs for [`at`](SharedPlace::at).
    fn address(&self) -> String;

    /// A place that another process has made. It does not end with this value.
    fn at(address: &str) -> Self;
}

/// Makes the tests of a place, `shelf_tests!(any: MyPlace)`, and of a [`SharedPlace`], `killed`.
/// The shelves at a place that can be opened twice at once also have `shared`.
macro_rules! shelf_tests {
    (any: $place:ty) => {
        shelf_tests! { $place:
            an_entry_is_read_as_it_was_written
            an_entry_is_replaced
            entries_outlive_the_shelf
            an_entry_that_was_not_written_is_absent
            values_come_in_the_order_of_their_names
            runs_have_entries_of_their_own
            names_are_any_text
            values_have_any_length
            many_entries_are_written_at_once
            a_run_is_locked_once
            a_lock_makes_no_run
            runs_are_listed
            a_forgotten_run_is_absent_and_can_begin_again
        }
    };
    (shared: $place:ty) => {
        shelf_tests! { $place:
            a_run_is_locked_by_one_of_two_shelves
            two_shelves_write_to_runs_of_their_own
            locks_of_many_threads_exclude_each_other
        }
        #[test]
        fn a_run_is_locked_by_one_of_two_processes() {
            if <$place as shelf::Place>::is_available() {
                shelf::a_run_is_locked_by_one_of_two_processes::<$place>(module_path!());
            }
        }
    };
    (killed: $place:ty) => {
        #[test]
        fn an_acknowledged_entry_outlives_its_process() {
            if <$place as shelf::Place>::is_available() {
                shelf::an_acknowledged_entry_outlives_its_process::<$place>(module_path!());
            }
        }
        #[test]
        fn child() {
            shelf::child::<$place>();
        }
    };
    ($place:ty: $($test:ident)*) => {$(
        #[test]
        fn $test() {
            if <$place as shelf::Place>::is_available() {
                shelf::$test::<$place>();
            }
        }
    )*};
}
pub(crate) use shelf_tests;

/// An entry of the run `run`.
pub(crate) fn entry(name: &str, record: &[u8], value: &[u8]) -> Entry {
    entry_of("run", name, record, value)
}

pub(crate) fn entry_of(run: &str, name: &str, record: &[u8], value: &[u8]) -> Entry {
    Entry { run: run.into(), name: name.into(), record: record.into(), value: value.into() }
}

/// The records of a run, by name.
pub(crate) fn records_of(shelf: &mut impl Shelf, run: &str) -> BTreeMap<String, Vec<u8>> {
    let records = shelf.records(run).unwrap();
    let count = records.len();
    let records: BTreeMap<_, _> = records.into_iter().map(|KeptRecord { name, record }| (name, record)).collect();
    assert_eq!(records.len(), count, "each name is there once");
    records
}

pub(crate) fn value_of(shelf: &mut impl Shelf, run: &str, name: &str) -> Option<Vec<u8>> {
    let mut values = shelf.read(run, &[name.into()]).unwrap();
    assert_eq!(values.len(), 1);
    values.remove(0)
}

/// An error with its sources, without the folder of the test.
pub(crate) fn text(error: impl Into<BoxError>, folder: &Path) -> String {
    let error = error.into();
    let sources = iter::successors(Some(&*error as &(dyn Error + 'static)), |&error| error.source());
    let texts: Vec<_> = sources.map(ToString::to_string).collect();
    texts.join(": ").replace(&format!("{}/", folder.display()), "").replace(&*folder.to_string_lossy(), ".")
}

/// A shelf at a place that has locked the run `run`.
pub(crate) fn locked<P: Place>(place: &P) -> P::Shelf {
    let mut shelf = place.open();
    assert!(shelf.lock("run").unwrap());
    shelf
}

pub(crate) fn an_entry_is_read_as_it_was_written<P: Place>() {
    let place = P::new();
    let mut shelf = locked(&place);
    shelf.write(&[entry("fetch", b"record", b"value")]).unwrap();
    assert_eq!(shelf.records("run").unwrap(), [KeptRecord { name: "fetch".to_owned(), record: b"record".to_vec() }]);
    assert_eq!(value_of(&mut shelf, "run", "fetch").unwrap(), b"value");
}

pub(crate) fn an_entry_is_replaced<P: Place>() {
    let place = P::new();
    let mut shelf = locked(&place);
    for (record, value) in [("a", "a long value"), ("another record", ""), ("", "short")] {
        shelf.write(&[entry("fetch", record.as_bytes(), value.as_bytes()), entry("other", b"o", b"O")]).unwrap();
        let expected = [("fetch".to_owned(), record.as_bytes().to_vec()), ("other".to_owned(), b"o".to_vec())];
        assert_eq!(records_of(&mut shelf, "run"), BTreeMap::from(expected));
        assert_eq!(value_of(&mut shelf, "run", "fetch").unwrap(), value.as_bytes());
        assert_eq!(value_of(&mut shelf, "run", "other").unwrap(), b"O");
    }
    // The last of two in one call.
    shelf.write(&[entry("fetch", b"1", b"first"), entry("fetch", b"2", b"second")]).unwrap();
    assert_eq!(records_of(&mut shelf, "run")["fetch"], b"2");
    assert_eq!(value_of(&mut shelf, "run", "fetch").unwrap(), b"second");
}

pub(crate) fn entries_outlive_the_shelf<P: Place>() {
    let place = P::new();
    let mut shelf = locked(&place);
    shelf.write(&[entry("kept", b"record", b"value")]).unwrap();
    shelf.unlock("run");
    drop(shelf);
    let mut again = locked(&place);
    assert_eq!(records_of(&mut again, "run")["kept"], b"record");
    assert_eq!(value_of(&mut again, "run", "kept").unwrap(), b"value");
}

pub(crate) fn an_entry_that_was_not_written_is_absent<P: Place>() {
    let place = P::new();
    let mut shelf = place.open();
    assert_eq!(shelf.runs().unwrap(), []);
    assert_eq!(shelf.records("run").unwrap(), []);
    assert_eq!(shelf.read("run", &[]).unwrap(), [] as [Option<Vec<u8>>; 0]);
    assert_eq!(value_of(&mut shelf, "run", "fetch"), None);
    assert!(shelf.lock("run").unwrap());
    assert_eq!(shelf.records("run").unwrap(), []);
    assert_eq!(value_of(&mut shelf, "run", "fetch"), None);
    shelf.write(&[]).unwrap();
    shelf.write(&[entry("fetch", b"record", b"value")]).unwrap();
    assert_eq!(value_of(&mut shelf, "run", "fetc"), None);
    assert_eq!(value_of(&mut shelf, "ru", "fetch"), None);
}

pub(crate) fn values_come_in_the_order_of_their_names<P: Place>() {
    let place = P::new();
    let mut shelf = locked(&place);
    shelf.write(&["a", "b", "c"].map(|name| entry(name, b"record", name.as_bytes()))).unwrap();
    let names = ["c", "absent", "a", "c"].map(Arc::from);
    let expected = [Some(b"c".to_vec()), None, Some(b"a".to_vec()), Some(b"c".to_vec())];
    assert_eq!(shelf.read("run", &names).unwrap(), expected);
}

pub(crate) fn runs_have_entries_of_their_own<P: Place>() {
    let place = P::new();
    let mut shelf = locked(&place);
    assert!(shelf.lock("other").unwrap());
    let entries = [entry("fetch", b"r", b"of run"), entry_of("other", "fetch", b"R", b"of other")];
    shelf.write(&entries).unwrap();
    for (run, record, value) in [("run", b"r", "of run"), ("other", b"R", "of other")] {
        assert_eq!(records_of(&mut shelf, run), BTreeMap::from([("fetch".to_owned(), record.to_vec())]));
        assert_eq!(value_of(&mut shelf, run, "fetch").unwrap(), value.as_bytes());
    }
}

pub(crate) fn names_are_any_text<P: Place>() {
    let long = "a".repeat(5000);
    let other_long = "a".repeat(4999) + "b";
    let names = [
        "",
        " ",
        ".",
        "..",
        "../x",
        "/etc/passwd",
        "a",
        "A",
        "aa",
        "a\0",
        "\0",
        "a\\b",
        "a/b",
        "a/",
        "C:",
        "con",
        "nul.txt",
        ".lock",
        ".aside-0",
        "kept-a",
        "ä",
        "a\u{308}",
        "å",
        "日本",
        "%",
        "%61",
        "*?\"<>|",
        "line\nbreak",
        &long,
        &other_long,
    ];
    let place = P::new();
    let mut shelf = place.open();
    for run in names {
        assert!(shelf.lock(run).unwrap(), "{run:?}");
    }
    let value = |run: &str, name: &str| format!("{run:?} and {name:?}").into_bytes();
    for run in names {
        let entries = names.map(|name| entry_of(run, name, name.as_bytes(), &value(run, name)));
        shelf.write(&entries).unwrap();
    }
    let expected: BTreeMap<_, _> = names.iter().map(|name| (name.to_string(), name.as_bytes().to_vec())).collect();
    for run in names {
        assert_eq!(records_of(&mut shelf, run), expected, "{run:?}");
        let values = shelf.read(run, &names.map(Arc::from)).unwrap();
        assert_eq!(values, names.map(|name| Some(value(run, name))), "{run:?}");
    }
    let mut runs: Vec<_> = shelf.runs().unwrap().into_iter().map(|run| run.run).collect();
    runs.sort();
    assert_eq!(runs, Vec::from_iter(expected.into_keys()));
}

pub(crate) fn values_have_any_length<P: Place>() {
    let place = P::new();
    let mut shelf = locked(&place);
    let bytes = |length: usize| -> Vec<u8> { (0..length).map(|at| (at * 31) as u8).collect() };
    let lengths = [(0, 0), (0, 1), (300, 0), (3990, 100), (4096, 4096), (10_000, 10), (300, 10 << 20)];
    for (record, value) in lengths {
        shelf.write(&[entry(&format!("{record} and {value}"), &bytes(record), &bytes(value))]).unwrap();
    }
    for (record, value) in lengths {
        let name = format!("{record} and {value}");
        assert!(records_of(&mut shelf, "run")[&name] == bytes(record), "{name}");
        assert!(value_of(&mut shelf, "run", &name) == Some(bytes(value)), "{name}");
    }
}

pub(crate) fn many_entries_are_written_at_once<P: Place>() {
    let place = P::new();
    let mut shelf = locked(&place);
    let entries: Vec<_> = (0..1000).map(|number| entry(&format!("page {number}"), b"record", &[7; 500])).collect();
    shelf.write(&entries).unwrap();
    assert_eq!(records_of(&mut shelf, "run").len(), 1000);
    let names: Vec<_> = entries.iter().map(|entry| Arc::clone(&entry.name)).collect();
    assert!(shelf.read("run", &names).unwrap().into_iter().all(|value| value == Some(vec![7; 500])));
}

pub(crate) fn a_run_is_locked_once<P: Place>() {
    let place = P::new();
    let mut shelf = place.open();
    assert!(shelf.lock("run").unwrap());
    assert!(!shelf.lock("run").unwrap());
    assert!(shelf.lock("other").unwrap());
    shelf.unlock("run");
    assert!(!shelf.lock("other").unwrap());
    assert!(shelf.lock("run").unwrap());
    shelf.unlock("no such run");
}

pub(crate) fn a_lock_makes_no_run<P: Place>() {
    let place = P::new();
    let mut shelf = locked(&place);
    shelf.unlock("run");
    assert_eq!(shelf.runs().unwrap(), []);
}

pub(crate) fn runs_are_listed<P: Place>() {
    let place = P::new();
    let mut shelf = locked(&place);
    // A file system may round the time.
    let before = SystemTime::now() - Duration::from_secs(5);
    assert!(shelf.lock("other").unwrap());
    shelf.write(&[entry("a", b"record", &[1; 1000]), entry("b", b"record", &[2; 2000])]).unwrap();
    shelf.write(&[entry_of("other", "a", b"record", b"value")]).unwrap();
    shelf.unlock("other");
    let mut runs = shelf.runs().unwrap();
    runs.sort_by(|one, other| one.run.cmp(&other.run));
    let seen: Vec<_> = runs.iter().map(|run| (&*run.run, run.entries, run.is_in_use)).collect();
    assert_eq!(seen, [("other", 1, false), ("run", 2, true)]);
    assert!((11..1000).contains(&runs[0].bytes) && (3012..4000).contains(&runs[1].bytes), "{runs:?}");
    assert!(runs.iter().all(|run| run.written.is_some_and(|written| written > before)), "{runs:?}");
}

pub(crate) fn a_forgotten_run_is_absent_and_can_begin_again<P: Place>() {
    let place = P::new();
    let mut shelf = locked(&place);
    shelf.forget("run").unwrap();
    assert!(shelf.lock("other").unwrap());
    shelf.write(&[entry("a", b"record", b"value"), entry("b", b"record", b"value")]).unwrap();
    shelf.write(&[entry_of("other", "a", b"record", b"value")]).unwrap();
    shelf.forget("run").unwrap();
    assert_eq!(shelf.records("run").unwrap(), []);
    assert_eq!(value_of(&mut shelf, "run", "a"), None);
    assert_eq!(value_of(&mut shelf, "other", "a").unwrap(), b"value");

    // It is still locked.
    assert!(!shelf.lock("run").unwrap());
    shelf.write(&[entry("a", b"record", b"new value")]).unwrap();
    assert_eq!(value_of(&mut shelf, "run", "a").unwrap(), b"new value");
    assert_eq!(value_of(&mut shelf, "run", "b"), None);

    shelf.forget("run").unwrap();
    shelf.unlock("run");
    let runs: Vec<_> = shelf.runs().unwrap().into_iter().map(|run| run.run).collect();
    assert_eq!(runs, ["other"]);
    assert!(shelf.lock("run").unwrap());
}

pub(crate) fn a_run_is_locked_by_one_of_two_shelves<P: Place>() {
    let place = P::new();
    let (mut one, mut other) = (locked(&place), place.open());
    assert!(!other.lock("run").unwrap());
    one.write(&[entry("a", b"record", b"value")]).unwrap();
    // A locked run can be read, and listed.
    assert_eq!(records_of(&mut other, "run")["a"], b"record");
    assert_eq!(value_of(&mut other, "run", "a").unwrap(), b"value");
    assert!(other.runs().unwrap()[0].is_in_use);
    // To list a lock does not take it away.
    assert!(!other.lock("run").unwrap());
    one.forget("run").unwrap();
    assert!(!other.lock("run").unwrap());
    one.unlock("run");
    assert!(other.lock("run").unwrap());
    assert!(!one.lock("run").unwrap());
    drop(other);
    assert!(one.lock("run").unwrap());
}

pub(crate) fn two_shelves_write_to_runs_of_their_own<P: Place>() {
    let place = P::new();
    let (mut one, mut other) = (locked(&place), place.open());
    assert!(other.lock("other").unwrap());
    one.write(&[entry("a", b"record", b"one")]).unwrap();
    other.write(&[entry_of("other", "a", b"record", b"other")]).unwrap();
    assert_eq!(value_of(&mut other, "run", "a").unwrap(), b"one");
    assert_eq!(value_of(&mut one, "other", "a").unwrap(), b"other");
}

/// Each thread adds one to a number that it reads and writes while it has the lock. Between, the
/// run that is locked is forgotten.
pub(crate) fn locks_of_many_threads_exclude_each_other<P: Place + Sync>() {
    const THREADS: u64 = 4;
    const TURNS: u64 = 25;
    let place = P::new();
    let add = || {
        let mut shelf = place.open();
        let mut turns = 0;
        while turns < TURNS {
            if !shelf.lock("run").unwrap() {
                thread::yield_now();
                continue;
            }
            assert!(shelf.lock("sum").unwrap(), "it is locked only by the one that has `run`");
            let sum = value_of(&mut shelf, "sum", "sum").map_or(0, |sum| u64::from_le_bytes(sum.try_into().unwrap()));
            shelf.write(&[entry("a", b"record", b"value")]).unwrap();
            shelf.forget("run").unwrap();
            shelf.write(&[entry_of("sum", "sum", b"record", &(sum + 1).to_le_bytes())]).unwrap();
            shelf.unlock("sum");
            shelf.unlock("run");
            turns += 1;
        }
    };
    thread::scope(|scope| (0..THREADS).for_each(|_| drop(scope.spawn(add))));
    let sum = value_of(&mut place.open(), "sum", "sum").unwrap();
    assert_eq!(sum, (THREADS * TURNS).to_le_bytes());
}

pub(crate) fn a_run_is_locked_by_one_of_two_processes<P: SharedPlace>(module: &str) {
    let place = P::new();
    let mut shelf = place.open();
    let mut child = Child::new(&place, module, "child", "hold");
    assert_eq!(child.next().unwrap(), "locked");
    assert!(!shelf.lock("run").unwrap());
    assert!(shelf.lock("other").unwrap());
    assert_eq!(value_of(&mut shelf, "run", "a").unwrap(), b"of the child");
    child.kill();
    assert!(shelf.lock("run").unwrap());
    assert_eq!(value_of(&mut shelf, "run", "a").unwrap(), b"of the child");
}

/// How often a process is killed.
const KILLS: u64 = 50;

pub(crate) fn an_acknowledged_entry_outlives_its_process<P: SharedPlace>(module: &str) {
    let place = P::new();
    let mut random = Random::new(1);
    let mut acknowledged = 0;
    for kill in 0..KILLS {
        let run = format!("run {kill}");
        let mut child = Child::new(&place, module, "child", &run);
        // Some calls have returned, and another one is on its way.
        let mut next = || child.next().map(|number| number.parse::<u64>().unwrap());
        let mut last = (0..=random.below(20)).map(|_| next().unwrap()).last().unwrap();
        thread::sleep(Duration::from_micros(random.below(3000)));
        child.kill();
        while let Some(number) = child.next() {
            last = number.parse().unwrap();
        }
        acknowledged += last + 1;

        let mut shelf = place.open();
        assert!(shelf.lock(&run).unwrap(), "a lock ends with its process");
        let records = records_of(&mut shelf, &run);
        for (name, record) in &records {
            let number = u64::from_le_bytes(record[..8].try_into().unwrap());
            let (expected, value) = (numbered(&run, name, number), value_of(&mut shelf, &run, name).unwrap());
            assert!(*record == expected.record && value == expected.value, "entry `{name}` of {run} is torn");
        }
        // Those of one more call may be there.
        assert!((last + 1..=last + 6).contains(&(records.len() as u64 - 1)), "{last}, {}", records.len());
        assert!((0..=last).all(|number| records.contains_key(&number.to_string())), "{last}: {:?}", records.keys());
        let replaced = u64::from_le_bytes(records["replaced"][..8].try_into().unwrap());
        assert!(replaced >= last, "{replaced} was written before {last}");
    }
    println!("{KILLS} processes were killed, {acknowledged} entries were acknowledged");
}

/// An entry whose contents follow from a number.
fn numbered(run: &str, name: &str, number: u64) -> Entry {
    let length = 100 + (number as usize * 7919) % 20_000;
    let record = [&number.to_le_bytes()[..], &[number as u8; 300]].concat();
    entry_of(run, name, &record, &vec![number as u8; length])
}

/// The process that is killed. Without a task it is a test, which passes.
pub(crate) fn child<P: SharedPlace>() {
    let Some((place, task)) = task::<P>() else { return };
    let mut shelf = place.open();
    if task == "hold" {
        assert!(shelf.lock("run").unwrap());
        shelf.write(&[entry("a", b"record", b"of the child")]).unwrap();
        answer("locked");
        // Until it is killed, or the parent has ended.
        let _ = stdin().read(&mut [0]);
        return;
    }
    assert!(shelf.lock(&task).unwrap());
    let mut number = 0;
    for call in 0.. {
        let count = 1 + call % 5;
        let mut entries: Vec<_> =
            (number..number + count).map(|number| numbered(&task, &number.to_string(), number)).collect();
        number += count;
        entries.push(numbered(&task, "replaced", number - 1));
        shelf.write(&entries).unwrap();
        answer(number - 1);
    }
}

/// Environment variables of a child: its place, and its task.
const ADDRESS: &str = "PIPELINER_TEST_SHELF";
const TASK: &str = "PIPELINER_TEST_SHELF_TASK";

/// The beginning of a line of a child. Other lines are those of the harness.
const ANSWER: &str = "child: ";

/// The place and the task of this process, if it is a child.
pub(crate) fn task<P: SharedPlace>() -> Option<(P, String)> {
    Some((P::at(&env::var(ADDRESS).ok()?), env::var(TASK).ok()?))
}

/// Sends an answer to the parent.
pub(crate) fn answer(answer: impl Display) {
    println!("\n{ANSWER}{answer}");
}

/// This test binary in another process, with one task.
pub(crate) struct Child {
    process: std::process::Child,
    output: BufReader<std::process::ChildStdout>,
}

impl Child {
    /// Starts a process with this test of a module alone.
    pub(crate) fn new(place: &impl SharedPlace, module: &str, test: &str, task: &str) -> Child {
        let (_, module) = module.split_once("::").expect("the tests are in a module of the test binary");
        let mut itself = Command::new(env::current_exe().unwrap());
        itself.args(["--exact", &format!("{module}::{test}"), "--nocapture"]);
        itself.env(ADDRESS, place.address()).env(TASK, task).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = itself.spawn().unwrap();
        let output = BufReader::new(process.stdout.take().unwrap());
        Child { process, output }
    }

    /// The next answer; `None` if the process has ended, or its last line was cut.
    pub(crate) fn next(&mut self) -> Option<String> {
        loop {
            let mut line = String::new();
            self.output.read_line(&mut line).unwrap();
            let line = line.strip_suffix('\n')?;
            if let Some(answer) = line.strip_prefix(ANSWER) {
                return Some(answer.to_owned());
            }
        }
    }

    /// Ends the process at once: SIGKILL.
    pub(crate) fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Xorshift: the same numbers for a seed.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}
