//! The steps of the README, which the cases share. `tests/fail.rs` explains the identities.

#![allow(dead_code)]

use typed_pipeliner::{HList, Inputs, Outputs, Pipeline, Resource, Return, Step, hlist, hlist_pat, identity};
use std::convert::Infallible;

pub struct Base;
#[diagnostic::do_not_recommend]
impl Resource for Base {
    type Value = i64;
    type Identity = identity!("calc::Base");
}

pub struct Divisor;
#[diagnostic::do_not_recommend]
impl Resource for Divisor {
    type Value = i64;
    type Identity = identity!("calc::Divisor");
}

pub struct Quotient;
#[diagnostic::do_not_recommend]
impl Resource for Quotient {
    type Value = i64;
    type Identity = identity!("calc::Quotient");
}

pub struct Modulus;
#[diagnostic::do_not_recommend]
impl Resource for Modulus {
    type Value = i64;
    type Identity = identity!("calc::Modulus");
}

pub struct BaseProvider;
impl Step for BaseProvider {
    type Inputs = HList![];
    type Outputs = HList![Base];
    type Error = Infallible;
    async fn run(hlist_pat![]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        Ok(hlist![23])
    }
}

pub struct Divide;
impl Step for Divide {
    type Inputs = HList![Base, Divisor];
    type Outputs = HList![Quotient];
    type Error = &'static str;
    async fn run(hlist_pat![base, divisor]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        Ok(hlist![base.checked_div(*divisor).ok_or("division by zero")?])
    }
}

pub struct Mod;
impl Step for Mod {
    type Inputs = HList![Base, Divisor];
    type Outputs = HList![Modulus];
    type Error = &'static str;
    async fn run(hlist_pat![base, divisor]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        Ok(hlist![base.checked_rem(*divisor).ok_or("division by zero")?])
    }
}

pub struct GetDivision;
impl Step for GetDivision {
    type Inputs = HList![Base, Divisor, Quotient, Modulus];
    type Outputs = HList![Return<String>];
    type Error = Infallible;
    async fn run(hlist_pat![base, divisor, quotient, modulus]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        Ok(hlist![Return(format!("{base} divided by {divisor} is {quotient} with {modulus} left"))])
    }
}

pub struct Calc;
impl Pipeline for Calc {
    type Steps = HList![BaseProvider, Divide, Mod, GetDivision];
}
