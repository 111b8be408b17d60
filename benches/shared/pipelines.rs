//! The pipelines, one for each graph. Each has a module; a long one consists of modules of ten
//! steps.

use crate::work::{Work, add};
use std::convert::Infallible;
use std::marker::PhantomData;
use typed_pipeliner::lists::{HCons, HNil};
use typed_pipeliner::{HList, Inputs, Outputs, Pipeline, Step, hlist, resource};

resource! {
    /// The supplied resource.
    pub(crate) Seed: u64;
}

/// The sum of a list of references to numbers, or of such lists.
pub(crate) trait Sum {
    fn sum(&self) -> u64;
}

impl Sum for &u64 {
    fn sum(&self) -> u64 {
        **self
    }
}

impl Sum for HNil {
    fn sum(&self) -> u64 {
        0
    }
}

impl<H: Sum, L: Sum> Sum for HCons<H, L> {
    fn sum(&self) -> u64 {
        self.head.sum() + self.tail.sum()
    }
}

/// Steps: the number in the graph, which some work needs, the inputs, and the provided resource.
macro_rules! steps {
    ($($number:literal $step:ident: [$($input:ty),*] -> $output:ident;)*) => {
        resource! { $(pub(crate) $output: u64;)* }
        $(
            pub(crate) struct $step<W>(PhantomData<W>);
            impl<W: Work> Step for $step<W> {
                type Inputs = HList![$($input),*];
                type Outputs = HList![$output];
                type Error = Infallible;
                async fn run(inputs: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
                    Ok(hlist![add::<W>($number, inputs.sum()).await])
                }

                // As `#[step]` says of a function that is not async.
                const IS_SYNC: bool = W::IS_SYNC;
            }
        )*
    };
}

/// A pipeline, and its last step.
macro_rules! pipeline {
    ($last:ty; $($steps:ty),*) => {
        pub(crate) type Last<W> = $last;
        pub(crate) struct All<W>(PhantomData<W>);
        impl<W: Work> Pipeline for All<W> {
            type Steps = HList![$($steps),*];
        }
    };
}

/// Ten steps in a module of their own, each by its inputs.
macro_rules! ten {
    ($module:ident: $([$($input:ty),*])*) => {
        pub(crate) mod $module {
            use super::*;
            ten! { @name $([$($input),*])* }
        }
    };
    (@name $i0:tt $i1:tt $i2:tt $i3:tt $i4:tt $i5:tt $i6:tt $i7:tt $i8:tt $i9:tt) => {
        steps! {
            0 S0: $i0 -> R0; 1 S1: $i1 -> R1; 2 S2: $i2 -> R2; 3 S3: $i3 -> R3; 4 S4: $i4 -> R4;
            5 S5: $i5 -> R5; 6 S6: $i6 -> R6; 7 S7: $i7 -> R7; 8 S8: $i8 -> R8; 9 S9: $i9 -> R9;
        }
        pub(crate) type Steps<W> = HList![S0<W>, S1<W>, S2<W>, S3<W>, S4<W>, S5<W>, S6<W>, S7<W>, S8<W>, S9<W>];
        /// Their outputs; few shapes take them all.
        #[allow(dead_code)]
        pub(crate) type Resources = HList![R0, R1, R2, R3, R4, R5, R6, R7, R8, R9];
    };
}

pub(crate) mod chain_5 {
    use super::*;
    steps! { 0 S0: [Seed] -> R0; 1 S1: [R0] -> R1; 2 S2: [R1] -> R2; 3 S3: [R2] -> R3; 4 S4: [R3] -> R4; }
    pipeline! { S4<W>; S0<W>, S1<W>, S2<W>, S3<W>, S4<W> }
}

pub(crate) mod diamond_4 {
    use super::*;
    steps! { 0 Top: [Seed] -> T; 1 Left: [T] -> L; 2 Right: [T] -> R; 3 Bottom: [L, R] -> B; }
    pipeline! { Bottom<W>; Top<W>, Left<W>, Right<W>, Bottom<W> }
}

pub(crate) mod crossed_5 {
    use super::*;
    steps! { 0 A: [Seed] -> RA; 2 B: [RA] -> RB; 1 C: [Seed] -> RC; 3 D: [RC] -> RD; 4 E: [RB, RD] -> RE; }
    pipeline! { E<W>; A<W>, B<W>, C<W>, D<W>, E<W> }
}

pub(crate) mod chain_100 {
    use super::*;
    macro_rules! rows {
        ($($row:ident after $first:ty;)*) => {
            $(ten! { $row: [$first] [R0] [R1] [R2] [R3] [R4] [R5] [R6] [R7] [R8] })*
            pipeline! { j::S9<W>; $($row::Steps<W>),* }
        };
    }
    rows! {
        a after Seed; b after a::R9; c after b::R9; d after c::R9; e after d::R9;
        f after e::R9; g after f::R9; h after g::R9; i after h::R9; j after i::R9;
    }
}

pub(crate) mod fan_102 {
    use super::*;
    macro_rules! rows {
        ($($row:ident)*) => {
            $(ten! { $row: [T] [T] [T] [T] [T] [T] [T] [T] [T] [T] })*
            steps! { 0 Top: [Seed] -> T; 101 Bottom: [$($row::Resources),*] -> B; }
            pipeline! { Bottom<W>; Top<W>, $($row::Steps<W>,)* Bottom<W> }
        };
    }
    rows! { a b c d e f g h i j }
}

pub(crate) mod layers_101 {
    use super::*;
    macro_rules! layers {
        ($($layer:ident below $above:ident;)*) => {
            ten! { a: [Seed] [Seed] [Seed] [Seed] [Seed] [Seed] [Seed] [Seed] [Seed] [Seed] }
            $(ten! { $layer:
                [$above::R0, $above::R1, $above::R2] [$above::R1, $above::R2, $above::R3]
                [$above::R2, $above::R3, $above::R4] [$above::R3, $above::R4, $above::R5]
                [$above::R4, $above::R5, $above::R6] [$above::R5, $above::R6, $above::R7]
                [$above::R6, $above::R7, $above::R8] [$above::R7, $above::R8, $above::R9]
                [$above::R8, $above::R9, $above::R0] [$above::R9, $above::R0, $above::R1]
            })*
            steps! { 100 Bottom: [j::Resources] -> B; }
            pipeline! { Bottom<W>; a::Steps<W>, $($layer::Steps<W>,)* Bottom<W> }
        };
    }
    layers! {
        b below a; c below b; d below c; e below d; f below e; g below f; h below g; i below h; j below i;
    }
}
