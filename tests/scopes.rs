//! Scopes: stores with a parent store, as for a request in an application.

mod support;

use futures::future::join_all;
use smol::future::yield_now;
use std::sync::Arc;
use support::{Census, Counted, Gate, Journal, Task, pipeline, ready, step};
use typed_pipeliner::executor::Executor;
use typed_pipeliner::{HList, Return, Runs, Scoped, Store, StoreOf, hlist, resource, run};

resource! {
    Log: Journal;
    Opened: Gate;
    Url: &'static str;
    Config: String;
    Pool: String;
    Greeting: String;
    User: String;
    Session: String;
    Cart: String;
    People: Census;
    Person: Counted;
}

step!(ReadConfig(log: Log, url: Url) -> [Config] {
    log.note("ReadConfig");
    yield_now().await;
    Ok(hlist![format!("config of {url}")])
});
step!(Connect(log: Log, config: Config) -> [Pool] {
    log.note("Connect");
    Ok(hlist![format!("pool by {config}")])
});
step!(WriteGreeting(log: Log) -> [Greeting] {
    log.note("WriteGreeting");
    Ok(hlist!["Hello".to_owned()])
});
step!(OpenSession(log: Log, pool: Pool, user: User) -> [Session] {
    log.note("OpenSession");
    Ok(hlist![format!("session of {user} in {pool}")])
});
step!(LoadCart(log: Log, session: Session, pool: Pool) -> [Cart] {
    log.note("LoadCart");
    Ok(hlist![format!("cart in {session}, {}", pool.len())])
});
step!(Answer(greeting: Greeting, user: User, session: Session) -> [Return<String>] {
    Ok(hlist![Return(format!("{greeting}, {user}! ({session})"))])
});

pipeline! {
    App: [ReadConfig, Connect, WriteGreeting];
    Request: [OpenSession, LoadCart];
}
impl Scoped for Request {
    type Parent = App;
}

type AppStore = StoreOf<App, HList![Log, Url]>;

fn app(log: &Journal) -> AppStore {
    Store::<App>::new().with(Log, log.clone()).with(Url, "a.b")
}

/// A scope, with its type as a signature writes it.
fn request<'a>(app: &'a AppStore, user: &str) -> StoreOf<Request, HList![User], &'a AppStore> {
    Store::<Request>::within(app).with(User, user.to_owned())
}

#[test]
fn scope_reads_parent_and_computes_absent_values_there() {
    smol::block_on(async {
        let log = Journal::default();
        let app = app(&log);
        let alice = request(&app, "Alice");
        let answer = run::<Answer>(&alice).await.unwrap();
        assert_eq!(answer, "Hello, Alice! (session of Alice in pool by config of a.b)");
        // Each step started as soon as it was ready: `WriteGreeting` did not wait for the pool.
        assert_eq!(log.take(), ["WriteGreeting", "ReadConfig", "Connect", "OpenSession"]);

        // The values of the parent are ready now; each scope computes its own.
        let bob = request(&app, "Bob");
        assert!(app.is_ready::<Pool>());
        assert!(alice.is_ready::<Session>() && !bob.is_ready::<Session>());
        assert!(std::ptr::eq(bob.get::<Pool>().unwrap(), app.get::<Pool>().unwrap()));
        assert_eq!(bob.resource::<Session>().await.unwrap(), "session of Bob in pool by config of a.b");
        assert_eq!(log.take(), ["OpenSession"]);
    });
}

#[test]
fn resource_of_parent_can_be_requested_from_scope() {
    let log = Journal::default();
    let app = app(&log);
    let alice = request(&app, "Alice");
    assert_eq!(alice.get::<Greeting>(), None);
    let greeting = ready(alice.resource::<Greeting>()).unwrap();
    assert!(std::ptr::eq(greeting, app.get::<Greeting>().unwrap()));
    assert_eq!(alice.get::<Url>(), Some(&"a.b"));
}

