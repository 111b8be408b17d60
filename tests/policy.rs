//! The policy of a step: attempts, the time of each, and a fallback.

mod support;

use futures::channel::oneshot;
use futures::future::{join, pending};
use std::error::Error as _;
use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use support::{Journal, Task, pipeline, poll, ready};
use typed_pipeliner::dyn_step::{DynStep, InputRefs, OutputValues, RunChosen, SharedStep, async_trait};
use typed_pipeliner::each::{Each, ForEach};
use typed_pipeliner::observe::{RunInfo, StepEvent, StepEventKind};
use typed_pipeliner::policy::{Policy, Retry, TimedOut, Timer};
use typed_pipeliner::{
    BoxError, HList, In, Inputs, Observer, Out, Outputs, Plan, Return, Scoped, Step, Store, hlist, hlist_pat, resource,
    run, run_owned, step,
};

/// The error of the steps.
#[derive(Debug, PartialEq)]
enum Trouble {
    Passing(u32),
    Lasting,
}

impl Trouble {
    fn is_passing(&self) -> bool {
        matches!(self, Trouble::Passing(_))
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Trouble::Passing(attempt) => write!(f, "trouble {attempt}"),
            Trouble::Lasting => f.write_str("lasting trouble"),
        }
    }
}

impl std::error::Error for Trouble {}

/// Counts attempts, of which the first ones fail.
#[derive(Clone)]
struct Line {
    attempts: Arc<AtomicU32>,
    good: u32,
}

impl Line {
    /// A line whose attempt with this number is the first that succeeds.
    fn good_from(good: u32) -> Self {
        Line { attempts: Arc::default(), good }
    }

    fn attempts(&self) -> u32 {
        self.attempts.load(Ordering::SeqCst)
    }

    fn dial(&self) -> Result<u32, Trouble> {
        let attempt = self.attempts.fetch_add(1, Ordering::SeqCst) + 1;
        if attempt < self.good { Err(Trouble::Passing(attempt)) } else { Ok(attempt) }
    }
}

/// A clock that the test moves: each wait ends when the test ends it.
#[derive(Clone, Default)]
struct Clock(Arc<Mutex<Vec<Wait>>>);

/// A wait for this time, and what ends it.
type Wait = (Duration, oneshot::Sender<()>);

impl Clock {
    fn timer(&self) -> Timer {
        let clock = self.clone();
        Timer::new(move |time| {
            let (end, ended) = oneshot::channel();
            clock.0.lock().unwrap().push((time, end));
            async move {
                let _ = ended.await;
            }
        })
    }

    /// The waits that somebody still waits for.
    fn waits(&self) -> Vec<Duration> {
        let mut waits = self.0.lock().unwrap();
        waits.retain(|(_, end)| !end.is_canceled());
        waits.iter().map(|&(time, _)| time).collect()
    }

    /// Ends the only wait, which is for this time.
    fn end(&self, time: Duration) {
        assert_eq!(self.waits(), [time]);
        let (_, end) = self.0.lock().unwrap().pop().unwrap();
        end.send(()).unwrap();
    }
}

/// Notes the attempts and fallbacks of which observers are notified.
#[derive(Clone, Default)]
struct Attempts(Arc<Mutex<Vec<String>>>);

