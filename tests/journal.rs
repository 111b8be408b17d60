//! A store that is kept goes on: only steps whose values are absent or stale are executed again,
//! and a kept value is taken only if all that it was made from is the same.

#![cfg(feature = "journal")]

#[path = "support/spy.rs"]
mod spy;

use spy::Spy;
use std::sync::{Arc, Mutex};
use typed_pipeliner::journal::{Journal, Keeps, KeptState, Memory, Stale};
use typed_pipeliner::{HList, In, Out, Pipeline, Return, Store, hlist, hlist_pat, resource, step};

type Log = Arc<Mutex<Vec<&'static str>>>;

resource! {
    Url: String;
    Executed: Log;
    Page: String;
    Text: String;
    Words: usize;
    Letters: usize;
    Report: (usize, usize);
}

/// Notes that a step is executed.
fn note(log: &Log, step: &'static str) {
    log.lock().unwrap().push(step);
}

#[step(keep, version = 1)]
async fn fetch(url: In<'_, Url>, executed: In<'_, Executed>) -> Out<Page> {
    note(executed, "fetch");
    format!("  the page of {url}")
}

#[step]
fn trim(page: In<'_, Page>, executed: In<'_, Executed>) -> Out<Text> {
    note(executed, "trim");
    page.trim().to_owned()
}

#[step(keep)]
fn count(text: In<'_, Text>, executed: In<'_, Executed>) -> Out<Words> {
    note(executed, "count");
    text.split(' ').count()
}

#[step(keep = "measure")]
fn measure(text: In<'_, Text>, executed: In<'_, Executed>) -> Out<Letters> {
    note(executed, "measure");
    text.len()
}

#[step(keep)]
fn add_up(words: In<'_, Words>, letters: In<'_, Letters>, executed: In<'_, Executed>) -> Out<Report> {
    note(executed, "add_up");
    (*words, *letters)
}

/// Declares a pipeline whose stores may be kept.
macro_rules! pipeline {
    ($name:ident: $($step:ty),*) => {
        struct $name;
        impl Pipeline for $name {
            type Steps = HList![$($step),*];
        }
        impl Keeps for $name {
            type Ambient = HList![Executed];
        }
    };
}

pipeline!(App: Fetch, Trim, Count, Measure, AddUp);

/// Runs a pipeline for the report, as a process of its own would. Returns the report, the steps
/// that were executed, sorted, and the state of each step before.
macro_rules! run {
    ($pipeline:ty, $memory:expr, $run:expr, $url:expr) => {{
        let journal = Journal::on($memory.clone());
        let log = Log::default();
        let store = Store::<$pipeline>::new().with(Url, $url.to_owned()).with(Executed, log.clone());
        smol::block_on(async {
            let store = store.kept_in(&journal, $run).await.unwrap();
            let states: Vec<_> = store.explain().steps().iter().map(|step| (step.step, step.state.clone())).collect();
            let report = *store.resource::<Report>().await.unwrap();
            let mut executed = log.lock().unwrap().clone();
            executed.sort();
            (report, executed, states)
        })
    }};
}

/// An error with its sources.
fn chain(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {}", chain(source)),
        None => error.to_string(),
    }
}

/// All steps, in the order of their names.
const ALL: &[&str] = &["add_up", "count", "fetch", "measure", "trim"];

/// A resource that has changed, as a reason.
fn changed(resource: &str) -> KeptState {
    KeptState::Stale(Stale::Changed(resource.to_owned()))
}

/// A resource that has to be computed first, as a reason.
fn unknown(resource: &str) -> KeptState {
    KeptState::Stale(Stale::Unknown(resource.to_owned()))
}

#[test]
fn second_process_executes_nothing() {
    let memory = Memory::new();
    let (report, executed, states) = run!(App, memory, "a", "u");
    assert_eq!((report, &executed[..]), ((4, 13), ALL));
    let absent = |step| (step, KeptState::Absent);
    let trim = ("Trim", KeptState::NotKept);
    assert_eq!(states, [absent("Fetch"), trim.clone(), absent("Count"), absent("Measure"), absent("AddUp")]);

    let (report, executed, states) = run!(App, memory, "a", "u");
    assert_eq!((report, executed), ((4, 13), vec![]));
    let fresh = |step| (step, KeptState::Fresh);
    assert_eq!(states, [fresh("Fetch"), trim, fresh("Count"), fresh("Measure"), fresh("AddUp")]);
}

