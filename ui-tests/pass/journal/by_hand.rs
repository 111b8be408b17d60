use typed_pipeliner::journal::Keep;
use typed_pipeliner::{HList, Inputs, Outputs, Pipeline, Return, Step, Store, hlist, resource};

#[derive(serde::Serialize, serde::Deserialize)]
pub struct Rows(u32);

resource! { pub Table: Rows; }

pub struct Read;
impl Step for Read {
    type Inputs = HList![];
    type Outputs = HList![Table];
    type Error = std::io::Error;
    const KEEP: Option<Keep<Self>> = Some(Keep::<Self>::new());
    async fn run(_: Inputs<'_, Self>) -> Result<Outputs<Self>, std::io::Error> {
        Ok(hlist![Rows(1)])
    }
}

pub struct Give;
impl Step for Give {
    type Inputs = HList![];
    type Outputs = HList![Return<u32>];
    type Error = std::io::Error;
    async fn run(_: Inputs<'_, Self>) -> Result<Outputs<Self>, std::io::Error> {
        Ok(hlist![Return(1)])
    }
}

struct App;
impl Pipeline for App {
    type Steps = HList![Read];
}

fn main() {
    let store = Store::<App>::new();
    let _ = (store.run::<Read>(), store.run::<Give>());
}