impl Attempts {
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

impl Observer for Attempts {
    fn step(&self, _: &RunInfo, event: &StepEvent<'_>) {
        let text = match event.kind {
            StepEventKind::Started => "starts".to_owned(),
            StepEventKind::Retrying { attempt, of, delay, error } => format!("{attempt}/{of} in {delay:?}: {error}"),
            StepEventKind::FellBack(error) => format!("falls back: {error}"),
            StepEventKind::Finished => "finished".to_owned(),
            StepEventKind::Failed(error) => format!("failed: {error}"),
            StepEventKind::Panicked => "panicked".to_owned(),
            StepEventKind::Cancelled => "cancelled".to_owned(),
            _ => return,
        };
        self.0.lock().unwrap().push(format!("{} {text}", event.name()));
    }
}

const SECOND: Duration = Duration::from_secs(1);
const TWO_SECONDS: Duration = Duration::from_secs(2);
const HALF_A_MINUTE: Duration = Duration::from_secs(30);

resource! {
    Phone: Line;
    Log: Journal;
    Called: u32;
    Doubled: u32;
    Slow: u32;
    Stale: u32;
    Other: u32;
    Torn: ();
    Late: ();
    Spoken: u32;
    Heard: u32;
    Caller: SharedStep<HList![Phone], HList![Called]>;
}

/// Retried without a delay.
#[step(retry = Retry::times(3), retry_if = Trouble::is_passing)]
async fn call(phone: In<'_, Phone>) -> Result<Out<Called>, Trouble> {
    phone.dial()
}
#[step]
fn double(called: In<'_, Called>) -> Out<Doubled> {
    called * 2
}

/// Retried after 1 and 2 seconds.
#[step(retry = Retry::times(2).after(SECOND).doubling_to(TWO_SECONDS), fallback = no_answer)]
fn call_slowly(phone: In<'_, Phone>) -> Result<Out<Slow>, Trouble> {
    phone.dial()
}
fn no_answer(phone: In<'_, Phone>, error: &BoxError) -> Option<Out<Slow>> {
    (error.downcast_ref() == Some(&Trouble::Passing(3)) && phone.good < 100).then_some(0)
}

/// Never ends, so each attempt times out.
#[step(retry = Retry::times(1), timeout = HALF_A_MINUTE, fallback = last_known)]
async fn hang(log: In<'_, Log>, phone: In<'_, Phone>) -> (Out<Stale>, Out<Other>) {
    let _hung_up = log.on_drop("hung up");
    if phone.good == 1 {
        return (1, 1);
    }
    pending().await
}
fn last_known(log: In<'_, Log>, phone: In<'_, Phone>, error: &BoxError) -> Option<(Out<Stale>, Out<Other>)> {
    log.note("falls back");
    assert_eq!(error.downcast_ref::<TimedOut>().unwrap().after(), HALF_A_MINUTE);
    (phone.good < 100).then_some((7, 8))
}

/// Panics, which is not retried.
#[step(retry = Retry::times(3), fallback = mend)]
async fn tear(phone: In<'_, Phone>) -> Result<Out<Torn>, Trouble> {
    let _ = phone.dial();
    panic!("torn");
}
fn mend(_: In<'_, Phone>, _: &BoxError) -> Option<Out<Torn>> {
    unreachable!("a panic has no fallback")
}

/// A target that returns its value.
#[step(retry = Retry::times(2), fallback = silence)]
fn speak(phone: In<'_, Phone>) -> Result<(Return<String>, Out<Spoken>), Trouble> {
    phone.dial().map(|attempt| (Return(format!("attempt {attempt}")), attempt))
}
fn silence(_: In<'_, Phone>, _: &BoxError) -> Option<(Return<String>, Out<Spoken>)> {
    Some((Return("silence".to_owned()), 0))
}

/// By hand.
struct Hear;
impl Step for Hear {
    const POLICY: Option<Policy<Self>> = Some(
        Policy::<Self>::new().retry(Retry::times(3)).retry_if(|trouble| trouble.is_passing()).timeout(SECOND).fallback(
            |hlist_pat![phone], error| if phone.good < 100 && error.is::<Trouble>() { Some(hlist![5]) } else { None },
        ),
    );
    type Inputs = HList![Phone];
    type Outputs = HList![Heard];
    type Error = Trouble;
    async fn run(hlist_pat![phone]: Inputs<'_, Self>) -> Result<Outputs<Self>, Trouble> {
        Ok(hlist![phone.dial().map_err(|_| Trouble::Lasting)?])
    }
}

pipeline! { Calls: [Call, Double, CallSlowly, Hang, Tear, Speak, Hear]; }

#[test]
fn a_step_is_tried_again_until_it_succeeds() {
    let line = Line::good_from(3);
    let store = Store::<Calls>::new().with(Phone, line.clone());
    assert_eq!(*ready(run::<Double>(&store)).unwrap(), 6);
    assert_eq!(line.attempts(), 3);
}

#[test]
fn the_error_has_that_of_each_attempt() {
    let line = Line::good_from(9);
    let store = Store::<Calls>::new().with(Phone, line.clone());
    let error = ready(run::<Double>(&store)).unwrap_err();
    assert_eq!(line.attempts(), 4);
    assert_eq!(format!("{error}"), "step `Call`, needed by `Double`, failed 4 times");
    assert_eq!(format!("{error:#}"), "step `Call`, needed by `Double`, failed 4 times: trouble 4");
    assert_eq!(error.source().unwrap().to_string(), "trouble 4");
    let attempts: Vec<_> = error.failures()[0].attempts().iter().map(ToString::to_string).collect();
    assert_eq!(attempts, ["trouble 1", "trouble 2", "trouble 3", "trouble 4"]);
    assert_eq!(error.downcast_ref(), Some(&Trouble::Passing(4)));
    assert_eq!(error.downcast::<Trouble>().unwrap(), Trouble::Passing(4));
}

#[test]
fn an_error_that_does_not_pass_is_not_retried() {
    let line = Line::good_from(200);
    let store = Store::<Calls>::new().with(Phone, line.clone());
    let error = ready(run::<Hear>(&store)).unwrap_err();
    assert_eq!(line.attempts(), 1);
    assert_eq!(format!("{error:#}"), "step `Hear` failed: lasting trouble");
    assert_eq!(error.failures()[0].attempts().len(), 1);
    assert_eq!(error.downcast_ref(), Some(&Trouble::Lasting));
}

#[test]
fn a_policy_by_hand_falls_back() {
    let store = Store::<Calls>::new().with(Phone, Line::good_from(9));
    assert_eq!(*ready(run::<Hear>(&store)).unwrap(), 5);
    assert!(store.is_fallback::<Heard>());
}

#[test]
fn observers_are_notified_of_attempts_and_fallbacks() {
    let (attempts, clock) = (Attempts::default(), Clock::default());
    let store = Store::<Calls>::new().with(Phone, Line::good_from(9));
    let mut slow = run::<CallSlowly>(&store).observe(attempts.clone()).timer(clock.timer());
    assert!(poll(&mut slow).is_pending());
    clock.end(SECOND);
    assert!(poll(&mut slow).is_pending());
    clock.end(TWO_SECONDS);
    assert_eq!(*ready(slow).unwrap(), 0);
    assert_eq!(
        attempts.take(),
        [
            "CallSlowly starts",
            "CallSlowly 2/3 in 1s: trouble 1",
            "CallSlowly 3/3 in 2s: trouble 2",
            "CallSlowly falls back: trouble 3",
            "CallSlowly finished",
        ]
    );
    let store = Store::<Calls>::new().with(Phone, Line::good_from(9));
    ready(run::<Double>(&store).observe(attempts.clone())).unwrap_err();
    assert_eq!(attempts.take()[3..], ["Call 4/4 in 0ns: trouble 3", "Call failed: trouble 4"]);
}

#[test]
fn the_run_is_woken_when_a_delay_is_over() {
    let (task, clock) = (Task::new(), Clock::default());
    let store = Store::<Calls>::new().with(Phone, Line::good_from(2));
    let mut slow = run::<CallSlowly>(&store).timer(clock.timer());
    assert!(task.poll(&mut slow).is_pending());
    task.take_wakes();
    clock.end(SECOND);
    assert_eq!(task.take_wakes(), 1);
    assert!(task.poll(&mut slow).is_ready());
}

#[test]
fn an_attempt_that_takes_too_long_is_dropped_and_tried_again() {
    let (attempts, clock, log) = (Attempts::default(), Clock::default(), Journal::default());
    let store = Store::<Calls>::new().with(Phone, Line::good_from(9)).with(Log, log.clone());
    let mut run = run::<Hang>(&store).observe(attempts.clone()).timer(clock.timer());
    assert!(poll(&mut run).is_pending());
    assert_eq!(log.take(), [""; 0]);
    clock.end(HALF_A_MINUTE);
    assert!(poll(&mut run).is_pending());
    assert_eq!(log.take(), ["hung up"]);
    clock.end(HALF_A_MINUTE);
    assert_eq!(ready(run).unwrap(), (&7, &8));
    assert_eq!(log.take(), ["hung up", "falls back"]);
    assert_eq!(
        attempts.take(),
        [
            "Hang starts",
            "Hang 2/2 in 0ns: timed out after 30s",
            "Hang falls back: timed out after 30s",
            "Hang finished"
        ]
    );
    assert!(store.is_fallback::<Stale>() && store.is_fallback::<Other>());
}

#[test]
fn a_step_that_only_times_out_fails_with_that() {
    let (clock, log) = (Clock::default(), Journal::default());
    let store = Store::<Calls>::new().with(Phone, Line::good_from(200)).with(Log, log.clone());
    let mut run = run::<Hang>(&store).timer(clock.timer());
    for _ in 0..2 {
        assert!(poll(&mut run).is_pending());
        clock.end(HALF_A_MINUTE);
    }
    let error = ready(run).unwrap_err();
    assert_eq!(format!("{error:#}"), "step `Hang` failed 2 times: timed out after 30s");
    assert_eq!(error.downcast_ref::<TimedOut>().unwrap().after(), HALF_A_MINUTE);
}

#[test]
fn a_timeout_of_an_attempt_that_succeeds_is_dropped() {
    let (clock, log) = (Clock::default(), Journal::default());
    let store = Store::<Calls>::new().with(Phone, Line::good_from(1)).with(Log, log.clone());
    assert_eq!(ready(run::<Hang>(&store).timer(clock.timer())).unwrap(), (&1, &1));
    assert_eq!(clock.waits(), [SECOND; 0]);
    assert!(!store.is_fallback::<Stale>());
}

#[test]
fn a_panic_is_neither_retried_nor_replaced() {
    let (line, attempts) = (Line::good_from(9), Attempts::default());
    let store = Store::<Calls>::new().with(Phone, line.clone());
    let run = std::panic::AssertUnwindSafe(|| ready(run::<Tear>(&store).observe(attempts.clone())).map(drop));
    assert!(std::panic::catch_unwind(run).is_err());
    assert_eq!(line.attempts(), 1);
    assert_eq!(attempts.take(), ["Tear starts", "Tear panicked"]);
}

#[test]
fn a_value_of_a_fallback_is_known_until_it_is_dropped() {
    let clock = Clock::default();
    let line = Line::good_from(4);
    let mut store = Store::<Calls>::new().with(Phone, line.clone());
    let mut slow = run::<CallSlowly>(&store).timer(clock.timer());
    assert!(!store.is_fallback::<Slow>());
    for time in [SECOND, TWO_SECONDS] {
        assert!(poll(&mut slow).is_pending());
        clock.end(time);
    }
    assert_eq!(*ready(slow).unwrap(), 0);
    assert!(store.is_fallback::<Slow>() && !store.is_fallback::<Phone>() && !store.is_fallback::<Doubled>());
    store.forget::<Slow>();
    assert!(!store.is_fallback::<Slow>());
    assert_eq!(*ready(run::<CallSlowly>(&store)).unwrap(), 4);
    assert!(store.is_ready::<Slow>() && !store.is_fallback::<Slow>());
}

#[test]
fn a_target_that_returns_a_value_is_retried_and_falls_back() {
    let store = Store::<Calls>::new().with(Phone, Line::good_from(2));
    let attempts = Attempts::default();
    assert_eq!(ready(run::<Speak>(&store).observe(attempts.clone())).unwrap(), ("attempt 2".to_owned(), &2));
    assert_eq!(attempts.take(), ["Speak starts", "Speak 2/3 in 0ns: trouble 1", "Speak finished"]);
    assert!(!store.is_fallback::<Spoken>());

    let store = Store::<Calls>::new().with(Phone, Line::good_from(9));
    assert_eq!(ready(run::<Speak>(&store)).unwrap(), ("silence".to_owned(), &0));
    assert!(store.is_fallback::<Spoken>());
    let store = Store::<Calls>::new().with(Phone, Line::good_from(9));
    assert_eq!(ready(run_owned::<Speak>(store)).unwrap(), ("silence".to_owned(), 0));
}

#[test]
fn dropping_the_run_in_a_delay_frees_the_claim() {
    let clock = Clock::default();
    let line = Line::good_from(2);
    let store = Store::<Calls>::new().with(Phone, line.clone());
    let mut first = run::<CallSlowly>(&store).timer(clock.timer());
    let mut second = run::<CallSlowly>(&store).timer(clock.timer());
    assert!(poll(&mut first).is_pending());
    assert!(poll(&mut second).is_pending(), "the step keeps its claim between attempts");
    assert_eq!((line.attempts(), clock.waits()), (1, vec![SECOND]));
    drop(first);
    assert_eq!(clock.waits(), [SECOND; 0], "the delay is dropped with the run");
    assert_eq!(*ready(second).unwrap(), 2);
}

#[test]
fn of_two_runs_one_executes_the_attempts_and_both_get_the_last_error() {
    let clock = Clock::default();
    let line = Line::good_from(200);
    let store = Store::<Calls>::new().with(Phone, line.clone());
    let mut first = run::<CallSlowly>(&store).timer(clock.timer());
    let mut second = run::<CallSlowly>(&store).timer(clock.timer());
    for time in [SECOND, TWO_SECONDS] {
        assert!(poll(&mut first).is_pending());
        assert!(poll(&mut second).is_pending());
        clock.end(time);
    }
    // The second run is polled first, and has to wait for the first one.
    assert!(poll(&mut second).is_pending());
    for error in [ready(first).unwrap_err(), ready(second).unwrap_err()] {
        assert_eq!(format!("{error:#}"), "step `CallSlowly` failed 3 times: trouble 3");
        assert_eq!(error.failures()[0].attempts().len(), 3);
        // The other error shares it.
        assert_eq!(error.downcast_ref(), Some(&Trouble::Passing(3)));
    }
    assert_eq!(line.attempts(), 3);
}

resource! { Quick: u32; Both: u32; }
#[step]
fn be_quick(log: In<'_, Log>) -> Out<Quick> {
    log.note("quick");
    1
}
#[step]
fn join_both(slow: In<'_, Slow>, quick: In<'_, Quick>) -> Out<Both> {
    slow + quick
}
pipeline! { Pair: [CallSlowly, BeQuick, JoinBoth]; }

#[test]
fn a_step_keeps_its_place_under_the_limit_between_attempts() {
    let (clock, log) = (Clock::default(), Journal::default());
    let store = Store::<Pair>::new().with(Phone, Line::good_from(3)).with(Log, log.clone());
    let mut run = run::<JoinBoth>(&store).limit(1).timer(clock.timer());
    assert!(poll(&mut run).is_pending());
    assert_eq!(log.take(), [""; 0]);
    clock.end(SECOND);
    assert!(poll(&mut run).is_pending());
    assert_eq!(log.take(), [""; 0]);
    clock.end(TWO_SECONDS);
    assert_eq!(*ready(run).unwrap(), 4);
    assert_eq!(log.take(), ["quick"]);
}

#[test]
fn other_steps_run_between_attempts() {
    let (clock, log) = (Clock::default(), Journal::default());
    let store = Store::<Pair>::new().with(Phone, Line::good_from(2)).with(Log, log.clone());
    let mut run = run::<JoinBoth>(&store).timer(clock.timer());
    assert!(poll(&mut run).is_pending());
    assert_eq!(log.take(), ["quick"]);
    clock.end(SECOND);
    assert_eq!(*ready(run).unwrap(), 3);
}

#[test]
fn a_run_that_keeps_going_lists_the_attempts_of_each_failure() {
    let clock = Clock::default();
    let store = Store::<Pair>::new().with(Phone, Line::good_from(200)).with(Log, Journal::default());
    let mut run = run::<JoinBoth>(&store).keep_going().timer(clock.timer());
    for time in [SECOND, TWO_SECONDS] {
        assert!(poll(&mut run).is_pending());
        clock.end(time);
    }
    let error = ready(run).unwrap_err();
    assert_eq!(
        error.to_string(),
        "step `CallSlowly`, needed by `JoinBoth`, failed 3 times; so step `JoinBoth` was not run"
    );
    assert!(store.is_ready::<Quick>());
}

pipeline! { Request: [JoinBoth, BeQuick]; }
impl Scoped for Request {
    type Parent = Calls;
}

#[test]
fn a_step_of_a_parent_store_takes_the_timer_of_the_run() {
    let clock = Clock::default();
    let attempts = Attempts::default();
    let app = Store::<Calls>::new().with(Phone, Line::good_from(2));
    let request = Store::<Request>::within(&app).with(Log, Journal::default());
    let mut run = request.run::<JoinBoth>().timer(clock.timer()).observe(attempts.clone());
    assert!(poll(&mut run).is_pending());
    clock.end(SECOND);
    assert_eq!(*ready(run).unwrap(), 3);
    assert!(attempts.take().contains(&"CallSlowly 2/3 in 1s: trouble 1".to_owned()));
    assert!(!request.is_fallback::<Slow>());

    let app = Store::<Calls>::new().with(Phone, Line::good_from(9));
    let request = Store::<Request>::within(&app).with(Log, Journal::default());
    let mut run = request.run::<JoinBoth>().timer(clock.timer());
    for time in [SECOND, TWO_SECONDS] {
        assert!(poll(&mut run).is_pending());
        clock.end(time);
    }
    assert_eq!(*ready(run).unwrap(), 1);
    assert!(request.is_fallback::<Slow>() && !request.is_fallback::<Both>());
}

pipeline! { Chosen: [RunChosen<Caller>, Double]; }

/// A chosen step that is no `Step`, and so has no policy.
struct Once;

#[async_trait]
impl DynStep<HList![Phone], HList![Called]> for Once {
    async fn run_dyn(
        &self,
        hlist_pat![phone]: InputRefs<'_, HList![Phone]>,
    ) -> Result<OutputValues<HList![Called]>, BoxError> {
        Ok(hlist![phone.dial()?])
    }
}

#[test]
fn a_chosen_step_has_its_own_policy() {
    let attempts = Attempts::default();
    let store = Store::<Chosen>::new().with(Phone, Line::good_from(3)).with(Caller, Arc::new(Call));
    assert_eq!(*ready(run::<Double>(&store).observe(attempts.clone())).unwrap(), 6);
    assert_eq!(attempts.take()[..2], ["Caller starts", "Caller 2/4 in 0ns: trouble 1"]);

    let store = Store::<Chosen>::new().with(Phone, Line::good_from(3)).with(Caller, Arc::new(Once));
    let error = ready(run::<Double>(&store)).unwrap_err();
    assert_eq!(format!("{error:#}"), "step `Caller`, needed by `Double`, failed: trouble 1");
}

#[test]
fn plans_show_policies() {
    let plan = Plan::of::<Calls>();
    let step = plan.step::<Hang>().unwrap();
    assert_eq!((step.attempts(), step.timeout(), step.has_fallback()), (2, Some(HALF_A_MINUTE), true));
    let step = plan.step::<Double>().unwrap();
    assert_eq!((step.attempts(), step.timeout(), step.has_fallback()), (1, None, false));
    assert!(plan.to_string().contains("Hang: blocked, ×2, 30s each, fallback\n"), "{plan}");
    assert!(plan.to_mermaid().contains("Call<br/>blocked, ×4"), "{}", plan.to_mermaid());
}

#[test]
fn the_default_timer_works_under_any_executor() {
    resource! { Waited: u32; Pause: Line; }
    #[step(retry = Retry::times(1).after(Duration::from_millis(20)), timeout = HALF_A_MINUTE)]
    async fn wait(pause: In<'_, Pause>) -> Result<Out<Waited>, Trouble> {
        pause.dial()
    }
    pipeline! { Waits: [Wait]; }
    let store = || Store::<Waits>::new().with(Pause, Line::good_from(2));
    let began = Instant::now();
    assert_eq!(*smol::block_on(run::<Wait>(&store())).unwrap(), 2);
    assert_eq!(*futures::executor::block_on(run::<Wait>(&store())).unwrap(), 2);
    assert!(began.elapsed() >= Duration::from_millis(40));
}

#[test]
fn it_works_under_the_paused_time_of_tokio() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    let began = Instant::now();
    runtime.block_on(async {
        let start = tokio::time::Instant::now();
        let store = Store::<Calls>::new().with(Phone, Line::good_from(9)).with(Log, Journal::default());
        let run = run::<Hang>(&store).timer(Timer::new(tokio::time::sleep));
        assert_eq!(run.await.unwrap(), (&7, &8));
        assert_eq!(start.elapsed().as_secs(), 60);
    });
    assert!(began.elapsed() < 10 * SECOND);
}

