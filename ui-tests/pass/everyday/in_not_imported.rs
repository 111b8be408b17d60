use typed_pipeliner::{HList, In, Out, Pipeline, Return, Store, resource, run, step};

resource! { Url: String; Pool: String; }

#[step]
fn connect(url: In<'_, Url>) -> Out<Pool> {
    url.clone()
}

#[step]
fn answer(pool: In<'_, Pool>) -> Return<String> {
    Return(pool.clone())
}

struct App;
impl Pipeline for App {
    type Steps = HList![Connect];
}

mod steps {
    use super::Pool;
    use typed_pipeliner::{In, Return, step};

    #[step]
    fn measure(pool: In<'_, Pool>) -> Return<usize> {
        Return(pool.len())
    }
}

fn main() {
    let _ = run::<Answer>(&Store::<App>::new().with(Url, String::new()));
}
