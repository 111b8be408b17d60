//! How long steps take: some time, for the eye, or until the page lets them go.

use smol::Timer;
use smol::lock::Semaphore;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

/// The pace of a pipeline. It is a static and not a resource, which would be an edge to each step of the picture.
pub(crate) struct Pace {
    /// Whether the page lets steps go.
    pub(crate) held: AtomicBool,
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

    /// Takes so many milliseconds, or as long as the page wants.
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

    /// Lets a step go, now or when it comes to its gate; or all.
    pub(crate) fn let_go(&self, step: Option<&str>) {
        let mut gates = self.gates.lock().unwrap();
        match step {
            Some(step) => gates.of(step).add_permits(1),
            None => {
                gates.all = true;
                gates.of.values().for_each(|gate| gate.add_permits(1));
            }
        }
    }

    /// All gates are closed, for a new run.
    pub(crate) fn close(&self) {
        *self.gates.lock().unwrap() = Gates::default();
    }
}