#[test]
fn one_attempt_of_a_delayed_retry_has_no_jitter_and_a_jitter_stays_within_bounds() {
    let retry = Retry::times(5).after(SECOND).doubling_to(4 * SECOND).jitter();
    let least = [1, 2, 4, 4, 4];
    for _ in 0..100 {
        let delays: Vec<_> = retry.delays().collect();
        assert_eq!(delays.len(), 5);
        assert!(delays.iter().zip(least).all(|(&delay, least)| delay >= least * SECOND && delay <= 2 * least * SECOND));
    }
}

mod on_threads {
    use super::*;
    use typed_pipeliner::executor::Executor;

    #[test]
    fn steps_are_retried() {
        let attempts = Attempts::default();
        let store = Store::<Pair>::new().with(Phone, Line::good_from(3)).with(Log, Journal::default());
        let instant = Timer::new(|_| async {});
        let executor = Executor::new(2);
        let both = executor.scope(async |scope| {
            scope.run::<JoinBoth>(&store).timer(instant.clone()).observe(attempts.clone()).await.copied()
        });
        assert_eq!(both.unwrap(), 4);
        assert!(attempts.take().contains(&"CallSlowly 3/3 in 2s: trouble 2".to_owned()));

        let store = Arc::new(Store::<Pair>::new().with(Phone, Line::good_from(9)).with(Log, Journal::default()));
        let (one, two) = futures::executor::block_on(join(
            executor.run::<JoinBoth>(&store).timer(instant.clone()),
            executor.run::<JoinBoth>(&store).timer(instant),
        ));
        assert_eq!((*one.unwrap(), *two.unwrap()), (1, 1));
        assert!(store.is_fallback::<Slow>());
    }

