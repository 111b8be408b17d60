//! The example of the Python package that this library rebuilds: the same steps, the same two calls.

use pipeliner::{HList, Inputs, Outputs, Pipeline, Return, RunError, Step, Store};
use pipeliner::{hlist, hlist_pat, resource, run};
use std::convert::Infallible;
use std::error::Error;
use std::fmt;

resource! {
    /// The number that is divided.
    Base: i64;
    /// What it is divided by.
    Divisor: i64;
    /// How often the divisor goes into the base.
    Quotient: i64;
    /// What is left.
    Modulus: i64;
}

/// Provides a base where none is supplied.
struct BaseProvider;

impl Step for BaseProvider {
    type Inputs = HList![];
    type Outputs = HList![Base];
    type Error = Infallible;

    async fn run(hlist_pat![]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        println!("base_provider called");
        Ok(hlist![23])
    }
}

/// Divides.
struct Divide;

impl Step for Divide {
    type Inputs = HList![Base, Divisor];
    type Outputs = HList![Quotient];
    type Error = DivisionByZero;

    async fn run(hlist_pat![base, divisor]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        println!("divide called");
        Ok(hlist![base.checked_div(*divisor).ok_or(DivisionByZero)?])
    }
}

/// Finds what is left.
struct Mod;

impl Step for Mod {
    type Inputs = HList![Base, Divisor];
    type Outputs = HList![Modulus];
    type Error = DivisionByZero;

    async fn run(hlist_pat![base, divisor]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        println!("mod called");
        Ok(hlist![base.checked_rem(*divisor).ok_or(DivisionByZero)?])
    }
}

/// Tells of the division.
struct GetDivision;

impl Step for GetDivision {
    type Inputs = HList![Base, Divisor, Quotient, Modulus];
    type Outputs = HList![Return<String>];
    type Error = Infallible;

    async fn run(hlist_pat![base, divisor, quotient, modulus]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        println!("get_division called");
        Ok(hlist![Return(format!("{base} divided by {divisor} is {quotient} with {modulus} left"))])
    }
}

/// Tells of the product and the difference.
struct GetResmod;

impl Step for GetResmod {
    type Inputs = HList![Quotient, Modulus];
    type Outputs = HList![Return<String>];
    type Error = Infallible;

    async fn run(hlist_pat![result, modulus]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        println!("get_resmod called");
        let (times, minus) = (result * modulus, result - modulus);
        Ok(hlist![Return(format!("result * modulus is {times} and result - modulus is {minus}"))])
    }
}

/// The pipeline.
struct Calc;

impl Pipeline for Calc {
    type Steps = HList![BaseProvider, Divide, Mod, GetDivision, GetResmod];
}

fn main() -> Result<(), RunError> {
    smol::block_on(async {
        let store = Store::<Calc>::new().with(Base, 38).with(Divisor, 3);

        let hlist_pat![Return(division)] = run::<GetDivision>(&store).await?;
        println!("{division}");

        let hlist_pat![Return(resmod)] = run::<GetResmod>(&store).await?;
        println!("{resmod}");
        Ok(())
    })
}

/// Nothing can be divided by zero.
#[derive(Debug)]
struct DivisionByZero;

impl fmt::Display for DivisionByZero {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("division by zero")
    }
}

impl Error for DivisionByZero {}
