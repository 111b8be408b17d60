use typed_pipeliner::{HList, In, Out, Pipeline, Store, resource, step};

resource! { Mail: String; Sent: (); }

#[step]
async fn send(mail: In<'_, Mail>) -> Out<Sent> {
    drop(mail.len());
}

fn is_send<T: Send>() {}

struct Post;
impl Pipeline for Post {
    type Steps = HList![];
}

fn main() {
    is_send::<Store<Post>>();
}
