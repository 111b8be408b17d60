//! The plan of a store with a parent store.

mod support;

use support::{pipeline, ready};
use typed_pipeliner::plan::State;
use typed_pipeliner::{In, Out, Plan, Return, RunError, Scoped, Store, plan, resource, step};

resource! {
    Greeting: String;
    User: String;
    Secret: String;
    Log: u8;
}

#[step]
fn load_greeting() -> Out<Greeting> {
    "Hello".to_owned()
}
#[step]
fn greet(greeting: In<'_, Greeting>, user: In<'_, User>, log: Option<In<'_, Log>>) -> Return<String> {
    Return(format!("{greeting}, {user}{}", log.map_or("", |_| "!")))
}
#[step]
fn whisper(secret: In<'_, Secret>, greeting: In<'_, Greeting>) -> Return<String> {
    Return(format!("{greeting}, {secret}"))
}

pipeline! {
    App: [LoadGreeting];
    Request: [Greet, Whisper];
}
impl Scoped for Request {
    type Parent = App;
}

#[test]
fn resource_of_the_parent_is_in_parent_before_and_after_it_is_computed() -> Result<(), RunError> {
    let app = Store::<App>::new();
    let request = Store::<Request>::within(&app).with(User, "Alice".to_owned());
    let expected = "\
Greet in Request: 1 of 2 steps would run
Greet: runs
├── Greeting: in parent
├── User: supplied
└── Log: optional, missing
starts: 1. Greet
skipped: Whisper (not needed)
";
    assert_eq!(plan::<Greet>(&request).to_string(), expected);
    ready(app.resource::<Greeting>())?;
    assert_eq!(plan::<Greet>(&request).to_string(), expected);
    Ok(())
}

#[test]
fn resource_that_the_parent_does_not_know_is_missing() {
    let app = Store::<App>::new();
    let request = Store::<Request>::within(&app);
    let plan = plan::<Whisper>(&request);
    assert_eq!(plan.missing().map(|resource| resource.name()).collect::<Vec<_>>(), ["Secret"]);
    assert_eq!(plan.resource::<Greeting>().unwrap().state(), State::InParent);
    // Without the store, the parent is not known.
    assert_eq!(Plan::of::<Request>().resource::<Greeting>().unwrap().state(), State::Missing);
    assert_eq!(Plan::of_store(&request).resource::<Greeting>().unwrap().state(), State::InParent);
}

#[test]
fn resource_of_the_store_itself_is_not_in_parent() {
    let app = Store::<App>::new();
    let request = Store::<Request>::within(&app).with(Greeting, "Hi".to_owned());
    assert_eq!(Plan::of_store(&request).resource::<Greeting>().unwrap().state(), State::Supplied);
}
