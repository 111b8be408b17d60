//! Resources: the named values that steps take and provide.

pub(crate) mod identified;
mod macros;
pub(crate) mod type_name;

use crate::proof::ids::digits::Reflexive;

/// A named value of a pipeline: a zero-sized marker type with the type of the value.
///
/// Most resources are declared with [`resource!`](crate::resource!). In a handwritten impl, make
/// the identity with [`identity!`](crate::identity!), from a name that no other resource has:
///
/// ```
/// use typed_pipeliner::{Resource, identity};
///
/// /// The number that is divided.
/// pub struct Base;
///
/// impl Resource for Base {
///     type Value = i64;
///     type Identity = identity!("my_crate::Base");
/// }
///
/// assert_eq!(Base::name(), "Base");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a resource",
    label = "expected a resource; if this is the type of a value, declare one: `resource! {{ Name: {Self}; }}`",
    note = "name the resource whose value is `{Self}`, or declare one: `resource! {{ Name: {Self}; }}`; if `{Self}` is a step, name a resource it provides"
)]
pub trait Resource: Send + Sync + 'static {
    /// The type of the value.
    type Value: Send + Sync + 'static;

    /// The identity, which differs from those of all other resources: a hash of the name, as a
    /// type.
    #[doc(hidden)]
    type Identity: Reflexive;

    /// The number by which constants know the resource; 0 if its identity was not computed by
    /// [`resource!`](crate::resource!). Only a list of steps whose resources all have a number gets a
    /// certificate.
    #[doc(hidden)]
    const ID: u64 = 0;

    /// The name of the resource in errors and reports. The default is the name of the type.
    fn name() -> &'static str {
        type_name::of::<Self>()
    }
}

/// An output that [`run`](crate::run()) returns by value. The store does not keep it.
///
/// A step with such an output runs each time it is the target of a run. No step can take it as an
/// input.
///
/// ```
/// use typed_pipeliner::{HList, In, Pipeline, Return, Store, resource, run, step};
///
/// resource! { Name: String; }
///
/// #[step]
/// fn greet(name: In<'_, Name>) -> Return<String> {
///     Return(format!("Hello, {name}!"))
/// }
///
/// struct Greetings;
/// impl Pipeline for Greetings {
///     type Steps = HList![];
/// }
///
/// # fn main() -> Result<(), typed_pipeliner::RunError> {
/// # futures::executor::block_on(async {
/// let store = Store::<Greetings>::new().with(Name, "World".to_owned());
/// let greeting = run::<Greet>(&store).await?;
/// assert_eq!(greeting, "Hello, World!");
/// # Ok(()) }) }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Return<V>(pub V);