    #[test]
    fn attempts_wait_for_the_default_timer() {
        resource! { Slept: u32; }
        #[step(retry = Retry::times(2).after(Duration::from_millis(5)), timeout = Duration::from_millis(5))]
        async fn sleep(phone: In<'_, Phone>) -> Out<Slept> {
            match phone.dial() {
                Ok(attempt) => attempt,
                Err(_) => pending::<u32>().await,
            }
        }
        pipeline! { Sleeps: [Sleep]; }
        let store = Store::<Sleeps>::new().with(Phone, Line::good_from(3));
        assert_eq!(*Executor::new(2).run_blocking::<Sleep>(&store).unwrap(), 3);
    }

    #[test]
    fn a_blocking_step_is_retried() {
        resource! { Answer: u32; }
        #[step(blocking, retry = Retry::times(2), fallback = nothing)]
        fn read(phone: In<'_, Phone>) -> Result<Out<Answer>, Trouble> {
            phone.dial()
        }
        fn nothing(_: In<'_, Phone>, _: &BoxError) -> Option<Out<Answer>> {
            None
        }
        pipeline! { Reads: [Read]; }
        let store = Store::<Reads>::new().with(Phone, Line::good_from(3));
        assert_eq!(*smol::block_on(run::<Read>(&store)).unwrap(), 3);
        let store = Store::<Reads>::new().with(Phone, Line::good_from(4));
        let error = smol::block_on(run::<Read>(&store)).unwrap_err();
        assert_eq!(format!("{error:#}"), "step `Read` failed 3 times: trouble 3");
    }
}

