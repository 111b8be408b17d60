use typed_pipeliner::{HList, In, Out, Pipeline, Resource, Return, Scoped, Store, identity, resource, run, step};

resource! { Pool: String; }

struct Url;
impl Resource for Url {
    type Value = String;
    type Identity = identity!("scopes::Url");
}

struct User;
impl Resource for User {
    type Value = String;
    type Identity = identity!("scopes::User");
}

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
impl Scoped for Request {
    type Parent = App;
}

fn main() {
    let app = Store::<App>::new();
    let request = Store::<Request>::within(&app).with(Url, "here".to_owned()).with(User, "Ada".to_owned());
    let _ = run::<Answer>(&request);
}
