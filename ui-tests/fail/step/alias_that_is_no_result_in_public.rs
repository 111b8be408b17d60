use typed_pipeliner::{HList, Out, Pipeline, Store, resource, step};

resource! { pub Base: i64; }

pub struct Checked<T>(T);

#[step]
pub async fn provide_base() -> Checked<Out<Base>> {
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
