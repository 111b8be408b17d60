//! Options of a run, as [`Run`](crate::Run) sets them.

use crate::observe::{Element, Observer, RunId};
#[cfg(feature = "policy")]
use crate::timer::Timer;
use core::fmt;
use core::num::NonZero;
use std::sync::Arc;

/// The options of a run. The default is any number of steps at once, and an end at the first
/// failure.
#[derive(Debug, Clone, Default)]
pub(crate) struct RunOptions {
    /// The number of steps that may run at once; `None` for no limit.
    pub(crate) limit: Option<NonZero<usize>>,
    /// Whether the other steps go on after a failure.
    pub(crate) keep_going: bool,
    /// Whether computed values are dropped as soon as nothing needs them.
    pub(crate) drop_early: bool,
    /// The observers. They are boxed, so a run without observers carries only this pointer.
    pub(crate) observers: Option<Box<Observers>>,
    /// The timer that was handed in.
    #[cfg(feature = "policy")]
    pub(crate) timer: Option<Timer>,
}

impl RunOptions {
    /// The default options.
    const DEFAULT: &Self = &RunOptions {
        limit: None,
        keep_going: false,
        drop_early: false,
        observers: None,
        #[cfg(feature = "policy")]
        timer: None,
    };

    /// These options, or the default.
    #[inline]
    pub(crate) fn or_default(options: Option<&Self>) -> &Self {
        options.unwrap_or(Self::DEFAULT)
    }

    /// These options, or the default, with the observers of a store before the others.
    #[inline]
    pub(crate) fn with(options: Option<Box<Self>>, others: Option<&Observers>) -> Option<Box<Self>> {
        match others {
            None => options,
            Some(others) => {
                let mut options = options.unwrap_or_default();
                let own = options.observers.get_or_insert_default();
                own.all.splice(..0, others.all.iter().cloned());
                Some(options)
            }
        }
    }

    /// Whether a run with these options, or the default, has no observers.
    #[cfg(feature = "executor")]
    #[inline]
    pub(crate) fn are_silent(options: Option<&Self>) -> bool {
        options.is_none_or(|options| options.observers.is_none())
    }
}

/// The observers of a run.
#[derive(Clone, Default)]
pub struct Observers {
    /// The observers, in the order in which they were added.
    pub(crate) all: Vec<Arc<dyn Observer>>,
    /// The run of a scope for which this run computes a resource, or that of a fan-out.
    pub(crate) parent: Option<RunId>,
    /// The element of a fan-out for which this run is.
    pub(crate) element: Option<Arc<Element>>,
}

impl Observers {
    /// Adds an observer to others, or to none.
    pub(crate) fn add(observers: &mut Option<Box<Self>>, observer: impl Observer) {
        observers.get_or_insert_default().all.push(Arc::new(observer));
    }
}

impl fmt::Debug for Observers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} observers", self.all.len())
    }
}
