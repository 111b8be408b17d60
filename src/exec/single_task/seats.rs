//! The steps of a run that are in progress. Each has a seat, with a waker that the seat keeps for
//! the next step.

use crate::drops::Drops;
use crate::exec::graph::Graph;
use crate::exec::task::{StepTask, TaskResult};
use crate::exec::wake_set::{StepWake, WakeSet, Woken};
use core::task::{Context, Poll};
use futures::task::waker_ref;
use std::sync::Arc;

/// The seats of a run.
pub(super) struct Seats<'s> {
    /// The seats that were woken, once there is a seat.
    wake_set: Option<Arc<WakeSet>>,
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
struct Seat<'s> {
    /// The step.
    task: Option<StepTask<'s>>,
    /// The number of the step in the run; or if this seat is free, the next free one.
    step: u16,
    /// The waker of the step, or of the next one.
    wake: Arc<StepWake>,
}

/// The result of a poll of a step.
pub(super) struct Polled<'s> {
    /// The step.
    pub(super) step: u16,
    /// It has left its seat with this result, unless it pends.
    pub(super) result: Poll<(StepTask<'s>, TaskResult<'s>)>,
}

impl<'s> Seats<'s> {
    /// No seats.
    pub(super) const EMPTY: Self = Seats { wake_set: None, seat: None, others: Vec::new(), free: 0, len: 0 };

    /// A seat.
    #[inline]
    fn seat(&mut self, place: u16) -> Option<&mut Seat<'s>> {
        match usize::from(place).checked_sub(1) {
            None => self.seat.as_mut(),
            Some(other) => self.others.get_mut(other),
        }
    }

    /// The waker for a step that is started. A step that pends has to [occupy](Self::occupy) the
    /// seat next.
    #[inline]
    pub(super) fn waker(&mut self, graph: &Graph) -> &Arc<StepWake> {
        if !self.seat(self.free).is_some_and(|seat| seat.wake.reset()) {
            self.make_waker(graph);
        }
        &self.seat(self.free).expect("there is a free seat").wake
    }

    /// Makes a waker for the free seat, and the seat if there is none. A waker that a step has kept
    /// after its end is left to it, so that it wakes no other step.
    #[cold]
    fn make_waker(&mut self, graph: &Graph) {
        let place = self.free;
        let wake = self.wake_set.get_or_insert_with(|| WakeSet::new(graph.len())).waker(place);
        match (self.seat(place), place) {
            (Some(seat), _) => core::mem::replace(&mut seat.wake, wake).retire(),
            (None, 0) => self.seat = Some(Seat { task: None, step: 1, wake }),
            (None, _) => self.others.push(Seat { task: None, step: place + 1, wake }),
        }
    }

    /// Keeps a step that pends, and returns whether it has been woken already.
    #[inline]
    pub(super) fn occupy(&mut self, step: u16, task: StepTask<'s>) -> bool {
        let seat = self.seat(self.free).expect("a step that pends has a waker");
        seat.task = Some(task);
        let (is_woken, next) = (seat.wake.is_woken(), core::mem::replace(&mut seat.step, step));
        self.free = next;
        self.len += 1;
        is_woken
    }

    /// Polls the step in a seat. There is none if the step was woken after its end, by a waker that
    /// still exists.
    #[inline]
    pub(super) fn poll(&mut self, place: u16, graph: &Graph) -> Option<Polled<'s>> {
        let free = self.free;
        let seat = self.seat(place)?;
        let task = seat.task.as_mut()?;
        let step = seat.step;
        graph.note_polled(step);
        let Poll::Ready(result) = task.poll(&mut Context::from_waker(&waker_ref(&seat.wake))) else {
            return Some(Polled { step, result: Poll::Pending });
        };
        let task = seat.task.take()?;
        (seat.step, self.free) = (free, place);
        self.len -= 1;
        Some(Polled { step, result: Poll::Ready((task, result)) })
    }

    /// Takes the seats that were woken.
    #[inline]
    pub(super) fn take_woken(&self) -> Option<Woken> {
        self.wake_set.as_ref().filter(|wake_set| wake_set.is_any_woken()).map(|wake_set| wake_set.take())
    }

    /// The next of the seats that were woken.
    #[inline]
    pub(super) fn next(&self, woken: &mut Woken) -> Option<u16> {
        woken.next(self.wake_set.as_ref()?)
    }

    /// The set of the seats that were woken, if there is a seat.
    #[inline]
    pub(super) fn wake_set(&self) -> Option<&WakeSet> {
        self.wake_set.as_deref()
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
