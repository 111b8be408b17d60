//! Runs of all kinds on a store that is kept: on threads, in scopes, for the elements of fan-outs,
//! with policies.

#![cfg(all(feature = "executor", feature = "journal", feature = "policy"))]

#[path = "support/spy.rs"]
mod spy;

use spy::Spy;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use typed_pipeliner::each::{Attempt, Each, ForEach, KeptBy};
use typed_pipeliner::executor::Executor;
use typed_pipeliner::journal::{Journal, Keeps, KeptState, Memory, Stale};
use typed_pipeliner::{BoxError, HList, In, Out, Pipeline, Return, Scoped, Store, resource, step};

/// The number of executions of steps, and whether they fail.
#[derive(Debug, Default)]
struct World {
    executed: AtomicUsize,
    fails: AtomicBool,
}

impl World {
    /// Counts an execution, which fails if all do.
    fn execute(&self) -> Result<(), &'static str> {
        self.executed.fetch_add(1, Ordering::Relaxed);
        if self.fails.load(Ordering::Relaxed) { Err("the world is down") } else { Ok(()) }
    }

    /// The number of executions since the last call.
    fn executed(&self) -> usize {
        self.executed.swap(0, Ordering::Relaxed)
    }
}

resource! {
    Numbers: Vec<u32>;
    Shared: Arc<World>;
    Factor: u32;
    Number: u32;
    Square: u32;
    Product: u32;
    Products: Vec<u32>;
    Sum: u32;
}

#[step(keep, name = MakeSquare)]
async fn square(number: In<'_, Number>, world: In<'_, Shared>) -> Result<Out<Square>, &'static str> {
    world.execute()?;
    Ok(number * number)
}

#[step(keep)]
async fn multiply(
    square: In<'_, Square>,
    factor: In<'_, Factor>,
    world: In<'_, Shared>,
) -> Result<Out<Product>, &'static str> {
    world.execute()?;
    Ok(square * factor)
}

#[step]
fn give(product: In<'_, Product>) -> Return<u32> {
    Return(*product)
}

struct PerNumber;
impl Pipeline for PerNumber {
    type Steps = HList![MakeSquare, Multiply];
}
impl Each for PerNumber {
    type Over = Numbers;
    type Item = Number;
    type Takes = HList![Factor, Shared];
    type Target = Give;
    type Into = Products;
    const KEPT_BY: KeptBy<Number> = KeptBy::value();

    fn key(number: In<'_, Number>) -> Option<String> {
        Some(format!("number {number}"))
    }
}

#[step(keep)]
fn add_up(products: In<'_, Products>) -> Out<Sum> {
    products.iter().sum()
}

struct App;
impl Pipeline for App {
    type Steps = HList![ForEach<PerNumber>, AddUp];
}
impl Keeps for App {
    type Ambient = HList![Shared];
}

/// A store of the application.
macro_rules! app {
    ($numbers:expr, $factor:expr, $world:expr) => {
        Store::<App>::new().with(Numbers, $numbers).with(Factor, $factor).with(Shared, Arc::clone(&$world))
    };
}

#[test]
fn elements_are_kept_under_their_keys() {
    let (journal, world) = (Journal::on(Memory::new()), Arc::new(World::default()));
    let sum = |numbers: Vec<u32>, factor: u32| {
        smol::block_on(async {
            let store = app!(numbers, factor, world).kept_in(&journal, "a").await.unwrap();
            (*store.resource::<Sum>().await.unwrap(), world.executed())
        })
    };
    assert_eq!(sum(vec![1, 2, 3], 10), (140, 6));
    assert_eq!(sum(vec![1, 2, 3], 10), (140, 0));
    // Elements come and go: the new one alone is computed.
    assert_eq!(sum(vec![4, 3, 1], 10), (260, 2));
    // The squares are the same.
    assert_eq!(sum(vec![4, 3, 1], 1), (26, 3));
    // Twice the same element.
    assert_eq!(sum(vec![4, 4], 1), (32, 0));
    let entries = smol::block_on(journal.entries("a")).unwrap();
    let names: Vec<_> = entries.iter().map(|entry| &*entry.name).collect();
    assert!(names.contains(&"PerNumber[number 4]/journal_runs::MakeSquare"), "{names:?}");
    assert_eq!(names.len(), 4 * 2 + 1);
    let store = smol::block_on(app!(vec![1, 2, 3, 4], 1, world).kept_in(&journal, "a")).unwrap();
    assert_eq!(store.explain().steps()[0].to_string(), "PerNumber: not kept, with 8 entries of its elements");
}

