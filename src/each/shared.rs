//! What the step of a fan-out and its helpers share: which elements are left, and the results.

use super::error::ElementError;
use core::task::{Poll, Waker};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The elements that are left, and the results of the others.
///
/// Those who work on elements are its hands: the step itself, and its helpers.
pub(super) struct Shared<V> {
    /// The state.
    state: Mutex<State<V>>,
    /// The number of elements.
    of: usize,
}

/// What a hand has to do next.
#[derive(Clone, Copy)]
pub(super) enum Next {
    /// To begin the element at this place.
    Element(usize),
    /// To go on with the elements that it has begun.
    None,
    /// To stop, because an element has failed.
    Failed,
}

/// The state, under its lock.
struct State<V> {
    /// The next element.
    next: usize,
    /// The number of elements that have ended.
    done: usize,
    /// The results, in the order in which they came.
    values: Vec<V>,
    /// The place of the element of each result, unless they came in order.
    places: Vec<usize>,
    /// The first failure.
    failure: Option<ElementError>,
    /// The number of hands at work.
    at_work: usize,
    /// Whether the step has taken the results, so that no hand begins.
    is_over: bool,
    /// The hands that wait for their elements, or for other hands.
    wakers: Vec<Option<Waker>>,
}

impl<V> Shared<V> {
    /// The state at the beginning, for a number of elements and hands.
    pub(super) fn new(of: usize, hands: usize) -> Self {
        let state = State {
            next: 0,
            done: 0,
            values: Vec::with_capacity(of),
            places: Vec::new(),
            failure: None,
            at_work: 0,
            is_over: false,
            wakers: vec![None; if hands > 1 { hands } else { 0 }],
        };
        Shared { state: Mutex::new(state), of }
    }

    /// Locks the state. If an observer has panicked, the run ends, and the state is as it was.
    fn state(&self) -> MutexGuard<'_, State<V>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a hand as at work; `false` if there is nothing to do.
    pub(super) fn join(&self) -> bool {
        let mut state = self.state();
        let has_work = !state.is_over && state.failure.is_none() && state.next < self.of;
        state.at_work += usize::from(has_work);
        has_work
    }

    /// Counts a hand as no longer at work. The last one wakes the others, of which the step is one.
    pub(super) fn leave(&self) {
        let mut state = self.state();
        state.at_work -= 1;
        if state.at_work == 0 {
            state.wake_all();
        }
    }

    /// Looks for what a hand has to do next. It takes an element if it has room for one.
    pub(super) fn next(&self, has_room: bool) -> Next {
        let mut state = self.state();
        if state.failure.is_some() {
            return Next::Failed;
        }
        if !has_room || state.next == self.of {
            return Next::None;
        }
        state.next += 1;
        Next::Element(state.next - 1)
    }

    /// Records the end of an element, and reports how many have ended. The first failure stops all
    /// hands.
    pub(super) fn end(&self, place: usize, result: Result<V, ElementError>, report: impl FnOnce(usize)) {
        let mut state = self.state();
        state.done += 1;
        report(state.done);
        match result {
            Ok(value) => state.push(place, value),
            Err(error) => {
                state.failure.get_or_insert(error);
                state.wake_all();
            }
        }
    }

    /// Lets a hand wait for its elements; ready if an element has failed.
    pub(super) fn wait(&self, hand: usize, waker: &Waker) -> Poll<()> {
        let mut state = self.state();
        if state.failure.is_some() {
            return Poll::Ready(());
        }
        state.register(hand, waker);
        Poll::Pending
    }

    /// The results in the order of the elements, or the first failure, once no hand is at work.
    /// Then none begins any more. The step waits for this.
    ///
    /// If a result is missing and no element has failed, one has panicked, and a helper has left
    /// it. Then the run is about to end with the panic, and there are no results.
    pub(super) fn finish(&self, waker: &Waker) -> Poll<Result<Vec<V>, ElementError>> {
        let mut state = self.state();
        let has_panicked = state.failure.is_none() && state.values.len() < self.of;
        if state.at_work > 0 || has_panicked {
            state.register(0, waker);
            return Poll::Pending;
        }
        state.is_over = true;
        let (values, places) = (core::mem::take(&mut state.values), core::mem::take(&mut state.places));
        Poll::Ready(match state.failure.take() {
            Some(error) => Err(error),
            None => Ok(in_order(values, places)),
        })
    }
}

impl<V> State<V> {
    /// Adds the result of the element at a place.
    fn push(&mut self, place: usize, value: V) {
        if !self.places.is_empty() || place != self.values.len() {
            if self.places.is_empty() {
                self.places.reserve_exact(self.values.capacity());
                self.places.extend(0..self.values.len());
            }
            self.places.push(place);
        }
        self.values.push(value);
    }

    /// Registers the waker of a hand that waits, if there are others that may wake it.
    fn register(&mut self, hand: usize, waker: &Waker) {
        if let Some(place) = self.wakers.get_mut(hand) {
            match place {
                Some(known) if known.will_wake(waker) => {}
                _ => *place = Some(waker.clone()),
            }
        }
    }

    /// Wakes the hands that wait.
    fn wake_all(&mut self) {
        self.wakers.iter_mut().filter_map(Option::take).for_each(Waker::wake);
    }
}

/// The values by their places, which are all places from 0 on; without places, as they are.
fn in_order<V>(mut values: Vec<V>, mut places: Vec<usize>) -> Vec<V> {
    for at in 0..places.len() {
        while places[at] != at {
            let place = places[at];
            values.swap(at, place);
            places.swap(at, place);
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::{Next, Shared};
    use core::task::{Poll, Waker};

    /// The results of elements that end in this order.
    fn results(order: &[usize]) -> Vec<usize> {
        let shared = Shared::new(order.len(), 1);
        order.iter().for_each(|&place| shared.end(place, Ok(place * 10), |_| {}));
        match shared.finish(Waker::noop()) {
            Poll::Ready(results) => results.unwrap(),
            Poll::Pending => unreachable!("no hand is at work"),
        }
    }

    #[test]
    fn there_are_no_results_if_a_hand_has_left_an_element() {
        let shared = Shared::new(2, 2);
        assert!(shared.join() && shared.join());
        assert!(matches!((shared.next(true), shared.next(true)), (Next::Element(0), Next::Element(1))));
        shared.end(1, Ok(10), |_| {});
        shared.leave();
        // The other one unwinds.
        shared.leave();
        assert!(shared.finish(Waker::noop()).is_pending());
    }

    #[test]
    fn results_have_the_order_of_the_elements() {
        let orders: [&[usize]; 6] = [&[], &[0], &[0, 1, 2], &[2, 1, 0], &[0, 1, 4, 2, 3], &[3, 0, 4, 1, 2]];
        for order in orders {
            assert!(results(order).into_iter().eq((0..order.len()).map(|place| place * 10)), "{order:?}");
        }
    }
}
