//! `Store::close` closes the computed values: in reverse order of the graph, as many at once as
//! possible, and all of them even if some fail.

mod support;

use futures::future::join;
use smol::future::yield_now;
use std::collections::BTreeSet;
use std::error::Error as _;
use std::sync::{Arc, Mutex};
use std::time::Instant;
use support::{Gate, Journal, pipeline, poll, ready};
use typed_pipeliner::close::{Close, ClosedValues, Closing};
use typed_pipeliner::dyn_step::{DynStep, InputRefs, OutputValues, RunChosen, SharedStep, async_trait};
use typed_pipeliner::observe::{RunEnd, RunInfo, StepEvent, StepEventKind};
use typed_pipeliner::{
    BoxError, HList, In, Inputs, Observer, Out, Outputs, Return, Scoped, Step, Store, StoreOf, Swap, hlist, hlist_pat,
    resource, run, run_owned, step,
};

/// A value that notes its end: whether it is closed or dropped.
struct Part {
    name: &'static str,
    log: Journal,
    drops: bool,
}

impl Part {
    fn new(log: &Journal, name: &'static str) -> Self {
        Part { name, log: log.clone(), drops: true }
    }

    /// Closes it: it is closed and not dropped.
    fn close(mut self) {
        self.drops = false;
        self.log.note(self.name);
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if self.drops {
            self.log.note(kept(format!("{} dropped", self.name)));
        }
    }
}

/// A text that lives to the end of the program, within reach of a leak check.
fn kept(text: String) -> &'static str {
    static TEXTS: Mutex<BTreeSet<&str>> = Mutex::new(BTreeSet::new());
    let mut texts = TEXTS.lock().unwrap();
    if let Some(known) = texts.get(&*text) {
        return known;
    }
    let text = text.leak();
    texts.insert(text);
    text
}

resource! {
    Log: Journal;
    Ended: Gate;
    Config: Part;
    Pool: Part;
    Cache: Part;
    Queue: Part;
    Server: Part;
    Broken: Part;
    Torn: Part;
    Started: ();
    Session: Part;
}

#[step(close = close_part)]
async fn connect(log: In<'_, Log>) -> Out<Pool> {
    Part::new(log, "pool")
}
#[step(close = close_slowly)]
async fn warm_up(log: In<'_, Log>, _pool: In<'_, Pool>) -> Out<Cache> {
    Part::new(log, "cache")
}
#[step(close = close_slowly)]
fn subscribe(log: In<'_, Log>, _pool: In<'_, Pool>) -> Out<Queue> {
    Part::new(log, "queue")
}
/// It has no function that closes it.
#[step]
async fn serve(log: In<'_, Log>, _cache: In<'_, Cache>, _queue: In<'_, Queue>) -> Out<Server> {
    Part::new(log, "server")
}
#[step(close = fail)]
async fn break_down(log: In<'_, Log>, _server: In<'_, Server>) -> Out<Broken> {
    Part::new(log, "broken")
}
#[step(close = panic)]
async fn tear(log: In<'_, Log>, _server: In<'_, Server>) -> Out<Torn> {
    Part::new(log, "torn")
}
#[step]
async fn start(_broken: In<'_, Broken>, _torn: In<'_, Torn>) -> Result<Out<Started>, &'static str> {
    Err("the port is taken")
}

async fn close_part(part: Part) {
    part.close();
}
async fn close_slowly(part: Part) {
    part.log.note("begins");
    yield_now().await;
    part.close();
}
async fn fail(part: Part) -> Result<(), &'static str> {
    part.close();
    Err("it is stuck")
}
async fn panic(part: Part) -> Result<(), &'static str> {
    part.close();
    panic!("it is torn")
}

/// By hand, with two outputs.
struct Open;
impl Step for Open {
    type Inputs = HList![Log];
    type Outputs = HList![Pool, Cache];
    type Error = std::convert::Infallible;
    const CLOSE: Option<Close<Self>> = Some(|hlist_pat![pool, cache]| Closing::new(close_both(pool, cache)));
    async fn run(hlist_pat![log]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        Ok(hlist![Part::new(log, "pool"), Part::new(log, "cache")])
    }
}
async fn close_both(pool: Part, cache: Part) {
    join(close_slowly(cache), close_part(pool)).await;
}

/// A stub.
#[step]
async fn pretend(log: In<'_, Log>) -> Out<Pool> {
    Part::new(log, "stub")
}

#[step(close = close_part)]
async fn log_in(log: In<'_, Log>, _pool: In<'_, Pool>) -> Out<Session> {
    Part::new(log, "session")
}

/// Its close never ends.
#[step(close = wait)]
async fn hold(log: In<'_, Log>, _server: In<'_, Server>) -> Out<Session> {
    Part::new(log, "session")
}
async fn wait(part: Part) {
    part.log.note("waits");
    std::future::pending::<()>().await;
    part.close();
}

