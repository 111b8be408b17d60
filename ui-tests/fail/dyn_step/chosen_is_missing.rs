use typed_pipeliner::{HList, Pipeline, Store, resource};
use typed_pipeliner::dyn_step::{RunChosen, SharedStep};

resource! { Number: u32; Doubled: u32; Doubler: SharedStep<HList![Number], HList![Doubled]>; }

struct App;
impl Pipeline for App {
    type Steps = HList![RunChosen<Doubler>];
}

fn main() {
    let store = Store::<App>::new().with(Number, 1);
    let _ = store.resource::<Doubled>();
}
