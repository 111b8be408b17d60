use typed_pipeliner::{HList, Identified, Inputs, Outputs, Step, hlist, hlist_pat, resource};

resource! { Table<T: Identified>: Vec<T>; Rows: usize; }

#[derive(Identified)]
struct User;

struct Count;
impl Step for Count {
    type Inputs = HList![Table<User>];
    type Outputs = HList![Option<Rows>];
    type Error = std::convert::Infallible;
    async fn run(hlist_pat![users]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        Ok(hlist![Some(users.len())])
    }
}

fn main() {}
