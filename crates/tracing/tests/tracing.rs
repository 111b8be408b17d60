//! The spans and events that a subscriber receives, and their parents.

#[path = "../../../tests/support/nightly.rs"]
mod nightly;
#[path = "../../../tests/support/service.rs"]
mod service;
#[path = "../../../tests/support/mod.rs"]
mod support;

use futures::FutureExt;
use service::{Server, Service};
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use support::{Gate, pipeline};
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::{DefaultGuard, set_default};
use tracing::{Event, Subscriber, info, info_span};
use tracing_subscriber::Registry;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use typed_pipeliner::each::{Each, ForEach};
use typed_pipeliner::executor::Executor;
use typed_pipeliner::policy::Retry;
use typed_pipeliner::{BoxError, HList, In, Out, Return, RunError, Scoped, Store, resource, run, step};
use typed_pipeliner_tracing::Tracing;

resource! {
    Base: i64;
    Half: i64;
    Third: i64;
    Sum: i64;
    Held: Gate;
}

#[step]
fn halve(base: In<'_, Base>) -> Out<Half> {
    info_span!("inside", %base).in_scope(|| info!("halving"));
    base / 2
}

#[step]
async fn third_of(base: In<'_, Base>) -> Result<Out<Third>, String> {
    smol::future::yield_now().await;
    info!("after the first poll");
    if *base < 0 { Err("too small".to_owned()) } else { Ok(base / 3) }
}

#[step]
fn add(half: In<'_, Half>, third: In<'_, Third>) -> Out<Sum> {
    half + third
}

pipeline! { Sums: [Add, Halve, ThirdOf]; }

/// The fields of a span or an event, by name, without the identifiers of runs, which differ each
/// time.
#[derive(Default)]
struct Fields(BTreeMap<&'static str, String>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let differs = ["pipeliner.run.id", "pipeliner.other_run"].contains(&field.name());
        let value = if differs { "…".to_owned() } else { format!("{value:?}") };
        self.0.insert(field.name(), value);
    }
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }
}

impl Fields {
    fn describe(&self) -> String {
        self.0.iter().map(|(name, value)| format!(" {name}={value}")).collect()
    }
}

/// Records each event, and each span at its end, with the spans around them.
#[derive(Clone, Default)]
struct Capture(Arc<Mutex<Vec<String>>>);

impl Capture {
    /// Starts to record the spans and events of this thread, at these levels.
    fn begin(level: LevelFilter) -> (Self, DefaultGuard) {
        let capture = Capture::default();
        let guard = set_default(Registry::default().with(level).with(capture.clone()));
        (capture, guard)
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }

    /// The recorded spans, sorted.
    fn spans(&self) -> Vec<String> {
        let mut lines: Vec<_> = self.take().into_iter().filter(|line| line.starts_with("span ")).collect();
        lines.sort();
        lines
    }
}

/// The names of a span and of the spans around it, the outermost first.
fn path<S: Subscriber + for<'s> LookupSpan<'s>>(id: Option<&Id>, context: &Context<'_, S>) -> String {
    let names = id.and_then(|id| context.span_scope(id)).into_iter().flat_map(|scope| scope.from_root()).map(|span| {
        let extensions = span.extensions();
        let name = extensions.get::<Fields>().and_then(|fields| fields.0.get("otel.name").cloned());
        name.unwrap_or_else(|| span.name().to_owned())
    });
    names.collect::<Vec<_>>().join("/")
}

impl<S: Subscriber + for<'s> LookupSpan<'s>> Layer<S> for Capture {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        context.span(id).unwrap().extensions_mut().insert(fields);
    }
    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        values.record(context.span(id).unwrap().extensions_mut().get_mut::<Fields>().unwrap());
    }
    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let within = context.event_span(event).map(|span| span.id());
        let (level, within) = (event.metadata().level(), path(within.as_ref(), &context));
        self.0.lock().unwrap().push(format!("{level} {within}:{}", fields.describe()));
    }
    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let span = context.span(&id).unwrap();
        let fields = span.extensions().get::<Fields>().unwrap().describe();
        let name = (span.metadata().target(), span.name());
        let named = if name.0 == "typed_pipeliner" { name.1 } else { "own" };
        let line = format!("span {}: {named}{fields}", path(Some(&id), &context));
        self.0.lock().unwrap().push(line);
    }
}