#[test]
fn fan_out_in_a_step_by_hand_that_takes_more_is_kept() {
    use typed_pipeliner::lists::HCons;
    use typed_pipeliner::{Inputs, Outputs, Step};

    resource! { Label: String; Remark: String; }

    struct PerNumber;
    impl Pipeline for PerNumber {
        type Steps = HList![MakeSquare, Multiply];
    }
    impl Each for PerNumber {
        type Over = Numbers;
        type Item = Number;
        type Takes = HList![Shared, Factor];
        type Target = Give;
        type Into = Products;
    }

    /// Runs a fan-out, and takes something else before its inputs and behind them.
    struct Labelled;
    impl Step for Labelled {
        type Inputs = HCons<Label, HList![<ForEach<PerNumber> as Step>::Inputs, Remark]>;
        type Outputs = HList![Products];
        type Error = <ForEach<PerNumber> as Step>::Error;
        async fn run(HCons { tail, .. }: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
            <ForEach<PerNumber> as Step>::run(tail.head).await
        }
    }
    struct App;
    impl Pipeline for App {
        type Steps = HList![Labelled];
    }
    impl Keeps for App {
        type Ambient = HList![Shared];
    }

    let (journal, world) = (Journal::on(Memory::new()), Arc::new(World::default()));
    let products = |factor: u32| {
        smol::block_on(async {
            let store = Store::<App>::new().with(Numbers, vec![1, 2]).with(Factor, factor);
            let store = store.with(Label, String::new()).with(Remark, String::new()).with(Shared, Arc::clone(&world));
            let store = store.kept_in(&journal, "a").await.unwrap();
            (store.resource::<Products>().await.unwrap().clone(), world.executed())
        })
    };
    assert_eq!(products(10), (vec![10, 40], 4));
    assert_eq!(products(10), (vec![10, 40], 0));
    // The squares are the same.
    assert_eq!(products(1), (vec![1, 4], 2));
}

#[test]
fn fan_out_in_a_target_that_is_not_registered_is_not_kept() {
    use typed_pipeliner::{Inputs, Outputs, Step, hlist};

    struct Last;
    impl Step for Last {
        type Inputs = <ForEach<PerNumber> as Step>::Inputs;
        type Outputs = HList![Return<Option<u32>>];
        type Error = <ForEach<PerNumber> as Step>::Error;
        async fn run(inputs: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
            let products = <ForEach<PerNumber> as Step>::run(inputs).await?.head;
            Ok(hlist![Return(products.last().copied())])
        }
    }
    let (journal, world) = (Journal::on(Memory::new()), Arc::new(World::default()));
    smol::block_on(async {
        for _ in 0..2 {
            let store = app!(vec![1, 2], 1, world).kept_in(&journal, "a").await.unwrap();
            assert_eq!(store.run::<Last>().await.unwrap(), Some(4));
            assert_eq!(world.executed(), 4);
        }
    });
}

#[test]
fn forgotten_fan_out_computes_its_elements_anew() {
    let (journal, world) = (Journal::on(Memory::new()), Arc::new(World::default()));
    smol::block_on(async {
        let mut store = app!(vec![1, 2, 3], 1, world).kept_in(&journal, "a").await.unwrap();
        store.resource::<Sum>().await.unwrap();
        assert_eq!(world.executed(), 6);
        store.forget::<Products>();
        store.resource::<Sum>().await.unwrap();
        assert_eq!(world.executed(), 6);
    });
}