pipeline! {
    App: [Connect, WarmUp, Serve, Subscribe, BreakDown, Tear, Start];
    Request: [LogIn];
    ByHand: [Open];
    Held: [Connect, WarmUp, Subscribe, Serve, Hold];
}
impl Scoped for Request {
    type Parent = App;
}

fn app(log: &Journal) -> StoreOf<App, HList![Log]> {
    Store::<App>::new().with(Log, log.clone())
}

#[test]
fn values_are_closed_or_dropped_in_reverse_and_siblings_at_once() {
    let log = Journal::default();
    let store = app(&log);
    ready(store.resource::<Server>()).unwrap();
    smol::block_on(store.close()).unwrap();
    let events = log.take();
    assert_eq!(events[..3], ["server dropped", "begins", "begins"]);
    assert!(events[3..] == ["cache", "queue", "pool"] || events[3..] == ["queue", "cache", "pool"], "{events:?}");
}

#[test]
fn all_is_closed_after_a_failed_start_and_all_errors_are_reported() {
    let log = Journal::default();
    let store = app(&log);
    assert!(ready(run::<Start>(&store)).is_err());
    let error = smol::block_on(store.close()).unwrap_err();
    let mut failures: Vec<_> = error.failures().iter().map(|failure| format!("{failure:#}")).collect();
    failures.sort_unstable();
    assert_eq!(
        failures,
        ["closing step `BreakDown` failed: it is stuck", "closing step `Tear` failed: panicked: it is torn"]
    );
    let events = log.take();
    assert_eq!(events.len(), 8, "{events:?}");
    assert_eq!((events[2], events[7]), ("server dropped", "pool"));
}

#[test]
fn panic_of_a_destructor_is_reported_like_an_error() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("{}", "the bomb");
        }
    }
    resource! { Armed: Bomb; Beside: Part; }
    #[step]
    fn arm(_pool: In<'_, Pool>) -> Out<Armed> {
        Bomb
    }
    pipeline! { Bombs: [Arm, Connect]; }
    let log = Journal::default();
    let store = Store::<Bombs>::new().with(Log, log.clone());
    ready(store.resource::<Armed>()).unwrap();
    let error = ready(store.close()).unwrap_err();
    assert_eq!(format!("{error:?}"), "closing step `Arm` failed: panicked: the bomb");
    assert_eq!(log.take(), ["pool"]);
}

#[test]
fn supplied_values_are_dropped_and_not_closed() {
    let log = Journal::default();
    let store = app(&log).with(Pool, Part::new(&log, "given"));
    ready(store.resource::<Cache>()).unwrap();
    smol::block_on(store.close()).unwrap();
    assert_eq!(log.take(), ["begins", "cache", "given dropped"]);
}

#[test]
fn scope_closes_what_it_has_computed_itself() {
    let log = Journal::default();
    let store = Arc::new(app(&log));
    let scope = Store::<Request>::within(Arc::clone(&store)).with(Config, Part::new(&log, "config"));
    ready(scope.resource::<Session>()).unwrap();
    ready(scope.close()).unwrap();
    assert_eq!(log.take(), ["session", "config dropped"]);
    assert!(store.is_ready::<Pool>());
    ready(Arc::into_inner(store).unwrap().close()).unwrap();
    assert_eq!(log.take(), ["pool"]);
}

#[test]
fn dropped_close_drops_the_rest_in_reverse() {
    let log = Journal::default();
    let store = Store::<Held>::new().with(Log, log.clone()).with(Config, Part::new(&log, "config"));
    ready(store.resource::<Session>()).unwrap();
    let mut close = Box::pin(store.close());
    assert!(poll(&mut close).is_pending());
    assert_eq!(log.take(), ["waits"]);
    drop(close);
    let events = log.take();
    assert_eq!(events[..2], ["session dropped", "server dropped"]);
    assert_eq!(events[4..], ["pool dropped", "config dropped"]);
}

#[test]
fn steps_by_hand_close_a_list_of_values() {
    let log = Journal::default();
    let store = Store::<ByHand>::new().with(Log, log.clone());
    ready(store.resource::<Cache>()).unwrap();
    smol::block_on(store.close()).unwrap();
    assert_eq!(log.take(), ["begins", "pool", "cache"]);
}

#[test]
fn stub_is_not_closed_by_the_step_that_it_replaces() {
    let log = Journal::default();
    let store = Store::<Swap<App, Connect, Pretend>>::new().with(Log, log.clone());
    ready(store.resource::<Pool>()).unwrap();
    ready(store.close()).unwrap();
    assert_eq!(log.take(), ["stub dropped"]);
}