/// The line of the span of a step that has finished.
fn finished(within: &str, step: &str) -> String {
    let fields = format!("otel.kind=internal otel.name={step} pipeliner.outcome=finished pipeliner.step={step}");
    format!("span {within}/{step}: step {fields}")
}

/// The line of the span of a run that has ended.
fn run_of(within: &str, target: &str, outcome: &str) -> String {
    let fields = format!("otel.kind=internal otel.name=run {target} pipeliner.outcome={outcome}");
    format!("span {within}run {target}: run {fields} pipeliner.run.id=… pipeliner.target={target}")
}

#[test]
fn span_of_a_step_is_in_that_of_its_run_and_around_its_own_spans() -> Result<(), RunError> {
    let (capture, _guard) = Capture::begin(LevelFilter::INFO);
    let store = Store::<Sums>::new().with(Base, 12);
    info_span!("request").in_scope(|| smol::block_on(run::<Add>(&store).observe(Tracing::new())))?;
    let expected = [
        "INFO request/run Add/Halve/inside: message=halving",
        "span request/run Add/Halve/inside: own base=12",
        &finished("request/run Add", "Halve"),
        "INFO request/run Add/ThirdOf: message=after the first poll",
        &finished("request/run Add", "ThirdOf"),
        &finished("request/run Add", "Add"),
        &run_of("request/", "Add", "succeeded"),
        "span request: own",
    ];
    assert_eq!(capture.take(), expected);
    Ok(())
}

#[test]
fn parent_of_a_run_is_the_span_of_its_first_poll() -> Result<(), RunError> {
    let (capture, _guard) = Capture::begin(LevelFilter::INFO);
    let store = Store::<Sums>::new().with(Base, 12);
    let run = info_span!("asked").in_scope(|| run::<Halve>(&store).observe(Tracing::new()));
    capture.take();
    info_span!("polled").in_scope(|| smol::block_on(run))?;
    assert!(capture.spans().contains(&run_of("polled/", "Halve", "succeeded")));
    Ok(())
}

#[test]
fn spans_are_the_same_on_threads() -> Result<(), RunError> {
    let (capture, _guard) = Capture::begin(LevelFilter::INFO);
    let store = Store::<Sums>::new().with(Base, 12);
    smol::block_on(run::<Add>(&store).observe(Tracing::new()))?;
    let of_local = {
        let mut lines = capture.take();
        lines.sort();
        lines
    };
    assert!(of_local.contains(&"INFO run Add/ThirdOf: message=after the first poll".to_owned()), "{of_local:?}");

    let executor = Executor::new(2);
    let arc = Arc::new(Store::<Sums>::new().with(Base, 12));
    smol::block_on(executor.run::<Add>(&arc).observe(Tracing::new()))?;
    let mut of_arc = capture.take();
    let store = Store::<Sums>::new().with(Base, 12);
    executor.scope(async |scope| scope.run::<Add>(&store).observe(Tracing::new()).await)?;
    let mut of_borrowed = capture.take();
    of_arc.sort();
    of_borrowed.sort();
    assert_eq!(of_arc, of_local);
    assert_eq!(of_borrowed, of_local);
    Ok(())
}

