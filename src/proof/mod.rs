//! The proof that a run is complete. You never write these traits and types.
//!
//! # How to read an error
//!
//! An error of this library is one sentence, and its label is on your line. With the divisor
//! forgotten:
//!
//! ```text
//! error[E0277]: step `GetDivision` needs `Divisor`, but no step of `Calc` provides it and the store was not supplied with it
//!    |
//!  9 |     let _ = run::<GetDivision>(&store);
//!    |             ^^^^^^^^^^^^^^^^^^^^^^^^^^ `Divisor` is missing in the type of this store
//!    |
//!    = note: supply it, `let store = store.supply::<Divisor>(value);`, or register in `Calc` a step that gives `Out<Divisor>`
//! ```
//!
//! Read the first line, look at the label, do what the first note says. Ignore the notes that start
//! with "required for": they show how rustc reached the error, and mention only this module's
//! internal types. The
//! [guide](https://docs.rs/typed-pipeliner/latest/typed_pipeliner/guide/errors/) has more on each
//! error, and on those of rustc itself. A mistake in the `Inputs` or `Outputs` of a step by hand is
//! reported twice: at the list, and where the signature of its `run` names it. The first is enough.
//! Each missing resource is one error, and all are reported at once.
//!
//! | the first line | what to do |
//! | --- | --- |
//! | step `S` needs `R`, but no step of `P` provides it … | supply `R`, or register a step that provides it |
//! | step `S` needs `R`, but no step of `P` or of its parent `Q` provides it … | supply `R`, or register a step, in either |
//! | step `S` needs `R`, but no step of `P` provides it and `P` does not take it from outside | name `R` in `Takes` of `impl Each for P`, or register a step |
//! | step `S`, which is registered to provide the optional `Q`, needs `R` … | supply `R`, or do not register `S` |
//! | dependency cycle: step `A` needs `B`, which needs `A` | supply a resource that one takes from the other |
//! | `R` is provided by two steps, `A` and `B` | register one of them |
//! | `R` is supplied twice | supply it once |
//! | step `S` lists `R` twice | name it once in each list |
//! | step `T` stores its outputs, and `P` does not register it | add `T` to the steps of `P` |
//! | step `T` stores `R`, which `P` takes from `S` | run `S`, or register `T` in its place |
//! | no step of `P` provides `R`, and the store was not supplied with it | supply it, or register a step |
//! | step `B` gives other outputs than `A`, the step that it replaces | give `B` the outputs of `A` |
//! | `A` is no step of `P`, so it cannot be replaced | name the registered step first: `Swap<P, S, A>` |
//! | `X` is not a resource, is not a step, is not a pipeline | declare it, or name another |
//! | `Return<V>` cannot be an input | provide a resource instead |
//! | `Q` and `R` have the same identity | give one another `identity!` |
//! | expected a store of `Q` as the parent, found a store of `P` | give `Store::within` a store of the parent |
//! | `X` is not a reference to a store, nor an `Arc` of one | give `Store::within` a reference, `&store`, or an `Arc` |
//! | `P` is not a scope of another pipeline | name its parent: `impl Scoped for P` |
//! | `X` has no identity, which a parameter of a resource needs | derive `Identified` for `X` |
//! | `X` cannot be the error of a step | give another type of error |
//! | cannot prove here that the store can provide everything the target needs | in generic code, take `&impl Runs<T>` |
//! | cannot prove here that the store can run `T`, or provide `R` | in generic code, add `Runs<T>`, or `Provides<R>`, to the bounds |
//!
//! Some errors are rustc's own. "future cannot be sent between threads safely" is a value that is
//! not `Send`, held across an await in a step. "implementation of `FnOnce` is not general enough"
//! is explained with [`Step`](crate::Step). "expected `i64`, found `f64`" in `run` is a value of
//! another type than the resource has.
//!
//! # Stability
//!
//! This module is public only because rustc prints the path of a private type in full, and errors
//! have to be short. **Semantic versioning does not cover it**, nor the items that are hidden in
//! these docs: they may change in any release. It covers two things: the bounds that you write,
//! [`Runs`](crate::Runs), [`Provides`](crate::Provides) and [`RunsOwned`](crate::RunsOwned); and
//! that no later compatible release refuses a program that compiles. All traits here are sealed: an
//! impl that you write does not compile. So nothing outside the library can make a bound hold that
//! the library would refuse. The open traits, [`Step`](crate::Step), [`Resource`](crate::Resource),
//! [`Identified`](trait@crate::Identified), [`Pipeline`](crate::Pipeline),
//! [`Scoped`](crate::Scoped), [`Observer`](crate::Observer) and `DynStep`, cannot break the proof
//! either.
//!
//! # How it works
//!
//! Everything is a function on types: a trait with associated types, some with parameters.
//!
//! - A resource is named by a number on the level of types, and so is a step ([`ids`]).
//! - An element of a list has a [`kind`], and a [`witness`] if it is a step or a resource.
//! - The steps of a pipeline become a map from resources to the steps that provide them ([`lists`],
//!   [`env`](mod@env)).
//! - From the target a machine [walks](walk) through everything it needs, depth first. It never
//!   fails; it collects findings.
//! - A store can run a target, or provide a resource, if there are none ([`check`]).
//!
//! The proof exists only in types and generates no code. Execution is driven by a separate table of
//! integers.

pub mod certificate;
pub mod check;
pub mod env;
pub mod ids;
pub mod kind;
pub mod lists;
#[cfg(test)]
mod testing;
pub mod walk;
pub mod witness;
