//! Work that takes time: that of the crossed chains.

use crate::work::Work;
use smol::Timer;
use std::time::Duration;

/// The steps of the crossed chains wait for a timer: A and D for a long time, B and C for a short
/// one.
pub(crate) struct Sleeps;
impl Work for Sleeps {
    const NAME: &str = "sleeps";
    async fn work(step: usize) {
        // By layers: A and C, B and D, E.
        if let Some(&time) = [200, 10, 10, 200].get(step) {
            Timer::after(Duration::from_millis(time)).await;
        }
    }
}