#[test]
fn failure_is_marked_by_the_conventions() {
    let (capture, _guard) = Capture::begin(LevelFilter::ERROR);
    let run = || {
        let store = Store::<Sums>::new().with(Third, 4).with(Base, -1);
        smol::block_on(run::<Add>(&store).observe(Tracing::new())).unwrap();
        let store = Store::<Sums>::new().with(Base, -1);
        smol::block_on(run::<Add>(&store).observe(Tracing::new())).unwrap_err();
    };
    // The event is there even if the spans are filtered out.
    run();
    assert_eq!(capture.take(), ["ERROR : error=too small message=step failed pipeliner.step=ThirdOf"]);

    let (capture, _guard) = Capture::begin(LevelFilter::INFO);
    run();
    let lines = capture.take();
    let expected = [
        "ERROR run Add/ThirdOf: error=too small message=step failed pipeliner.step=ThirdOf",
        "span run Add/ThirdOf: step error.type=_OTHER exception.message=too small otel.kind=internal \
         otel.name=ThirdOf otel.status_code=ERROR otel.status_description=too small pipeliner.outcome=failed \
         pipeliner.step=ThirdOf",
        "span run Add: run error.type=_OTHER otel.kind=internal otel.name=run Add otel.status_code=ERROR \
         pipeliner.outcome=failed pipeliner.run.id=… pipeliner.target=Add",
    ];
    assert_eq!(lines[lines.len() - 3..], expected);
}

#[test]
fn skipped_step_is_an_event() -> Result<(), RunError> {
    let (capture, _guard) = Capture::begin(LevelFilter::TRACE);
    let store = Store::<Sums>::new().with(Base, 12);
    smol::block_on(store.resource::<Half>())?;
    capture.take();
    smol::block_on(run::<Add>(&store).observe(Tracing::new()))?;
    let lines = capture.take();
    let expected = [
        "TRACE run Add: message=demanded pipeliner.step=Add",
        "DEBUG run Add: message=skipped pipeliner.step=Halve reason=present",
        "TRACE run Add: by=Add message=demanded pipeliner.step=ThirdOf",
        "TRACE run Add: message=ready pipeliner.step=ThirdOf",
    ];
    assert_eq!(lines[..4], expected);

    let store = Store::<Sums>::new().with(Base, -1);
    smol::block_on(run::<Add>(&store).observe(Tracing::new()).keep_going()).unwrap_err();
    let skipped = "DEBUG run Add: message=skipped pipeliner.step=Add reason=dependency_failed";
    assert!(capture.take().contains(&skipped.to_owned()));
    Ok(())
}

#[test]
fn waiting_for_another_run_is_an_event_and_a_dropped_run_closes_its_spans() {
    #[step]
    async fn hold(held: In<'_, Held>) -> Out<Half> {
        held.pass().await;
        1
    }
    pipeline! { Slow: [Hold]; }

    let (capture, _guard) = Capture::begin(LevelFilter::DEBUG);
    let store = Store::<Slow>::new().with(Held, Gate::new());
    let mut first = run::<Hold>(&store).observe(Tracing::new());
    assert!((&mut first).now_or_never().is_none());
    let mut second = run::<Hold>(&store).observe(Tracing::new());
    assert!((&mut second).now_or_never().is_none());
    let waiting = "DEBUG run Hold: message=waiting for another run pipeliner.other_run=… pipeliner.step=Hold";
    assert_eq!(capture.take(), [waiting]);
    drop(first);
    let cancelled = finished("run Hold", "Hold").replace("finished", "cancelled");
    assert_eq!(capture.take(), [cancelled, run_of("", "Hold", "dropped")]);
}

#[test]
fn long_wait_for_another_run_is_a_warning() {
    #[step]
    async fn hold(held: In<'_, Held>) -> Out<Half> {
        held.pass().await;
        1
    }
    pipeline! { Slow: [Hold]; }

    let (capture, _guard) = Capture::begin(LevelFilter::WARN);
    let (gate, store) = (Gate::new(), Store::<Slow>::new());
    let store = store.with(Held, gate.clone());
    let mut first = run::<Hold>(&store);
    assert!((&mut first).now_or_never().is_none());

    // These waits end before their time; then there is nothing to warn of.
    for patience in [Duration::from_secs(3_600), Duration::MAX] {
        let mut waits = run::<Hold>(&store).observe(Tracing::new().warn_after(patience));
        assert!((&mut waits).now_or_never().is_none());
    }
    assert_eq!(capture.take(), [""; 0]);

    let waits_long = Tracing::new().warn_after(Duration::from_millis(1));
    let mut second = run::<Hold>(&store).observe(waits_long);
    assert!((&mut second).now_or_never().is_none());
    let warning = loop {
        match capture.take().pop() {
            Some(line) => break line,
            None => std::thread::yield_now(),
        }
    };
    let expected = "WARN : message=still waiting for another run; if nothing polls or drops that run, the wait never \
                    ends pipeliner.other_run=… pipeliner.step=Hold waited_ms=1";
    assert_eq!(warning, expected);
    gate.open();
    smol::block_on(first).unwrap();
    smol::block_on(second).unwrap();
    assert_eq!(capture.take(), [""; 0]);
}

