//! The steps of a run that are in progress. Each has a seat, with a waker that the seat keeps for
//! the next step.

use crate::drops::Drops;
use crate::exec::task::{StepTask, TaskResult};
use crate::exec::wake_set::{StepWake, WakeSet};
use core::task::{Context, Poll};
use futures::task::waker_ref;
use std::sync::Arc;

/// The seats of a run.
pub(super) struct Seats<'s> {
    /// The steps that were woken, once a step has a waker.
    wake_set: Option<Arc<WakeSet>>,
    /// The waker for the next step that is started.
    spare: Option<Arc<StepWake>>,
    /// The seats: as many as there were steps in progress at once.
    seats: Vec<Seat<'s>>,
    /// The first free seat, or [`NONE`](Self::NONE).
    free: u16,
    /// The number of steps in progress.
    len: usize,
    /// The seat of each node of the run, or [`NONE`](Self::NONE); empty until a step pends.
    places: Vec<u16>,
}

/// Room for a step in progress.
struct Seat<'s> {
    /// The step.
    task: Option<StepTask<'s>>,
    /// Its waker; or if this seat is free, one for another step.
    wake: Option<Arc<StepWake>>,
    /// If this seat is free, the next free one.
    next: u16,
}

impl<'s> Seats<'s> {
    /// A seat that no step has.
    const NONE: u16 = u16::MAX;

    /// No seats.
    pub(super) const EMPTY: Self =
        Seats { wake_set: None, spare: None, seats: Vec::new(), free: Self::NONE, len: 0, places: Vec::new() };

    /// A waker for a step that is started in a run of `nodes` nodes. A step that pends keeps it.
    #[inline]
    pub(super) fn waker(&mut self, step: u16, nodes: usize) -> &Arc<StepWake> {
        // A waker that a step has kept after its end is left to it, so that it wakes no other step.
        if !self.spare.as_ref().is_some_and(|spare| StepWake::reuse(spare, step)) {
            self.spare = None;
        }
        let wake_set = &mut self.wake_set;
        self.spare.get_or_insert_with(|| Self::make_waker(wake_set, step, nodes))
    }

    /// Makes a waker.
    #[cold]
    fn make_waker(wake_set: &mut Option<Arc<WakeSet>>, step: u16, nodes: usize) -> Arc<StepWake> {
        wake_set.get_or_insert_with(|| WakeSet::new(nodes)).waker(step)
    }

    /// Keeps a step that pends, with the waker that was made for it.
    #[inline]
    pub(super) fn occupy(&mut self, step: u16, task: StepTask<'s>, nodes: usize) {
        if self.places.is_empty() {
            self.places = vec![Self::NONE; nodes];
        }
        let wake = self.spare.take().expect("a step that pends has a waker");
        self.len += 1;
        let place = self.free;
        match self.seats.get_mut(usize::from(place)) {
            Some(seat) => {
                self.free = seat.next;
                self.spare = seat.wake.replace(wake);
                seat.task = Some(task);
                self.places[usize::from(step)] = place;
            }
            None => {
                self.places[usize::from(step)] = self.seats.len() as u16;
                self.seats.push(Seat { task: Some(task), wake: Some(wake), next: Self::NONE });
            }
        }
    }

    /// The seat of a step, if it is in progress.
    #[inline]
    pub(super) fn place(&self, step: u16) -> Option<u16> {
        self.places.get(usize::from(step)).copied().filter(|&place| place != Self::NONE)
    }

    /// Polls the step in a seat.
    #[inline]
    pub(super) fn poll(&mut self, place: u16) -> Poll<TaskResult<'s>> {
        match &mut self.seats[usize::from(place)] {
            Seat { task: Some(task), wake: Some(wake), .. } => task.poll(&mut Context::from_waker(&waker_ref(wake))),
            _ => Poll::Pending,
        }
    }

    /// Takes a step from its seat.
    #[inline]
    pub(super) fn vacate(&mut self, step: u16, place: u16) -> Option<StepTask<'s>> {
        self.places[usize::from(step)] = Self::NONE;
        let seat = &mut self.seats[usize::from(place)];
        (seat.next, self.free) = (self.free, place);
        self.len -= 1;
        if self.spare.is_none() {
            self.spare = seat.wake.take();
        }
        seat.task.take()
    }

    /// The set of the steps that were woken, if any step has a waker.
    #[inline]
    pub(super) fn wake_set(&self) -> Option<&WakeSet> {
        self.wake_set.as_deref()
    }

    /// Whether a step has been woken.
    #[inline]
    pub(super) fn is_any_woken(&self) -> bool {
        self.wake_set.as_ref().is_some_and(|wake_set| wake_set.is_any_woken())
    }

    /// Lends the set of the steps that were woken, if there are such steps.
    #[inline]
    pub(super) fn take_woken(&mut self) -> Option<Arc<WakeSet>> {
        self.wake_set.take_if(|wake_set| wake_set.is_any_woken())
    }

    /// Takes the set back.
    #[inline]
    pub(super) fn give_back(&mut self, wake_set: Arc<WakeSet>) {
        self.wake_set = Some(wake_set);
    }
}

/// Drops the steps in progress, each of which may panic.
impl Drop for Seats<'_> {
    #[inline]
    fn drop(&mut self) {
        if self.len > 0 {
            let mut drops = Drops::default();
            self.seats.drain(..).for_each(|seat| drops.drop(seat.task));
        }
    }
}