#[test]
fn a_generic_step_has_a_policy() {
    resource! { Copied: u32; }
    #[step(retry = Retry::times(2), retry_if = Trouble::is_passing, fallback = give_up::<R>)]
    async fn replay<R: typed_pipeliner::Resource<Value = Line>>(line: In<'_, R>) -> Result<Out<Copied>, Trouble> {
        line.dial()
    }
    fn give_up<R: typed_pipeliner::Resource<Value = Line>>(_: In<'_, R>, _: &BoxError) -> Option<Out<Copied>> {
        Some(77)
    }
    pipeline! { Copies: [Replay<Phone>]; }
    let store = Store::<Copies>::new().with(Phone, Line::good_from(3));
    assert_eq!(*ready(run::<Replay<Phone>>(&store)).unwrap(), 3);
    let store = Store::<Copies>::new().with(Phone, Line::good_from(4));
    assert_eq!(*ready(run::<Replay<Phone>>(&store)).unwrap(), 77);
}

#[test]
fn a_step_may_have_an_error_that_is_more_private_and_a_policy() {
    resource! { pub(crate) Public: u32; }
    #[derive(Debug)]
    struct Private;
    impl From<Private> for BoxError {
        fn from(_: Private) -> BoxError {
            "private".into()
        }
    }
    #[step(retry = Retry::times(1), retry_if = always)]
    pub(crate) async fn publish() -> Result<Out<Public>, Private> {
        Err(Private)
    }
    fn always(_: &Private) -> bool {
        true
    }
    pipeline! { Publications: [Publish]; }
    let error = ready(run::<Publish>(&Store::<Publications>::new())).unwrap_err();
    assert_eq!(format!("{error:#}"), "step `Publish` failed 2 times: private");
}