#[test]
fn values_that_leave_the_store_are_not_closed() {
    let log = Journal::default();
    let pool = ready(run_owned::<Connect>(app(&log))).unwrap();
    assert_eq!(log.take(), [""; 0]);
    drop(pool);
    assert_eq!(log.take(), ["pool dropped"]);
}

#[test]
fn close_can_be_sent_and_ends_at_once_without_values() {
    fn is_send<T: Send>(value: T) -> T {
        value
    }
    let log = Journal::default();
    ready(is_send(app(&log).close())).unwrap();
    assert_eq!(log.take(), [""; 0]);
}

/// It gives two values that are stored, and one that is not.
#[step(close = close_both)]
async fn open_all(log: In<'_, Log>) -> Result<(Out<Pool>, Return<u8>, Out<Cache>), &'static str> {
    Ok((Part::new(log, "pool"), Return(7), Part::new(log, "cache")))
}

#[test]
fn function_takes_all_values_that_are_stored() {
    pipeline! { Several: [OpenAll]; }
    let log = Journal::default();
    let store = Store::<Several>::new().with(Log, log.clone());
    assert_eq!(ready(run::<OpenAll>(&store)).unwrap().1, 7);
    smol::block_on(store.close()).unwrap();
    assert_eq!(log.take(), ["begins", "pool", "cache"]);
}

#[test]
fn failures_have_their_sources() {
    #[derive(Debug)]
    struct Stuck;
    impl std::fmt::Display for Stuck {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("it is stuck")
        }
    }
    impl std::error::Error for Stuck {}
    async fn stick(_pool: Part) -> Result<(), Stuck> {
        Err(Stuck)
    }
    #[step(close = stick)]
    fn glue(log: In<'_, Log>) -> Out<Pool> {
        Part::new(log, "pool")
    }
    pipeline! { Glued: [Glue]; }
    let store = Store::<Glued>::new().with(Log, Journal::default());
    ready(store.resource::<Pool>()).unwrap();
    let error = ready(store.close()).unwrap_err();
    let [failure] = error.failures() else { panic!("{error:?}") };
    assert_eq!(failure.step(), "Glue");
    assert!(failure.downcast_ref::<Stuck>().is_some());
    assert!(failure.source().unwrap().is::<Stuck>());
    assert!(error.source().unwrap().is::<Stuck>());
}

#[test]
fn destructors_that_panic_in_a_dropped_close_keep_no_other_value() {
    struct Bomb(Journal);
    impl Drop for Bomb {
        fn drop(&mut self) {
            self.0.note("bomb");
            panic!("the bomb");
        }
    }
    resource! { Left: Bomb; Right: Bomb; }
    async fn hang(_bomb: Bomb) {
        std::future::pending::<()>().await;
    }
    #[step(close = hang)]
    fn arm_left(log: In<'_, Log>, _pool: In<'_, Pool>) -> Out<Left> {
        Bomb(log.clone())
    }
    #[step(close = hang)]
    fn arm_right(log: In<'_, Log>, _pool: In<'_, Pool>) -> Out<Right> {
        Bomb(log.clone())
    }
    pipeline! { Bombs: [ArmLeft, ArmRight, Connect]; }
    let log = Journal::default();
    let store = Store::<Bombs>::new().with(Log, log.clone());
    ready(store.resource::<Left>()).unwrap();
    ready(store.resource::<Right>()).unwrap();
    let mut close = Box::pin(store.close());
    assert!(poll(&mut close).is_pending());
    let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(close)));
    assert_eq!(panic.unwrap_err().downcast_ref(), Some(&"the bomb"));
    assert_eq!(log.take(), ["bomb", "bomb", "pool dropped"]);
}

/// Writes down the events.
#[derive(Default)]
struct Events(Mutex<Vec<String>>);