#[test]
fn run_in_parent_store_is_in_the_span_of_its_step() -> Result<(), RunError> {
    #[step]
    fn show(sum: In<'_, Sum>) -> Return<String> {
        Return(sum.to_string())
    }
    pipeline! { Request: []; }
    impl Scoped for Request {
        type Parent = Sums;
    }

    let (capture, _guard) = Capture::begin(LevelFilter::INFO);
    let expected = |lines: &[String]| {
        for step in ["Halve", "ThirdOf", "Add"] {
            assert!(lines.contains(&finished("run Show/Sum/run Sum", step)), "{lines:#?}");
        }
        assert!(lines.contains(&run_of("run Show/Sum/", "Sum", "succeeded")), "{lines:#?}");
        assert!(lines.contains(&finished("run Show", "Show")), "{lines:#?}");
    };
    let app = Store::<Sums>::new().with(Base, 12);
    let request = Store::<Request>::within(&app);
    smol::block_on(run::<Show>(&request).observe(Tracing::new()))?;
    expected(&capture.spans());

    let app = Arc::new(Store::<Sums>::new().with(Base, 12));
    let request = Arc::new(Store::<Request>::within(app));
    smol::block_on(Executor::new(2).run::<Show>(&request).observe(Tracing::new()))?;
    expected(&capture.spans());
    Ok(())
}

#[test]
fn subscriber_that_is_off_receives_nothing() -> Result<(), RunError> {
    let (capture, _guard) = Capture::begin(LevelFilter::OFF);
    let store = Store::<Sums>::new().with(Base, 12);
    smol::block_on(run::<Add>(&store).observe(Tracing::new()))?;
    assert_eq!(capture.take(), [""; 0]);
    Ok(())
}

#[test]
fn panicked_step_is_an_error() {
    #[step]
    fn fall() -> Return<()> {
        panic!("it fell");
    }
    pipeline! { Steep: []; }

    let (capture, _guard) = Capture::begin(LevelFilter::INFO);
    let store = Store::<Steep>::new();
    let run = || smol::block_on(run::<Fall>(&store).observe(Tracing::new()));
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).unwrap_err();
    let expected = [
        "ERROR run Fall/Fall: message=step panicked pipeliner.step=Fall",
        "span run Fall/Fall: step error.type=_OTHER otel.kind=internal otel.name=Fall otel.status_code=ERROR \
         pipeliner.outcome=panicked pipeliner.step=Fall",
        "span run Fall: run error.type=_OTHER otel.kind=internal otel.name=run Fall otel.status_code=ERROR \
         pipeliner.outcome=panicked pipeliner.run.id=… pipeliner.target=Fall",
    ];
    assert_eq!(capture.take(), expected);
}

#[test]
fn restored_step_has_an_event_and_an_outcome() -> Result<(), RunError> {
    let (capture, _guard) = Capture::begin(LevelFilter::DEBUG);
    let store = smol::block_on(nightly::store());
    smol::block_on(run::<nightly::MakeReport>(&store).observe(Tracing::new()))?;
    let within = "run MakeReport";
    let expected = [
        &format!("DEBUG {within}: message=skipped pipeliner.step=Load reason=restored"),
        &finished(within, "Fetch"),
        &format!("DEBUG {within}/Count: message=restored pipeliner.step=Count"),
        &finished(within, "Count").replace("finished", "restored"),
        &finished(within, "MakeReport"),
        &run_of("", "MakeReport", "succeeded"),
    ];
    assert_eq!(capture.take().iter().collect::<Vec<_>>(), expected);
    Ok(())
}

