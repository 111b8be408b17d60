use typed_pipeliner::{HList, In, Pipeline, Return, Store, resource, run, step};

resource! { Base: u32; }

#[step]
fn count(base: In<'_, Base>) -> Return<impl Iterator<Item = u32>> {
    Return(0..*base)
}

struct Calc;
impl Pipeline for Calc {
    type Steps = HList![];
}

fn main() {
    let _ = run::<Count>(&Store::<Calc>::new().with(Base, 38));
}
