//! Plans of long chains and circles of steps, on the small stack of a thread.

use super::build::{Aim, Ground};
use super::{Plan, State};
use crate::exec::plan::{ConstList, Key, StepSpec};
use crate::kept::kept;
use core::time::Duration;
use std::thread;

/// The number of steps.
const STEPS: usize = 4_000;

/// The stack of a thread, unless the program chooses another one.
const STACK: usize = 2 << 20;

/// Calls a function on a thread with that stack.
fn on_small_stack<T: Send>(call: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| {
        let thread = thread::Builder::new().stack_size(STACK).spawn_scoped(scope, call).unwrap();
        thread.join().unwrap()
    })
}

/// The steps of a pipeline. Each provides a resource of its number, and takes the one of this
/// number, if any.
fn steps(input: impl Fn(usize) -> Option<usize>) -> Ground<'static> {
    fn list(resource: usize) -> &'static ConstList<Key> {
        kept(ConstList::One(Key { id: resource as u64, name: || "Resource", ..Key::NONE }))
    }
    let spec = |step| StepSpec {
        name: || "Step",
        inputs: input(step).map_or(&ConstList::Empty, list),
        outputs: list(step),
        type_id: core::any::TypeId::of::<Plan>,
        is_sync: true,
        ..StepSpec::NONE
    };
    Ground::of_specs("Pipeline", (0..STEPS).map(|step| kept(spec(step))))
}

/// The plan of a run of the last step of a chain, in which each step takes what the one before it
/// provides.
fn chain() -> Plan {
    let plan =
        steps(|step| step.checked_sub(1)).plan("chain".to_owned(), Aim::Target { step: STEPS - 1, always: true });
    plan.with_durations(|_| Some(Duration::from_millis(1)))
}

#[test]
fn long_chain_is_planned_on_a_small_stack() {
    let plan = on_small_stack(chain);
    assert_eq!(plan.levels().count(), STEPS);
    assert_eq!(plan.critical_path().len(), STEPS);
    assert_eq!(plan.critical_time(), Duration::from_millis(STEPS as u64));
}

#[test]
fn long_chain_after_a_hole_is_blocked_on_a_small_stack() {
    let missing = |step: usize| Some(step.checked_sub(1).unwrap_or(STEPS));
    let plan = on_small_stack(|| steps(missing).plan("chain".to_owned(), Aim::All));
    assert!(plan.steps().iter().all(|step| step.state() == State::Blocked));
    assert_eq!(plan.missing().count(), 1);
}

#[test]
fn long_circle_is_found_on_a_small_stack() {
    let plan = on_small_stack(|| steps(|step| Some((step + 1) % STEPS)).plan("circle".to_owned(), Aim::All));
    let lengths: Vec<_> = plan.cycles().map(|cycle| cycle.len()).collect();
    assert_eq!(lengths, [STEPS]);
    assert!(on_small_stack(|| plan.to_string()).contains("cycle: Step needs Resource of Step, which needs"));
}

#[test]
fn long_chain_is_written_on_a_small_stack() {
    let plan = chain();
    let text = on_small_stack(|| plan.to_string());
    assert_eq!(text.matches("── Resource ← Step: runs").count(), STEPS - 1);
    let dot = on_small_stack(|| plan.to_dot());
    // An arrow to each resource, and one from all but the last.
    assert_eq!(dot.matches(" -> ").count(), 2 * STEPS - 1);
    let mermaid = on_small_stack(|| plan.to_mermaid());
    assert!(mermaid.lines().count() > 4 * STEPS - 1);
}

#[cfg(feature = "svg")]
#[test]
fn long_chain_is_drawn_on_a_small_stack() {
    let plan = chain();
    let picture = on_small_stack(|| plan.to_svg());
    assert_eq!(picture.matches(">Step</text>").count(), STEPS);
}
