//! When steps can start, the critical path, and who needs whom.
#![cfg(feature = "plan")]

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
fn a_step_starts_a_wave_after_the_last_that_it_needs() {
    let plan = Plan::of::<Letters>();
    let waves: Vec<_> = plan.waves().map(|wave| names(&wave)).collect();
    assert_eq!(waves, [vec!["MakeB", "MakeA"], vec!["MakeC"], vec!["MakeD"]]);
    assert_eq!(plan.step::<MakeE>().unwrap().state(), State::Blocked);
    assert_eq!(plan.step::<MakeE>().unwrap().wave(), None);
}

#[test]
fn the_critical_path_is_the_chain_that_takes_longest() {
    let plan = Plan::of::<Letters>();
    assert!(plan.critical_path().is_empty());
    // It leads over the step that takes long, though the other way has more steps.
    let plan = plan.with_durations(|step| Some(Duration::from_millis(if step == "MakeB" { 100 } else { 10 })));
    assert_eq!(names(&plan.critical_path()), ["MakeB", "MakeD"]);
    assert_eq!(plan.critical_time(), Duration::from_millis(110));
    assert!(plan.to_string().contains("\ncritical path: MakeB → MakeD, 110 ms\n"));
    // Where nothing is known, it is the longest way.
    let plan = plan.with_durations(|_| None);
    assert_eq!(names(&plan.critical_path()), ["MakeA", "MakeC", "MakeD"]);
    assert_eq!(plan.critical_time(), Duration::ZERO);
}

/// Who needs the resource directly or through others, by asking each step.
fn need(plan: &Plan, step: usize, resource: usize) -> bool {
    let takes = plan.steps()[step].takes().iter().map(|taken| taken.resource);
    takes.into_iter().any(|taken| {
        taken == resource || plan.resources()[taken].providers().iter().any(|&giver| need(plan, giver, resource))
    })
}

#[test]
fn who_needs_a_resource_is_one_call() {
    let plan = Plan::of::<Company>();
    let resource = plan.resources().iter().position(|resource| resource.name() == CheckedBills::name()).unwrap();
    let expected: Vec<_> =
        (0..100).filter(|&step| need(&plan, step, resource)).map(|step| plan.steps()[step].name()).collect();
    let part = plan.who_needs::<CheckedBills>();
    assert_eq!(part.steps().iter().map(|step| step.name()).collect::<Vec<_>>(), expected);
    assert_eq!(part.title(), "who needs CheckedBills, in Company");
    // Places are those in the part.
    let taker = part.resource::<CheckedBills>().unwrap().takers()[0];
    assert_eq!(part.steps()[taker].name(), "CleanBills");
    assert!(plan.who_needs::<A>().steps().is_empty());
}

#[test]
fn what_a_step_needs_is_one_call() {
    let plan = Plan::of::<Company>();
    let part = plan.needs_of::<ReportUsers>();
    let has = |name| part.steps().iter().any(|step| step.name() == name);
    let target = plan.steps().iter().position(|step| step.name() == ReportUsers::name()).unwrap();
    for step in plan.steps() {
        let needed = step.gives().iter().any(|&output| need(&plan, target, output)) || step.name() == "ReportUsers";
        assert_eq!(has(step.name()), needed, "{}", step.name());
    }
    assert_eq!(plan.needs_of::<FetchItems>().steps().len(), 1);
    assert!(plan.needs_of::<MakeA>().steps().is_empty());
}
