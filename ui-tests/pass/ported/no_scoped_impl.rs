use typed_pipeliner::{HList, In, Out, Pipeline, Return, Store, resource, run, step};

resource! { Url: String; Pool: String; User: String; }

#[step]
async fn connect(url: In<'_, Url>) -> Out<Pool> {
    url.clone()
}

#[step]
fn answer(pool: In<'_, Pool>, user: In<'_, User>) -> Return<String> {
    Return(format!("{pool} {user}"))
}

struct App;
impl Pipeline for App {
    type Steps = HList![Connect];
}

struct Request;
impl Pipeline for Request {
    type Steps = HList![];
}
impl typed_pipeliner::Scoped for Request {
    type Parent = App;
}

fn main() {
    let app = Store::<App>::new().with(Url, "here".to_owned());
    let request = Store::<Request>::within(&app).with(User, "Ada".to_owned());
    let _ = run::<Answer>(&request);
}
