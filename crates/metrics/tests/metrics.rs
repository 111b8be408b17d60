//! The metrics that a recorder receives.

#[path = "../../../tests/support/nightly.rs"]
mod nightly;
#[path = "../../../tests/support/service.rs"]
mod service;
#[path = "../../../tests/support/sums.rs"]
mod sums;
#[path = "../../../tests/support/mod.rs"]
mod support;

use futures::FutureExt;
use metrics::with_local_recorder;
use metrics_util::debugging::{DebugValue, DebuggingRecorder, Snapshotter};
use service::{Server, Service};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use sums::{Add, Base, Half, Halve, Sums};
use support::{Gate, pipeline};
use typed_pipeliner::policy::Retry;
use typed_pipeliner::{BoxError, In, Out, RunError, Store, resource, run, step};
use typed_pipeliner_metrics::Metrics;

resource! { Held: Gate; }

/// All recorded metrics, a line each: the name, the labels, and the value; for histograms, the
/// number of durations.
fn lines(recorded: &Snapshotter) -> Vec<String> {
    let lines = recorded.snapshot().into_vec().into_iter().map(|(key, _, _, value)| {
        let labels: Vec<_> = key.key().labels().map(|label| label.value().to_owned()).collect();
        let value = match value {
            DebugValue::Counter(count) => count.to_string(),
            DebugValue::Gauge(value) => value.to_string(),
            DebugValue::Histogram(durations) => {
                assert!(durations.iter().all(|seconds| (0.0..60.0).contains(&seconds.into_inner())));
                format!("{} durations", durations.len())
            }
        };
        format!("{}{{{}}} {value}", key.key().name().trim_start_matches("pipeliner_"), labels.join(","))
    });
    let mut lines: Vec<_> = lines.collect();
    lines.sort();
    lines
}

fn recorder() -> (DebuggingRecorder, Snapshotter) {
    let recorder = DebuggingRecorder::new();
    let recorded = recorder.snapshotter();
    (recorder, recorded)
}

#[test]
fn steps_and_runs_are_counted_by_outcome_and_measured() -> Result<(), RunError> {
    let (recorder, recorded) = recorder();
    let metrics = Arc::new(Metrics::new());
    let store = Store::<Sums>::new().with(Base, 12);
    with_local_recorder(&recorder, || {
        smol::block_on(run::<Halve>(&store).observe(Arc::clone(&metrics)))?;
        smol::block_on(run::<Add>(&store).observe(Arc::clone(&metrics)))
    })?;
    let expected = [
        "run_duration_seconds{Add,succeeded} 1 durations",
        "run_duration_seconds{Halve,succeeded} 1 durations",
        "runs_running{Add} 0",
        "runs_running{Halve} 0",
        "runs_total{Add,succeeded} 1",
        "runs_total{Halve,succeeded} 1",
        "step_duration_seconds{Add,finished} 1 durations",
        "step_duration_seconds{Halve,finished} 1 durations",
        "step_duration_seconds{ThirdOf,finished} 1 durations",
        "steps_running{Add} 0",
        "steps_running{Halve} 0",
        "steps_running{ThirdOf} 0",
        "steps_total{Add,finished} 1",
        "steps_total{Halve,finished} 1",
        "steps_total{Halve,skipped} 1",
        "steps_total{ThirdOf,finished} 1",
    ];
    assert_eq!(lines(&recorded), expected);
    Ok(())
}

#[test]
fn failed_step_and_its_dependents_are_counted_by_outcome() {
    let (recorder, recorded) = recorder();
    let store = Store::<Sums>::new().with(Base, -1);
    with_local_recorder(&recorder, || smol::block_on(run::<Add>(&store).keep_going().observe(Metrics::new())))
        .unwrap_err();
    let lines = lines(&recorded);
    for line in ["runs_total{Add,failed} 1", "steps_total{ThirdOf,failed} 1", "steps_total{Add,not_run} 1"] {
        assert!(lines.contains(&line.to_owned()), "{lines:#?}");
    }
    assert!(lines.contains(&"step_duration_seconds{ThirdOf,failed} 1 durations".to_owned()), "{lines:#?}");
    assert!(!lines.iter().any(|line| line.starts_with("step_duration_seconds{Add")), "{lines:#?}");
}

#[test]
fn panicked_step_is_counted() {
    #[step]
    fn fall() -> Out<Half> {
        panic!("it fell");
    }
    pipeline! { Steep: [Fall]; }

    let (recorder, recorded) = recorder();
    with_local_recorder(&recorder, || {
        let store = Store::<Steep>::new();
        let run = || smol::block_on(run::<Fall>(&store).observe(Metrics::new()));
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).unwrap_err();
    });
    let expected = [
        "run_duration_seconds{Fall,panicked} 1 durations",
        "runs_running{Fall} 0",
        "runs_total{Fall,panicked} 1",
        "step_duration_seconds{Fall,panicked} 1 durations",
        "steps_running{Fall} 0",
        "steps_total{Fall,panicked} 1",
    ];
    assert_eq!(lines(&recorded), expected);
}

