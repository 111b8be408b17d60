//! The elements in progress of a hand. Each has a seat, which keeps its memory and its waker for
//! the next element.

use crate::exec::wake_set::StepWake;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use futures::task::waker_ref;
use std::sync::Arc;

/// The elements in progress, as futures of the type `F`.
pub(super) struct Seats<F> {
    /// The seats: as many as there were elements in progress at once.
    seats: Vec<Seat<F>>,
    /// The seats that are free.
    free: Vec<u16>,
    /// The most seats.
    most: usize,
}

/// Room for an element.
struct Seat<F> {
    /// The element.
    run: Pin<Box<Option<F>>>,
    /// The waker of the element, or of the next one.
    wake: Arc<StepWake>,
}

impl<F: Future> Seats<F> {
    /// Up to this many seats.
    pub(super) fn new(most: usize) -> Self {
        Seats { seats: Vec::new(), free: Vec::new(), most }
    }

    /// Whether no element is in progress.
    pub(super) fn is_empty(&self) -> bool {
        self.seats.len() == self.free.len()
    }

    /// Whether a seat is free.
    pub(super) fn has_room(&self) -> bool {
        !self.free.is_empty() || self.seats.len() < self.most
    }

    /// Begins an element in a free seat, and polls it.
    pub(super) fn begin(&mut self, run: F) -> Poll<F::Output> {
        let place = match self.free.pop() {
            Some(place) => {
                self.renew(place);
                self.seats[usize::from(place)].run.set(Some(run));
                place
            }
            None => {
                let place = self.seats.len() as u16;
                let wake = match self.seats.first() {
                    None => StepWake::first(self.most),
                    Some(first) => first.wake.sibling(place),
                };
                self.seats.push(Seat { run: Box::pin(Some(run)), wake });
                place
            }
        };
        self.poll(place)
    }

    /// Gives a free seat a new waker if an element has kept the old one, so that it wakes no other.
    fn renew(&mut self, place: u16) {
        let seat = &mut self.seats[usize::from(place)];
        if !seat.wake.reset() {
            let wake = seat.wake.sibling(place);
            core::mem::replace(&mut seat.wake, wake).retire();
        }
    }

    /// Polls the element in a seat. A free seat pends.
    fn poll(&mut self, place: u16) -> Poll<F::Output> {
        let Seat { run, wake } = &mut self.seats[usize::from(place)];
        let Some(element) = run.as_mut().as_pin_mut() else { return Poll::Pending };
        let polled = element.poll(&mut Context::from_waker(&waker_ref(wake)));
        if polled.is_ready() {
            run.set(None);
            self.free.push(place);
        }
        polled
    }

    /// Polls the elements that were woken since the last look, and hands the results to `end`.
    /// Returns the number of polls.
    pub(super) fn poll_woken(&mut self, mut end: impl FnMut(F::Output)) -> usize {
        let Some(first) = self.seats.first() else { return 0 };
        if !first.wake.wake_set().is_any_woken() {
            return 0;
        }
        let (mut woken, mut polls) = (first.wake.wake_set().take(), 0);
        while let Some(place) = woken.next(self.seats[0].wake.wake_set()) {
            polls += 1;
            if let Poll::Ready(result) = self.poll(place) {
                end(result);
            }
        }
        polls
    }

    /// Registers the task to wake when an element is woken.
    pub(super) fn register(&self, task: &Waker) {
        if let Some(first) = self.seats.first() {
            first.wake.wake_set().register(task);
        }
    }
}

impl<F> Seats<F> {
    /// Drops the elements.
    pub(super) fn clear(&mut self) {
        self.free.clear();
        self.seats.clear();
    }
}
