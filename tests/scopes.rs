//! Scopes: stores with another one above them, as one of a request in one of an application.

mod support;

use futures::future::join_all;
use smol::future::yield_now;
use std::sync::Arc;
use support::{Census, Counted, Gate, Journal, Task, pipeline, ready, step};
use typed_pipeliner::{
    Executor, HList, Return, RunOptions, Runs, Scoped, Store, StoreOf, hlist, hlist_pat, resource, run, run_with,
};

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

/// A scope as it is written in a signature.
fn request<'a>(app: &'a AppStore, user: &str) -> StoreOf<Request, HList![User], &'a AppStore> {
    Store::<Request>::within(app).with(User, user.to_owned())
}

#[test]
fn a_scope_sees_what_is_above_and_computes_there_what_is_absent() {
    smol::block_on(async {
        let log = Journal::default();
        let app = app(&log);
        let alice = request(&app, "Alice");
        let hlist_pat![Return(answer)] = run::<Answer>(&alice).await.unwrap();
        assert_eq!(answer, "Hello, Alice! (session of Alice in pool by config of a.b)");
        // As soon as each was ready: the greeting did not wait for the pool.
        assert_eq!(log.take(), ["WriteGreeting", "ReadConfig", "Connect", "OpenSession"]);

        // What belongs to all is there now; the rest is each scope's own.
        let bob = request(&app, "Bob");
        assert!(app.is_ready::<Pool>());
        assert!(alice.is_ready::<Session>() && !bob.is_ready::<Session>());
        assert!(std::ptr::eq(bob.get::<Pool>().unwrap(), app.get::<Pool>().unwrap()));
        assert_eq!(bob.resource::<Session>().await.unwrap(), "session of Bob in pool by config of a.b");
        assert_eq!(log.take(), ["OpenSession"]);
    });
}

#[test]
fn what_is_above_can_be_asked_for_by_itself() {
    let log = Journal::default();
    let app = app(&log);
    let alice = request(&app, "Alice");
    assert_eq!(alice.get::<Greeting>(), None);
    let greeting = ready(alice.resource::<Greeting>()).unwrap();
    assert!(std::ptr::eq(greeting, app.get::<Greeting>().unwrap()));
    assert_eq!(alice.get::<Url>(), Some(&"a.b"));
}

#[test]
fn the_steps_above_never_see_what_is_in_a_scope() {
    smol::block_on(async {
        let log = Journal::default();
        let app = app(&log);
        // The scope has a `Config` of its own; the pool above is made by that of the application.
        let scope = request(&app, "Alice").with(Config, "config of mine".to_owned());
        assert_eq!(scope.resource::<Pool>().await.unwrap(), "pool by config of a.b");
        assert_eq!(scope.get::<Config>().unwrap(), "config of mine");
        assert_eq!(app.get::<Config>().unwrap(), "config of a.b");
    });
}

