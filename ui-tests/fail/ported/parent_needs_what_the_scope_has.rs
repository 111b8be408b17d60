use typed_pipeliner::{HList, In, Out, Pipeline, Return, Scoped, Store, resource, run, step};

resource! { Url: String; Pool: String; User: String; }

#[step]
async fn connect(url: In<'_, Url>, _: In<'_, User>) -> Out<Pool> {
    url.clone()
}

#[step]
fn read_user() -> Out<User> {
    "Ada".to_owned()
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
    type Steps = HList![ReadUser];
}
impl Scoped for Request {
    type Parent = App;
}

fn main() {
    let app = Store::<App>::new().with(Url, "here".to_owned());
    let request = Store::<Request>::within(&app);
    let _ = run::<Answer>(&request);
}