#[test]
fn each_run_has_its_own_values() {
    let memory = Memory::new();
    run!(App, memory, "a", "u");
    assert_eq!(run!(App, memory, "b", "u").1, ALL);
    assert_eq!(run!(App, memory, "a", "u").1, [""; 0]);
}

#[test]
fn changed_supplied_value_makes_all_stale_that_was_made_from_it() {
    let memory = Memory::new();
    run!(App, memory, "a", "u");
    let (report, executed, states) = run!(App, memory, "a", "uuu");
    assert_eq!((report, &executed[..]), ((4, 15), ALL));
    assert_eq!(states[0], ("Fetch", changed("Url")));
    assert_eq!(states[2], ("Count", unknown("Text")));
    assert_eq!(states[4], ("AddUp", unknown("Words")));
}

#[test]
fn new_version_that_gives_the_same_stales_nothing_below() {
    #[step(keep = "journal::Count", version = 7, name = Count7)]
    fn count_7(text: In<'_, Text>, executed: In<'_, Executed>) -> Out<Words> {
        note(executed, "count");
        text.split(' ').count()
    }
    pipeline!(Next: Fetch, Trim, Count7, Measure, AddUp);

    let memory = Memory::new();
    run!(App, memory, "a", "u");
    let (_, executed, states) = run!(Next, memory, "a", "u");
    // `count` needs the text, which is not kept. `add_up` is cut off early.
    assert_eq!(executed, ["count", "trim"]);
    assert_eq!(states[2], ("Count7", KeptState::Stale(Stale::Version { kept: 0, now: 7 })));
    assert_eq!(states[4], ("AddUp", unknown("Words")));
    assert_eq!(run!(Next, memory, "a", "u").1, [""; 0]);
}

#[test]
fn new_version_of_a_step_that_is_not_kept_makes_stale_what_is_below() {
    #[step(version = 1, name = Trim)]
    fn trim_1(page: In<'_, Page>, executed: In<'_, Executed>) -> Out<Text> {
        note(executed, "trim");
        page.to_owned()
    }
    struct Next;
    impl Pipeline for Next {
        type Steps = HList![Fetch, Trim, Count, Measure, AddUp];
    }
    impl Keeps for Next {
        type Ambient = HList![Executed];
    }

    let memory = Memory::new();
    run!(App, memory, "a", "u");
    let (report, executed, states) = run!(Next, memory, "a", "u");
    assert_eq!((report, executed), ((6, 15), vec!["add_up", "count", "measure", "trim"]));
    assert_eq!(states[2], ("Count", changed("Text")));
}

#[test]
fn renamed_step_is_absent() {
    #[step(keep, name = CountWords)]
    fn count_words(text: In<'_, Text>, executed: In<'_, Executed>) -> Out<Words> {
        note(executed, "count");
        text.split(' ').count()
    }
    pipeline!(Next: Fetch, Trim, CountWords, Measure, AddUp);

    let memory = Memory::new();
    run!(App, memory, "a", "u");
    let (_, executed, states) = run!(Next, memory, "a", "u");
    assert_eq!(executed, ["count", "trim"]);
    assert_eq!(states[2], ("CountWords", KeptState::Absent));
}

#[test]
fn step_that_was_put_in_between_makes_stale_what_is_below() {
    resource! { Raw: String; }
    #[step(keep = "journal::Fetch", version = 1, name = FetchRaw)]
    async fn fetch_raw(url: In<'_, Url>, executed: In<'_, Executed>) -> Out<Raw> {
        note(executed, "fetch");
        format!("  the page of {url}")
    }
    #[step]
    fn decode(raw: In<'_, Raw>, executed: In<'_, Executed>) -> Out<Page> {
        note(executed, "decode");
        raw.to_uppercase()
    }
    pipeline!(Next: FetchRaw, Decode, Trim, Count, Measure, AddUp);

    let memory = Memory::new();
    run!(App, memory, "a", "u");
    let (_, executed, states) = run!(Next, memory, "a", "u");
    // `add_up` is the same, because there are as many words and letters.
    assert_eq!(executed, ["count", "decode", "fetch", "measure", "trim"]);
    assert_eq!(states[0], ("FetchRaw", KeptState::Stale(Stale::Outputs)));
    // And back: the record of `fetch` is that of the other step.
    assert_eq!(run!(App, memory, "a", "u").1, ["count", "fetch", "measure", "trim"]);
}