#[test]
fn running_steps_are_a_gauge_and_dropped_steps_are_cancelled() {
    #[step]
    async fn hold(held: In<'_, Held>) -> Result<Out<Half>, String> {
        held.pass().await;
        Err("held for too long".to_owned())
    }
    pipeline! { Slow: [Hold]; }

    let gate = Gate::new();
    let store = Store::<Slow>::new().with(Held, gate.clone());

    // A recorder for each half, because a snapshot resets it.
    let (asked, recorded) = recorder();
    let mut held = run::<Hold>(&store).observe(Metrics::new());
    with_local_recorder(&asked, || assert!((&mut held).now_or_never().is_none()));
    assert_eq!(lines(&recorded), ["runs_running{Hold} 1", "steps_running{Hold} 1"]);
    drop(held);

    let (recorder, recorded) = recorder();
    with_local_recorder(&recorder, || {
        let mut held = run::<Hold>(&store).observe(Metrics::new());
        assert!((&mut held).now_or_never().is_none());
        drop(held);

        // Two runs share the step: it is executed once, and so it has failed once.
        let mut first = run::<Hold>(&store).observe(Metrics::new());
        let mut second = run::<Hold>(&store).observe(Metrics::new());
        assert!((&mut first).now_or_never().is_none());
        assert!((&mut second).now_or_never().is_none());
        gate.open();
        smol::block_on(first).unwrap_err();
        smol::block_on(second).unwrap_err();
    });
    let expected = [
        "run_duration_seconds{Hold,dropped} 1 durations",
        "run_duration_seconds{Hold,failed} 2 durations",
        "runs_running{Hold} 0",
        "runs_total{Hold,dropped} 1",
        "runs_total{Hold,failed} 2",
        "step_duration_seconds{Hold,cancelled} 1 durations",
        "step_duration_seconds{Hold,failed} 1 durations",
        "steps_running{Hold} 0",
        "steps_total{Hold,cancelled} 1",
        "steps_total{Hold,failed} 1",
        "steps_total{Hold,not_run} 1",
    ];
    assert_eq!(lines(&recorded), expected);
}

#[test]
fn each_metric_has_a_description_and_a_unit() -> Result<(), RunError> {
    let (recorder, recorded) = recorder();
    let store = Store::<Sums>::new().with(Base, 12);
    with_local_recorder(&recorder, || smol::block_on(run::<Halve>(&store).observe(Metrics::new())))?;
    for (key, unit, description, _) in recorded.snapshot().into_vec() {
        let name = key.key().name();
        assert!(description.is_some(), "{name}");
        assert_eq!(unit == Some(metrics::Unit::Seconds), name.ends_with("_seconds"), "{name}");
    }
    Ok(())
}

#[test]
fn restored_steps_are_counted_and_not_measured() -> Result<(), RunError> {
    let (recorder, recorded) = recorder();
    let store = smol::block_on(nightly::store());
    with_local_recorder(&recorder, || {
        smol::block_on(run::<nightly::MakeReport>(&store).observe(Metrics::new())).map(drop)
    })?;
    let expected = [
        "run_duration_seconds{MakeReport,succeeded} 1 durations",
        "runs_running{MakeReport} 0",
        "runs_total{MakeReport,succeeded} 1",
        "step_duration_seconds{Fetch,finished} 1 durations",
        "step_duration_seconds{MakeReport,finished} 1 durations",
        "steps_running{Count} 0",
        "steps_running{Fetch} 0",
        "steps_running{MakeReport} 0",
        "steps_total{Count,restored} 1",
        "steps_total{Fetch,finished} 1",
        "steps_total{Load,restored} 1",
        "steps_total{MakeReport,finished} 1",
    ];
    assert_eq!(lines(&recorded), expected);
    Ok(())
}

#[test]
fn close_is_counted_apart_from_runs() {
    let (recorder, recorded) = recorder();
    let store = Store::<Service>::new().observed_by(Metrics::new());
    smol::block_on(store.resource::<Server>()).unwrap();
    with_local_recorder(&recorder, || assert!(smol::block_on(store.close()).is_err()));
    let expected = [
        "close_duration_seconds{Connect,finished} 1 durations",
        "close_duration_seconds{Serve,failed} 1 durations",
        "closes_total{Connect,finished} 1",
        "closes_total{Serve,failed} 1",
    ];
    assert_eq!(lines(&recorded), expected);
}

resource! { Tries: Arc<AtomicU32>; Flaky: u32; }

/// Fails twice, and then falls back.
#[step(retry = Retry::times(1).after(Duration::from_millis(1)), fallback = zero)]
fn try_twice(tries: In<'_, Tries>) -> Result<Out<Flaky>, String> {
    Err(format!("broken {}", tries.fetch_add(1, Ordering::Relaxed) + 1))
}
fn zero(_: In<'_, Tries>, _: &BoxError) -> Option<Out<Flaky>> {
    Some(0)
}
pipeline! { Attempts: [TryTwice]; }

#[test]
fn attempts_and_fallbacks_are_counted() -> Result<(), RunError> {
    let (recorder, recorded) = recorder();
    let store = Store::<Attempts>::new().with(Tries, Arc::default());
    with_local_recorder(&recorder, || smol::block_on(run::<TryTwice>(&store).observe(Metrics::new())))?;
    let lines = lines(&recorded);
    for line in [
        "step_retries_total{TryTwice} 1",
        "step_fallbacks_total{TryTwice} 1",
        "steps_total{TryTwice,finished} 1",
        "step_duration_seconds{TryTwice,finished} 1 durations",
    ] {
        assert!(lines.contains(&line.to_owned()), "{lines:#?}");
    }
    Ok(())
}
