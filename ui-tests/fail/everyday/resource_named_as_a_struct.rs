//! A resource has the name of a struct.

use typed_pipeliner::{HList, In, Out, Pipeline, Return, Store, resource, run, step};

resource! { Url: String; Pool: String; }

#[step]
fn connect(url: In<'_, Url>) -> Out<Pool> {
    url.clone()
}

#[step]
fn answer(pool: In<'_, Pool>) -> Return<String> {
    Return(pool.clone())
}

struct App;
impl Pipeline for App {
    type Steps = HList![Connect];
}

struct Url(u16);

fn main() {
    let store = Store::<App>::new().with(Url, String::new());
    let _ = run::<Answer>(&store);
}