#[test]
fn steps_of_parent_never_see_values_of_scope() {
    smol::block_on(async {
        let log = Journal::default();
        let app = app(&log);
        // The scope has its own `Config`, but the pool is made with that of the parent.
        let scope = request(&app, "Alice").with(Config, "config of mine".to_owned());
        assert_eq!(scope.resource::<Pool>().await.unwrap(), "pool by config of a.b");
        assert_eq!(scope.get::<Config>().unwrap(), "config of mine");
        assert_eq!(app.get::<Config>().unwrap(), "config of a.b");
    });
}

#[test]
fn many_scopes_share_one_computation_in_parent() {
    smol::block_on(async {
        let log = Journal::default();
        let app = app(&log);
        let users: Vec<_> = (0..100).map(|user| user.to_string()).collect();
        let answers = join_all(users.iter().map(async |user| {
            let scope = request(&app, user);
            run::<Answer>(&scope).await.unwrap()
        }))
        .await;
        assert_eq!(answers[7], "Hello, 7! (session of 7 in pool by config of a.b)");
        let log = log.take();
        let count = |step| log.iter().filter(|&&other| other == step).count();
        let counts = [count("ReadConfig"), count("Connect"), count("WriteGreeting"), count("OpenSession")];
        assert_eq!(counts, [1, 1, 1, 100]);
    });
}

#[test]
fn parent_and_scope_may_be_in_arcs() {
    smol::block_on(async {
        let log = Journal::default();
        let app = Arc::new(app(&log));
        let scope = Store::<Request>::within(Arc::clone(&app)).with(User, "Alice".to_owned());
        // The task owns both, so it may outlive this function.
        let task = smol::spawn(async move { run::<Answer>(&scope).await.unwrap() });
        assert_eq!(task.await, "Hello, Alice! (session of Alice in pool by config of a.b)");

        let scope = Arc::new(Store::<Request>::within(Arc::clone(&app)).with(User, "Bob".to_owned()));
        let executor = Executor::new(2);
        let answer = executor.run::<Answer>(&scope).await.unwrap();
        assert_eq!(answer, "Hello, Bob! (session of Bob in pool by config of a.b)");
        let cart = executor.run_blocking::<LoadCart>(&*scope).unwrap();
        assert!(cart.starts_with("cart in session of Bob"));
    });
}

step!(Refuse(log: Log, url: Url) -> [Config], String {
    log.note("Refuse");
    Err(format!("{url} does not answer"))
});

pipeline! {
    Broken: [Refuse, Connect, WriteGreeting];
    BrokenRequest: [OpenSession, LoadCart];
}
impl Scoped for BrokenRequest {
    type Parent = Broken;
}

#[test]
fn error_in_parent_shows_the_path_to_the_target_in_scope() {
    let log = Journal::default();
    let broken = Store::<Broken>::new().with(Log, log.clone()).with(Url, "a.b");
    let scope = Store::<BrokenRequest>::within(&broken).with(User, "Alice".to_owned());
    let error = ready(run::<Answer>(&scope)).unwrap_err();
    assert_eq!(
        format!("{error:#}"),
        "step `Refuse`, needed by `Connect`, needed by `OpenSession`, needed by `Answer`, failed: a.b does not answer"
    );
    assert_eq!(error.path(), ["Refuse", "Connect", "OpenSession", "Answer"]);

    let error = ready(run::<Answer>(&scope).keep_going()).unwrap_err();
    assert_eq!(error.failures().len(), 1);
    assert_eq!(error.skipped(), ["Connect", "OpenSession", "Answer"]);
    assert!(broken.is_ready::<Greeting>());
    assert_eq!(
        format!("{:#}", ready(scope.resource::<Pool>()).unwrap_err()),
        "step `Refuse`, needed by `Connect`, failed: a.b does not answer"
    );
}

step!(BeBorn(people: People, opened: Opened) -> [Person] {
    opened.pass().await;
    Ok(hlist![people.make()])
});
step!(Visit(_person: Person, user: User) -> [Session] { Ok(hlist![user.clone()]) });

