//! A run works under any executor, because it polls its steps in the caller's task.

mod support;

use std::future::Future;
use std::marker;
use std::sync::Arc;
use std::time::Duration;
use support::{Gate, pipeline, ready, step};
use typed_pipeliner::{HList, Provides, Return, Run, RunError, Runs, RunsOwned, Step, Store, StoreOf};
use typed_pipeliner::{fetch, hlist, resource, run, run_owned};

resource! {
    Name: String;
    Count: u32;
    Head: String;
    Tail: String;
    Page: String;
}

/// Yields, so that the run pends and is polled again, possibly on another thread.
async fn give_way() {
    for _ in 0..3 {
        smol::future::yield_now().await;
    }
}

step!(MakeHead(name: Name) -> [Head], &'static str {
    give_way().await;
    if name.is_empty() {
        return Err("no name");
    }
    Ok(hlist![format!("# {name}\n")])
});
step!(MakeTail(count: Count) -> [Tail] {
    give_way().await;
    Ok(hlist!["-".repeat(*count as usize)])
});
step!(MakePage(head: Head, tail: Tail) -> [Page] {
    give_way().await;
    Ok(hlist![format!("{head}{tail}")])
});
step!(Send(page: Page) -> [Return<String>] {
    give_way().await;
    Ok(hlist![Return(page.clone())])
});

pipeline! { Pages: [Send, MakePage, MakeTail, MakeHead]; }

/// The store type, for fields and signatures.
type Supplied = StoreOf<Pages, HList![Name, Count]>;

fn store(name: &str) -> Supplied {
    Store::<Pages>::new().with(Name, name.to_owned()).with(Count, 3)
}

const PAGE: &str = "# World\n---";

async fn send(store: &Supplied) -> Result<String, RunError> {
    let page = run::<Send>(store).await?;
    Ok(page)
}

#[test]
fn run_works_under_smol() {
    assert_eq!(smol::block_on(send(&store("World"))).unwrap(), PAGE);
}

#[test]
fn run_works_under_futures() {
    assert_eq!(futures::executor::block_on(send(&store("World"))).unwrap(), PAGE);
}

#[test]
fn run_works_under_tokio_on_one_thread() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    assert_eq!(runtime.block_on(send(&store("World"))).unwrap(), PAGE);
}

#[test]
fn runs_work_in_tokio_tasks_on_several_threads() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).build().unwrap();
    let shared = Arc::new(store("World"));
    let tasks: Vec<_> = (0..20)
        .map(|_| {
            let shared = Arc::clone(&shared);
            // The task owns the `Arc`, and the run borrows from it.
            runtime.spawn(async move {
                let page = run::<Send>(&shared).await?;
                Ok::<_, RunError>(page)
            })
        })
        .collect();
    for task in tasks {
        assert_eq!(runtime.block_on(task).unwrap().unwrap(), PAGE);
    }
}

#[test]
fn runs_work_in_smol_tasks_on_several_threads() {
    let executor = smol::Executor::new();
    let (stop, stopped) = smol::channel::unbounded::<()>();
    let shared = Arc::new(store("World"));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| smol::block_on(executor.run(stopped.recv())).unwrap_err());
        }
        let tasks: Vec<_> = (0..20)
            .map(|_| {
                let shared = Arc::clone(&shared);
                executor.spawn(async move { send(&shared).await })
            })
            .collect();
        for task in tasks {
            assert_eq!(smol::block_on(task).unwrap(), PAGE);
        }
        drop(stop);
    });
}

#[test]
fn borrowed_run_can_be_spawned_directly() {
    // No async block: the run borrows the store for the lifetime of the executor.
    let store = store("World");
    let executor = smol::Executor::new();
    let task = executor.spawn(run::<Send>(&store));
    let page = smol::block_on(executor.run(task)).unwrap();
    assert_eq!(page, PAGE);
}

#[test]
fn owned_run_can_be_spawned_directly() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    let task = runtime.spawn(run_owned::<MakePage>(store("World")));
    let page = runtime.block_on(task).unwrap().unwrap();
    assert_eq!(page, PAGE);
}