/// The allocations of a run, the store included.
fn allocations(run: impl FnOnce()) -> u64 {
    allocation_counter::measure(run).count_total
}

#[test]
fn a_step_with_a_policy_allocates_twice_more() {
    resource! { Plain: u32; Tried: u32; }
    #[step]
    async fn answer() -> Result<Out<Plain>, Trouble> {
        Ok(1)
    }
    #[step(retry = Retry::times(3))]
    async fn try_answer() -> Result<Out<Tried>, Trouble> {
        Ok(1)
    }
    pipeline! { Answers: [Answer, TryAnswer]; }
    let plain = allocations(|| _ = ready(run::<Answer>(&Store::<Answers>::new())));
    let tried = allocations(|| _ = ready(run::<TryAnswer>(&Store::<Answers>::new())));
    // A plain step has one, for its future.
    assert_eq!(tried - plain, 2);
    let attempts = |good| {
        let store = Store::<Calls>::new().with(Phone, Line::good_from(good));
        allocations(|| _ = ready(run::<Call>(&store)))
    };
    // Each further attempt: its future, and its error.
    assert_eq!(attempts(3) - attempts(2), 2);
}

#[test]
fn the_steps_of_an_element_have_policies_and_the_timer_of_the_run() {
    resource! { Phones: Vec<Line>; Answers: Vec<u32>; }
    #[step]
    fn hand_out(slow: In<'_, Slow>) -> Return<u32> {
        Return(*slow)
    }
    pipeline! { PerPhone: [CallSlowly]; All: [ForEach<PerPhone>]; }
    impl Each for PerPhone {
        type Over = Phones;
        type Item = Phone;
        type Takes = HList![];
        type Target = HandOut;
        type Into = Answers;
    }
    let (clock, attempts) = (Clock::default(), Attempts::default());
    let store = Store::<All>::new().with(Phones, vec![Line::good_from(2), Line::good_from(1)]);
    let mut run = run::<ForEach<PerPhone>>(&store).timer(clock.timer()).observe(attempts.clone());
    assert!(poll(&mut run).is_pending());
    clock.end(SECOND);
    assert_eq!(*ready(run).unwrap(), [2, 1]);
    assert!(attempts.take().contains(&"CallSlowly 2/3 in 1s: trouble 1".to_owned()));
}
