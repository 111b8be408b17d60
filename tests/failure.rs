//! The first error stops the run at once and loses no value. It names the step, the cause, and the
//! path to the target.

mod support;

use std::convert::Infallible;
use std::error::Error;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use support::{Gate, Journal, pipeline, poll, ready, step};
use typed_pipeliner::{BoxError, HList, Inputs, Outputs, Return, RunError, Step, Store};
use typed_pipeliner::{hlist, hlist_pat, resource, run, run_owned};

resource! {
    Log: Journal;
    /// How often `Fetch` still fails.
    Failures: AtomicUsize;
    FetchGate: Gate;
    SlowGate: Gate;
    Address: &'static str;
    Page: String;
    Picture: ();
    Sound: ();
    Words: usize;
}

/// The error of `Fetch`.
#[derive(Debug, PartialEq)]
struct NoAnswer {
    from: &'static str,
    cause: Unreachable,
}

/// The cause of `NoAnswer`.
#[derive(Debug, PartialEq)]
struct Unreachable;

impl fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no answer from {}", self.from)
    }
}

impl fmt::Display for Unreachable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("network unreachable")
    }
}

impl Error for NoAnswer {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.cause)
    }
}

impl Error for Unreachable {}

step!(Resolve(log: Log) -> [Address] {
    log.note("Resolve");
    Ok(hlist!["example.org"])
});
step!(Fetch(log: Log, failures: Failures, gate: FetchGate, address: Address) -> [Page], NoAnswer {
    log.note("Fetch starts");
    gate.pass().await;
    let left = failures.load(Ordering::SeqCst);
    if left > 0 {
        failures.store(left - 1, Ordering::SeqCst);
        log.note("Fetch fails");
        return Err(NoAnswer { from: address, cause: Unreachable });
    }
    log.note("Fetch ends");
    Ok(hlist!["a page".to_owned()])
});
step!(Draw(log: Log, gate: SlowGate) -> [Picture] {
    log.note("Draw starts");
    let _running = log.on_drop("Draw is dropped");
    gate.pass().await;
    Ok(hlist![()])
});
step!(Play(log: Log, gate: SlowGate, _address: Address) -> [Sound] {
    log.note("Play starts");
    let _running = log.on_drop("Play is dropped");
    gate.pass().await;
    Ok(hlist![()])
});
step!(Count(log: Log, page: Page) -> [Words] {
    log.note("Count");
    Ok(hlist![page.split(' ').count()])
});
step!(Show(words: Words, _picture: Picture, _sound: Sound) -> [Return<usize>] { Ok(hlist![Return(*words)]) });
step!(Tell(words: Words) -> [Return<usize>] { Ok(hlist![Return(*words)]) });

pipeline! { Browser: [Resolve, Fetch, Draw, Play, Count, Show]; }

/// A store with open gates, in which `Fetch` fails this often.
macro_rules! browser {
    ($log:expr, $failures:expr) => {
        browser!($log, $failures, Gate::opened(), Gate::opened())
    };
    ($log:expr, $failures:expr, $fetch:expr, $slow:expr) => {
        Store::<Browser>::new()
            .with(Log, $log.clone())
            .with(Failures, AtomicUsize::new($failures))
            .with(FetchGate, $fetch.clone())
            .with(SlowGate, $slow.clone())
    };
}

#[test]
fn first_error_ends_the_run_and_drops_running_steps() {
    let (log, fetch) = (Journal::default(), Gate::new());
    let store = browser!(log, 1, fetch, Gate::new());
    let mut failing = run::<Show>(&store);
    assert!(poll(&mut failing).is_pending());
    let mut started = log.take();
    started.sort_unstable();
    assert_eq!(started, ["Draw starts", "Fetch starts", "Play starts", "Resolve"]);

    fetch.open();
    assert!(poll(&mut failing).is_ready());
    // The run is not dropped yet, but its steps are.
    let mut events = log.take();
    events.sort_unstable();
    assert_eq!(events, ["Draw is dropped", "Fetch fails", "Play is dropped"]);
    drop(failing);
    assert_eq!(log.take(), [""; 0]);
}

#[test]
fn computed_values_survive_a_failure_for_the_next_run() {
    let log = Journal::default();
    let store = browser!(log, 2);

    ready(run::<Tell>(&store)).unwrap_err();
    assert_eq!(log.take(), ["Resolve", "Fetch starts", "Fetch fails"]);
    assert_eq!(store.get::<Address>(), Some(&"example.org"));
    assert_eq!(store.get::<Page>(), None);

    ready(run::<Tell>(&store)).unwrap_err();
    assert_eq!(log.take(), ["Fetch starts", "Fetch fails"]);

    let words = ready(run::<Tell>(&store)).unwrap();
    assert_eq!(words, 2);
    assert_eq!(log.take(), ["Fetch starts", "Fetch ends", "Count"]);
}

