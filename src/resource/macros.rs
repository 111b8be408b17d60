//! The macros that declare resources: `resource!` and `identity!`.

/// Declares resources: for each a marker type, with the type of its value.
///
/// Visibility, doc comments and attributes apply to the marker. It is a unit struct, so it is also
/// a value: `store.with(Base, 38)`.
///
/// ```
/// use typed_pipeliner::{Resource, resource};
///
/// resource! {
///     /// The number that is divided.
///     pub Base: i64;
///     pub(crate) Divisor: i64;
///     #[derive(Debug)]
///     Names: Vec<String>;
/// }
///
/// assert_eq!(Base::name(), "Base");
/// assert_eq!(size_of_val(&Divisor), 0);
/// ```
///
/// A resource may be generic. Its parameters are [`Identified`](crate::Identified), as all
/// resources are, and each may have one more bound, `Table<T: Entity>`. `new` makes a value of such
/// a marker:
///
/// ```
/// use typed_pipeliner::{HList, Identified, Pipeline, Store, resource};
///
/// #[derive(Identified)]
/// struct User;
///
/// resource! {
///     /// All rows of a table.
///     pub Table<T>: Vec<T>;
/// }
///
/// struct App;
/// impl Pipeline for App { type Steps = HList![]; }
///
/// let store = Store::<App>::new().with(Table::<User>::new(), vec![User, User]);
/// assert_eq!(store.get::<Table<User>>().map(Vec::len), Some(2));
/// ```
#[macro_export]
macro_rules! resource {
    ($($declarations:tt)*) => { $crate::__declare! { ($crate) $($declarations)* } };
}

