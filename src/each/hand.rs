//! The hands of a fan-out: the step itself, and its helpers on other threads.
//!
//! Each hand takes an element, polls its run once, and takes the next one only if that pends. So
//! elements that compute go to the hand that has time for them. The elements of a hand stay with
//! it.

use super::element::{Elements, InputsOf, run_element};
use super::error::ElementError;
use super::seats::Seats;
use super::shared::{Next, Shared};
use super::{Each, Gives, at_once};
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use std::sync::Arc;

/// The number of elements that a hand begins or polls before it gives its task back.
const BUDGET: usize = 32;

/// A hand, as a future that ends when no element is left for it.
pub(super) struct Hand<'s, M: Each, F> {
    /// The elements.
    elements: Arc<Elements<'s, M>>,
    /// The state that it shares with the others.
    shared: Arc<Shared<Gives<M>>>,
    /// Its number: 0 for the step.
    number: usize,
    /// Begins an element.
    begin: fn(Arc<Elements<'s, M>>, usize) -> F,
    /// The elements in progress.
    seats: Seats<F>,
    /// How far it is.
    stage: Stage,
}

/// How far a hand is.
enum Stage {
    /// It was not polled. It gives its task back first, so that the others begin as well.
    New,
    /// It is to begin.
    Ready,
    /// It works.
    AtWork,
    /// There is nothing left for it.
    Over,
}

/// A hand for a fan-out.
pub(super) fn hand<'s, M: Each>(
    inputs: InputsOf<'s, M>,
) -> Hand<'s, M, impl Future<Output = (usize, Result<Gives<M>, ElementError>)> + Send + use<'s, M>> {
    let elements = Elements::<M>::new(inputs);
    let (around, of) = (&elements.around, elements.all.len());
    let (hands, number) = around.fan.as_ref().map_or((1, 0), |fan| (fan.hands(), fan.number()));
    let make = || Arc::new(Shared::new(of, hands));
    let shared = match &around.fan {
        None => make(),
        Some(fan) => fan.shared(make),
    };
    if number == 0 {
        #[cfg(feature = "journal")]
        if let Some(fan) = &around.keeping {
            fan.mark_certain();
        }
        around.progress(0, of);
    }
    let most = at_once::<M>();
    Hand {
        elements: Arc::new(elements),
        shared,
        number,
        begin: run_element::<M>,
        seats: Seats::new(most / hands + usize::from(number < most % hands)),
        stage: if hands > 1 { Stage::New } else { Stage::Ready },
    }
}

impl<'s, M, F> Hand<'s, M, F>
where
    M: Each,
    F: Future<Output = (usize, Result<Gives<M>, ElementError>)>,
{
    /// Works until it has to wait, or until nothing is left.
    fn work(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let (shared, elements) = (&*self.shared, &*self.elements);
        let (around, of) = (&elements.around, elements.all.len());
        let end = |(place, result)| shared.end(place, result, |done| around.progress(done, of));
        let mut budget = BUDGET;
        while budget > 0 {
            budget = budget.saturating_sub(self.seats.poll_woken(end));
            match shared.next(self.seats.has_room()) {
                Next::Element(place) => {
                    budget = budget.saturating_sub(1);
                    let run = (self.begin)(Arc::clone(&self.elements), place);
                    if let Poll::Ready(result) = self.seats.begin(run) {
                        end(result);
                    }
                }
                Next::Failed => return Poll::Ready(()),
                Next::None if self.seats.is_empty() => return Poll::Ready(()),
                Next::None => {
                    // An element, or another hand, may have something to say since the last look.
                    self.seats.register(cx.waker());
                    return shared.wait(self.number, cx.waker());
                }
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

impl<M: Each, F> Hand<'_, M, F> {
    /// Drops the elements in progress, and leaves.
    fn stop(&mut self) {
        self.seats.clear();
        if let Stage::AtWork = mem::replace(&mut self.stage, Stage::Over) {
            self.shared.leave();
        }
    }
}

impl<M, F> Future for Hand<'_, M, F>
where
    M: Each,
    F: Future<Output = (usize, Result<Gives<M>, ElementError>)>,
{
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        match this.stage {
            Stage::New => {
                this.stage = Stage::Ready;
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            Stage::Ready if this.shared.join() => this.stage = Stage::AtWork,
            Stage::Ready => this.stage = Stage::Over,
            Stage::AtWork => {}
            Stage::Over => return Poll::Ready(()),
        }
        if let Stage::AtWork = this.stage {
            ready!(this.work(cx));
            this.stop();
        }
        Poll::Ready(())
    }
}

impl<M: Each, F> Drop for Hand<'_, M, F> {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The step itself: a hand that ends with the results, when no other hand is at work.
pub(super) struct Main<'s, M: Each, F>(pub(super) Hand<'s, M, F>);

impl<M, F> Future for Main<'_, M, F>
where
    M: Each,
    F: Future<Output = (usize, Result<Gives<M>, ElementError>)>,
{
    type Output = Result<Vec<Gives<M>>, ElementError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        ready!(Pin::new(&mut self.0).poll(cx));
        self.0.shared.finish(cx.waker())
    }
}