#[test]
fn step_with_other_inputs_is_stale() {
    #[step(keep = "journal::Count", name = CountPage)]
    fn count_page(page: In<'_, Page>, executed: In<'_, Executed>) -> Out<Words> {
        note(executed, "count");
        page.split(' ').count()
    }
    pipeline!(Next: Fetch, Trim, CountPage, Measure, AddUp);

    let memory = Memory::new();
    run!(App, memory, "a", "u");
    let (report, executed, states) = run!(Next, memory, "a", "u");
    assert_eq!((report, executed), ((6, 13), vec!["add_up", "count"]));
    assert_eq!(states[2], ("CountPage", KeptState::Stale(Stale::Inputs)));
}

/// A pipeline that measures in one unit: a program, and the next version of it.
macro_rules! in_unit {
    ($module:ident, $unit:ident, $degrees:expr) => {
        mod $module {
            use typed_pipeliner::journal::Keeps;
            use typed_pipeliner::{HList, In, Out, Pipeline, resource, step};

            #[derive(Debug, serde::Serialize, serde::Deserialize)]
            pub(super) struct $unit(f64);
            resource! { pub(super) Temperature: $unit; pub(super) Sentence: String; }
            #[step(keep = "measure")]
            pub(super) fn measure() -> Out<Temperature> {
                $unit($degrees)
            }
            #[step(keep = "say")]
            pub(super) fn say(temperature: In<'_, Temperature>) -> Out<Sentence> {
                format!("{} degrees {}", temperature.0, stringify!($unit))
            }
            pub(super) struct App;
            impl Pipeline for App {
                type Steps = HList![Measure, Say];
            }
            impl Keeps for App {
                type Ambient = HList![];
            }
        }
    };
}
in_unit!(before, Celsius, 20.0);
in_unit!(after, Fahrenheit, 20.0);

#[test]
fn value_of_another_type_is_stale_even_if_its_bytes_are_the_same() {
    let journal = Journal::on(Memory::new());
    smol::block_on(async {
        let store = Store::<before::App>::new().kept_in(&journal, "a").await.unwrap();
        assert_eq!(store.resource::<before::Sentence>().await.unwrap(), "20 degrees Celsius");
        drop(store);
        let store = Store::<after::App>::new().kept_in(&journal, "a").await.unwrap();
        assert_eq!(store.explain().steps()[0].state, KeptState::Stale(Stale::Outputs));
        assert_eq!(store.resource::<after::Sentence>().await.unwrap(), "20 degrees Fahrenheit");
    });
}

#[test]
fn value_that_cannot_be_decoded_any_more_is_computed_anew() {
    use serde::de::Error as _;
    use std::sync::atomic::{AtomicBool, Ordering};

    /// Whether the type has changed, so that it cannot be read.
    static HAS_CHANGED: AtomicBool = AtomicBool::new(false);

    #[derive(Debug, serde::Serialize)]
    struct Row(u32);
    impl<'de> serde::Deserialize<'de> for Row {
        fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let row = u32::deserialize(deserializer)?;
            match HAS_CHANGED.load(Ordering::Relaxed) {
                true => Err(D::Error::custom("a row has a height now")),
                false => Ok(Row(row)),
            }
        }
    }
    resource! { Rows: Vec<Row>; Sum: u32; }
    #[step]
    fn zero(executed: In<'_, Executed>) -> Out<Letters> {
        note(executed, "zero");
        0
    }
    #[step(keep)]
    fn read(_: In<'_, Letters>, executed: In<'_, Executed>) -> Out<Rows> {
        note(executed, "read");
        vec![Row(1), Row(2)]
    }
    pipeline!(App: Zero, Read);

    let journal = Journal::on(Memory::new());
    let executed = |expected: &[&str], state: KeptState| {
        let log = Log::default();
        let store = Store::<App>::new().with(Executed, log.clone());
        smol::block_on(async {
            let store = store.kept_in(&journal, "a").await.unwrap();
            assert_eq!(store.resource::<Rows>().await.unwrap().len(), 2);
            assert_eq!(*log.lock().unwrap(), expected);
            assert_eq!(store.explain().steps()[1].state, state);
        });
    };
    executed(&["zero", "read"], KeptState::Fresh);
    executed(&[], KeptState::Fresh);
    HAS_CHANGED.store(true, Ordering::Relaxed);
    executed(&["zero", "read"], KeptState::Fresh);
}

