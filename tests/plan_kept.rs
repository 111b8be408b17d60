//! The plan of a store that is kept shows which outputs a run takes from the journal, and why it
//! does not take others. It agrees with the run.

#![cfg(feature = "journal")]

#[path = "support/spy.rs"]
mod spy;

use spy::Spy;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use typed_pipeliner::journal::{Journal, Keeps, Memory};
use typed_pipeliner::observe::{RunInfo, SkipReason, StepEvent, StepEventKind};
use typed_pipeliner::plan::State;
use typed_pipeliner::{HList, In, Observer, Out, Pipeline, Plan, Return, Scoped, Store, plan, resource, run, step};

resource! {
    Url: String;
    Page: String;
    Text: String;
    Words: usize;
    Letters: usize;
    Report: String;
}

#[step(keep)]
fn fetch(url: In<'_, Url>) -> Out<Page> {
    format!("  the page of {url}")
}
#[step]
fn trim(page: In<'_, Page>) -> Out<Text> {
    page.trim().to_owned()
}
#[step(keep = "count")]
fn count(text: In<'_, Text>) -> Out<Words> {
    text.split(' ').count()
}
#[step(keep, close = tear_up, name = MakeReport)]
fn report(words: In<'_, Words>, page: In<'_, Page>) -> Out<Report> {
    format!("{words} words in {} letters", page.len())
}
async fn tear_up(_: String) {}
#[step]
fn show(report: In<'_, Report>) -> Return<String> {
    Return(report.clone())
}

/// Declares a pipeline whose stores may be kept.
macro_rules! pipeline {
    ($name:ident: $($step:ty),*) => {
        struct $name;
        impl Pipeline for $name {
            type Steps = HList![$($step),*];
        }
        impl Keeps for $name {
            type Ambient = HList![];
        }
    };
}
pipeline!(App: Fetch, Trim, Count, MakeReport, Show);

/// A store that is kept in a shelf in memory.
macro_rules! store {
    ($pipeline:ty, $memory:expr, $url:expr) => {{
        let journal = Journal::on($memory.clone());
        let store = Store::<$pipeline>::new().with(Url, $url.to_owned());
        smol::block_on(store.kept_in(&journal, "a")).unwrap()
    }};
}

/// A shelf in which a process has kept a report.
fn after_a_process() -> Memory {
    let memory = Memory::new();
    let store = store!(App, memory, "u");
    smol::block_on(store.resource::<Report>()).unwrap();
    memory
}

/// The steps of a run, without those in a parent store: those whose outputs were taken from the
/// journal before it, and those that started in it.
#[derive(Default)]
struct Seen(Mutex<(BTreeSet<&'static str>, BTreeSet<&'static str>)>);

impl Observer for Seen {
    fn step(&self, run: &RunInfo, event: &StepEvent<'_>) {
        if run.parent().is_some() {
            return;
        }
        let (restored, started) = &mut *self.0.lock().unwrap();
        match event.kind {
            StepEventKind::Skipped(SkipReason::Restored) => _ = restored.insert(event.name()),
            StepEventKind::Started => _ = started.insert(event.name()),
            _ => {}
        }
    }
}

/// The names of the steps of a plan in a state.
fn in_state(plan: &Plan, state: State) -> BTreeSet<&'static str> {
    plan.steps().iter().filter(|step| step.state() == state).map(|step| step.name()).collect()
}

/// Checks that the run of a target does what its plan shows, and returns the plan as text.
macro_rules! checked {
    ($target:ty, $store:expr) => {{
        let store = &$store;
        let plan = plan::<$target>(store);
        let seen = Arc::new(Seen::default());
        smol::block_on(run::<$target>(store).observe(Arc::clone(&seen))).unwrap();
        let (restored, started) = &mut *seen.0.lock().unwrap();
        // A run in the parent store has the name of a resource here.
        started.retain(|name| plan.steps().iter().any(|step| step.name() == *name));
        let planned = (in_state(&plan, State::InJournal), in_state(&plan, State::Runs));
        assert_eq!((&*restored, &*started), (&planned.0, &planned.1), "{plan}");
        plan.to_string()
    }};
}

#[test]
fn step_that_is_kept_shows_it_without_a_store() {
    let plan = Plan::of::<App>();
    assert!(plan.step::<Fetch>().unwrap().is_kept());
    assert!(!plan.step::<Trim>().unwrap().is_kept());
    assert!(!plan.step::<Fetch>().unwrap().is_absent());
    assert_eq!(plan.step::<Fetch>().unwrap().stale(), None);
    assert!(plan.to_string().contains("Report ← MakeReport: blocked, kept, closes\n"), "{plan}");
}

#[test]
fn empty_journal_has_nothing() {
    let expected = "\
Show in App: 5 of 5 steps would run
Show: runs
└── Report ← MakeReport: runs, kept (absent), closes
    ├── Words ← Count: runs, kept (absent)
    │   └── Text ← Trim: runs
    │       └── Page ← Fetch: runs, kept (absent)
    │           └── Url: supplied
    └── Page ← Fetch: runs, kept (absent) (*)
starts: 1. Fetch  2. Trim  3. Count  4. MakeReport  5. Show
";
    assert_eq!(checked!(Show, store!(App, Memory::new(), "u")), expected);
}

