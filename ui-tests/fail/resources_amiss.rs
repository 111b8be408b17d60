use typed_pipeliner::{HList, Pipeline, Store, resource};

resource! {
    pub Base: i64,
    pub Divisor: i64,
}

resource! { Migrated; }

resource! { pub struct Total(i64); }

resource! { type Rate = f64; }

resource! { Rows<T: Clone + Send>: Vec<T>; Columns<T>: Vec<T> where T: Clone; }

resource! { Window<const N: usize>: [f64; N]; }

resource! { Title<'a>: &'a str; }

resource! { : i64; }

struct App;
impl Pipeline for App {
    type Steps = HList![];
}

fn main() {
    // No second error follows, whatever the type of a value is taken to be.
    let store = Store::<App>::new().with(Base, 38).with(Divisor, 3).with(Migrated, 5).with(Total, 1).with(Rate, 0.5);
    let _ = store.get::<Base>();
    let _ = store.with(Rows::<i64>::new(), vec![1]).with(Columns::<i64>::new(), vec![2]);
}
