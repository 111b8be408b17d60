//! The runs of the elements of a fan-out, as observers see them.

#![cfg(feature = "macros")]

use std::sync::{Arc, Mutex};
use std::time::Instant;
use typed_pipeliner::each::{Each, ForEach};
use typed_pipeliner::observe::{RunEnd, RunInfo, StepEvent, StepEventKind};
use typed_pipeliner::{HList, In, Observer, Out, Pipeline, Return, Store, StoreOf, resource, run, step};

resource! {
    Words: Vec<&'static str>;
    Word: &'static str;
    Text: String;
    Lengths: Vec<usize>;
    Letters: Vec<char>;
    Letter: char;
    Codes: Vec<u32>;
}

#[step]
fn spell(word: In<'_, Word>) -> Out<Letters> {
    word.chars().collect()
}

#[step]
fn encode(letter: In<'_, Letter>) -> Return<u32> {
    Return(u32::from(*letter))
}

#[step]
fn measure(word: In<'_, Word>, codes: In<'_, Codes>) -> Result<Return<usize>, &'static str> {
    if *word == "bad" { Err("a bad word") } else { Ok(Return(codes.len())) }
}

struct PerLetter;
impl Pipeline for PerLetter {
    type Steps = HList![];
}
impl Each for PerLetter {
    type Over = Letters;
    type Item = Letter;
    type Takes = HList![];
    type Target = Encode;
    type Into = Codes;
}

struct PerWord;
impl Pipeline for PerWord {
    type Steps = HList![Spell, ForEach<PerLetter>];
}
impl Each for PerWord {
    type Over = Words;
    type Item = Word;
    type Takes = HList![];
    type Target = Measure;
    type Into = Lengths;
    const AT_ONCE: usize = 1;

    fn key(word: In<'_, Word>) -> Option<String> {
        Some(word.to_string())
    }
}

struct App;
impl Pipeline for App {
    type Steps = HList![ForEach<PerWord>];
}

/// A store of these words.
fn store(words: &[&'static str]) -> StoreOf<App, HList![Words]> {
    Store::<App>::new().with(Words, words.to_vec())
}

/// The events in order, with each run by its target and its element.
#[derive(Default)]
struct Log {
    lines: Mutex<Vec<String>>,
    runs: Mutex<Vec<RunInfo>>,
}

/// A run in a word.
fn name(run: &RunInfo) -> String {
    match run.element() {
        None => run.target().to_owned(),
        Some(element) => format!("{}[{}/{}]", run.target(), element.place, element.of),
    }
}

impl Observer for Log {
    fn run_started(&self, run: &RunInfo, _: Instant) {
        self.lines.lock().unwrap().push(format!("{} begins", name(run)));
        self.runs.lock().unwrap().push(run.clone());
    }
    fn step(&self, run: &RunInfo, event: &StepEvent<'_>) {
        if let StepEventKind::Progress { done, of } = event.kind {
            self.lines.lock().unwrap().push(format!("{}: {} {done} of {of}", name(run), event.name()));
        }
    }
    fn run_ended(&self, run: &RunInfo, end: RunEnd, _: Instant) {
        self.lines.lock().unwrap().push(format!("{} {}", name(run), end.as_str()));
    }
}

#[test]
fn elements_are_runs_with_a_parent_and_a_place() {
    let log = Arc::new(Log::default());
    smol::block_on(run::<ForEach<PerWord>>(&store(&["a", "to"])).observe(Arc::clone(&log))).unwrap();
    assert_eq!(
        *log.lines.lock().unwrap(),
        [
            "PerWord begins",
            "PerWord: PerWord 0 of 2",
            "Measure[0/2] begins",
            "Measure[0/2]: PerLetter 0 of 1",
            "Encode[0/1] begins",
            "Encode[0/1] succeeded",
            "Measure[0/2]: PerLetter 1 of 1",
            "Measure[0/2] succeeded",
            "PerWord: PerWord 1 of 2",
            "Measure[1/2] begins",
            "Measure[1/2]: PerLetter 0 of 2",
            "Encode[0/2] begins",
            "Encode[0/2] succeeded",
            "Measure[1/2]: PerLetter 1 of 2",
            "Encode[1/2] begins",
            "Encode[1/2] succeeded",
            "Measure[1/2]: PerLetter 2 of 2",
            "Measure[1/2] succeeded",
            "PerWord: PerWord 2 of 2",
            "PerWord succeeded",
        ]
    );
    let runs = log.runs.lock().unwrap();
    let ids: std::collections::HashSet<_> = runs.iter().map(RunInfo::id).collect();
    assert_eq!(ids.len(), runs.len(), "each run has an identifier of its own");
    for run in runs.iter().skip(1) {
        let (parent, element) = (run.parent().unwrap(), run.element().unwrap());
        let parent = runs.iter().find(|run| run.id() == parent).unwrap();
        let (step, key) = match run.target() {
            "Measure" => ("PerWord", Some(["a", "to"][element.place])),
            _ => ("PerLetter", None),
        };
        assert_eq!(parent.steps()[element.step].name(), step);
        assert_eq!(element.key.as_deref(), key);
    }
}

#[test]
fn run_of_an_element_that_fails_ends_before_the_run_around() {
    let log = Arc::new(Log::default());
    let store = store(&["a", "bad", "to"]);
    smol::block_on(run::<ForEach<PerWord>>(&store).observe(Arc::clone(&log))).unwrap_err();
    let lines = log.lines.lock().unwrap();
    assert_eq!(lines[lines.len() - 3..], ["Measure[1/3] failed", "PerWord: PerWord 2 of 3", "PerWord failed"]);
}

#[cfg(feature = "executor")]
#[test]
fn observers_on_threads_see_each_element_once() {
    use typed_pipeliner::executor::Executor;
    let log = Arc::new(Log::default());
    let store = Store::<App>::new().with(Words, vec!["word"; 100]).observed_by(Arc::clone(&log));
    Executor::new(2).run_blocking::<ForEach<PerWord>>(&store).unwrap();
    let lines = log.lines.lock().unwrap();
    let count = |line: &str| lines.iter().filter(|other| *other == line).count();
    for place in 0..100 {
        assert_eq!(count(&format!("Measure[{place}/100] begins")), 1);
        assert_eq!(count(&format!("Measure[{place}/100] succeeded")), 1);
        assert_eq!(count(&format!("PerWord: PerWord {place} of 100")), 1);
    }
    assert_eq!(lines.last().unwrap(), "PerWord succeeded");
}
