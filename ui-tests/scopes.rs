// An application and its requests. `tests/fail.rs` explains the identities.

use typed_pipeliner::{HList, Inputs, Outputs, Pipeline, Resource, Return, Scoped, Step, hlist, hlist_pat, identity};
use std::convert::Infallible;

pub struct Url;
#[diagnostic::do_not_recommend]
impl Resource for Url {
    type Value = String;
    type Identity = identity!("scopes::Url");
}

pub struct Pool;
#[diagnostic::do_not_recommend]
impl Resource for Pool {
    type Value = String;
    type Identity = identity!("scopes::Pool");
}

pub struct User;
#[diagnostic::do_not_recommend]
impl Resource for User {
    type Value = String;
    type Identity = identity!("scopes::User");
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
