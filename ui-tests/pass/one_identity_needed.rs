use typed_pipeliner::{HList, Inputs, Outputs, Pipeline, Resource, Return, Step, Store, hlist, hlist_pat, identity, run};

struct Width;
impl Resource for Width {
    type Value = u32;
    type Identity = identity!("geometry::Width");
}

struct Height;
impl Resource for Height {
    type Value = u32;
    type Identity = identity!("geometry::Height");
}

struct Rise;
impl Step for Rise {
    type Inputs = HList![Height];
    type Outputs = HList![Return<u32>];
    type Error = std::convert::Infallible;
    async fn run(hlist_pat![height]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        Ok(hlist![Return(height + 1)])
    }
}

struct Geometry;
impl Pipeline for Geometry {
    type Steps = HList![Rise];
}

fn main() {
    let store = Store::<Geometry>::new().with(Width, 3).with(Height, 4);
    let _ = run::<Rise>(&store);
}
