//! The plans of runs that the compiler rejects: each problem is shown and listed.

mod support;

use support::pipeline;
use typed_pipeliner::plan::State;
use typed_pipeliner::{HList, In, Out, Plan, Return, Store, StoreOf, hlist, plan, resource, step};

resource! {
    Base: u8;
    Divisor: u8;
    Quotient: u8;
    Cache: u8;
    Egg: u8;
    Hen: u8;
    Chick: u8;
    Farm: u8;
}

#[step]
fn divide(base: In<'_, Base>, divisor: In<'_, Divisor>) -> Out<Quotient> {
    base / divisor
}
#[step]
fn half(base: In<'_, Base>) -> Out<Quotient> {
    base / 2
}
#[step]
fn show(quotient: In<'_, Quotient>, base: In<'_, Base>, cache: Option<In<'_, Cache>>) -> Return<u8> {
    Return(quotient + base + cache.map_or(0, |cache| *cache))
}
#[step]
fn lay(hen: In<'_, Hen>) -> Out<Egg> {
    *hen
}
#[step]
fn hatch(egg: In<'_, Egg>) -> Out<Chick> {
    *egg
}
#[step]
fn grow(chick: In<'_, Chick>) -> Out<Hen> {
    *chick
}
#[step]
fn keep(hen: In<'_, Hen>, base: In<'_, Base>) -> Out<Farm> {
    hen + base
}

pipeline! {
    Calc: [Show, Divide];
    Twice: [Show, Divide, Half];
    Hens: [Grow, Lay, Hatch, Keep];
    Cycle: [Grow, Lay, Hatch];
    Chosen: [Divide, Hatch];
}

/// The last lines of the text: the problems.
fn problems(plan: &Plan) -> Vec<String> {
    let kinds = ["missing: ", "cycle: ", "ambiguous: ", "not registered: "];
    let text = plan.to_string();
    text.lines().filter(|line| kinds.iter().any(|kind| line.starts_with(kind))).map(str::to_owned).collect()
}

#[test]
fn missing_resource_is_listed_with_its_consumers() {
    let plan = plan::<Show>(&Store::<Calc>::new());
    let missing: Vec<_> = plan.missing().map(|resource| resource.name()).collect();
    assert_eq!(missing, ["Base", "Divisor"]);
    assert_eq!(problems(&plan), ["missing: Base, needed by Show and Divide", "missing: Divisor, needed by Divide"]);
    assert_eq!(plan.step::<Divide>().unwrap().state(), State::Blocked);
    assert_eq!(plan.resource::<Quotient>().unwrap().state(), State::Blocked);
    assert_eq!(plan.levels().count(), 0);
}

#[test]
fn supplied_target_needs_its_prerequisites_as_for_the_compiler() {
    let plan = plan::<Divide>(&Store::<Calc>::new().with(Quotient, 1).with(Base, 2));
    assert_eq!(problems(&plan), ["missing: Divisor, needed by Divide"]);
}

#[test]
fn optional_input_is_not_missing() {
    let plan = plan::<Show>(&Store::<Calc>::new().with(Quotient, 1).with(Base, 2));
    assert_eq!(plan.resource::<Cache>().unwrap().state(), State::OptionalMissing);
    assert_eq!(problems(&plan), [""; 0]);
    assert_eq!(plan.target().unwrap().state(), State::Runs);
}

#[test]
fn missing_resource_that_the_target_does_not_need_is_no_problem() {
    let plan = plan::<Hatch>(&Store::<Chosen>::new().with(Egg, 1));
    assert_eq!(plan.resource::<Base>().unwrap().state(), State::NotNeeded);
    assert_eq!(problems(&plan), [""; 0]);
}

#[test]
fn plan_of_a_pipeline_needs_no_store() {
    let plan = Plan::of::<Calc>();
    assert_eq!(problems(&plan), ["missing: Base, needed by Show and Divide", "missing: Divisor, needed by Divide"]);
    // The type of a store is a source too.
    let plan = Plan::of::<StoreOf<Calc, HList![Base, Divisor]>>();
    assert_eq!(problems(&plan), [""; 0]);
    assert_eq!(plan.title(), "Calc");
}

#[test]
fn two_providers_are_listed() {
    // `Store::<Twice>::new()` does not compile.
    let plan = Plan::of::<StoreOf<Twice, HList![Base, Divisor]>>();
    assert_eq!(problems(&plan), ["ambiguous: Quotient, provided by Divide and Half"]);
    assert_eq!(plan.step::<Show>().unwrap().state(), State::Blocked);
    assert_eq!(plan.step::<Half>().unwrap().state(), State::Runs);
}

#[test]
fn cycle_is_listed_whole_and_in_order() {
    let plan = plan::<Keep>(&Store::<Hens>::new().with(Base, 1));
    let expected = "cycle: Grow needs Chick of Hatch, which needs Egg of Lay, which needs Hen of Grow";
    assert_eq!(problems(&plan), [expected]);
    let cycles: Vec<Vec<_>> = plan.cycles().map(|cycle| cycle.iter().map(|step| step.name()).collect()).collect();
    assert_eq!(cycles, [["Grow", "Hatch", "Lay"]]);
    assert!(plan.steps().iter().all(|step| step.state() == State::Blocked));
}

#[test]
fn cycle_without_dependents_is_shown() {
    let expected = "\
Cycle: no step can run
Grow: blocked
└── Chick ← Hatch: blocked
    └── Egg ← Lay: blocked
        └── Hen ← Grow: blocked (*)
cycle: Grow needs Chick of Hatch, which needs Egg of Lay, which needs Hen of Grow
";
    assert_eq!(Plan::of::<Cycle>().to_string(), expected);
}

#[test]
fn supplied_value_cuts_a_cycle() {
    let plan = plan::<Keep>(&Store::<Hens>::new().with(Base, 1).with(Egg, 2));
    assert_eq!(problems(&plan), [""; 0]);
    assert_eq!(plan.step::<Lay>().unwrap().state(), State::Supplied);
    assert_eq!(plan.step::<Keep>().unwrap().level(), Some(2));
}

#[test]
fn unregistered_target_that_stores_is_listed() {
    let plan = plan::<Grow>(&Store::<Calc>::new().with(Chick, 1));
    assert_eq!(problems(&plan), ["not registered: Grow, which stores its outputs"]);
    assert_eq!(plan.target().unwrap().state(), State::Blocked);
    // Its output may also be ambiguous.
    let plan = typed_pipeliner::plan::<Half>(&Store::<Calc>::new().with(Base, 1));
    assert_eq!(
        problems(&plan),
        ["ambiguous: Quotient, provided by Divide and Half", "not registered: Half, which stores its outputs",]
    );
}

#[test]
fn step_with_its_output_as_input_is_a_cycle_of_one() {
    use support::step;
    // `#[step]` rejects such a function.
    step!(Think(egg: Egg) -> [Egg] { Ok(hlist![*egg]) });
    pipeline! { Mind: [Think] }
    assert_eq!(problems(&Plan::of::<Mind>()), ["cycle: Think needs Egg of Think"]);
}
