//! Runs the program on journals, and on folders that are none.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;
use typed_pipeliner::journal::{Journal, Keeps, Kept};
use typed_pipeliner::{HList, In, Out, Pipeline, Store, StoreOf, resource, step};

#[derive(Debug, serde::Serialize, serde::Deserialize)]
enum Unit {
    Piece,
    Box { pieces: u32 },
}

#[derive(Debug, serde::Serialize, serde::Deserialize)]
struct Order {
    number: u64,
    customer: Option<String>,
    price: f64,
    units: Vec<Unit>,
    at: (i8, bool),
    digest: [u8; 2],
}

resource! { Url: String; Secret: String; Orders: Vec<Order>; Sums: BTreeMap<(u32, String), i64>; Number: usize; }

#[step(keep = "download", version = 3)]
fn download(url: In<'_, Url>, _: In<'_, Secret>) -> (Out<Orders>, Out<Sums>) {
    let units = vec![Unit::Piece, Unit::Box { pieces: 12 }];
    let order = Order { number: u64::MAX, customer: None, price: 0.5, units, at: (-1, true), digest: [0, 255] };
    (vec![order], BTreeMap::from([((1, url.clone()), -7)]))
}

#[step(keep = "count")]
fn count(orders: In<'_, Orders>) -> Out<Number> {
    orders.len()
}

struct Nightly;
impl Pipeline for Nightly {
    type Steps = HList![Download, Count];
}
impl Keeps for Nightly {
    type Ambient = HList![Secret];
}

/// A folder in which these runs were kept, in their order.
struct Folder(TempDir);

impl Folder {
    fn new(runs: &[&str]) -> Self {
        let folder = Folder(TempDir::new().unwrap());
        for run in runs {
            folder.keep(run);
        }
        folder
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("journal")
    }

    /// Executes a run. It is in use until the store is dropped.
    fn keep(&self, run: &str) -> StoreOf<Nightly, HList![Url, Secret], Kept> {
        let journal = Journal::open(self.path()).unwrap();
        futures::executor::block_on(async {
            let store = Store::<Nightly>::new().with(Url, "u".to_owned()).with(Secret, "hush".to_owned());
            let store = store.kept_in(&journal, run).await.unwrap();
            store.resource::<Number>().await.unwrap();
            store
        })
    }

    fn runs(&self) -> Vec<String> {
        let journal = Journal::open(self.path()).unwrap();
        let runs = futures::executor::block_on(journal.runs()).unwrap();
        runs.into_iter().map(|run| run.run).collect()
    }

    fn execute(&self, command: &str, arguments: &[&str]) -> Output {
        execute([command.as_ref(), self.path().as_os_str()].into_iter().chain(arguments.iter().map(AsRef::as_ref)))
    }
}

fn execute(arguments: impl IntoIterator<Item: AsRef<OsStr>>) -> Output {
    Command::new(env!("CARGO_BIN_EXE_pipeliner-journal")).args(arguments).output().unwrap()
}

#[track_caller]
fn stdout(output: &Output) -> &str {
    assert!(output.status.success(), "{output:?}");
    assert!(output.stderr.is_empty(), "{output:?}");
    std::str::from_utf8(&output.stdout).unwrap()
}

/// The error of a command that failed.
#[track_caller]
fn error(output: &Output) -> &str {
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(output.stdout.is_empty(), "{output:?}");
    std::str::from_utf8(&output.stderr).unwrap().trim_end().strip_prefix("error: ").unwrap()
}

#[test]
fn runs_are_listed() {
    let folder = Folder::new(&["2026-11-28", "a\nb"]);
    let _in_use = folder.keep("2026-11-29");
    let output = folder.execute("list", &[]);
    let lines: Vec<_> = stdout(&output).lines().collect();
    assert!(lines[0].starts_with("RUN         ENTRIES  "), "{}", lines[0]);
    let [first, second, third] = &lines[1..] else { panic!("{lines:?}") };
    assert!(first.starts_with("2026-11-28        2  ") && !first.contains("in use"), "{first}");
    assert!(second.starts_with("2026-11-29        2  ") && second.ends_with("  in use"), "{second}");
    assert!(third.starts_with("a b               2  "), "{third}");
}

