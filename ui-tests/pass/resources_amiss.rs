use typed_pipeliner::{HList, Identified, Pipeline, Store, resource};

resource! {
    pub Base: i64;
    pub Divisor: i64;
}

resource! { Migrated: (); }

resource! { pub Total: i64; }

resource! { Rate: f64; }

trait Entity: Identified + Clone {}
impl Entity for i64 {}

resource! { Rows<T: Entity>: Vec<T>; Columns<T: Entity>: Vec<T>; }

trait Size: Identified {
    type Of: Send + Sync + 'static;
}

#[derive(Identified)]
struct Three;
impl Size for Three {
    type Of = [f64; 3];
}

resource! { Window<N: Size>: N::Of; }

resource! { Title: &'static str; }

struct App;
impl Pipeline for App {
    type Steps = HList![];
}

fn main() {
    let store = Store::<App>::new().with(Base, 38).with(Divisor, 3).with(Migrated, ()).with(Total, 1).with(Rate, 0.5);
    let _ = store.get::<Base>();
    let _ = store.with(Rows::<i64>::new(), vec![1]).with(Columns::<i64>::new(), vec![2]);
}