pipeline! {
    Town: [BeBorn];
    House: [Visit];
    Room: [];
}
impl Scoped for House {
    type Parent = Town;
}
impl Scoped for Room {
    type Parent = House;
}

#[test]
fn ten_thousand_scopes_leave_parent_intact() {
    let (people, opened, task) = (Census::default(), Gate::new(), Task::new());
    let town = Store::<Town>::new().with(People, people.clone()).with(Opened, opened.clone());
    let houses: Vec<_> = (0..10_000).map(|user| Store::<House>::within(&town).with(User, user.to_string())).collect();
    let mut runs: Vec<_> = houses.iter().map(run::<Visit>).collect();
    for run in &mut runs {
        assert!(task.poll(run).is_pending());
    }
    // Half of the runs are dropped, among them the one that executes the step.
    let mut left = runs.split_off(5_000);
    drop(runs);
    for run in &mut left {
        assert!(task.poll(run).is_pending());
    }
    opened.open();
    for run in &mut left {
        assert!(task.poll(run).is_ready());
    }
    assert_eq!((people.made(), people.alive()), (1, 1));
    drop(left);
    assert!(houses[5_000].is_ready::<Session>() && !houses[0].is_ready::<Session>());
    drop(houses);
    assert_eq!(people.alive(), 1);
    drop(town);
    assert_eq!(people.alive(), 0);
}

#[test]
fn scope_may_have_scopes() {
    let town = Store::<Town>::new().with(People, Census::default()).with(Opened, Gate::opened());
    let house = Store::<House>::within(&town).with(User, "Alice".to_owned());
    let room = Store::<Room>::within(&house);
    assert_eq!(ready(room.resource::<Session>()).unwrap(), "Alice");
    assert!(ready(room.resource::<Person>()).is_ok());
    assert!(town.is_ready::<Person>());
}

#[test]
fn run_in_scope_is_woken_when_a_step_of_parent_is_done() {
    let (people, opened) = (Census::default(), Gate::new());
    let town = Store::<Town>::new().with(People, people).with(Opened, opened.clone());
    let house = Store::<House>::within(&town).with(User, "Alice".to_owned());
    let (in_parent, in_scope) = (Task::new(), Task::new());
    let (mut first, mut second) = (run::<BeBorn>(&town), run::<Visit>(&house));
    assert!(in_parent.poll(&mut first).is_pending());
    assert!(in_scope.poll(&mut second).is_pending());
    opened.open();
    assert_eq!((in_parent.take_wakes(), in_scope.take_wakes()), (1, 0));
    assert!(in_parent.poll(&mut first).is_ready());
    assert_eq!(in_scope.take_wakes(), 1);
    assert!(in_scope.poll(&mut second).is_ready());
}

#[test]
fn scope_has_slots_for_its_own_steps_alone() {
    // The parent, the observers, and the plan of a store that was used.
    let overhead = 3 * size_of::<usize>();
    assert!(size_of::<Store<Room, typed_pipeliner::store::NothingSupplied, &AppStore>>() <= overhead);
    assert!(size_of::<Store<Request, typed_pipeliner::store::NothingSupplied, &AppStore>>() < size_of::<AppStore>());
}

#[test]
fn debug_output_of_scope_omits_parent() {
    let log = Journal::default();
    let app = app(&log);
    let alice = request(&app, "Alice");
    assert_eq!(format!("{alice:?}"), r#"Store<Request> {User: supplied, Session: absent, Cart: absent}"#);
}

/// Accepts any store or scope that runs the target.
async fn answer(scope: &impl Runs<Answer>) -> String {
    run::<Answer>(scope).await.unwrap()
}

#[test]
fn code_may_be_generic_over_scopes() {
    let log = Journal::default();
    let app = app(&log);
    let scope = request(&app, "Alice");
    assert!(smol::block_on(answer(&scope)).starts_with("Hello, Alice!"));
}
