//! The example of the Python package that this library rebuilds: the same steps, the same two
//! calls.

use std::error::Error;
use std::fmt;
use typed_pipeliner::{HList, In, Out, Pipeline, Return, RunError, Store};
use typed_pipeliner::{resource, run, step};

resource! {
    /// The number that is divided.
    Base: i64;
    /// The number by which the base is divided.
    Divisor: i64;
    /// How often the divisor goes into the base.
    Quotient: i64;
    /// The remainder.
    Modulus: i64;
}

/// Provides a base where none is supplied.
#[step]
fn base_provider() -> Out<Base> {
    println!("base_provider called");
    23
}

/// Divides the base by the divisor.
#[step]
async fn divide(base: In<'_, Base>, divisor: In<'_, Divisor>) -> Result<Out<Quotient>, DivisionByZero> {
    println!("divide called");
    base.checked_div(*divisor).ok_or(DivisionByZero)
}

/// Computes the remainder.
#[step(name = Mod)]
async fn modulo(base: In<'_, Base>, divisor: In<'_, Divisor>) -> Result<Out<Modulus>, DivisionByZero> {
    println!("mod called");
    base.checked_rem(*divisor).ok_or(DivisionByZero)
}

/// Describes the division.
#[step]
fn get_division(
    base: In<'_, Base>,
    divisor: In<'_, Divisor>,
    quotient: In<'_, Quotient>,
    modulus: In<'_, Modulus>,
) -> Return<String> {
    println!("get_division called");
    Return(format!("{base} divided by {divisor} is {quotient} with {modulus} left"))
}

/// Describes the product and the difference.
#[step]
fn get_resmod(result: In<'_, Quotient>, modulus: In<'_, Modulus>) -> Return<String> {
    println!("get_resmod called");
    let (times, minus) = (result * modulus, result - modulus);
    Return(format!("result * modulus is {times} and result - modulus is {minus}"))
}

/// The pipeline.
struct Calc;

impl Pipeline for Calc {
    type Steps = HList![BaseProvider, Divide, Mod, GetDivision, GetResmod];
}

fn main() -> Result<(), RunError> {
    smol::block_on(async {
        let store = Store::<Calc>::new().with(Base, 38).with(Divisor, 3);

        let division = run::<GetDivision>(&store).await?;
        println!("{division}");

        let resmod = run::<GetResmod>(&store).await?;
        println!("{resmod}");
        Ok(())
    })
}

/// The divisor is zero.
#[derive(Debug)]
struct DivisionByZero;

impl fmt::Display for DivisionByZero {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("division by zero")
    }
}

impl Error for DivisionByZero {}