/// Declares resources without the proc macro, so mistakes get no error message of their own.
#[cfg(not(feature = "macros"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __declare {
    (($library:tt) $(
        $(#[$($attribute:tt)*])* $visibility:vis $name:ident $(<$($parameter:ident $(: $bound:path)?),+ $(,)?>)?: $value:ty
    );* $(;)?) => {$(
        $crate::__declare! { name $name $name }
        $crate::__declare! { struct [$(#[$($attribute)*])*] $visibility $name $($($parameter)+)? }
        $crate::__declare! {
            cfg [$(#[$($attribute)*])*] [] $visibility $name [$($($parameter [$($bound)?])+)?] $value
        }
    )*};
    // The names of the prelude that programs write most.
    (name Box $name:ident) => { $crate::__declare! { hidden $name } };
    (name Clone $name:ident) => { $crate::__declare! { hidden $name } };
    (name Copy $name:ident) => { $crate::__declare! { hidden $name } };
    (name Default $name:ident) => { $crate::__declare! { hidden $name } };
    (name Drop $name:ident) => { $crate::__declare! { hidden $name } };
    (name Err $name:ident) => { $crate::__declare! { hidden $name } };
    (name Fn $name:ident) => { $crate::__declare! { hidden $name } };
    (name FnMut $name:ident) => { $crate::__declare! { hidden $name } };
    (name FnOnce $name:ident) => { $crate::__declare! { hidden $name } };
    (name From $name:ident) => { $crate::__declare! { hidden $name } };
    (name Future $name:ident) => { $crate::__declare! { hidden $name } };
    (name Into $name:ident) => { $crate::__declare! { hidden $name } };
    (name None $name:ident) => { $crate::__declare! { hidden $name } };
    (name Ok $name:ident) => { $crate::__declare! { hidden $name } };
    (name Option $name:ident) => { $crate::__declare! { hidden $name } };
    (name Result $name:ident) => { $crate::__declare! { hidden $name } };
    (name Send $name:ident) => { $crate::__declare! { hidden $name } };
    (name Sized $name:ident) => { $crate::__declare! { hidden $name } };
    (name Some $name:ident) => { $crate::__declare! { hidden $name } };
    (name String $name:ident) => { $crate::__declare! { hidden $name } };
    (name Sync $name:ident) => { $crate::__declare! { hidden $name } };
    (name Vec $name:ident) => { $crate::__declare! { hidden $name } };
    (name $other:ident $name:ident) => {};
    (hidden $name:ident) => {
        ::core::compile_error!(::core::concat!(
            "a resource called `", ::core::stringify!($name),
            "` would hide that of the prelude: give it a name of its own, such as `My", ::core::stringify!($name), "`",
        ));
    };
    (struct [$($attribute:tt)*] $visibility:vis $name:ident) => {
        #[allow(dead_code, missing_debug_implementations, missing_copy_implementations)]
        $($attribute)*
        $visibility struct $name;
    };
    (struct [$($attribute:tt)*] $visibility:vis $name:ident $($parameter:ident)+) => {
        #[allow(dead_code, missing_debug_implementations, missing_copy_implementations)]
        $($attribute)*
        $visibility struct $name<$($parameter),+> {
            parameters: ::core::marker::PhantomData<fn() -> ($($parameter,)+)>,
        }
    };
    // The impls have the same `cfg`s as the struct.
    (cfg [#[cfg $condition:tt] $($rest:tt)*] [$($cfg:tt)*] $($resource:tt)*) => {
        $crate::__declare! { cfg [$($rest)*] [$($cfg)* #[cfg $condition]] $($resource)* }
    };
    (cfg [#$other:tt $($rest:tt)*] $($resource:tt)*) => { $crate::__declare! { cfg [$($rest)*] $($resource)* } };
    (cfg [] [$($cfg:tt)*] $visibility:vis $name:ident [$($parameters:tt)*] $value:ty) => {
        $crate::__resource! { [$($cfg)*] $visibility $name [$($parameters)*] [] $value }
    };
    ($($other:tt)*) => {
        ::core::compile_error!("resources are declared as `pub Base: i64;`, each with a `;` at its end; a parameter is a type with one bound at most");
    };
}

/// Declares the impls of a resource, and the function `new` of a generic one. If there is no
/// identity, a constant hashes the name.
#[doc(hidden)]
#[macro_export]
macro_rules! __resource {
    ([$($cfg:tt)*] $visibility:vis $name:ident [] [] $value:ty) => {
        $($cfg)*
        const _: () = {
            const __PIPELINER_HASH: u64 = $crate::__hash!($name);
            $crate::__resource! { [] $visibility $name [] [$crate::__spell!(__PIPELINER_HASH)] $value }
        };
    };
    ([$($cfg:tt)*] $visibility:vis $name:ident [$($parameter:ident $bound:tt)+] [] $value:ty) => {
        $($cfg)*
        const _: () = {
            const __PIPELINER_HASH: u64 = $crate::__hash!($name);
            $crate::__resource! {
                [] $visibility $name [$($parameter $bound)+] [$crate::__spell!(__PIPELINER_HASH; $($parameter)+)] $value
            }
        };
    };
    ([$($cfg:tt)*] $visibility:vis $name:ident [] [$identity:ty $(, $id:expr)?] $value:ty) => {
        $($cfg)*
        #[allow(deprecated)]
        // Otherwise rustc quotes this macro wherever a type is not a resource.
        #[diagnostic::do_not_recommend]
        impl $crate::Resource for $name {
            type Value = $value;
            type Identity = $identity;
            $(const ID: u64 = $id;)?
            fn name() -> &'static str {
                stringify!($name)
            }
        }
    };
    ([$($cfg:tt)*] $visibility:vis $name:ident [$($parameter:ident [$($bound:path)?])+] [$identity:ty $(, $id:expr)?] $value:ty) => {
        $($cfg)*
        #[allow(dead_code, deprecated, clippy::new_without_default)]
        impl<$($parameter),+> $name<$($parameter),+> {
            /// Makes a value of the marker.
            $visibility const fn new() -> Self {
                $name { parameters: ::core::marker::PhantomData }
            }
        }

        $($cfg)*
        #[allow(deprecated)]
        impl<$($parameter: $crate::Identified $(+ $bound)?),+> $crate::Resource for $name<$($parameter),+> {
            type Value = $value;
            type Identity = $identity;
            $(const ID: u64 = $id;)?
        }
    };
}

/// Makes the identity for a handwritten impl of [`Resource`](crate::Resource).
///
/// It is a hash of a name, which must differ from the names and paths of all other resources in a
/// pipeline. The compiler rejects a pipeline in which two resources have the same identity.
///
/// ```
/// # use typed_pipeliner::{Resource, identity};
/// struct Base;
/// impl Resource for Base {
///     type Value = i64;
///     type Identity = identity!("my_crate::Base");
/// }
/// ```
#[macro_export]
macro_rules! identity {
    ($name:expr) => {
        $crate::__spell!($crate::proof::ids::identity::hash(&[$name]))
    };
}

/// Hashes a name with the module and the package in which it is declared.
#[doc(hidden)]
#[macro_export]
macro_rules! __hash {
    ($name:ident) => {
        $crate::proof::ids::identity::hash_of(option_env!("CARGO_PKG_VERSION"), module_path!(), stringify!($name))
    };
}

/// Writes a hash as a list of digits, and appends the identities of some types.
#[doc(hidden)]
#[macro_export]
macro_rules! __spell {
    ($hash:expr $(; $($parameter:ident)+)?) => {
        $crate::proof::ids::identity::Spelled<
            { $crate::proof::ids::identity::digit($hash, 0) },
            { $crate::proof::ids::identity::digit($hash, 1) },
            { $crate::proof::ids::identity::digit($hash, 2) },
            { $crate::proof::ids::identity::digit($hash, 3) },
            { $crate::proof::ids::identity::digit($hash, 4) },
            { $crate::proof::ids::identity::digit($hash, 5) },
            { $crate::proof::ids::identity::digit($hash, 6) },
            { $crate::proof::ids::identity::digit($hash, 7) },
            $($crate::__spell!(@then $($parameter)+))?
        >
    };
    (@then $first:ident) => { <$first as $crate::Identified>::Identity };
    (@then $first:ident $($rest:ident)+) => {
        $crate::proof::ids::identity::Both<$crate::__spell!(@then $first), $crate::__spell!(@then $($rest)+)>
    };
}
