//! A parameter of a generic resource with the identity of another: two tables, one identity.

use typed_pipeliner::{HList, Identified, In, Out, Pipeline, Store, resource, step};

#[derive(Identified)]
struct User;

struct Order;
impl Identified for Order {
    type Identity = <User as Identified>::Identity;
}

resource! { Table<T>: Vec<T>; Count: usize; }

#[step]
fn count_orders(orders: In<'_, Table<Order>>) -> Out<Count> {
    orders.len()
}

struct App;
impl Pipeline for App {
    type Steps = HList![CountOrders];
}

fn main() {
    let store = Store::<App>::new().with(Table::<User>::new(), vec![User]);
    let _ = store.resource::<Count>();
}