#[test]
fn entries_are_shown() {
    let folder = Folder::new(&["a"]);
    let output = folder.execute("show", &["a"]);
    let lines: Vec<_> = stdout(&output).lines().collect();
    let [count, count_written, from_orders, gives, download, written, url, secret, orders, sums] = &lines[..] else {
        panic!("{lines:?}")
    };
    assert_eq!((*count, *download), ("count", "download"));
    assert!(
        count_written.starts_with("  version 0, written 20") && count_written.ends_with(", 1 B"),
        "{count_written}"
    );
    assert!(gives.starts_with("  gives Number ") && gives.ends_with(": usize, 1 B"), "{gives}");
    assert!(written.starts_with("  version 3, written 20"), "{written}");
    assert!(url.starts_with("  from Url "), "{url}");
    assert_eq!(*secret, "  from Secret (ambient)");
    let print = from_orders.strip_prefix("  from Orders ").unwrap();
    let order = "alloc::vec::Vec<commands::Order>";
    assert!(orders.starts_with(&format!("  gives Orders {print}: {order}, ")), "{orders}");
    assert!(sums.starts_with("  gives Sums "), "{sums}");
}

#[test]
fn values_are_shown_as_json() {
    let folder = Folder::new(&["a"]);
    let output = folder.execute("show", &["a", "download"]);
    let json: serde_json::Value = serde_json::from_str(stdout(&output)).unwrap();
    let order = serde_json::json!({
        "number": u64::MAX, "customer": null, "price": 0.5, "units": ["Piece", { "Box": { "pieces": 12 } }],
        "at": [-1, true], "digest": [0, 255]
    });
    assert_eq!(json, serde_json::json!({ "Orders": [order], "Sums": { r#"[1,"u"]"#: -7 } }));
    // In the order of the fields.
    assert!(stdout(&output).find("number") < stdout(&output).find("customer"), "{output:?}");
}

#[test]
fn damaged_entry_is_shown_and_has_no_values() {
    let folder = Folder::new(&["a"]);
    let file = folder.path().join("run-a/kept-count");
    let mut bytes = fs::read(&file).unwrap();
    let at = bytes.len() - 2;
    bytes[at] ^= 1;
    fs::write(&file, bytes).unwrap();
    let output = folder.execute("show", &["a"]);
    assert!(stdout(&output).starts_with("count\n  damaged: its checksum is wrong\ndownload\n"), "{output:?}");
    let output = folder.execute("show", &["a", "count"]);
    assert_eq!(error(&output), "the journal cannot be read: its checksum is wrong");
}

#[test]
fn runs_are_forgotten() {
    let folder = Folder::new(&["a", "b", "c"]);
    let in_use = folder.keep("in use");
    assert_eq!(stdout(&folder.execute("forget", &["a", "b"])), "");
    assert_eq!(folder.runs(), ["c", "in use"]);

    let output = folder.execute("forget", &["in use", "none", "c"]);
    let in_use_error = "run `in use` is in use by another store, here or in another process";
    assert_eq!(error(&output), format!("{in_use_error}; there is no run `none`"));
    assert_eq!(folder.runs(), ["in use"]);
    drop(in_use);
    folder.execute("forget", &["in use"]);
    assert_eq!(folder.runs(), [""; 0]);
}

#[test]
fn runs_are_pruned_by_a_rule() {
    let folder = Folder::new(&["a", "b", "c"]);
    let rule = ["--larger-than", "1B", "--but-latest", "1"];
    let output = folder.execute("prune", &[&rule[..], &["--dry-run"]].concat());
    let lines: Vec<_> = stdout(&output).lines().collect();
    assert!(lines.len() == 2 && lines.iter().all(|line| line.contains(": would be removed, ")), "{lines:?}");
    assert_eq!(folder.runs().len(), 3);

    assert_eq!(stdout(&folder.execute("prune", &["--older-than", "30d"])), "there is nothing to remove\n");
    assert_eq!(stdout(&folder.execute("prune", &["--larger-than=10GB"])), "there is nothing to remove\n");
    let output = folder.execute("prune", &rule);
    assert_eq!(stdout(&output).lines().filter(|line| line.contains(": removed, ")).count(), 2);
    assert_eq!(folder.runs().len(), 1);
    let output = folder.execute("prune", &["--older-than", "0s"]);
    assert_eq!(stdout(&output).lines().count(), 1);
    assert_eq!(folder.runs(), [""; 0]);
}

#[test]
fn run_or_entry_that_is_not_there_is_an_error() {
    let folder = Folder::new(&["a"]);
    assert_eq!(error(&folder.execute("show", &["b"])), "there is no run `b`");
    assert_eq!(error(&folder.execute("show", &["a", "none"])), "run `a` has no entry `none`");
}

#[test]
fn folder_that_is_no_journal_is_an_error_and_stays_as_it_is() {
    let home = TempDir::new().unwrap();
    let list = |path: &Path| error(&execute(["list".as_ref(), path.as_os_str()])).to_owned();
    let (missing, empty, other) = (home.path().join("missing"), home.path().join("empty"), home.path().join("other"));
    assert_eq!(list(&missing), format!("there is no folder `{}`", missing.display()));
    assert!(!missing.exists());

    fs::create_dir(&empty).unwrap();
    assert_eq!(list(&empty), format!("`{}` is not a journal, because it is empty", empty.display()));
    assert_eq!(fs::read_dir(&empty).unwrap().count(), 0);

    fs::create_dir(&other).unwrap();
    fs::write(other.join("letter.txt"), "Dear …").unwrap();
    let reason = "because it has other files: name a new folder";
    assert_eq!(list(&other), format!("`{}` is not a journal, {reason}", other.display()));

    let file = other.join("letter.txt");
    assert_eq!(list(&file), format!("`{}` is not a journal, because it is a file", file.display()));
}

#[test]
fn wrong_usage_is_an_error() {
    for (arguments, reason) in [
        (&[][..], "there is no command"),
        (&["lost", "f"], "there is no command `lost`"),
        (&["list"], "`list` needs the folder of a journal"),
        (&["list", "f", "g"], "`g` is one argument too many"),
        (&["list", "f", "--dry-run"], "invalid option '--dry-run'"),
        (&["show", "f"], "`show` needs the key of a run"),
        (&["forget", "f"], "`forget` needs the key of a run"),
        (&["prune", "f"], "`prune` needs a rule: `--older-than AGE` or `--larger-than SIZE`"),
        (&["prune", "f", "--older-than"], "missing argument for option '--older-than'"),
        (&["prune", "f", "--older-than", "old"], "`old` is no age, such as 4w, 30d or 12h\n"),
        (&["prune", "f", "--older-than", "1 month"], "`1 month` is no age, such as 4w, 30d or 12h\n"),
        (&["prune", "f", "--older-than", "-1d"], "`-1d` is no age, such as 4w, 30d or 12h\n"),
        (&["prune", "f", "--larger-than", "big"], "`big` is no size, such as 10GB or 500MiB\n"),
        (&["prune", "f", "--larger-than", "1GB", "--but-latest", "x"], "cannot parse argument \"x\": "),
    ] {
        let output = execute(arguments);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        let stderr = std::str::from_utf8(&output.stderr).unwrap();
        assert!(stderr.starts_with(&format!("error: {reason}")), "{stderr}");
        assert!(stderr.contains("usage: pipeliner-journal list FOLDER\n"), "{stderr}");
    }
    assert!(stdout(&execute(["--help"])).starts_with("usage: "));
}
