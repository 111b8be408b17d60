use typed_pipeliner::store::StoreHandle;
use typed_pipeliner::{HList, In, Out, Pipeline, Return, RunError, Runs, Scoped, Store, StoreOf, resource, run, step};

resource! { Server: String; Id: u32; }

#[step]
fn connect() -> Out<Server> {
    "the server".to_owned()
}

#[step]
fn show(server: In<'_, Server>, id: In<'_, Id>) -> Return<String> {
    Return(format!("{id} from {server}"))
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

async fn handle<A>(app: A) -> Result<String, RunError>
where
    A: StoreHandle<App>,
    StoreOf<Request, HList![Id], A>: Runs<Show>,
{
    run::<Show>(&Store::<Request>::within(app).with(Id, 1)).await
}

fn main() {
    let _ = handle(&Store::<App>::new());
}
