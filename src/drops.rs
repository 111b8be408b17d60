//! Drops many values of which any may panic.
//!
//! A destructor that panics while another panic unwinds aborts the process. So values of users are
//! dropped one by one, and a panic does not keep the others from being dropped.

use core::any::Any;
use core::mem;
use core::panic::AssertUnwindSafe;
use std::panic::{catch_unwind, resume_unwind};
use std::thread;

/// Some destructors that run one after the other. When it is dropped itself, the first panic among
/// them goes on, unless the thread panics already.
#[derive(Debug, Default)]
pub struct Drops {
    /// The first panic.
    panic: Option<Box<dyn Any + Send>>,
}

impl Drops {
    /// Drops a value that has a destructor.
    #[inline]
    pub(crate) fn drop<T>(&mut self, value: T) {
        if mem::needs_drop::<T>() {
            let mut value = Some(value);
            self.run(&mut || drop(value.take()));
        }
    }

    /// Runs a function that drops values.
    pub(crate) fn run(&mut self, destructor: &mut dyn FnMut()) {
        if let Err(panic) = catch_unwind(AssertUnwindSafe(destructor)) {
            match self.panic {
                None => self.panic = Some(panic),
                Some(_) => discard(panic),
            }
        }
    }
}

impl Drop for Drops {
    fn drop(&mut self) {
        match self.panic.take() {
            Some(panic) if !thread::panicking() => resume_unwind(panic),
            Some(panic) => discard(panic),
            None => {}
        }
    }
}

/// Drops the payload of a panic that goes no further: its message has been printed. A payload may
/// panic itself when it is dropped; the payload of that panic is leaked, so that this ends.
pub(crate) fn discard(panic: Box<dyn Any + Send>) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| drop(panic))) {
        mem::forget(panic);
    }
}

/// A value that does not panic when it is dropped by a panic.
#[derive(Debug)]
pub(crate) struct DropsQuietly<T>(pub(crate) Option<T>);

impl<T> Drop for DropsQuietly<T> {
    #[inline]
    fn drop(&mut self) {
        if mem::needs_drop::<T>() && thread::panicking() {
            Drops::default().drop(self.0.take());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::panic_any;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// Counts its drops, and panics at each.
    struct Panics<'a>(&'a AtomicUsize);

    impl Drop for Panics<'_> {
        fn drop(&mut self) {
            panic!("drop {}", self.0.fetch_add(1, Ordering::SeqCst));
        }
    }

    /// The payload of a panic: counts its drops, and panics at each with a payload without memory.
    struct PanicsAgain(Arc<AtomicUsize>);

    impl Drop for PanicsAgain {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::SeqCst);
            panic_any(());
        }
    }

    #[test]
    fn all_destructors_run_and_the_first_panic_goes_on() {
        let dropped = AtomicUsize::new(0);
        let panic = catch_unwind(AssertUnwindSafe(|| {
            let mut drops = Drops::default();
            (0..3).for_each(|_| drops.drop(Panics(&dropped)));
        }));
        assert_eq!(panic.unwrap_err().downcast_ref::<String>().unwrap(), "drop 0");
        assert_eq!(dropped.into_inner(), 3);
    }

    #[test]
    fn destructors_that_a_panic_runs_do_not_abort() {
        let dropped = AtomicUsize::new(0);
        let panic = catch_unwind(AssertUnwindSafe(|| {
            let _values = [(); 3].map(|()| DropsQuietly(Some(Panics(&dropped))));
            let mut drops = Drops::default();
            drops.drop(Panics(&dropped));
            panic!("the reason");
        }));
        assert_eq!(panic.unwrap_err().downcast_ref::<&str>(), Some(&"the reason"));
        assert_eq!(dropped.into_inner(), 4);
    }

    #[test]
    fn payloads_that_go_no_further_are_dropped() {
        let kept = Arc::new(());
        let dropped = Arc::new(AtomicUsize::new(0));
        let panic = catch_unwind(AssertUnwindSafe(|| {
            let mut drops = Drops::default();
            (0..3).for_each(|_| drops.run(&mut || panic_any(Arc::clone(&kept))));
            drops.run(&mut || panic_any(PanicsAgain(Arc::clone(&dropped))));
            panic_any(Arc::clone(&kept));
        }));
        assert_eq!(Arc::strong_count(&kept), 2);
        drop(panic);
        assert_eq!(Arc::strong_count(&kept), 1);
        assert_eq!((Arc::strong_count(&dropped), dropped.load(Ordering::SeqCst)), (1, 1));
    }
}
