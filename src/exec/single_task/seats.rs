//! The steps of a run that are in progress. Each has a seat, with a waker that the seat keeps for
//! the next step.

use crate::drops::Drops;
use crate::exec::claim::ClaimGuard;
use crate::exec::graph::Graph;
use crate::exec::store_ref::Erased;
use crate::exec::task::{Outcome, StepTask, TaskResult};
use crate::exec::wake_set::{StepWake, WakeSet, Woken};
use core::task::{Context, Poll};
use futures::task::waker_ref;
use std::sync::Arc;

/// The seats of a run.
pub(super) struct Seats<'s> {
    /// The first seat. It is for the step that is started, if no other is in progress, and needs no
    /// allocation.
    seat: Option<Seat<'s>>,
    /// The others: as many as there were steps in progress at once.
    others: Vec<Seat<'s>>,
    /// The first free seat; if there is none, the number of the next seat.
    free: u16,
    /// The number of steps in progress.
    len: usize,
}

/// Room for a step in progress.
pub(super) struct Seat<'s> {
    /// The step.
    task: Option<StepTask<'s>>,
    /// The number of the step in the run; or if this seat is free, the next free one.
    step: u16,
    /// The waker of the step, or of the next one.
    pub(super) wake: Arc<StepWake>,
}

/// A seat that a step has just taken.
pub(super) struct Taken {
    /// The next free seat.
    next: u16,
    /// Whether the step has been woken already.
    is_woken: bool,
}

impl<'s> Seat<'s> {
    /// Keeps a step that pends. The seat has to be [counted](Seats::take) as taken.
    #[inline]
    pub(super) fn keep(&mut self, step: u16, task: StepTask<'s>) -> Taken {
        self.task = Some(task);
        Taken { next: core::mem::replace(&mut self.step, step), is_woken: self.wake.is_woken() }
    }
}

/// The result of a poll of a step.
pub(super) enum Polled<'s> {
    /// It pends.
    Pending,
    /// Its outputs are there; this is the first one.
    Done(Option<&'s Erased>),
    /// It has ended in another way.
    Ended(Outcome),
}

impl<'s> Seats<'s> {
    /// No seats.
    pub(super) const EMPTY: Self = Seats { seat: None, others: Vec::new(), free: 0, len: 0 };

    /// A seat.
    #[inline]
    fn seat(&mut self, place: u16) -> Option<&mut Seat<'s>> {
        match usize::from(place).checked_sub(1) {
            None => self.seat.as_mut(),
            Some(other) => self.others.get_mut(other),
        }
    }

    /// The free seat, if there is one; its waker has to be [reset](StepWake::reset).
    #[inline]
    pub(super) fn free_seat(&mut self) -> Option<&mut Seat<'s>> {
        self.seat(self.free)
    }

    /// The free seat, with a waker for the step that is started.
    pub(super) fn seat_for_start(&mut self, graph: &Graph) -> &mut Seat<'s> {
        if self.free_seat().is_some_and(|seat| seat.wake.reset()) {
            self.free_seat().expect("it was there just now")
        } else {
            self.make_waker(graph)
        }
    }

    /// Counts the free seat as taken, and returns whether the step in it has been woken already.
    #[inline]
    pub(super) fn take(&mut self, taken: Taken) -> bool {
        self.free = taken.next;
        self.len += 1;
        taken.is_woken
    }

    /// Makes a waker for the free seat, and the seat if there is none. A waker that a step has kept
    /// after its end is left to it, so that it wakes no other step.
    #[cold]
    pub(super) fn make_waker(&mut self, graph: &Graph) -> &mut Seat<'s> {
        let place = self.free;
        match &self.seat {
            None => self.seat = Some(Seat { task: None, step: 1, wake: StepWake::first(graph.len()) }),
            Some(first) => {
                let wake = first.wake.sibling(place);
                match self.seat(place) {
                    Some(seat) => core::mem::replace(&mut seat.wake, wake).retire(),
                    None => self.others.push(Seat { task: None, step: place + 1, wake }),
                }
            }
        }
        self.seat(place).expect("there is a free seat")
    }

    /// Polls the step in a seat, and returns its number too. There is none if the step was woken
    /// after its end, by a waker that still exists.
    #[inline(always)]
    pub(super) fn poll(&mut self, place: u16, graph: &Graph) -> Option<(u16, Polled<'s>)> {
        let free = self.free;
        let seat = self.seat(place)?;
        let (step, task) = (seat.step, seat.task.as_mut()?);
        graph.note_polled(step);
        let Poll::Ready(result) = task.poll(&mut Context::from_waker(&waker_ref(&seat.wake))) else {
            return Some((step, Polled::Pending));
        };
        let task = seat.task.take();
        (seat.step, self.free) = (free, place);
        self.len -= 1;
        // Nothing is moved that need not be: this is where a step that pends ends.
        if let TaskResult::Here(Ok(first)) = result {
            if let Some(StepTask::Running { future, guard }) = task {
                // As in `StepTask::end`.
                drop(future);
                guard.into_iter().for_each(ClaimGuard::done);
            }
            return Some((step, Polled::Done(first)));
        }
        Some((step, Polled::Ended(task?.end(result))))
    }

    /// The set of the seats that were woken, if there is a seat.
    #[inline]
    pub(super) fn wake_set(&self) -> Option<&WakeSet> {
        self.seat.as_ref().map(|first| first.wake.wake_set())
    }

    /// Takes the seats that were woken.
    #[inline]
    pub(super) fn take_woken(&self) -> Option<Woken> {
        self.wake_set().filter(|wake_set| wake_set.is_any_woken()).map(WakeSet::take)
    }

    /// The next of the seats that were woken.
    #[inline]
    pub(super) fn next(&self, woken: &mut Woken) -> Option<u16> {
        woken.next(self.wake_set()?)
    }

    /// Whether a step has been woken.
    #[inline]
    pub(super) fn is_any_woken(&self) -> bool {
        self.wake_set().is_some_and(WakeSet::is_any_woken)
    }
}

/// Drops the steps in progress, each of which may panic.
impl Drop for Seats<'_> {
    #[inline]
    fn drop(&mut self) {
        if self.len > 0 {
            let mut drops = Drops::default();
            self.seat.take().into_iter().chain(self.others.drain(..)).for_each(|seat| drops.drop(seat.task));
        }
    }
}
