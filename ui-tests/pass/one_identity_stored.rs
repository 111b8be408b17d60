use typed_pipeliner::{HList, Inputs, Outputs, Pipeline, Resource, Step, Store, hlist, identity, run};

struct Config;
impl Resource for Config {
    type Value = String;
    type Identity = identity!("shop::Config");
}

struct Banner;
impl Resource for Banner {
    type Value = String;
    type Identity = identity!("shop::Banner");
}

struct MakeBanner;
impl Step for MakeBanner {
    type Inputs = HList![];
    type Outputs = HList![Banner];
    type Error = std::convert::Infallible;
    async fn run(_: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        Ok(hlist!["Welcome!".to_owned()])
    }
}

struct Shop;
impl Pipeline for Shop {
    type Steps = HList![MakeBanner];
}

fn main() {
    let store = Store::<Shop>::new().with(Config, "debug = true".to_owned());
    let _ = run::<MakeBanner>(&store);
}
