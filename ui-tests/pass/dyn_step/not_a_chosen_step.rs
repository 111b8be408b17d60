use typed_pipeliner::{HList, Pipeline, Store, resource};
use typed_pipeliner::dyn_step::{RunChosen, SharedStep};

resource! { Number: u32; Doubled: u32; Doubler: SharedStep<HList![Number], HList![Doubled]>; }

struct App;
impl Pipeline for App {
    type Steps = HList![RunChosen<Doubler>];
}

fn main() {
    let _ = Store::<App>::new();
}
