//! Two modules declare a resource `Key`, and the wrong one is supplied.

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

mod storage {
    typed_pipeliner::resource! { pub Key: String; }
}
resource! { Key: String; }

#[step]
fn sign(key: In<'_, storage::Key>) -> Return<String> {
    Return(key.clone())
}

fn main() {
    let store = Store::<App>::new().with(Key, String::new());
    let _ = run::<Sign>(&store);
}
