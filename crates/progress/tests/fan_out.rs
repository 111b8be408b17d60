//! A fan-out in the terminal.

#[path = "../../../tests/support/halves.rs"]
mod halves;

use halves::{App, Numbers, PerNumber};
use indicatif::InMemoryTerm;
use std::pin::pin;
use std::task::{Context, Waker};
use typed_pipeliner::each::ForEach;
use typed_pipeliner::{Store, run};
use typed_pipeliner_progress::Progress;

#[test]
fn display_counts_elements_and_hides_their_steps() {
    let terminal = InMemoryTerm::new(24, 80);
    let store = Store::<App>::new().with(Numbers, vec![2; 50]);
    let mut run = pin!(run::<ForEach<PerNumber>>(&store).observe(Progress::on(terminal.clone())));
    // It gives its task back after 32 elements.
    assert!(run.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    let shown = terminal.contents();
    assert!(shown.contains("0/1 steps, 1 running"), "{shown}");
    assert!(shown.contains("running  PerNumber 32 of 50"), "{shown}");
    assert!(!shown.contains("Halve"), "{shown}");
    assert!(run.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready());
}

#[test]
fn display_prints_the_element_that_failed() {
    let terminal = InMemoryTerm::new(24, 200);
    let store = Store::<App>::new().with(Numbers, vec![2, 3]);
    let run = run::<ForEach<PerNumber>>(&store).observe(Progress::on(terminal.clone()));
    smol::block_on(run).unwrap_err();
    let line = "failed   PerNumber: element 1 of `Numbers`, `n3`: step `Halve`, needed by `Give`, failed: odd";
    assert_eq!(terminal.contents(), line);
}
