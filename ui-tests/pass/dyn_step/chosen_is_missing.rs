use typed_pipeliner::{HList, In, Out, Pipeline, Store, resource, step};
use typed_pipeliner::dyn_step::{RunChosen, SharedStep};
use std::sync::Arc;

resource! { Number: u32; Doubled: u32; Doubler: SharedStep<HList![Number], HList![Doubled]>; }

#[step]
fn double(number: In<'_, Number>) -> Out<Doubled> {
    2 * number
}

struct App;
impl Pipeline for App {
    type Steps = HList![RunChosen<Doubler>];
}

fn main() {
    let store = Store::<App>::new().with(Number, 1).with(Doubler, Arc::new(Double));
    let _ = store.resource::<Doubled>();
}
