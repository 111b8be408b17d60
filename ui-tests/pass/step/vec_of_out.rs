use typed_pipeliner::{HList, Out, Pipeline, Store, resource, step};

resource! { Pages: Vec<String>; }

#[step]
fn fetch() -> Result<Out<Pages>, String> {
    Ok(vec!["page".to_owned()])
}

struct App;
impl Pipeline for App {
    type Steps = HList![Fetch];
}

fn main() {
    let _ = Store::<App>::new().resource::<Pages>();
}
