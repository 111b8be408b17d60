use typed_pipeliner::{HList, In, Out, Pipeline, Store, resource, step};
use std::sync::Mutex;

resource! { Total: i64; Balance: Mutex<i64>; Paid: (); }

#[step]
fn pay(total: In<'_, Total>, balance: In<'_, Balance>) -> Out<Paid> {
    *balance.lock().unwrap() -= total;
}

struct Order;
impl Pipeline for Order {
    type Steps = HList![Pay];
}

fn main() {
    let store = Store::<Order>::new().with(Total, 38).with(Balance, Mutex::new(100));
    let _ = store.resource::<Paid>();
}
