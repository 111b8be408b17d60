use typed_pipeliner::{AnyStep, Chosen, HList, In, Out, Pipeline, Store, resource, step};
use std::sync::Arc;

resource! { Number: u32; Doubled: u32; Doubler: AnyStep<HList![Number], HList![Doubled]>; }

#[step]
fn double(number: In<'_, Number>) -> Out<Doubled> {
    2 * number
}

struct App;
impl Pipeline for App {
    type Steps = HList![Chosen<Doubler>];
}

fn main() {
    let store = Store::<App>::new().with(Number, 1).with(Doubler, Arc::new(Double));
    let _ = store.resource::<Doubled>();
}
