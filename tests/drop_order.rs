//! The order of destructors: no value is dropped before those that were computed from it, and of
//! the supplied values the last one is dropped first.

mod support;

use std::sync::Arc;
use support::{Journal, pipeline, ready, step};
use typed_pipeliner::{HList, Return, Scoped, Store, StoreOf, hlist, resource, run, run_owned};

/// Notes its name when it is dropped.
type Noted = Arc<dyn Send + Sync>;

resource! {
    Log: Journal;
    Config: Noted;
    Pool: Noted;
    Cache: Noted;
    Repo: Noted;
    Index: Noted;
    Server: Noted;
    Session: Noted;
    Left: Noted;
    Right: Noted;
    Beyond: Noted;
}

/// A value that notes its name when it is dropped.
fn noted(log: &Journal, name: &'static str) -> Noted {
    Arc::new(log.on_drop(name))
}

step!(MakePool(log: Log, _config: Config) -> [Pool] { Ok(hlist![noted(log, "pool")]) });
step!(MakeCache(log: Log, _pool: Pool) -> [Cache] { Ok(hlist![noted(log, "cache")]) });
step!(MakeRepo(log: Log, _pool: Pool, _cache: Cache) -> [Repo, Index] {
    Ok(hlist![noted(log, "repo"), noted(log, "index")])
});
step!(MakeServer(log: Log, _repo: Repo) -> [Server] { Ok(hlist![noted(log, "server")]) });
step!(MakeSession(log: Log, _server: Server) -> [Session] { Ok(hlist![noted(log, "session")]) });
step!(MakeLeft(log: Log, _right: Right) -> [Left] { Ok(hlist![noted(log, "left")]) });
step!(MakeBeyond(log: Log, _right: Right) -> [Beyond] { Ok(hlist![noted(log, "beyond")]) });
step!(MakeRight(log: Log, _left: Left, _pool: Pool) -> [Right] { Ok(hlist![noted(log, "right")]) });
step!(Visit(_session: Session) -> [Return<()>] { Ok(hlist![Return(())]) });

pipeline! {
    ProvidersFirst: [MakePool, MakeCache, MakeRepo, MakeServer];
    ProvidersLast: [MakeServer, MakeRepo, MakeCache, MakePool];
    Request: [MakeSession];
    Circle: [MakePool, MakeRight, MakeBeyond, MakeLeft];
    Empty: [];
}
impl Scoped for Request {
    type Parent = ProvidersFirst;
}

/// A store with a server.
fn serving(log: &Journal) -> StoreOf<ProvidersFirst, HList![Log, Config]> {
    let store = Store::<ProvidersFirst>::new().with(Log, log.clone()).with(Config, noted(log, "config"));
    ready(store.resource::<Server>()).unwrap();
    store
}

#[test]
fn store_drops_what_was_computed_in_reverse_and_then_what_was_supplied() {
    let log = Journal::default();
    drop(serving(&log));
    assert_eq!(log.take(), ["server", "repo", "index", "cache", "pool", "config"]);

    let store = Store::<ProvidersLast>::new().with(Config, noted(&log, "config")).with(Log, log.clone());
    ready(store.resource::<Server>()).unwrap();
    drop(store);
    assert_eq!(log.take(), ["server", "repo", "index", "cache", "pool", "config"]);
}

#[test]
fn clear_and_forget_and_with_drop_in_reverse() {
    let log = Journal::default();
    let mut store = serving(&log);
    store.clear();
    assert_eq!(log.take(), ["server", "repo", "index", "cache", "pool"]);

    ready(store.resource::<Server>()).unwrap();
    store.forget::<Cache>();
    assert_eq!(log.take(), ["server", "repo", "index", "cache"]);

    ready(store.resource::<Server>()).unwrap();
    let store = store.with(Cache, noted(&log, "another cache"));
    assert_eq!(log.take(), ["server", "repo", "index"]);
    ready(store.resource::<Server>()).unwrap();
    drop(store);
    assert_eq!(log.take(), ["server", "repo", "index", "cache", "pool", "another cache", "config"]);
}

#[test]
fn values_before_a_new_supply_are_dropped_in_reverse() {
    let log = Journal::default();
    let store = serving(&log).with(Index, noted(&log, "another index"));
    drop(store);
    assert_eq!(log.take(), ["server", "repo", "index", "cache", "pool", "another index", "config"]);
}

#[test]
fn steps_of_a_circle_that_a_supplied_value_opens_are_dropped_in_reverse() {
    let log = Journal::default();
    let store = Store::<Circle>::new().with(Log, log.clone()).with(Config, noted(&log, "config"));
    let store = store.with(Left, noted(&log, "given"));
    ready(store.resource::<Beyond>()).unwrap();
    drop(store);
    assert_eq!(log.take(), ["beyond", "right", "pool", "given", "config"]);
}

#[test]
fn outputs_that_leave_the_store_outlive_it() {
    let log = Journal::default();
    let store = Store::<ProvidersFirst>::new().with(Log, log.clone()).with(Config, noted(&log, "config"));
    let outputs = ready(run_owned::<MakeRepo>(store)).unwrap();
    assert_eq!(log.take(), ["cache", "pool", "config"]);
    drop(outputs);
    assert_eq!(log.take(), ["repo", "index"]);
}

#[test]
fn outputs_beside_the_one_that_leaves_are_dropped_after_what_was_computed_from_them() {
    let log = Journal::default();
    let index = serving(&log).into_value::<Index>();
    assert_eq!(log.take(), ["server", "repo", "cache", "pool", "config"]);
    drop(index);
}

#[test]
fn scope_is_dropped_before_its_parent() {
    let log = Journal::default();
    let store = Arc::new(serving(&log));
    let scope = Store::<Request>::within(store);
    ready(run::<Visit>(&scope)).unwrap();
    drop(scope);
    assert_eq!(log.take(), ["session", "server", "repo", "index", "cache", "pool", "config"]);
}

#[test]
fn last_supplied_value_is_dropped_first() {
    let log = Journal::default();
    let value = |name| noted(&log, name);
    let store = Store::<Empty>::new().with(Pool, value("pool")).with(Config, value("config"));
    drop(store.with(Server, value("server")).with(Cache, value("cache")));
    assert_eq!(log.take(), ["cache", "server", "config", "pool"]);

    let store = Store::<Empty>::new().with(Cache, value("cache")).with(Server, value("server"));
    drop(store.with(Config, value("config")).with(Pool, value("pool")));
    assert_eq!(log.take(), ["pool", "config", "server", "cache"]);
}
