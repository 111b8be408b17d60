//! Auto traits of the public types. The tests are generic calls: the compiler checks them.

mod support;

use std::error::Error;
use std::sync::Arc;
use support::{pipeline, step};
use typed_pipeliner::dyn_step::{RunChosen, SharedStep};
use typed_pipeliner::error::Failure;
use typed_pipeliner::executor::run_on;
use typed_pipeliner::executor::{Executor, Scope};
use typed_pipeliner::{HList, Return, RunError, Scoped, Store, StoreOf, Swap};
use typed_pipeliner::{hlist, resource, run, run_owned};

resource! {
    Name: String;
    Greeting: String;
    Greeter: SharedStep<HList![Name], HList![Greeting]>;
}

step!(Greet(name: Name) -> [Greeting] { Ok(hlist![format!("Hello, {name}!")]) });
step!(GreetAgain(name: Name) -> [Greeting] { Ok(hlist![format!("Hello again, {name}!")]) });
step!(Shout(greeting: Greeting) -> [Return<String>] { Ok(hlist![Return(greeting.to_uppercase())]) });

pipeline! {
    App: [Greet];
    Request: [];
}
impl Scoped for Request {
    type Parent = App;
}

type AppStore = StoreOf<App, HList![Name]>;
type RequestStore<'a> = StoreOf<Request, HList![], &'a AppStore>;

fn store() -> AppStore {
    Store::<App>::new().with(Name, "World".to_owned())
}

fn is_send<T: Send>() {}
fn is_sync<T: Sync>() {}
fn is_unpin<T: Unpin>() {}
fn is_static<T: 'static>() {}

/// Checks that a run can be spawned on an executor of its lifetime.
fn can_be_spawned<F: Future + Send + Unpin>(_: &F) {}
fn can_be_spawned_anywhere<F: Future + Send + Unpin + 'static>(_: &F) {}

#[test]
fn stores_can_be_sent_and_shared() {
    is_send::<AppStore>();
    is_sync::<AppStore>();
    is_unpin::<AppStore>();
    is_static::<AppStore>();

    is_send::<RequestStore<'_>>();
    is_sync::<RequestStore<'_>>();

    is_send::<Store<Swap<App, Greet, GreetAgain>>>();
    is_sync::<Store<Swap<App, Greet, GreetAgain>>>();
}

#[test]
fn runs_can_be_spawned() {
    let store = store();
    can_be_spawned(&run::<Greet>(&store));
    can_be_spawned(&run::<Shout>(&store));
    can_be_spawned(&run::<Shout>(&store));
    can_be_spawned(&store.resource::<Greeting>());

    let executor = smol::Executor::new();
    can_be_spawned(&run_on::<Shout>(&executor, &store));
    can_be_spawned(&run_on::<Shout>(&executor, &store));

    let scope = Store::<Request>::within(&store);
    can_be_spawned(&run::<Shout>(&scope));
}

#[test]
fn owned_runs_can_be_spawned_anywhere() {
    can_be_spawned_anywhere(&run_owned::<Shout>(store()));
    can_be_spawned_anywhere(&run_owned::<Greet>(store()));
}

#[test]
fn executor_and_its_runs_can_be_sent_and_shared() {
    is_send::<Executor>();
    is_sync::<Executor>();
    is_send::<Scope<'_>>();
    is_sync::<Scope<'_>>();

    let (executor, store) = (Executor::new(1), Arc::new(store()));
    can_be_spawned(&executor.run::<Shout>(&store));
    can_be_spawned(&executor.run::<Shout>(&store));
}

#[test]
fn errors_can_be_sent_and_shared() {
    fn is_an_error<E: Error + Send + Sync + 'static>() {}
    is_an_error::<RunError>();

    is_send::<Failure>();
    is_sync::<Failure>();
}

#[test]
fn steps_chosen_at_run_time_can_be_sent_and_shared() {
    is_send::<SharedStep<HList![Name], HList![Greeting]>>();
    is_sync::<SharedStep<HList![Name], HList![Greeting]>>();
    is_send::<RunChosen<Greeter>>();
    is_sync::<RunChosen<Greeter>>();
}
