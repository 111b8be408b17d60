use typed_pipeliner::{HList, Out, Pipeline, Store, resource, step};

resource! { Base: i64; }

struct Checked<T>(T);

#[step]
fn provide_base() -> Checked<Out<Base>> {
    Checked(23)
}

struct Calc;
impl Pipeline for Calc {
    type Steps = HList![ProvideBase];
}

fn main() {
    let store = Store::<Calc>::new();
    let _ = store.resource::<Base>();
}
