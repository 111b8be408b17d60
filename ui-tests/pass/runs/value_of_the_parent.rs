use typed_pipeliner::{HList, In, Out, Pipeline, RunError, Scoped, Store, resource, step};

resource! { Pool: String; User: u32; Page: String; }

#[step]
fn open_pool() -> Out<Pool> {
    "pool".to_owned()
}

#[step]
fn make_page(pool: In<'_, Pool>, user: In<'_, User>) -> Out<Page> {
    format!("{user} by {pool}")
}

struct App;
impl Pipeline for App {
    type Steps = HList![OpenPool];
}

struct Request;
impl Pipeline for Request {
    type Steps = HList![MakePage];
}
impl Scoped for Request {
    type Parent = App;
}

async fn take() -> Result<(), RunError> {
    let app = Store::<App>::new();
    let request = || Store::<Request>::within(&app).with(User, 1);
    request().forget::<Page>();
    request().into_value::<Page>();
    request().resource_owned::<Page>().await?;
    Ok(())
}

fn main() {
    let _ = take();
}