#[test]
fn only_what_is_needed_is_read() {
    let memory = Memory::new();
    run!(App, memory, "a", "u");
    let (spy, reads) = Spy::new(memory);
    let journal = Journal::on(spy);
    smol::block_on(async {
        let store = Store::<App>::new().with(Url, "u".to_owned()).with(Executed, Log::default());
        let store = store.kept_in(&journal, "a").await.unwrap();
        store.resource::<Report>().await.unwrap();
        assert_eq!(*reads.lock().unwrap(), ["journal::AddUp"]);
        assert!(store.get::<Page>().is_none());
        store.resource::<Page>().await.unwrap();
        assert_eq!(*reads.lock().unwrap(), ["journal::AddUp", "journal::Fetch"]);
    });
}

#[test]
fn failed_write_is_a_failed_step_and_takes_no_other_with_it() {
    let memory = Memory::new();
    let (mut spy, _) = Spy::new(memory.clone());
    spy.refused = Some("measure");
    let journal = Journal::on(spy);
    let log = Log::default();
    smol::block_on(async {
        let store = Store::<App>::new().with(Url, "u".to_owned()).with(Executed, log.clone());
        let store = store.kept_in(&journal, "a").await.unwrap();
        let error = store.run::<AddUp>().keep_going().await.unwrap_err();
        let expected = "step `Measure`, needed by `AddUp`, failed; so step `AddUp` was not run: \
             the outputs cannot be kept: the disk is full";
        assert_eq!(chain(&error), expected);
        assert!(store.get::<Letters>().is_none(), "a value that is not kept is not there");
        assert_eq!(store.get::<Words>(), Some(&4));
    });
    drop(journal);
    assert_eq!(run!(App, memory, "a", "u").1, ["add_up", "measure", "trim"]);
}

#[test]
fn outputs_that_are_too_large_fail_their_step() {
    let journal = Journal::on(Memory::new()).largest(10);
    smol::block_on(async {
        let store = Store::<App>::new().with(Url, "u".to_owned()).with(Executed, Log::default());
        let store = store.kept_in(&journal, "a").await.unwrap();
        let error = store.resource::<Report>().await.unwrap_err();
        let expected = "step `Fetch`, needed by `Trim`, needed by `Count`, needed by `AddUp`, failed: \
             the outputs cannot be kept: they take 16 bytes, and the largest may take 10";
        assert_eq!(chain(&error), expected);
    });
}

#[test]
fn dropped_and_forgotten_values_are_computed_anew() {
    let journal = Journal::on(Memory::new());
    let log = Log::default();
    smol::block_on(async {
        let store = Store::<App>::new().with(Url, "u".to_owned()).with(Executed, log.clone());
        let mut store = store.kept_in(&journal, "a").await.unwrap();
        store.resource::<Report>().await.unwrap();
        log.lock().unwrap().clear();

        store.forget::<Words>();
        assert_eq!(store.explain().steps()[2].state, KeptState::Stale(Stale::Forgotten));
        store.resource::<Report>().await.unwrap();
        assert_eq!(std::mem::take(&mut *log.lock().unwrap()), ["count", "add_up"]);

        store.clear();
        store.resource::<Report>().await.unwrap();
        assert_eq!(log.lock().unwrap().len(), 5);
    });
}

#[test]
fn second_store_of_a_run_is_refused() {
    let journal = Journal::on(Memory::new());
    let store = || Store::<App>::new().with(Url, "u".to_owned()).with(Executed, Log::default());
    smol::block_on(async {
        let first = store().kept_in(&journal, "a").await.unwrap();
        let error = store().kept_in(&journal, "a").await.unwrap_err();
        assert!(error.is_in_use(), "{error}");
        // The one that was refused has not given the run back.
        assert!(store().kept_in(&journal, "a").await.unwrap_err().is_in_use());
        drop(first);
        store().kept_in(&journal, "a").await.unwrap();
    });
}

#[test]
fn store_that_was_used_before_is_refused() {
    let journal = Journal::on(Memory::new());
    smol::block_on(async {
        let store = Store::<App>::new().with(Url, "u".to_owned()).with(Executed, Log::default());
        store.resource::<Page>().await.unwrap();
        let error = store.kept_in(&journal, "a").await.unwrap_err();
        assert_eq!(error.to_string(), "the store was used before: keep it before its first run");
    });
}

