use typed_pipeliner::{HList, Out, Pipeline, Store, resource, step};

resource! { Page: String; }

#[step]
fn fetch() -> Result<Vec<Out<Page>>, String> {
    Ok(vec!["page".to_owned()])
}

struct App;
impl Pipeline for App {
    type Steps = HList![Fetch];
}

fn main() {
    let _ = Store::<App>::new().resource::<Page>();
}