impl Events {
    fn note(&self, event: String) {
        self.0.lock().unwrap().push(event);
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

impl Observer for Events {
    fn run_started(&self, run: &RunInfo, _: Instant) {
        if run.is_close() {
            self.note(format!("close {}", run.target()));
        }
    }
    fn step(&self, run: &RunInfo, event: &StepEvent<'_>) {
        if run.is_close() {
            let what = match event.kind {
                StepEventKind::Failed(error) => format!("failed: {error}"),
                kind => format!("{kind:?}").to_lowercase(),
            };
            self.note(format!("{} {what}", event.name()));
        }
    }
    fn run_ended(&self, run: &RunInfo, end: RunEnd, _: Instant) {
        if run.is_close() {
            self.note(format!("{end:?}").to_lowercase());
        }
    }
    fn polling(&self, run: &RunInfo, step: usize, poll: &mut dyn FnMut()) {
        if run.is_close() {
            self.note(format!("({}", run.steps()[step].name()));
        }
        poll();
    }
}

#[test]
fn observers_see_each_step_that_is_closed_and_its_end() {
    let (log, events) = (Journal::default(), Arc::new(Events::default()));
    let store = app(&log).observed_by(Arc::clone(&events));
    assert!(ready(run::<Start>(&store)).is_err());
    assert!(smol::block_on(store.close()).is_err());
    let events = events.take();
    let has = |event: &str| events.iter().position(|other| other == event).unwrap_or_else(|| panic!("{events:?}"));
    assert_eq!((events[0].as_str(), events.last().unwrap().as_str()), ("close App", "failed"));
    assert!(has("BreakDown started") < has("BreakDown failed: it is stuck"));
    assert!(has("Tear started") < has("Tear failed: panicked: it is torn"));
    assert!(has("WarmUp started") < has("(WarmUp") && has("(WarmUp") < has("WarmUp finished"));
    assert!(has("Subscribe finished") < has("Connect started") && has("WarmUp finished") < has("Connect started"));
    assert!(!events.iter().any(|event| event.starts_with("Serve") || event.starts_with("Start ")), "{events:?}");
}

#[test]
fn observers_see_that_a_close_is_dropped() {
    let (log, events) = (Journal::default(), Arc::new(Events::default()));
    let store = Store::<Held>::new().with(Log, log).observed_by(Arc::clone(&events));
    ready(store.resource::<Session>()).unwrap();
    let mut close = Box::pin(store.close());
    assert!(poll(&mut close).is_pending());
    drop(close);
    let events = events.take();
    let demanded = events.iter().filter(|event| event.ends_with("demanded { by: none }"));
    // All but `Serve`, which has no function.
    assert_eq!(demanded.count(), 4);
    assert_eq!(events[5..], ["Hold started", "(Hold", "(Hold", "Hold cancelled", "dropped"]);
}

#[test]
fn observed_close_needs_those_that_are_closed_before() {
    struct Needs(Mutex<Vec<Vec<usize>>>);
    impl Observer for Needs {
        fn run_started(&self, run: &RunInfo, _: Instant) {
            if run.is_close() {
                *self.0.lock().unwrap() = run.steps().iter().map(|step| step.needs().to_vec()).collect();
            }
        }
        fn step(&self, _: &RunInfo, _: &StepEvent<'_>) {}
    }
    let needs = Arc::new(Needs(Mutex::default()));
    let store = app(&Journal::default()).observed_by(Arc::clone(&needs));
    ready(store.close()).unwrap();
    let needs = needs.0.lock().unwrap();
    assert_eq!(*needs, [vec![1, 3], vec![2], vec![4, 5], vec![2], vec![6], vec![6], vec![]]);
}

type Chosen = SharedStep<HList![Log], HList![Pool]>;
resource! { Connector: Chosen; }

/// A chosen step with a state, which closes by itself.
struct Dial(&'static str);

#[async_trait]
impl DynStep<HList![Log], HList![Pool]> for Dial {
    async fn run_dyn(
        &self,
        hlist_pat![log]: InputRefs<'_, HList![Log]>,
    ) -> Result<OutputValues<HList![Pool]>, BoxError> {
        Ok(hlist![Part::new(log, self.0)])
    }
    async fn close_dyn(&self, hlist_pat![pool]: ClosedValues<HList![Pool]>) -> Result<(), BoxError> {
        pool.log.note("hangs up");
        yield_now().await;
        pool.close();
        Err(self.0.into())
    }
}

#[test]
fn chosen_step_closes_what_it_has_given() {
    pipeline! { Choice: [RunChosen<Connector>]; }
    let closed = |chosen: Chosen| {
        let log = Journal::default();
        let store = Store::<Choice>::new().with(Log, log.clone()).with(Connector, chosen);
        ready(store.resource::<Pool>()).unwrap();
        let end = smol::block_on(store.close()).map_err(|error| format!("{error:#}"));
        (log.take(), end)
    };
    assert_eq!(closed(Arc::new(Connect)), (vec!["pool"], Ok(())));
    assert_eq!(closed(Arc::new(Pretend)), (vec!["stub dropped"], Ok(())));
    let failure = "closing step `Connector` failed: line 1".to_owned();
    assert_eq!(closed(Arc::new(Dial("line 1"))), (vec!["hangs up", "line 1"], Err(failure)));
}

#[test]
fn chosen_step_that_was_computed_is_closed_after_what_it_has_given() {
    #[step(close = put_down)]
    fn choose() -> Out<Connector> {
        Arc::new(Connect)
    }
    async fn put_down(chosen: Chosen) {
        assert_eq!(Arc::strong_count(&chosen), 1);
    }
    pipeline! { Choice: [Choose, RunChosen<Connector>]; }
    let log = Journal::default();
    let store = Store::<Choice>::new().with(Log, log.clone());
    ready(store.resource::<Pool>()).unwrap();
    smol::block_on(store.close()).unwrap();
    assert_eq!(log.take(), ["pool"]);
}
