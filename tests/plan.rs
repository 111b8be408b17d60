//! The plan of a target: the steps that would run, why the others are skipped, and that the run
//! agrees.

mod support;

use std::collections::BTreeSet;
use std::sync::Arc;
use support::{Journal, pipeline, ready, step};
use typed_pipeliner::plan::State;
use typed_pipeliner::{Plan, Return, RunError, Runs, Step, Store, hlist, plan, resource, run};

resource! {
    Log: Journal;
    Url: &'static str;
    Page: u8;
    Title: u8;
    Words: u8;
    Index: u8;
}

step!(Fetch(log: Log, _url: Url) -> [Page, Title] {
    log.note("Fetch");
    Ok(hlist![1, 2])
});
step!(Count(log: Log, _page: Page) -> [Words] {
    log.note("Count");
    Ok(hlist![3])
});
step!(BuildIndex(log: Log, _words: Words, _title: Title) -> [Index] {
    log.note("BuildIndex");
    Ok(hlist![4])
});
step!(Show(log: Log, _index: Index) -> [Return<()>] {
    log.note("Show");
    Ok(hlist![Return(())])
});
step!(Announce(log: Log, _words: Words) -> [Return<()>] {
    log.note("Announce");
    Ok(hlist![Return(())])
});
// Stores something, and returns something: it runs at every call.
step!(Print(log: Log, _title: Title) -> [Index, Return<()>] {
    log.note("Print");
    Ok(hlist![4, Return(())])
});

pipeline! {
    Web: [Show, BuildIndex, Count, Fetch];
    /// The same steps in groups.
    Grouped: [typed_pipeliner::HList![Count, Fetch], typed_pipeliner::HList![Fetch, BuildIndex], Show];
    Press: [Print, Fetch];
}

/// The state of each step, and of each resource but the log.
fn states(plan: &Plan) -> Vec<(&'static str, State)> {
    let steps = plan.steps().iter().map(|step| (step.name(), step.state()));
    let resources = plan.resources().iter().map(|resource| (resource.name(), resource.state()));
    steps.chain(resources).filter(|&(name, _)| name != "Log").collect()
}

/// Runs a target, and checks that the steps of its plan are those that ran.
fn run_as_planned<T: Step>(store: &impl Runs<T>, log: &Journal) -> Result<Plan, RunError> {
    let plan = plan::<T>(store);
    log.take();
    ready(run::<T>(store))?;
    let planned: BTreeSet<_> =
        plan.steps().iter().filter(|step| step.state() == State::Runs).map(|step| step.name()).collect();
    assert_eq!(planned, log.take().into_iter().collect());
    Ok(plan)
}

#[test]
fn all_needed_steps_run() -> Result<(), RunError> {
    let log = Journal::default();
    let store = Store::<Web>::new().with(Log, log.clone()).with(Url, "home");
    let plan = run_as_planned::<Show>(&store, &log)?;
    assert!(plan.steps().iter().all(|step| step.state() == State::Runs));
    assert_eq!(plan.resource::<Url>().unwrap().state(), State::Supplied);
    assert_eq!(plan.resource::<Words>().unwrap().state(), State::Runs);
    assert_eq!(plan.target().unwrap().name(), "Show");
    Ok(())
}

#[test]
fn providers_of_supplied_resources_and_their_dependencies_are_skipped() -> Result<(), RunError> {
    let log = Journal::default();
    let store = Store::<Web>::new().with(Log, log.clone()).with(Words, 7).with(Title, 8);
    let expected = [
        ("Show", State::Runs),
        ("BuildIndex", State::Runs),
        ("Count", State::Supplied),
        ("Fetch", State::NotNeeded),
        ("Index", State::Runs),
        ("Words", State::Supplied),
        ("Title", State::Supplied),
        ("Page", State::NotNeeded),
        ("Url", State::NotNeeded),
    ];
    assert_eq!(states(&run_as_planned::<Show>(&store, &log)?), expected);
    Ok(())
}

