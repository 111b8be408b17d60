#[path = "../scopes.rs"]
mod scopes;

use typed_pipeliner::{HList, Pipeline, Store};
use scopes::Request;

struct Other;
impl Pipeline for Other {
    type Steps = HList![];
}

fn main() {
    let other = Store::<Other>::new();
    let _ = Store::<Request>::within(&other);
}
