//! The macros that declare resources: `resource!` and `identity!`.

/// Declares resources: a marker type each, with the type of its value.
///
/// Visibility, doc comments and attributes are carried over. Each marker is a unit struct, so it can be named where
/// a value is expected: `store.with(Base, 38)`.
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
/// A resource may be generic. Its parameters are [`Identified`](crate::Identified), as all resources are, and each may
/// have one bound more, `Table<T: Entity>`. Where a value is expected, such a marker is made with `new`:
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

/// Declares resources without the proc macro, so without a check for each kind of mistake.
#[cfg(not(feature = "macros"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __declare {
    (($library:tt) $(
        $(#[$($attribute:tt)*])* $visibility:vis $name:ident $(<$($parameter:ident $(: $bound:path)?),+ $(,)?>)?: $value:ty
    );* $(;)?) => {$(
        #[allow(dead_code, missing_debug_implementations, missing_copy_implementations)]
        $(#[$($attribute)*])*
        $visibility struct $name $(<$($parameter),+>)? {
            $(parameters: ::core::marker::PhantomData<fn() -> ($($parameter,)+)>)?
        }
        $crate::__declare! {
            [$(#[$($attribute)*])*] [] $visibility $name [$($($parameter [$($bound)?])+)?] $value
        }
    )*};
    // The impls have the same `cfg`s as the marker.
    ([#[cfg $condition:tt] $($rest:tt)*] [$($cfg:tt)*] $($resource:tt)*) => {
        $crate::__declare! { [$($rest)*] [$($cfg)* #[cfg $condition]] $($resource)* }
    };
    ([$other:tt $attribute:tt $($rest:tt)*] $($resource:tt)*) => { $crate::__declare! { [$($rest)*] $($resource)* } };
    ([] $($resource:tt)*) => { $crate::__resource! { $($resource)* } };
    ($($other:tt)*) => {
        ::core::compile_error!("resources are declared as `pub Base: i64;`, each with a `;` at its end; a parameter is a type with one bound at most");
    };
}

/// Declares the impls of a resource, and the function `new` of a generic one.
#[doc(hidden)]
#[macro_export]
macro_rules! __resource {
    ([$($cfg:tt)*] $visibility:vis $name:ident [] $value:ty) => {
        $($cfg)*
        #[allow(deprecated)]
        const _: () = {
            const __PIPELINER_HASH: u64 = $crate::__hash!($name);
            // Otherwise rustc quotes this macro wherever a type is not a resource.
            #[diagnostic::do_not_recommend]
            impl $crate::Resource for $name {
                type Value = $value;
                type Identity = $crate::__spell!(__PIPELINER_HASH);
                fn name() -> &'static str {
                    stringify!($name)
                }
            }
        };
    };
    ([$($cfg:tt)*] $visibility:vis $name:ident [$($parameter:ident [$($bound:path)?])+] $value:ty) => {
        $($cfg)*
        #[allow(dead_code, deprecated, clippy::new_without_default)]
        impl<$($parameter),+> $name<$($parameter),+> {
            /// The marker, where a value is expected.
            $visibility const fn new() -> Self {
                $name { parameters: ::core::marker::PhantomData }
            }
        }

        $($cfg)*
        #[allow(deprecated)]
        const _: () = {
            const __PIPELINER_HASH: u64 = $crate::__hash!($name);
            impl<$($parameter: $crate::Identified $(+ $bound)?),+> $crate::Resource for $name<$($parameter),+> {
                type Value = $value;
                type Identity = $crate::__spell!(__PIPELINER_HASH; $($parameter)+);
            }
        };
    };
}

/// The identity of a resource whose [`Resource`] impl is written by hand.
///
/// It is made from a name, which must differ from the names and paths of all other resources that meet in one pipeline;
/// two resources with one identity are refused by the compiler.
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

/// Hashes where a name is declared.
#[doc(hidden)]
#[macro_export]
macro_rules! __hash {
    ($name:ident) => {
        $crate::proof::ids::identity::hash_of(option_env!("CARGO_PKG_VERSION"), module_path!(), stringify!($name))
    };
}

/// Spells a hash in digits, before the identities of some types.
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
