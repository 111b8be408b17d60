//! A service that is generic in the application, so that a test can replace a step of it. The
//! mistake is reported where the application is known.

use typed_pipeliner::store::StoreHandle;
use typed_pipeliner::{HList, In, Out, Pipeline, Return, RunError, Runs, Scoped, Store, StoreOf, resource, run, step};

resource! {
    pub Path: &'static str;
    pub Database: u32;
    pub User: u32;
}

#[step]
fn connect(_: In<'_, Path>) -> Out<Database> {
    1
}

#[step]
fn show(user: In<'_, User>, database: In<'_, Database>) -> Return<u32> {
    Return(user + database)
}

struct App;
impl Pipeline for App {
    type Steps = HList![Connect];
}

struct Request;
impl Pipeline for Request {
    type Steps = HList![];
}
impl Scoped for Request {
    type Parent = App;
}

fn scopes<A: StoreHandle<App> + Clone>(app: A) -> impl Fn(u32) -> StoreOf<Request, HList![User], A> {
    move |user| Store::<Request>::within(app.clone()).with(User, user)
}

async fn serve<S: Runs<Show>>(scope: impl Fn(u32) -> S) -> Result<u32, RunError> {
    run::<Show>(&scope(1)).await
}

fn main() {
    let app = Store::<App>::new();
    let _ = serve(scopes(&app));
}
