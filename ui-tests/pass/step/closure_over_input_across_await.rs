use typed_pipeliner::{HList, In, Out, Pipeline, Store, resource, step};

resource! { Base: i64; Divisor: i64; Quotient: i64; }

use futures::StreamExt as _;

resource! { Urls: Vec<String>; Sizes: Vec<usize>; }

#[step]
async fn divide(urls: In<'_, Urls>) -> Out<Sizes> {
    let sizes: Vec<_> = urls.iter().map(|url| async move { url.len() }).collect();
    futures::stream::iter(sizes).buffered(8).collect().await
}

struct Calc;
impl Pipeline for Calc {
    type Steps = HList![Divide];
}

fn main() {
    let store = Store::<Calc>::new().with(Urls, vec![]);
    let _ = store.resource::<Sizes>();
}
