use typed_pipeliner::{HList, Inputs, Outputs, Pipeline, Step, Store, hlist, resource, run};
use std::convert::Infallible;

resource! {
    Belief: ();
}

struct Believe;
impl Step for Believe {
    type Inputs = HList![Belief];
    type Outputs = HList![Belief];
    type Error = Infallible;
    async fn run(_: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        Ok(hlist![()])
    }
}

struct Selfish;
impl Pipeline for Selfish {
    type Steps = HList![Believe];
}

fn main() {
    let store = Store::<Selfish>::new();
    let _ = run::<Believe>(&store);
}
