use typed_pipeliner::{HList, Identified, Pipeline, Resource, Store, fetch, identity, resource};

struct Cache;

resource! { Base: i64; Table<T: Identified>: Vec<T>; CurrentCache: Cache; }

struct ByHand;
impl Resource for ByHand {
    type Value = i64;
    type Identity = identity!("ByHand");
}

struct Calc;
impl Pipeline for Calc {
    type Steps = HList![];
}

fn look() {
    let store = Store::<Calc>::new().with(CurrentCache, Cache);
    let _ = store.get::<CurrentCache>();
}

fn ask() {
    let store = Store::<Calc>::new().with(CurrentCache, Cache);
    let _ = store.is_ready::<CurrentCache>();
}

fn have() {
    let store = Store::<Calc>::new().with(CurrentCache, Cache);
    let _ = store.resource::<CurrentCache>();
}

fn have_of_any() {
    let store = Store::<Calc>::new().with(CurrentCache, Cache);
    let _ = fetch::<CurrentCache>(&store);
}

fn main() {}
