//! The macros of [typed-pipeliner](https://docs.rs/typed-pipeliner), which exports and documents them.
//!
//! Each is cut by phase: what was written is parsed, checked, and expanded. Where something is wrong, there is an error
//! for each mistake, on the user's tokens – and an impl none the less, so that no second error follows from the first.

mod at_name;
mod identified;
mod mistakes;
mod resources;
mod step;

use proc_macro::TokenStream;

// The docs are where it is exported.
#[expect(missing_docs)]
#[proc_macro_attribute]
pub fn step(options: TokenStream, function: TokenStream) -> TokenStream {
    step::step(options.into(), function.into()).into()
}

#[expect(missing_docs)]
#[proc_macro_derive(Identified)]
pub fn identified(item: TokenStream) -> TokenStream {
    identified::identified(item.into()).into()
}

#[doc(hidden)]
#[proc_macro]
pub fn __at_name(item: TokenStream) -> TokenStream {
    at_name::at_name(item.into()).into()
}

#[doc(hidden)]
#[proc_macro]
pub fn __resources_amiss(call: TokenStream) -> TokenStream {
    resources::amiss(call.into()).into()
}