#[test]
fn step_with_one_supplied_output_runs_for_the_other() -> Result<(), RunError> {
    let log = Journal::default();
    let store = Store::<Web>::new().with(Log, log.clone()).with(Url, "home").with(Title, 8);
    let plan = run_as_planned::<Show>(&store, &log)?;
    assert_eq!(plan.step::<Fetch>().unwrap().state(), State::Runs);
    assert_eq!(plan.resource::<Title>().unwrap().state(), State::Supplied);
    Ok(())
}

#[test]
fn computed_steps_are_skipped() -> Result<(), RunError> {
    let log = Journal::default();
    let store = Store::<Web>::new().with(Log, log.clone()).with(Url, "home");
    ready(store.resource::<Words>())?;
    let expected = [
        ("Show", State::Runs),
        ("BuildIndex", State::Runs),
        ("Count", State::Computed),
        ("Fetch", State::Computed),
        ("Index", State::Runs),
        ("Words", State::Computed),
        ("Title", State::Computed),
        ("Page", State::Computed),
        ("Url", State::Supplied),
    ];
    assert_eq!(states(&run_as_planned::<Show>(&store, &log)?), expected);
    // Only the step that returns a value runs again.
    let plan = run_as_planned::<Show>(&store, &log)?;
    assert_eq!(plan.steps().iter().filter(|step| step.state() == State::Runs).count(), 1);
    Ok(())
}

#[test]
fn target_with_present_outputs_does_not_run() -> Result<(), RunError> {
    let log = Journal::default();
    let store = Store::<Web>::new().with(Log, log.clone()).with(Url, "home");
    ready(run::<Count>(&store))?;
    let plan = run_as_planned::<Count>(&store, &log)?;
    assert_eq!(plan.to_string().lines().next(), Some("Count in Web: nothing to run"));

    let store = Store::<Web>::new().with(Log, log.clone()).with(Page, 6).with(Words, 7);
    let plan = run_as_planned::<Count>(&store, &log)?;
    assert_eq!(plan.step::<Count>().unwrap().state(), State::Supplied);
    Ok(())
}

#[test]
fn target_that_returns_runs_with_present_outputs() -> Result<(), RunError> {
    let log = Journal::default();
    let store = Store::<Press>::new().with(Log, log.clone()).with(Url, "home");
    run_as_planned::<Print>(&store, &log)?;
    let plan = run_as_planned::<Print>(&store, &log)?;
    assert_eq!(plan.step::<Print>().unwrap().state(), State::Runs);
    assert_eq!(plan.resource::<Index>().unwrap().state(), State::Computed);
    Ok(())
}

#[test]
fn target_that_only_returns_need_not_be_registered() -> Result<(), RunError> {
    let log = Journal::default();
    let store = Store::<Web>::new().with(Log, log.clone()).with(Url, "home");
    let plan = run_as_planned::<Announce>(&store, &log)?;
    assert_eq!(plan.target().unwrap().name(), "Announce");
    assert!(!plan.target().unwrap().is_registered());
    assert_eq!(plan.step::<Show>().unwrap().state(), State::NotNeeded);
    Ok(())
}

#[test]
fn step_in_two_groups_is_one() -> Result<(), RunError> {
    let log = Journal::default();
    let store = Store::<Grouped>::new().with(Log, log.clone()).with(Url, "home");
    let plan = run_as_planned::<Show>(&store, &log)?;
    assert_eq!(plan.steps().len(), 4);
    assert_eq!(plan.resource::<Page>().unwrap().providers().len(), 1);
    Ok(())
}

#[test]
fn supplied_resource_without_consumers_is_listed() {
    let store = Store::<Press>::new().with(Log, Journal::default()).with(Url, "home").with(Words, 7);
    assert!(plan::<Fetch>(&store).to_string().ends_with("\nsupplied, but not used: Words\n"));
}

#[test]
fn plan_is_a_plain_value() {
    fn check<T: Clone + std::fmt::Debug + Send + Sync + 'static>() {}
    check::<Plan>();
}

#[test]
fn store_in_an_arc_has_a_plan() {
    let store = Arc::new(Store::<Web>::new().with(Log, Journal::default()).with(Url, "home"));
    assert_eq!(plan::<Show>(&store).title(), "Show in Web");
    assert_eq!(Plan::of_store(&store).title(), "Web");
}
