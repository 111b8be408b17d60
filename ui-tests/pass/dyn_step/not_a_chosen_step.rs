use typed_pipeliner::{AnyStep, Chosen, HList, Pipeline, Store, resource};

resource! { Number: u32; Doubled: u32; Doubler: AnyStep<HList![Number], HList![Doubled]>; }

struct App;
impl Pipeline for App {
    type Steps = HList![Chosen<Doubler>];
}

fn main() {
    let _ = Store::<App>::new();
}