resource! {
    One: ();
    Two: ();
    Three: ();
}

step!(FailFirst(log: Log) -> [One], &'static str {
    log.note("FailFirst");
    Err("one")
});
step!(GoSecond(log: Log) -> [Two] {
    log.note("GoSecond");
    Ok(hlist![()])
});
step!(FailThird(log: Log) -> [Three], &'static str {
    log.note("FailThird");
    Err("three")
});
step!(Finish(_one: One, _two: Two, _three: Three) -> [Return<()>] { Ok(hlist![Return(())]) });

pipeline! { Doomed: [FailFirst, GoSecond, FailThird]; }

#[test]
fn no_step_starts_after_an_error() {
    let log = Journal::default();
    for limit in [1, usize::MAX] {
        let store = Store::<Doomed>::new().with(Log, log.clone());
        let error = ready(run::<Finish>(&store).limit(limit)).unwrap_err();
        assert_eq!(log.take().last(), Some(&error.step()));
    }
}

#[test]
fn error_names_the_step_and_its_path_to_the_target() {
    let store = browser!(Journal::default(), 9);

    let error = ready(run::<Tell>(&store)).unwrap_err();
    assert_eq!(error.step(), "Fetch");
    assert_eq!(error.path(), ["Fetch", "Count", "Tell"]);

    // A registered target is in the path once.
    let error = ready(run::<Count>(&store)).unwrap_err();
    assert_eq!(error.path(), ["Fetch", "Count"]);

    let error = ready(run::<Fetch>(&store)).unwrap_err();
    assert_eq!(error.path(), ["Fetch"]);

    let error = ready(store.resource::<Words>()).unwrap_err();
    assert_eq!(error.path(), ["Fetch", "Count"]);

    let error = ready(run_owned::<Tell>(store)).unwrap_err();
    assert_eq!(error.path(), ["Fetch", "Count", "Tell"]);
}

#[test]
fn error_display_shows_the_path_and_alternate_adds_the_causes() {
    let error = ready(run::<Tell>(&browser!(Journal::default(), 1))).unwrap_err();
    assert_eq!(error.to_string(), "step `Fetch`, needed by `Count`, needed by `Tell`, failed");
    let whole = "step `Fetch`, needed by `Count`, needed by `Tell`, failed: \
                 no answer from example.org: network unreachable";
    assert_eq!(format!("{error:#}"), whole);
    // This is the output of `main`.
    assert_eq!(format!("{error:?}"), whole);

    let error = ready(run::<Fetch>(&browser!(Journal::default(), 1))).unwrap_err();
    assert_eq!(error.to_string(), "step `Fetch` failed");
}

#[test]
fn error_source_chain_is_that_of_the_step() {
    let error = ready(run::<Tell>(&browser!(Journal::default(), 1))).unwrap_err();
    let source = error.source().unwrap();
    assert_eq!(source.to_string(), "no answer from example.org");
    let source = source.source().unwrap();
    assert_eq!(source.to_string(), "network unreachable");
    assert!(source.source().is_none());
}

#[test]
fn error_downcasts_to_the_error_of_the_step() {
    let error = ready(run::<Tell>(&browser!(Journal::default(), 1))).unwrap_err();
    assert_eq!(error.downcast_ref::<NoAnswer>().unwrap().from, "example.org");
    assert!(error.downcast_ref::<Unreachable>().is_none());

    let error = error.downcast::<Unreachable>().unwrap_err();
    assert_eq!(error.path(), ["Fetch", "Count", "Tell"]);
    assert_eq!(error.downcast::<NoAnswer>().unwrap(), NoAnswer { from: "example.org", cause: Unreachable });
}

#[test]
fn error_converts_through_a_question_mark() {
    fn as_others_write_it() -> Result<usize, BoxError> {
        let store = browser!(Journal::default(), 1);
        let words = ready(run::<Tell>(&store))?;
        Ok(words)
    }
    let error = as_others_write_it().unwrap_err();
    assert_eq!(error.downcast::<RunError>().unwrap().step(), "Fetch");
}

