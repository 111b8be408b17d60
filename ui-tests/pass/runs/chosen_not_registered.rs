use std::sync::Arc;
use typed_pipeliner::dyn_step::{RunChosen, SharedStep};
use typed_pipeliner::{HList, In, Out, Pipeline, Return, Store, resource, run, step};

resource! { Number: u32; Doubled: u32; Doubler: SharedStep<HList![Number], HList![Doubled]>; }

#[step]
fn double(number: In<'_, Number>) -> Out<Doubled> {
    2 * *number
}

#[step]
fn show(doubled: In<'_, Doubled>) -> Return<String> {
    Return(doubled.to_string())
}

struct App;
impl Pipeline for App {
    type Steps = HList![RunChosen<Doubler>];
}

fn main() {
    let app = Store::<App>::new().with(Number, 1).with(Doubler, Arc::new(Double));
    let _ = run::<Show>(&app);
}
