//! From a list to what a caller expects: nothing, one value as itself, several as a tuple.

use crate::sealed::Seal;

/// Some values, before which one more can be put.
///
/// You never write it. It is a function on types, from the values of the last elements of a list
/// and the value before them to all these values. A list of outputs applies it once for each
/// element, the last first. So the output of a run is flat, however the list is nested, and generic
/// code needs no bound for it.
///
/// It is defined on tuples of up to 12 values, because the standard library can print and compare
/// no longer ones. Of more values, the last element of the tuple is the tuple of the others: `(a,
/// b, (c, …, n))`.
pub trait Tuple: Send {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The values, with one more before them.
    type Prepend<V: Send>: Tuple;
    /// The values as the caller gets them: one value as itself.
    type Output: Send;

    /// Puts a value before them.
    fn prepend<V: Send>(self, value: V) -> Self::Prepend<V>;
    /// The values as the caller gets them.
    fn output(self) -> Self::Output;
}

impl Tuple for () {
    fn seal(_: Seal) {}

    type Prepend<V: Send> = (V,);
    type Output = ();
    fn prepend<V: Send>(self, value: V) -> (V,) {
        (value,)
    }
    fn output(self) {}
}

impl<A: Send> Tuple for (A,) {
    fn seal(_: Seal) {}

    type Prepend<V: Send> = (V, A);
    type Output = A;
    fn prepend<V: Send>(self, value: V) -> (V, A) {
        (value, self.0)
    }
    fn output(self) -> A {
        self.0
    }
}

/// Implements [`Tuple`] for the tuple of these types. The macro in front makes the type, and the
/// value, with one more.
macro_rules! tuples {
    ($($with_one_more:ident: $($type:ident)*;)*) => {$(
        impl<$($type: Send),*> Tuple for ($($type,)*) {
            fn seal(_: Seal) {}

            type Prepend<V: Send> = $with_one_more!(V, $($type),*);
            type Output = Self;
            #[allow(non_snake_case, reason = "a value has the name of its type")]
            fn prepend<V: Send>(self, value: V) -> Self::Prepend<V> {
                let ($($type,)*) = self;
                $with_one_more!(value, $($type),*)
            }
            fn output(self) -> Self {
                self
            }
        }
    )*};
}

/// A tuple: the type, and the value.
macro_rules! tuple {
    ($($element:tt),*) => { ($($element),*) };
}

/// A tuple of the first, and the tuple of all others: the type, and the value.
macro_rules! nested {
    ($first:tt, $($other:tt),*) => { ($first, ($($other),*)) };
}

tuples! {
    tuple: A B;
    tuple: A B C;
    tuple: A B C D;
    tuple: A B C D E;
    tuple: A B C D E F;
    tuple: A B C D E F G;
    tuple: A B C D E F G H;
    tuple: A B C D E F G H I;
    tuple: A B C D E F G H I J;
    tuple: A B C D E F G H I J K;
    nested: A B C D E F G H I J K L;
}