#[test]
fn fan_out_that_failed_goes_on_with_the_elements_that_are_absent() {
    #[step(keep)]
    async fn fail_at_seven(number: In<'_, Number>, world: In<'_, Shared>) -> Result<Out<Square>, &'static str> {
        match number {
            7 => world.execute()?,
            _ => _ = world.executed.fetch_add(1, Ordering::Relaxed),
        }
        Ok(number * number)
    }
    #[step]
    fn give_square(square: In<'_, Square>) -> Return<u32> {
        Return(*square)
    }
    struct PerNumber;
    impl Pipeline for PerNumber {
        type Steps = HList![FailAtSeven];
    }
    impl Each for PerNumber {
        type Over = Numbers;
        type Item = Number;
        type Takes = HList![Shared];
        type Target = GiveSquare;
        type Into = Products;
        const AT_ONCE: usize = 1;
    }
    struct App;
    impl Pipeline for App {
        type Steps = HList![ForEach<PerNumber>];
    }
    impl Keeps for App {
        type Ambient = HList![Shared];
    }

    let (journal, world) = (Journal::on(Memory::new()), Arc::new(World::default()));
    let run = || {
        smol::block_on(async {
            let store = Store::<App>::new().with(Numbers, (0..10).collect()).with(Shared, Arc::clone(&world));
            let store = store.kept_in(&journal, "a").await.unwrap();
            let sum = store.resource::<Products>().await.map(|products| products.iter().sum::<u32>());
            (sum.ok(), world.executed())
        })
    };
    world.fails.store(true, Ordering::Relaxed);
    assert_eq!(run(), (None, 8));
    assert_eq!(run(), (None, 1));
    world.fails.store(false, Ordering::Relaxed);
    assert_eq!(run(), (Some(285), 3));
    assert_eq!(run(), (Some(285), 0));
}

#[test]
fn result_with_failed_elements_is_not_taken_for_that_of_all() {
    #[step(keep)]
    async fn halve(number: In<'_, Number>, world: In<'_, Shared>) -> Result<Out<Square>, &'static str> {
        world.execute()?;
        Ok(number / 2)
    }
    #[step]
    fn give_half(square: In<'_, Square>) -> Return<u32> {
        Return(*square)
    }
    struct PerNumber;
    impl Pipeline for PerNumber {
        type Steps = HList![Halve];
    }
    resource! { Results: Vec<Result<u32, typed_pipeliner::each::ElementError>>; Failed: usize; }
    impl Each for PerNumber {
        type Over = Numbers;
        type Item = Number;
        type Takes = HList![Shared];
        type Target = Attempt<GiveHalf>;
        type Into = Results;
    }
    #[step(keep)]
    fn count_failed(results: In<'_, Results>) -> Out<Failed> {
        results.iter().filter(|result| result.is_err()).count()
    }
    struct App;
    impl Pipeline for App {
        type Steps = HList![ForEach<PerNumber>, CountFailed];
    }
    impl Keeps for App {
        type Ambient = HList![Shared];
    }

    let (journal, world) = (Journal::on(Memory::new()), Arc::new(World::default()));
    let run = || {
        smol::block_on(async {
            let store = Store::<App>::new().with(Numbers, vec![2, 4]).with(Shared, Arc::clone(&world));
            let store = store.kept_in(&journal, "a").await.unwrap();
            (*store.resource::<Failed>().await.unwrap(), world.executed())
        })
    };
    world.fails.store(true, Ordering::Relaxed);
    assert_eq!(run(), (2, 2));
    world.fails.store(false, Ordering::Relaxed);
    assert_eq!(run(), (0, 2));
    assert_eq!(run(), (0, 0));
}

