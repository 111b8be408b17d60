//! The steps that the cases share: those of the README.

#![allow(dead_code)]

use typed_pipeliner::{HList, Inputs, Outputs, Pipeline, Return, Step, hlist, hlist_pat, resource};
use std::convert::Infallible;

resource! {
    pub Base: i64;
    pub Divisor: i64;
    pub Quotient: i64;
    pub Modulus: i64;
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