#[test]
fn nothing_above_outputs_in_the_journal_is_needed() {
    let expected = "\
Show in App: 1 of 5 steps would run
Show: runs
└── Report ← MakeReport: in journal
starts: 1. Show
skipped: Fetch (not needed), Trim (not needed), Count (not needed), MakeReport (in journal)
";
    let memory = after_a_process();
    assert_eq!(checked!(Show, store!(App, memory, "u")), expected);

    let expected = "\
MakeReport in App: nothing to run
MakeReport: in journal, closes
skipped: Fetch (not needed), Trim (not needed), Count (not needed), MakeReport (in journal), Show (not needed)
";
    let store = store!(App, memory, "u");
    assert_eq!(plan::<MakeReport>(&store).to_string(), expected);
    // Each step may be a target of its own. The text between two of them is not kept.
    let whole = Plan::of_store(&store);
    assert_eq!(in_state(&whole, State::InJournal), BTreeSet::from(["Fetch", "Count", "MakeReport"]));
    assert_eq!(in_state(&whole, State::Runs), BTreeSet::from(["Trim", "Show"]));
    smol::block_on(store.resource::<Report>()).unwrap();
    assert_eq!(plan::<MakeReport>(&store).step::<MakeReport>().unwrap().state(), State::Computed);
}

#[test]
fn stale_outputs_show_why() {
    let memory = after_a_process();
    let expected = "\
MakeReport in App: 4 of 5 steps would run
MakeReport: runs, kept (stale), closes
├── Words ← Count: runs, kept (stale)
│   └── Text ← Trim: runs
│       └── Page ← Fetch: runs, kept (stale)
│           └── Url: supplied
└── Page ← Fetch: runs, kept (stale) (*)
starts: 1. Fetch  2. Trim  3. Count  4. MakeReport
skipped: Show (not needed)
stale: Fetch (`Url` has changed)
stale: Count (`Text` has to be computed first)
stale: MakeReport (`Words` has to be computed first)
";
    assert_eq!(checked!(MakeReport, store!(App, memory, "another")), expected);

    #[step(keep = "count", version = 2, name = Recount)]
    fn recount(text: In<'_, Text>) -> Out<Words> {
        text.split('e').count()
    }
    pipeline!(Next: Fetch, Trim, Recount, MakeReport, Show);
    let expected = "\
MakeReport in Next: 3 of 5 steps would run
MakeReport: runs, kept (stale), closes
├── Words ← Recount: runs, kept (stale)
│   └── Text ← Trim: runs
│       └── Page ← Fetch: in journal
└── Page ← Fetch: in journal
starts: 1. Trim  2. Recount  3. MakeReport
skipped: Fetch (in journal), Show (not needed)
stale: Recount (kept by version 0 of the step, which is version 2 now)
stale: MakeReport (`Words` has to be computed first)
";
    assert_eq!(checked!(MakeReport, store!(Next, memory, "another")), expected);
}

#[test]
fn stale_outputs_in_pictures() {
    #[step(keep = "count", version = 2, name = Recount)]
    fn recount(text: In<'_, Text>) -> Out<Words> {
        text.split('e').count()
    }
    pipeline!(Next: Fetch, Trim, Recount, MakeReport, Show);
    let plan = plan::<MakeReport>(&store!(Next, after_a_process(), "u"));
    let chart = plan.to_mermaid();
    let lines = [
        r#"s0["Fetch<br/>in journal"]:::inJournal"#,
        r#"r1(["Page<br/>in journal"]):::inJournal"#,
        r#"s2["Recount<br/>runs, kept (stale)<br/>kept by version 0 of t…hich is version 2 now"]:::runs"#,
        r#"s3["MakeReport<br/>runs, kept (stale), closes<br/>#96;Words#96; has to be computed first"]:::runs"#,
        "classDef inJournal fill:",
    ];
    lines.iter().for_each(|line| assert!(chart.contains(line), "{line}\n{chart}"));
    let dot = plan.to_dot();
    let line = r#"label="Recount\nruns, kept (stale)\nkept by version 0 of t…hich is version 2 now""#;
    assert!(dot.contains(line), "{dot}");
    #[cfg(feature = "svg")]
    {
        let svg = plan.to_svg();
        let lines = [
            r#"class="step inJournal""#,
            ">in journal</text>",
            ">kept (stale)</text>",
            "<title>step MakeReport: runs; stale: `Words` has to be computed first; inputs",
            ">stale: Recount (kept by version 0 of the step, which is version 2 now)</text>",
        ];
        lines.iter().for_each(|line| assert!(svg.contains(line), "{line}\n{svg}"));
    }
}