#[test]
fn helper_that_starts_late_does_not_hide_a_failed_element() {
    use std::time::Duration;

    resource! { Held: (); Results: Vec<Result<u32, typed_pipeliner::each::ElementError>>; Failed: usize; }

    /// Occupies a thread until the first element has begun.
    #[step]
    fn hold(world: In<'_, Shared>) -> Out<Held> {
        while world.executed.load(Ordering::SeqCst) == 0 {
            std::thread::yield_now();
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    #[step]
    async fn fail_first(number: In<'_, Number>, world: In<'_, Shared>) -> Result<Out<Square>, &'static str> {
        if *number == 0 {
            return world.execute().map(|()| 0);
        }
        smol::Timer::after(Duration::from_millis(1)).await;
        Ok(*number)
    }
    #[step]
    fn give_number(square: In<'_, Square>) -> Return<u32> {
        Return(*square)
    }
    struct PerNumber;
    impl Pipeline for PerNumber {
        type Steps = HList![FailFirst];
    }
    impl Each for PerNumber {
        type Over = Numbers;
        type Item = Number;
        type Takes = HList![Shared];
        type Target = Attempt<GiveNumber>;
        type Into = Results;
        const AT_ONCE: usize = 2;
    }
    #[step(keep)]
    fn count_failed(results: In<'_, Results>, _: In<'_, Held>) -> Out<Failed> {
        results.iter().filter(|result| result.is_err()).count()
    }
    struct App;
    impl Pipeline for App {
        type Steps = HList![ForEach<PerNumber>, Hold, CountFailed];
    }
    impl Keeps for App {
        type Ambient = HList![Shared];
    }

    let (journal, world) = (Journal::on(Memory::new()), Arc::new(World::default()));
    let run = || {
        let store = Store::<App>::new().with(Numbers, (0..30).collect()).with(Shared, Arc::clone(&world));
        let store = smol::block_on(store.kept_in(&journal, "a")).unwrap();
        let failed = *Executor::new(2).run_blocking::<CountFailed>(&store).unwrap();
        (failed, world.executed())
    };
    world.fails.store(true, Ordering::Relaxed);
    assert_eq!(run(), (1, 1));
    world.fails.store(false, Ordering::Relaxed);
    assert_eq!(run(), (0, 1));
    assert_eq!(run(), (0, 0));
}

#[test]
fn new_version_of_a_step_of_an_element_makes_stale_what_is_below_the_fan_out() {
    #[step(version = 1, name = Give)]
    fn give_1(product: In<'_, Product>) -> Return<u32> {
        Return(product + 1)
    }
    struct PerNumber;
    impl Pipeline for PerNumber {
        type Steps = HList![MakeSquare, Multiply];
    }
    impl Each for PerNumber {
        type Over = Numbers;
        type Item = Number;
        type Takes = HList![Factor, Shared];
        type Target = Give;
        type Into = Products;
        const KEPT_BY: KeptBy<Number> = KeptBy::value();

        fn key(number: In<'_, Number>) -> Option<String> {
            Some(format!("number {number}"))
        }
    }
    struct Next;
    impl Pipeline for Next {
        type Steps = HList![ForEach<PerNumber>, AddUp];
    }
    impl Keeps for Next {
        type Ambient = HList![Shared];
    }

    let (journal, world) = (Journal::on(Memory::new()), Arc::new(World::default()));
    smol::block_on(async {
        let store = app!(vec![1, 2, 3], 1, world).kept_in(&journal, "a").await.unwrap();
        assert_eq!(store.resource::<Sum>().await.unwrap(), &14);
        drop(store);
        let store = Store::<Next>::new().with(Numbers, vec![1, 2, 3]).with(Factor, 1).with(Shared, world);
        let store = store.kept_in(&journal, "a").await.unwrap();
        assert_eq!(store.explain().steps()[1].state, KeptState::Stale(Stale::Changed("Products".to_owned())));
        assert_eq!(store.resource::<Sum>().await.unwrap(), &17);
    });
}

#[test]
fn runs_on_threads_are_kept() {
    let (journal, world) = (Journal::on(Memory::new()), Arc::new(World::default()));
    let executor = Executor::new(3);
    for (expected, run) in [(200, 0), (0, 1), (0, 2), (0, 3)] {
        let store = app!((1..=100).collect(), 1, world);
        let store = Arc::new(smol::block_on(store.kept_in(&journal, "a")).unwrap());
        let sum = match run {
            0 | 1 => *smol::block_on(executor.run::<AddUp>(&store)).unwrap(),
            2 => *executor.run_blocking::<AddUp>(&store).unwrap(),
            _ => executor.scope(async |scope| *scope.run::<AddUp>(&*store).await.unwrap()),
        };
        assert_eq!((sum, world.executed()), (338_350, expected), "run {run}");
    }
}

resource! { Request: String; User: String; Answer: String; }

#[step(keep)]
fn authenticate(request: In<'_, Request>, world: In<'_, Shared>) -> Result<Out<User>, &'static str> {
    world.execute()?;
    Ok(format!("the user of {request}"))
}

