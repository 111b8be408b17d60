use typed_pipeliner::{HList, In, Pipeline, Return, Store, resource, run, step};
use std::sync::Arc;

resource! { Name: String; }

#[step]
fn greet(name: In<'_, Name>) -> Result<Return<Arc<str>>, String> {
    Ok(Return(name.as_str().into()))
}

struct Greetings;
impl Pipeline for Greetings {
    type Steps = HList![Greet];
}

fn main() {
    let store = Store::<Greetings>::new().with(Name, "Ada".to_owned());
    let _ = run::<Greet>(&store);
}