#[test]
fn supplied_and_computed_values_win_over_the_journal() {
    let memory = after_a_process();
    let journal = Journal::on(memory.clone());
    let supplied = |page: &str| {
        let store = Store::<App>::new().with(Url, "u".to_owned()).with(Page, page.to_owned());
        smol::block_on(store.kept_in(&journal, "a")).unwrap()
    };
    // It is the page that was fetched.
    assert!(checked!(Show, supplied("  the page of u")).contains("Report ← MakeReport: in journal"));
    let store = supplied("another page");
    let text = checked!(Show, store);
    assert!(text.contains("Words ← Count: runs, kept (stale)\n"), "{text}");
    assert!(text.contains("skipped: Fetch (supplied)\n"), "{text}");
    assert!(checked!(MakeReport, store).starts_with("MakeReport in App: nothing to run\nMakeReport: computed, kept"));
}

#[test]
fn forgotten_outputs_are_stale() {
    let mut store = store!(App, after_a_process(), "u");
    smol::block_on(store.resource::<Report>()).unwrap();
    store.forget::<Report>();
    let plan = plan::<Show>(&store);
    assert_eq!(plan.step::<MakeReport>().unwrap().stale(), Some("forgotten"));
    assert_eq!(plan.step::<Count>().unwrap().state(), State::InJournal);
    checked!(Show, store);
}

#[test]
fn store_without_a_journal_has_the_plan_of_any_store() {
    let store = Store::<App>::new().with(Url, "u".to_owned());
    let unkept = plan::<Show>(&store).to_string();
    let kept = smol::block_on(store.kept_in(None::<&Journal>, "a")).unwrap();
    assert_eq!(plan::<Show>(&kept).to_string(), unkept);
    assert!(unkept.contains("MakeReport: runs, kept, closes\n"), "{unkept}");
}

resource! { Request: String; Answer: String; }

#[step(keep, name = MakeAnswer)]
fn answer(request: In<'_, Request>, report: In<'_, Report>) -> Out<Answer> {
    format!("{report} for {request}")
}
pipeline!(Handler: MakeAnswer);
impl Scoped for Handler {
    type Parent = App;
}

#[test]
fn scope_has_the_plan_of_its_own_journal() {
    let memory = after_a_process();
    let answer = |url: &str| {
        let (app, journal) = (store!(App, memory, url), Journal::on(memory.clone()));
        let scope = Store::<Handler>::within(&app).with(Request, "GET /".to_owned());
        let scope = smol::block_on(scope.kept_in(&journal, "request")).unwrap();
        checked!(MakeAnswer, scope)
    };
    assert!(answer("u").contains("MakeAnswer: runs, kept (absent)\n"));
    assert!(answer("u").contains("MakeAnswer: in journal\n"));
    // The parent would have to compute it first.
    assert!(answer("another").contains("stale: MakeAnswer (`Report` has to be computed first)\n"));
}

#[test]
fn plan_reads_no_value() {
    let (spy, reads) = Spy::new(after_a_process());
    let journal = Journal::on(spy);
    let store = Store::<App>::new().with(Url, "u".to_owned());
    let store = smol::block_on(store.kept_in(&journal, "a")).unwrap();
    assert_eq!(in_state(&Plan::of_store(&store), State::InJournal).len(), 3);
    assert!(reads.lock().unwrap().is_empty());
    checked!(Show, store);
    assert_eq!(*reads.lock().unwrap(), ["plan_kept::MakeReport"]);
}

#[test]
fn cycle_and_missing_resource_have_no_outputs_in_the_journal() {
    resource! { Egg: u8; Hen: u8; Grain: u8; Flour: u8; }
    #[step(keep)]
    fn lay(hen: In<'_, Hen>) -> Out<Egg> {
        *hen
    }
    #[step]
    fn hatch(egg: In<'_, Egg>) -> Out<Hen> {
        *egg
    }
    #[step(keep)]
    fn mill(grain: In<'_, Grain>) -> Out<Flour> {
        *grain
    }
    pipeline!(Farm: Lay, Hatch, Mill);

    let memory = Memory::new();
    smol::block_on(async {
        let journal = Journal::on(memory.clone());
        let store = Store::<Farm>::new().with(Hen, 1).with(Grain, 1).kept_in(&journal, "a").await.unwrap();
        assert_eq!((store.resource::<Egg>().await.unwrap(), store.resource::<Flour>().await.unwrap()), (&1, &1));
        drop(store);
        // No run of this store compiles.
        let store = Store::<Farm>::new().kept_in(&journal, "a").await.unwrap();
        let expected = "\
Farm: no step can run
Mill: blocked, kept (stale)
└── Grain: missing
Lay: blocked, kept (stale)
└── Hen ← Hatch: blocked
    └── Egg ← Lay: blocked, kept (stale) (*)
stale: Lay (`Hen` has to be computed first)
stale: Mill (`Grain` has changed)
missing: Grain, needed by Mill
cycle: Lay needs Hen of Hatch, which needs Egg of Lay
";
        assert_eq!(Plan::of_store(&store).to_string(), expected);
        assert_eq!(store.explain().steps().len(), 3);
    });
}