#[step(keep, name = GiveAnswer)]
fn answer(user: In<'_, User>, sum: In<'_, Sum>, world: In<'_, Shared>) -> Result<Out<Answer>, &'static str> {
    world.execute()?;
    Ok(format!("{sum} for {user}"))
}

struct Handler;
impl Pipeline for Handler {
    type Steps = HList![Authenticate, GiveAnswer];
}
impl Scoped for Handler {
    type Parent = App;
}
impl Keeps for Handler {
    type Ambient = HList![];
}

#[test]
fn scope_within_a_store_that_is_kept() {
    let (journal, world) = (Journal::on(Memory::new()), Arc::new(World::default()));
    let handle = |numbers: Vec<u32>, is_kept: bool| {
        smol::block_on(async {
            let app = app!(numbers, 1, world).kept_in(&journal, "app").await.unwrap();
            let scope = Store::<Handler>::within(&app).with(Request, "GET /".to_owned());
            let answer = if is_kept {
                let scope = scope.kept_in(&journal, "request 1").await.unwrap();
                scope.resource::<Answer>().await.unwrap().clone()
            } else {
                scope.resource::<Answer>().await.unwrap().clone()
            };
            (answer, world.executed())
        })
    };
    let expected = "14 for the user of GET /".to_owned();
    // The values of the parent are kept, those of a scope that is not kept are not.
    assert_eq!(handle(vec![1, 2, 3], false), (expected.clone(), 8));
    assert_eq!(handle(vec![1, 2, 3], false), (expected.clone(), 2));
    assert_eq!(handle(vec![1, 2, 3], true), (expected.clone(), 2));
    assert_eq!(handle(vec![1, 2, 3], true), (expected.clone(), 0));
    // A value of the parent has changed; but in another order it gives the same.
    assert_eq!(handle(vec![3, 2, 1], true), (expected, 0));
    assert_eq!(handle(vec![3, 2], true), ("13 for the user of GET /".to_owned(), 1));
}

resource! { Rate: u32; Price: u32; }

/// The rate in place of the one that cannot be fetched.
fn last_known(_: In<'_, Shared>, _: &BoxError) -> Option<Out<Rate>> {
    Some(1)
}

#[step(keep, fallback = last_known, retry = typed_pipeliner::policy::Retry::times(1))]
async fn fetch_rate(world: In<'_, Shared>) -> Result<Out<Rate>, &'static str> {
    world.execute()?;
    Ok(2)
}

#[step(fallback = last_known, name = FetchRateAnew)]
async fn fetch_rate_anew(world: In<'_, Shared>) -> Result<Out<Rate>, &'static str> {
    world.execute()?;
    Ok(2)
}

#[step]
fn double(rate: In<'_, Rate>) -> Out<Factor> {
    rate * 2
}

#[step(keep, name = MakePrice)]
fn price(factor: In<'_, Factor>) -> Out<Price> {
    factor * 10
}

/// Runs a pipeline for the price while the world is down, and then while it is up.
macro_rules! prices {
    ($fetch:ty) => {{
        struct Shop;
        impl Pipeline for Shop {
            type Steps = HList![$fetch, Double, MakePrice];
        }
        impl Keeps for Shop {
            type Ambient = HList![Shared];
        }
        let (spy, _) = Spy::new(Memory::new());
        let writes = Arc::clone(&spy.writes);
        let (journal, world) = (Journal::on(spy), Arc::new(World::default()));
        let mut prices = Vec::new();
        for fails in [true, true, false, true] {
            world.fails.store(fails, Ordering::Relaxed);
            smol::block_on(async {
                let store = Store::<Shop>::new().with(Shared, Arc::clone(&world)).kept_in(&journal, "a").await.unwrap();
                let price = *store.resource::<Price>().await.unwrap();
                let written = std::mem::take(&mut *writes.lock().unwrap());
                prices.push((price, world.executed(), written.len()));
            });
        }
        prices
    }};
}

#[test]
fn value_of_a_fallback_is_not_kept() {
    // A value made from the bytes of the fallback is kept, and is stale once there are others.
    assert_eq!(prices!(FetchRate), [(20, 2, 1), (20, 2, 0), (40, 1, 2), (40, 0, 0)]);
}

#[test]
fn nothing_is_kept_that_was_made_from_a_fallback_without_bytes() {
    assert_eq!(prices!(FetchRateAnew), [(20, 1, 0), (20, 1, 0), (40, 1, 1), (40, 0, 0)]);
}

#[test]
fn fallback_in_an_element_makes_the_results_uncertain() {
    fn none(_: In<'_, Number>, _: In<'_, Shared>, _: &BoxError) -> Option<Out<Square>> {
        Some(0)
    }
    #[step(fallback = none)]
    async fn square_or_none(number: In<'_, Number>, world: In<'_, Shared>) -> Result<Out<Square>, &'static str> {
        world.execute()?;
        Ok(number * number)
    }
    #[step]
    fn give_square(square: In<'_, Square>) -> Return<u32> {
        Return(*square)
    }
    struct PerNumber;
    impl Pipeline for PerNumber {
        type Steps = HList![SquareOrNone];
    }
    impl Each for PerNumber {
        type Over = Numbers;
        type Item = Number;
        type Takes = HList![Shared];
        type Target = GiveSquare;
        type Into = Products;
    }
    struct Next;
    impl Pipeline for Next {
        type Steps = HList![ForEach<PerNumber>, AddUp];
    }
    impl Keeps for Next {
        type Ambient = HList![Shared];
    }
    let (journal, world) = (Journal::on(Memory::new()), Arc::new(World::default()));
    let sum = |fails: bool| {
        world.fails.store(fails, Ordering::Relaxed);
        smol::block_on(async {
            let store = Store::<Next>::new().with(Numbers, vec![1, 2, 3]).with(Shared, Arc::clone(&world));
            let store = store.kept_in(&journal, "a").await.unwrap();
            (*store.resource::<Sum>().await.unwrap(), world.executed())
        })
    };
    assert_eq!(sum(true), (0, 3));
    assert_eq!(sum(false), (14, 3));
    assert_eq!(sum(true), (14, 0));
}

#[test]
fn siblings_go_on_while_a_value_is_written() {
    resource! { Slow: u32; Quick: u32; Both: u32; }

    /// Serde waits until the other step has been executed.
    #[derive(Debug, serde::Deserialize)]
    struct Gate(u32);
    static OPEN: Mutex<bool> = Mutex::new(false);
    static OPENED: std::sync::Condvar = std::sync::Condvar::new();
    impl serde::Serialize for Gate {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let _open = OPENED.wait_while(OPEN.lock().unwrap(), |is_open| !*is_open).unwrap();
            self.0.serialize(serializer)
        }
    }
    resource! { Gated: Gate; }
    #[step(keep)]
    fn make_gated() -> Out<Gated> {
        Gate(1)
    }
    #[step]
    fn make_quick() -> Out<Quick> {
        *OPEN.lock().unwrap() = true;
        OPENED.notify_all();
        2
    }
    #[step]
    fn add(gated: In<'_, Gated>, quick: In<'_, Quick>) -> Out<Both> {
        gated.0 + quick
    }
    struct App;
    impl Pipeline for App {
        type Steps = HList![MakeGated, MakeQuick, Add];
    }
    impl Keeps for App {
        type Ambient = HList![];
    }
    let journal = Journal::on(Memory::new());
    smol::block_on(async {
        let store = Store::<App>::new().kept_in(&journal, "a").await.unwrap();
        // In one task: if the write was part of a poll, this would never end.
        assert_eq!(store.resource::<Both>().await.unwrap(), &3);
    });
}

#[test]
fn panic_of_serde_is_that_of_the_step() {
    #[derive(Debug, serde::Deserialize)]
    struct Panics;
    impl serde::Serialize for Panics {
        fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            panic!("serde gives up")
        }
    }
    resource! { Panicking: Panics; }
    #[step(keep)]
    fn make() -> Out<Panicking> {
        Panics
    }
    struct Panicky;
    impl Pipeline for Panicky {
        type Steps = HList![Make];
    }
    impl Keeps for Panicky {
        type Ambient = HList![];
    }
    let (journal, world) = (Journal::on(Memory::new()), Arc::new(World::default()));
    smol::block_on(async {
        let store = Store::<Panicky>::new().kept_in(&journal, "a").await.unwrap();
        let run = std::panic::AssertUnwindSafe(store.resource::<Panicking>());
        let panic = futures::FutureExt::catch_unwind(run).await.unwrap_err();
        assert_eq!(panic.downcast_ref(), Some(&"serde gives up"));
        drop(store);
        // The journal goes on.
        let store = app!(vec![1], 1, world).kept_in(&journal, "a").await.unwrap();
        assert_eq!(store.resource::<Sum>().await.unwrap(), &1);
    });
}
