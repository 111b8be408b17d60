// An application, and what it does for each request.

use typed_pipeliner::{HList, Inputs, Outputs, Pipeline, Return, Scoped, Step, hlist, hlist_pat, resource};
use std::convert::Infallible;

resource! {
    pub Url: String;
    pub Pool: String;
    pub User: String;
}

pub struct Connect;
impl Step for Connect {
    type Inputs = HList![Url];
    type Outputs = HList![Pool];
    type Error = Infallible;
    async fn run(hlist_pat![url]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        Ok(hlist![url.clone()])
    }
}

pub struct Answer;
impl Step for Answer {
    type Inputs = HList![Pool, User];
    type Outputs = HList![Return<String>];
    type Error = Infallible;
    async fn run(hlist_pat![pool, user]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        Ok(hlist![Return(format!("{pool} {user}"))])
    }
}

pub struct App;
impl Pipeline for App {
    type Steps = HList![Connect];
}

pub struct Request;
impl Pipeline for Request {
    type Steps = HList![];
}
impl Scoped for Request {
    type Parent = App;
}