#[test]
fn polled_run_may_move_to_another_thread() {
    let shared = Arc::new(store("World"));
    let mut run = run::<MakePage>(&shared);
    assert!(support::poll(&mut run).is_pending());
    std::thread::scope(|scope| {
        let page = scope.spawn(move || smol::block_on(run).unwrap()).join().unwrap();
        assert_eq!(page, PAGE);
    });
}

resource! {
    Opened: Gate;
    Slept: ();
    Fetched: u32;
}

step!(Sleep() -> [Slept] {
    tokio::time::sleep(Duration::from_millis(1)).await;
    Ok(hlist![()])
});
step!(Fetch(opened: Opened, _slept: Slept) -> [Fetched] {
    opened.pass().await;
    // A step may spawn tasks of its runtime.
    Ok(hlist![tokio::spawn(async { 7 }).await.unwrap()])
});

pipeline! { Clocks: [Sleep, Fetch]; }

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn steps_may_use_timers_and_tasks_of_tokio() {
    let opened = Gate::new();
    let store = Store::<Clocks>::new().with(Opened, opened.clone());
    let opener = tokio::spawn(async move { opened.open() });
    assert_eq!(store.resource::<Fetched>().await.unwrap(), &7);
    opener.await.unwrap();
}

#[tokio::test]
async fn timeout_drops_the_run_and_leaves_the_store_usable() {
    let store = Store::<Clocks>::new().with(Opened, Gate::new());
    // With `Slept` ready, the run awaits only the gate, which stays shut.
    store.resource::<Slept>().await.unwrap();
    let elapsed = tokio::time::timeout(Duration::ZERO, run::<Fetch>(&store)).await;
    assert!(elapsed.is_err());
    store.get::<Opened>().unwrap().open();
    let fetched = run::<Fetch>(&store).await.unwrap();
    assert_eq!(*fetched, 7);
}

/// A server that holds its store in a field.
struct App {
    store: Supplied,
}

impl App {
    fn new(name: &str) -> Self {
        // In another order than in the type of the field.
        App { store: Store::<Pages>::new().with(Count, 3).with(Name, name.to_owned()) }
    }

    async fn page(&self) -> Result<&str, RunError> {
        let page = run::<MakePage>(&self.store).await?;
        Ok(page)
    }
}

#[test]
fn store_type_does_not_depend_on_the_order_of_supply() {
    let app = App::new("World");
    assert_eq!(smol::block_on(app.page()).unwrap(), PAGE);
    let either: [Supplied; 2] = [
        Store::<Pages>::new().with(Count, 3).with(Name, String::new()),
        Store::<Pages>::new().with(Name, String::new()).with(Count, 3),
    ];
    // The order of the list does not matter either.
    type Same = StoreOf<Pages, HList![Count, Name]>;
    let either: [Same; 2] = either;
    assert!(either.iter().all(|store| store.get::<Count>() == Some(&3)));
}

/// The handler trait of a web framework, with its state, request and response.
struct State<T>(T);
struct Request(&'static str);
struct Response(String);

trait Handler<T> {
    fn call(self, state: T, request: Request) -> impl Future<Output = Response> + marker::Send + 'static;
}

impl<T, F, R> Handler<T> for F
where
    F: FnOnce(State<T>, Request) -> R,
    R: Future<Output = Response> + marker::Send + 'static,
{
    fn call(self, state: T, request: Request) -> impl Future<Output = Response> + marker::Send + 'static {
        self(State(state), request)
    }
}

/// A handler that uses the store of the application.
async fn show(State(app): State<Arc<App>>, Request(path): Request) -> Response {
    match run::<Send>(&app.store).await {
        Ok(page) => Response(format!("{path}: {page}")),
        Err(error) => Response(format!("{path}: {error:#}")),
    }
}