#[test]
fn many_scopes_share_one_computation_above() {
    smol::block_on(async {
        let log = Journal::default();
        let app = app(&log);
        let users: Vec<_> = (0..100).map(|user| user.to_string()).collect();
        let answers = join_all(users.iter().map(async |user| {
            let scope = request(&app, user);
            run::<Answer>(&scope).await.unwrap().head.0
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
fn the_store_above_may_be_in_an_arc_and_the_scope_too() {
    smol::block_on(async {
        let log = Journal::default();
        let app = Arc::new(app(&log));
        let scope = Store::<Request>::within(Arc::clone(&app)).with(User, "Alice".to_owned());
        // Both go into a task that outlives this function.
        let task = smol::spawn(async move { run::<Answer>(&scope).await.unwrap().head.0 });
        assert_eq!(task.await, "Hello, Alice! (session of Alice in pool by config of a.b)");

        let scope = Arc::new(Store::<Request>::within(Arc::clone(&app)).with(User, "Bob".to_owned()));
        let executor = Executor::new(2);
        let hlist_pat![Return(answer)] = executor.run::<Answer>(&scope).await.unwrap();
        assert_eq!(answer, "Hello, Bob! (session of Bob in pool by config of a.b)");
        let hlist_pat![cart] = executor.run_blocking::<LoadCart>(&*scope).unwrap();
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
fn an_error_above_tells_the_whole_way_down_to_the_target() {
    let log = Journal::default();
    let broken = Store::<Broken>::new().with(Log, log.clone()).with(Url, "a.b");
    let scope = Store::<BrokenRequest>::within(&broken).with(User, "Alice".to_owned());
    let error = ready(run::<Answer>(&scope)).unwrap_err();
    assert_eq!(
        format!("{error:#}"),
        "step `Refuse`, needed by `Connect`, needed by `OpenSession`, needed by `Answer`, failed: a.b does not answer"
    );
    assert_eq!(error.path(), ["Refuse", "Connect", "OpenSession", "Answer"]);

    let error = ready(run_with::<Answer>(&scope, RunOptions::new().keep_going())).unwrap_err();
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
fn ten_thousand_scopes_leave_the_store_above_intact() {
    let (people, opened, task) = (Census::default(), Gate::new(), Task::new());
    let town = Store::<Town>::new().with(People, people.clone()).with(Opened, opened.clone());
    let houses: Vec<_> = (0..10_000).map(|user| Store::<House>::within(&town).with(User, user.to_string())).collect();
    let mut runs: Vec<_> = houses.iter().map(run::<Visit>).collect();
    for run in &mut runs {
        assert!(task.poll(run).is_pending());
    }
    // Half of them give up, the one that had the step among them.
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
fn a_scope_may_have_scopes() {
    let (people, opened) = (Census::default(), Gate::new());
    opened.open();
    let town = Store::<Town>::new().with(People, people).with(Opened, opened);
    let house = Store::<House>::within(&town).with(User, "Alice".to_owned());
    let room = Store::<Room>::within(&house);
    assert_eq!(ready(room.resource::<Session>()).unwrap(), "Alice");
    assert!(ready(room.resource::<Person>()).is_ok());
    assert!(town.is_ready::<Person>());
}

#[test]
fn a_run_is_polled_when_something_above_is_done_and_not_before() {
    let (people, opened) = (Census::default(), Gate::new());
    let town = Store::<Town>::new().with(People, people).with(Opened, opened.clone());
    let house = Store::<House>::within(&town).with(User, "Alice".to_owned());
    let (above, below) = (Task::new(), Task::new());
    let (mut first, mut second) = (run::<BeBorn>(&town), run::<Visit>(&house));
    assert!(above.poll(&mut first).is_pending());
    assert!(below.poll(&mut second).is_pending());
    opened.open();
    assert_eq!((above.take_wakes(), below.take_wakes()), (1, 0));
    assert!(above.poll(&mut first).is_ready());
    assert_eq!(below.take_wakes(), 1);
    assert!(below.poll(&mut second).is_ready());
}

#[test]
fn a_scope_has_room_for_its_own_steps_alone() {
    assert!(size_of::<Store<Room, typed_pipeliner::Nothing, &AppStore>>() <= size_of::<usize>());
    assert!(size_of::<Store<Request, typed_pipeliner::Nothing, &AppStore>>() < size_of::<AppStore>());
}

#[test]
fn debug_tells_of_the_scope_alone() {
    let log = Journal::default();
    let app = app(&log);
    let alice = request(&app, "Alice");
    assert_eq!(format!("{alice:?}"), r#"Store<Request> {User: supplied, Session: absent, Cart: absent}"#);
}

/// Code that is generic over what is above.
async fn answer(scope: &impl Runs<Answer>) -> String {
    run::<Answer>(scope).await.unwrap().head.0
}

#[test]
fn code_may_be_generic_over_scopes() {
    let log = Journal::default();
    let app = app(&log);
    let scope = request(&app, "Alice");
    assert!(smol::block_on(answer(&scope)).starts_with("Hello, Alice!"));
}
