//! Levels, the critical path, dependents and dependencies.

#[path = "support/hundred.rs"]
mod hundred;
mod support;

use hundred::{CheckedBills, Company, FetchItems, ReportUsers};
use std::time::Duration;
use support::{pipeline, step};
use typed_pipeliner::plan::{State, StepNode};
use typed_pipeliner::{Plan, Resource, Step, hlist, resource};

resource! { A: u8; B: u8; C: u8; D: u8; E: u8; }

step!(MakeA() -> [A] { Ok(hlist![1]) });
step!(MakeB() -> [B] { Ok(hlist![1]) });
step!(MakeC(_a: A) -> [C] { Ok(hlist![1]) });
step!(MakeD(_c: C, _b: B) -> [D] { Ok(hlist![1]) });
step!(MakeE(_d: D, _missing: Missing) -> [E] { Ok(hlist![1]) });

resource! { Missing: u8; }

pipeline! {
    Letters: [MakeE, MakeD, MakeC, MakeB, MakeA];
}

fn names(steps: &[&StepNode]) -> Vec<&'static str> {
    steps.iter().map(|step| step.name()).collect()
}

#[test]
fn level_follows_those_of_the_dependencies() {
    let plan = Plan::of::<Letters>();
    let levels: Vec<_> = plan.levels().map(|level| names(&level)).collect();
    assert_eq!(levels, [vec!["MakeB", "MakeA"], vec!["MakeC"], vec!["MakeD"]]);
    assert_eq!(plan.step::<MakeE>().unwrap().state(), State::Blocked);
    assert_eq!(plan.step::<MakeE>().unwrap().level(), None);
}

#[test]
fn critical_path_is_the_longest_chain() {
    let plan = Plan::of::<Letters>();
    assert!(plan.critical_path().is_empty());
    // The duration counts first, not the number of steps.
    let plan = plan.with_durations(|step| Some(Duration::from_millis(if step == "MakeB" { 100 } else { 10 })));
    assert_eq!(names(&plan.critical_path()), ["MakeB", "MakeD"]);
    assert_eq!(plan.critical_time(), Duration::from_millis(110));
    assert!(plan.to_string().contains("\ncritical path: MakeB → MakeD, 110.00ms\n"));
    // Without durations, the number of steps counts.
    let plan = plan.with_durations(|_| None);
    assert_eq!(names(&plan.critical_path()), ["MakeA", "MakeC", "MakeD"]);
    assert_eq!(plan.critical_time(), Duration::ZERO);
}

#[test]
fn any_duration_has_a_sum() {
    for longest in [Duration::MAX, Duration::from_secs(u64::MAX), Duration::from_nanos(u64::MAX), Duration::ZERO] {
        let plan = Plan::of::<Letters>().with_durations(|_| Some(longest));
        assert_eq!(names(&plan.critical_path()), ["MakeA", "MakeC", "MakeD"]);
        assert_eq!(plan.critical_time(), longest.saturating_mul(3));
        for text in [plan.to_string(), plan.to_mermaid(), plan.to_dot()] {
            assert!(text.contains(&format!("{longest:.2?}")), "{text}");
        }
    }
}

/// Whether a step depends on a resource, by a recursive search.
fn depends_on(plan: &Plan, step: usize, resource: usize) -> bool {
    let inputs = plan.steps()[step].inputs().iter().map(|input| input.resource);
    inputs.into_iter().any(|input| {
        input == resource
            || plan.resources()[input].providers().iter().any(|&provider| depends_on(plan, provider, resource))
    })
}

#[test]
fn dependents_of_a_resource() {
    let plan = Plan::of::<Company>();
    let resource = plan.resources().iter().position(|resource| resource.name() == CheckedBills::name()).unwrap();
    let expected: Vec<_> =
        (0..100).filter(|&step| depends_on(&plan, step, resource)).map(|step| plan.steps()[step].name()).collect();
    let part = plan.dependents_of::<CheckedBills>();
    assert_eq!(part.steps().iter().map(|step| step.name()).collect::<Vec<_>>(), expected);
    assert_eq!(part.title(), "dependents of CheckedBills in Company");
    // Indices are those in the part.
    let consumer = part.resource::<CheckedBills>().unwrap().consumers()[0];
    assert_eq!(part.steps()[consumer].name(), "CleanBills");
    assert!(plan.dependents_of::<A>().steps().is_empty());
}

#[test]
fn dependencies_of_a_step() {
    let plan = Plan::of::<Company>();
    let part = plan.dependencies_of::<ReportUsers>();
    let has = |name| part.steps().iter().any(|step| step.name() == name);
    let target = plan.steps().iter().position(|step| step.name() == ReportUsers::name()).unwrap();
    for step in plan.steps() {
        let needed =
            step.outputs().iter().any(|&output| depends_on(&plan, target, output)) || step.name() == "ReportUsers";
        assert_eq!(has(step.name()), needed, "{}", step.name());
    }
    assert_eq!(plan.dependencies_of::<FetchItems>().steps().len(), 1);
    assert!(plan.dependencies_of::<MakeA>().steps().is_empty());
}
