use std::sync::Arc;
use typed_pipeliner::{HList, In, Opens, Out, Pipeline, Return, Scoped, Store, resource, step};

resource! { Url: String; Server: String; Id: u32; }

#[step]
fn connect(url: In<'_, Url>) -> Out<Server> {
    url.clone()
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

fn serve(app: impl Opens<Request, HList![Id], Show>) {
    drop(app);
}

fn main() {
    serve(Arc::new(Store::<App>::new().with(Url, String::new())));
}