#[test]
fn close_has_a_span_and_a_span_for_each_step_that_is_closed() {
    let (capture, _guard) = Capture::begin(LevelFilter::INFO);
    let store = Store::<Service>::new().observed_by(Tracing::new());
    smol::block_on(store.resource::<Server>()).unwrap();
    capture.take();
    assert!(smol::block_on(store.close()).is_err());
    let failed = "error.type=_OTHER exception.message=port 80 is stuck otel.kind=internal otel.name=Serve \
                  otel.status_code=ERROR otel.status_description=port 80 is stuck pipeliner.outcome=failed \
                  pipeliner.step=Serve";
    let expected = [
        "ERROR close Service/Serve: error=port 80 is stuck message=close failed pipeliner.step=Serve",
        &format!("span close Service/Serve: step {failed}"),
        &finished("close Service", "Connect"),
        "span close Service: close error.type=_OTHER otel.kind=internal otel.name=close Service \
         otel.status_code=ERROR pipeliner.outcome=failed pipeliner.pipeline=Service pipeliner.run.id=…",
    ];
    assert_eq!(capture.take(), expected);
}

resource! { Words: Vec<&'static str>; Word: &'static str; Lengths: Vec<usize>; }

#[step]
fn measure(word: In<'_, Word>) -> Return<usize> {
    info!("measuring");
    Return(word.len())
}

pipeline! { PerWord: []; Texts: [ForEach<PerWord>]; }
impl Each for PerWord {
    type Over = Words;
    type Item = Word;
    type Takes = HList![];
    type Target = Measure;
    type Into = Lengths;

    fn key(word: In<'_, Word>) -> Option<String> {
        Some(word.to_string())
    }
}

#[test]
fn spans_of_elements_are_in_that_of_their_step_on_threads_too() -> Result<(), RunError> {
    let (capture, _guard) = Capture::begin(LevelFilter::TRACE);
    let store = || Store::<Texts>::new().with(Words, vec!["a", "word"]);
    smol::block_on(run::<ForEach<PerWord>>(&store()).observe(Tracing::new()))?;
    let mut of_local = capture.take();
    let within = "run PerWord/PerWord/run Measure";
    for expected in [
        format!("INFO {within}/Measure: message=measuring"),
        "TRACE run PerWord/PerWord: done=1 message=progress of=2 pipeliner.step=PerWord".to_owned(),
        format!(
            "span {within}: run otel.kind=internal otel.name=run Measure pipeliner.element.key=word \
             pipeliner.element.place=1 pipeliner.outcome=succeeded pipeliner.run.id=… pipeliner.target=Measure"
        ),
    ] {
        assert!(of_local.contains(&expected), "{expected} in {of_local:#?}");
    }
    let (executor, store) = (Executor::new(2), Arc::new(store()));
    smol::block_on(executor.run::<ForEach<PerWord>>(&store).observe(Tracing::new()))?;
    let mut of_threads = capture.take();
    of_local.sort();
    of_threads.sort();
    assert_eq!(of_threads, of_local);
    Ok(())
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
fn attempts_and_fallbacks_are_warnings_in_the_span_of_the_step() -> Result<(), RunError> {
    let (capture, _guard) = Capture::begin(LevelFilter::INFO);
    let store = Store::<Attempts>::new().with(Tries, Arc::default());
    smol::block_on(run::<TryTwice>(&store).observe(Tracing::new()))?;
    let expected = [
        "WARN run TryTwice/TryTwice: attempt=2 delay=1ms error=broken 1 message=attempt failed, trying again of=2 \
         pipeliner.step=TryTwice",
        "WARN run TryTwice/TryTwice: error=broken 2 message=fell back pipeliner.step=TryTwice",
        &finished("run TryTwice", "TryTwice"),
        &run_of("", "TryTwice", "succeeded"),
    ];
    assert_eq!(capture.take(), expected);
    Ok(())
}
