use typed_pipeliner::{HList, In, Out, Pipeline, Store, resource, run, step};

resource! { Base: i64; Half: i64; }

#[step]
fn halve(base: In<'_, Base>) -> Out<Half> {
    base / 2
}

struct Calc;
impl Pipeline for Calc {
    type Steps = HList![Halve];
}

fn main() {
    let store = Store::<Calc>::new().with(Base, 38);
    let _ = run::<Halve>(&store);
}