/// A handler with its own store.
async fn greet(State(_): State<Arc<App>>, Request(path): Request) -> Response {
    let store = Store::<Pages>::new().with(Name, path.to_owned()).with(Count, 1);
    match store.resource::<Page>().await {
        Ok(page) => Response(page.clone()),
        Err(error) => Response(error.to_string()),
    }
}

#[test]
fn web_handler_can_run_a_pipeline() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    let respond = |name| {
        let app = Arc::new(App::new(name));
        let shown = runtime.spawn(show.call(Arc::clone(&app), Request("/")));
        let greeted = runtime.spawn(greet.call(app, Request("you")));
        runtime.block_on(async { (shown.await.unwrap().0, greeted.await.unwrap().0) })
    };
    assert_eq!(respond("World"), (format!("/: {PAGE}"), "# you\n-".to_owned()));
    assert_eq!(respond("").0, "/: step `MakeHead`, needed by `MakePage`, needed by `Send`, failed: no name");
}

/// Accepts any store that runs one target.
async fn page_of(store: &impl Runs<MakePage>) -> Result<String, RunError> {
    let page = run::<MakePage>(store).limit(1).await?;
    Ok(page.clone())
}

/// Accepts any target that returns a text.
async fn text_of<T, S>(store: &S) -> Result<String, RunError>
where
    T: Step<Outputs = HList![Return<String>]>,
    S: Runs<T>,
{
    let text = run::<T>(store).await?;
    Ok(text)
}

/// Consumes a store and keeps only the outputs.
async fn consume(store: impl RunsOwned<MakePage>) -> Result<String, RunError> {
    let page = run_owned::<MakePage>(store).await?;
    Ok(page)
}

/// Accepts any store that provides two resources.
async fn lengths<S: Provides<Page> + Provides<Name>>(store: &S) -> Result<(usize, usize), RunError> {
    let name = fetch::<Name>(store).await?;
    Ok((fetch::<Page>(store).await?.len(), name.len()))
}

/// Makes a task from any shared store.
#[expect(clippy::manual_async_fn, reason = "the test is that its future is `Send`")]
fn spawnable<S>(store: Arc<S>) -> impl Future<Output = Result<String, RunError>> + marker::Send + 'static
where
    S: Runs<Send> + marker::Send + 'static,
{
    async move {
        let page = run::<Send>(&store).await?;
        Ok(page)
    }
}

#[test]
fn code_may_be_generic_over_stores() {
    smol::block_on(async {
        assert_eq!(page_of(&store("World")).await.unwrap(), PAGE);
        assert_eq!(page_of(&Arc::new(store("World"))).await.unwrap(), PAGE);
        assert_eq!(lengths(&store("World")).await.unwrap(), (PAGE.len(), 5));
        assert_eq!(lengths(&Arc::new(store("World"))).await.unwrap(), (PAGE.len(), 5));
        assert_eq!(text_of::<Send, _>(&store("World")).await.unwrap(), PAGE);
        assert_eq!(consume(store("World")).await.unwrap(), PAGE);
        assert_eq!(spawnable(Arc::new(store("World"))).await.unwrap(), PAGE);
    });
}

#[test]
fn run_may_be_returned_from_a_trait_object() {
    trait Site: marker::Send + Sync {
        fn page(&self) -> Run<'_, &String>;
    }
    impl Site for Supplied {
        fn page(&self) -> Run<'_, &String> {
            run::<MakePage>(self)
        }
    }
    let sites: [Box<dyn Site>; 2] = [Box::new(store("World")), Box::new(store("World"))];
    for site in &sites {
        let page = smol::block_on(site.page()).unwrap();
        assert_eq!(page, PAGE);
    }
}

#[test]
fn runs_may_be_joined_in_one_task() {
    let store = store("World");
    let both = futures::future::join(run::<Send>(&store), store.resource::<Page>());
    let (sent, page) = smol::block_on(both);
    let sent = sent.unwrap();
    assert_eq!(&sent, page.unwrap());
    // All outputs are stored now.
    assert_eq!(ready(store.resource::<Page>()).unwrap(), PAGE);
}
