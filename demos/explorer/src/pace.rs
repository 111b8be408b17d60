//! How long steps take: some time, for the eye, or until a command releases them.

use smol::Timer;
use smol::lock::Semaphore;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

/// The pace of a pipeline. It is a static: a resource would have an edge to each step of the graph.
pub(crate) struct Pace {
    /// Whether steps wait for a command.
    held: AtomicBool,
    gates: LazyLock<Mutex<Gates>>,
}

/// The gates of one run.
#[derive(Default)]
struct Gates {
    /// All are open.
    all: bool,
    /// By the names of the steps.
    of: HashMap<String, Arc<Semaphore>>,
}

impl Gates {
    fn of(&mut self, step: &str) -> Arc<Semaphore> {
        self.of.entry(step.to_owned()).or_insert_with(|| Arc::new(Semaphore::new(0))).clone()
    }
}

impl Pace {
    pub(crate) const fn new() -> Self {
        Pace { held: AtomicBool::new(false), gates: LazyLock::new(Mutex::default) }
    }

    /// Whether steps wait for a command.
    pub(crate) fn hold(&self, held: bool) {
        self.held.store(held, Ordering::Relaxed);
    }

    /// Takes so many milliseconds, or the time until the step is released.
    pub(crate) async fn take(&self, step: &str, milliseconds: u64) {
        if !self.held.load(Ordering::Relaxed) {
            Timer::after(Duration::from_millis(milliseconds)).await;
            return;
        }
        let gate = {
            let mut gates = self.gates.lock().unwrap();
            if gates.all {
                return;
            }
            gates.of(step)
        };
        gate.acquire().await.forget();
    }

    /// Releases a step, now or when it comes to its gate; or all steps.
    pub(crate) fn release(&self, step: Option<&str>) {
        let mut gates = self.gates.lock().unwrap();
        match step {
            Some(step) => gates.of(step).add_permits(1),
            None => {
                gates.all = true;
                gates.of.values().for_each(|gate| gate.add_permits(1));
            }
        }
    }

    /// Closes all gates, for a new run.
    pub(crate) fn close(&self) {
        *self.gates.lock().unwrap() = Gates::default();
    }
}