/// Declares a chain of steps, the first of which fails.
macro_rules! chain {
    ($($resource:ident <- $name:ident($($input:ident)?) $body:block)*) => {
        resource! { $($resource: ();)* }
        $(step!($name($(_input: $input)?) -> [$resource], &'static str $body);)*
        pipeline! { Chain: [$($name),*]; }
    };
}
chain! {
    L01 <- S01() { Err("broken") }
    L02 <- S02(L01) { Ok(hlist![()]) }
    L03 <- S03(L02) { Ok(hlist![()]) }
    L04 <- S04(L03) { Ok(hlist![()]) }
    L05 <- S05(L04) { Ok(hlist![()]) }
    L06 <- S06(L05) { Ok(hlist![()]) }
    L07 <- S07(L06) { Ok(hlist![()]) }
    L08 <- S08(L07) { Ok(hlist![()]) }
    L09 <- S09(L08) { Ok(hlist![()]) }
    L10 <- S10(L09) { Ok(hlist![()]) }
    L11 <- S11(L10) { Ok(hlist![()]) }
    L12 <- S12(L11) { Ok(hlist![()]) }
}

#[test]
fn error_display_omits_the_middle_of_a_long_path() {
    let store = Store::<Chain>::new();

    let error = ready(run::<S09>(&store)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "step `S01`, needed by `S02`, needed by `S03`, needed by `S04`, needed by `S05`, needed by `S06`, \
         needed by `S07`, needed by `S08`, needed by `S09`, failed"
    );

    let error = ready(run::<S12>(&store)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "step `S01`, needed by `S02`, needed by `S03`, needed by `S04`, needed by `S05`, … 3 more …, \
         needed by `S09`, needed by `S10`, needed by `S11`, needed by `S12`, failed"
    );
    assert_eq!(error.path(), ["S01", "S02", "S03", "S04", "S05", "S06", "S07", "S08", "S09", "S10", "S11", "S12"]);
}

resource! {
    Short: ();
    Long: ();
    Common: ();
}

step!(Break() -> [Common], &'static str { Err("broken") });
step!(GoRound(_common: Common) -> [Long] { Ok(hlist![()]) });
step!(GoOn(_long: Long) -> [Short] { Ok(hlist![()]) });
step!(Arrive(_short: Short, _common: Common) -> [Return<()>] { Ok(hlist![Return(())]) });

pipeline! { Ways: [GoOn, GoRound, Break]; }

#[test]
fn error_path_is_a_shortest_one() {
    let error = ready(run::<Arrive>(&Store::<Ways>::new())).unwrap_err();
    assert_eq!(error.path(), ["Break", "Arrive"]);
}

/// A step that fails with the error that its parameter makes.
struct Fail<M>(std::marker::PhantomData<M>);

/// Makes an error.
trait Makes: Send + 'static {
    type Error: Into<BoxError>;
    fn make() -> Self::Error;
}

impl<M: Makes> Step for Fail<M> {
    type Inputs = HList![];
    type Outputs = HList![Return<()>];
    type Error = M::Error;
    async fn run(hlist_pat![]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        Err(M::make())
    }
    fn name() -> &'static str {
        "Fail"
    }
}

pipeline! { Empty: []; }

/// The error of a run whose step fails with the error of `M`.
fn failed<M: Makes>() -> RunError {
    ready(run::<Fail<M>>(&Store::<Empty>::new())).unwrap_err()
}

#[test]
fn step_error_may_be_of_any_type() {
    struct Str;
    impl Makes for Str {
        type Error = &'static str;
        fn make() -> Self::Error {
            "a literal"
        }
    }
    assert_eq!(format!("{:#}", failed::<Str>()), "step `Fail` failed: a literal");

    struct Text;
    impl Makes for Text {
        type Error = String;
        fn make() -> Self::Error {
            format!("text {}", 1)
        }
    }
    assert_eq!(format!("{:#}", failed::<Text>()), "step `Fail` failed: text 1");

    struct Io;
    impl Makes for Io {
        type Error = io::Error;
        fn make() -> Self::Error {
            io::ErrorKind::NotFound.into()
        }
    }
    assert_eq!(failed::<Io>().downcast::<io::Error>().unwrap().kind(), io::ErrorKind::NotFound);

    struct Boxed;
    impl Makes for Boxed {
        type Error = Box<dyn Error + Send + Sync>;
        fn make() -> Self::Error {
            Box::new(Unreachable)
        }
    }
    assert_eq!(failed::<Boxed>().downcast_ref(), Some(&Unreachable));

    struct Own;
    impl Makes for Own {
        type Error = Unreachable;
        fn make() -> Self::Error {
            Unreachable
        }
    }
    assert_eq!(failed::<Own>().downcast_ref(), Some(&Unreachable));
}

#[test]
fn step_error_may_be_infallible() {
    step!(Succeed() -> [Return<u8>], Infallible { Ok(hlist![Return(1)]) });
    let one = ready(run::<Succeed>(&Store::<Empty>::new())).unwrap();
    assert_eq!(one, 1);
}

#[test]
fn error_can_be_sent_and_shared() {
    fn is_an_error<E: Error + Send + Sync + 'static>(_: &E) {}
    let error = failed_once();
    is_an_error(&error);
    let error: Arc<dyn Error + Send + Sync> = Arc::new(error);
    assert_eq!(std::thread::spawn(move || error.to_string()).join().unwrap(), "step `Break` failed");
}

fn failed_once() -> RunError {
    ready(run::<Break>(&Store::<Ways>::new())).unwrap_err()
}
