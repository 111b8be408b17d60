//! Steps that are chosen at run time.

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use support::pipeline;
use typed_pipeliner::dyn_step::{DynStep, InputRefs, OutputValues, RunChosen, SharedStep, async_trait};
use typed_pipeliner::{BoxError, HList, In, Out, Return, RunError, Step, Store, hlist, hlist_pat, resource, run, step};

type Double = SharedStep<HList![Number], HList![Doubled, Return<&'static str>]>;

resource! {
    Number: u32;
    Doubled: u32;
    Doubler: Double;
    Shifted: bool;
}

#[step]
fn by_adding(number: In<'_, Number>) -> (Out<Doubled>, Return<&'static str>) {
    (number + number, Return("added"))
}

#[step]
async fn by_shifting(number: In<'_, Number>) -> Result<(Out<Doubled>, Return<&'static str>), String> {
    smol::future::yield_now().await;
    if number.leading_zeros() == 0 {
        Err(format!("{number} is too large"))
    } else {
        Ok((number << 1, Return("shifted")))
    }
}

/// A step with state: it counts its runs.
struct Counted(AtomicUsize);

#[async_trait]
impl DynStep<HList![Number], HList![Doubled, Return<&'static str>]> for Counted {
    async fn run_dyn(
        &self,
        hlist_pat![number]: InputRefs<'_, HList![Number]>,
    ) -> Result<OutputValues<HList![Doubled, Return<&'static str>]>, BoxError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(hlist![2 * number, Return("counted")])
    }
}

#[step]
fn choose(shifted: In<'_, Shifted>) -> Out<Doubler> {
    if *shifted { Arc::new(ByShifting) } else { Arc::new(ByAdding) }
}

pipeline! { App: [Choose, RunChosen<Doubler>]; }

fn doubled(number: u32, shifted: bool) -> Result<(u32, &'static str), RunError> {
    smol::block_on(async {
        let store = Store::<App>::new().with(Number, number).with(Shifted, shifted);
        let (doubled, how) = run::<RunChosen<Doubler>>(&store).await?;
        Ok((*doubled, how))
    })
}

#[test]
fn step_chooses_the_step_that_runs() -> Result<(), RunError> {
    assert_eq!(doubled(21, false)?, (42, "added"));
    assert_eq!(doubled(21, true)?, (42, "shifted"));
    Ok(())
}

#[test]
fn error_of_a_chosen_step_names_its_resource() {
    let error = doubled(u32::MAX, true).unwrap_err();
    assert_eq!(error.step(), "Doubler");
    assert_eq!(std::error::Error::source(&error).unwrap().to_string(), format!("{} is too large", u32::MAX));
}

#[test]
fn chosen_step_may_be_supplied_and_have_state() -> Result<(), RunError> {
    smol::block_on(async {
        let counted = Arc::new(Counted(AtomicUsize::new(0)));
        let store = Store::<App>::new().with(Number, 4).with(Doubler, counted.clone() as Double);
        let (doubled, how) = run::<RunChosen<Doubler>>(&store).await?;
        assert_eq!((*doubled, how), (8, "counted"));
        assert_eq!(counted.0.load(Ordering::Relaxed), 1);
        Ok(())
    })
}

#[test]
fn chosen_is_a_zero_sized_step_named_for_its_resource() {
    assert_eq!(RunChosen::<Doubler>::name(), "Doubler");
    assert_eq!(size_of::<RunChosen<Doubler>>(), 0);
}

resource! { Calls: Arc<AtomicUsize>; }

#[step]
fn count_call(calls: In<'_, Calls>) -> Return<usize> {
    Return(calls.fetch_add(1, Ordering::Relaxed))
}

#[test]
fn step_that_is_not_async_runs_when_it_is_polled() {
    let calls = Arc::new(AtomicUsize::new(0));
    let step: SharedStep<HList![Calls], HList![Return<usize>]> = Arc::new(CountCall);
    let run = step.run_dyn(hlist![&calls]);
    assert_eq!(calls.load(Ordering::Relaxed), 0);
    smol::block_on(run).unwrap();
    assert_eq!(calls.load(Ordering::Relaxed), 1);
}