#[test]
fn two_steps_under_one_name_are_refused() {
    #[step(keep = "measure")]
    fn count_as_well(text: In<'_, Text>) -> Out<Words> {
        text.len()
    }
    pipeline!(Wrong: Fetch, Trim, CountAsWell, Measure, AddUp);
    let journal = Journal::on(Memory::new());
    let store = Store::<Wrong>::new().with(Url, "u".to_owned()).with(Executed, Log::default());
    let error = smol::block_on(store.kept_in(&journal, "a")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "steps `CountAsWell` and `Measure` are both kept as `measure`: give one of them another name"
    );
}

#[test]
fn no_journal_keeps_nothing() {
    let journal = None::<Journal>;
    let store = Store::<App>::new().with(Url, "u".to_owned()).with(Executed, Log::default());
    smol::block_on(async {
        let store = store.kept_in(journal.as_ref(), "a").await.unwrap();
        assert!(store.explain().steps().is_empty());
        assert_eq!(store.resource::<Report>().await.unwrap(), &(4, 13));
    });
}

#[test]
fn run_that_owns_its_store_is_kept_too() {
    #[step]
    fn show(report: In<'_, Report>, executed: In<'_, Executed>) -> Return<String> {
        note(executed, "show");
        Return(format!("{report:?}"))
    }
    let journal = Journal::on(Memory::new());
    let executed = |early: bool| {
        let log = Log::default();
        let store = Store::<App>::new().with(Url, "u".to_owned()).with(Executed, log.clone());
        smol::block_on(async {
            let store = store.kept_in(&journal, "a").await.unwrap();
            let run = typed_pipeliner::run_owned::<Show>(store);
            let run = if early { run.drop_early() } else { run };
            assert_eq!(run.await.unwrap(), "(4, 13)");
        });
        std::mem::take(&mut *log.lock().unwrap())
    };
    assert_eq!(executed(false).len(), 6);
    assert_eq!(executed(false), ["show"]);
    assert_eq!(executed(true), ["show"]);
    smol::block_on(async {
        let store = Store::<App>::new().with(Url, "u".to_owned()).with(Executed, Log::default());
        let store = store.kept_in(&journal, "a").await.unwrap();
        assert_eq!(store.resource_owned::<Report>().await.unwrap(), (4, 13));
        assert!(journal.forget("a").await.unwrap());
    });
    assert_eq!(executed(true).len(), 6);
    assert_eq!(executed(true), ["show"]);
}

#[test]
fn two_runs_on_a_store_write_each_value_once() {
    let (spy, _) = Spy::new(Memory::new());
    let writes = Arc::clone(&spy.writes);
    let journal = Journal::on(spy);
    let log = Log::default();
    smol::block_on(async {
        let store = Store::<App>::new().with(Url, "u".to_owned()).with(Executed, log.clone());
        let store = store.kept_in(&journal, "a").await.unwrap();
        let (first, second) = futures::join!(store.resource::<Report>(), store.resource::<Report>());
        assert_eq!(first.unwrap(), second.unwrap());
    });
    assert_eq!(log.lock().unwrap().len(), 5);
    assert_eq!(writes.lock().unwrap().len(), 4);
}

#[test]
fn step_by_hand_is_kept_under_its_name() {
    use typed_pipeliner::journal::Keep;
    use typed_pipeliner::{Inputs, Outputs, Step};

    struct Both;
    impl Step for Both {
        type Inputs = HList![Text, Executed];
        type Outputs = HList![Words, Letters];
        type Error = std::convert::Infallible;
        const KEEP: Option<Keep<Self>> = Some(Keep::<Self>::new().named("both"));
        const VERSION: u32 = 3;
        async fn run(hlist_pat![text, executed]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
            note(executed, "both");
            Ok(hlist![text.split(' ').count(), text.len()])
        }
    }
    pipeline!(Next: Fetch, Trim, Both, AddUp);

    let memory = Memory::new();
    assert_eq!(run!(Next, memory, "a", "u").1, ["add_up", "both", "fetch", "trim"]);
    assert_eq!(run!(Next, memory, "a", "u").1, [""; 0]);
    let entries = smol::block_on(Journal::on(memory).entries("a")).unwrap();
    let both = entries.iter().find(|entry| entry.name == "both").unwrap();
    assert_eq!((both.version, both.outputs.len(), both.damage.as_ref()), (3, 2, None));
}
