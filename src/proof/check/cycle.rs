//! Mistake: steps need each other in a cycle.

use super::ProofCheck;
use crate::proof::walk::{PathEnd, PathStep};
use crate::sealed::Seal;

/// A path that is no cycle. There is none: for each length of a cycle a trait reports it.
///
/// It is defined on [`PathStep`]. It is needed to spell the cycle out: rustc shortens a long type,
/// but not a message that names many types.
pub trait Acyclic {
    #[doc(hidden)]
    fn seal(_: Seal);
}

/// Reports a cycle of one length.
macro_rules! cycle {
    ($trait:ident[$($step:ident)*], $path:ty, $message:literal) => {
        #[diagnostic::on_unimplemented(
            message = $message,
            label = "the target needs this cycle",
            note = "supply a resource that one of these steps takes from the next, or remove that input"
        )]
        #[doc = concat!("Never holds: ", $message)]
        pub trait $trait<$($step),*> {
            #[doc(hidden)]
            fn seal(_: Seal);
        }

        impl<$($step),*> Acyclic for $path
        where
            ProofCheck: $trait<$($step),*>,
        {
            fn seal(_: Seal) {}
        }
    };
}
cycle!(Cycle1[S], PathStep<S, PathEnd>, "dependency cycle: step `{S}` needs itself");
cycle!(Cycle2[S A], PathStep<S, PathStep<A, PathEnd>>, "dependency cycle: step `{S}` needs `{A}`, which needs `{S}`");
cycle!(Cycle3[S A B], PathStep<S, PathStep<A, PathStep<B, PathEnd>>>, "dependency cycle: step `{S}` needs `{A}`, which needs `{B}`, which needs `{S}`");
cycle!(Cycle4[S A B C], PathStep<S, PathStep<A, PathStep<B, PathStep<C, PathEnd>>>>, "dependency cycle: step `{S}` needs `{A}`, which needs `{B}`, which needs `{C}`, which needs `{S}`");
cycle!(Cycle5[S A B C D], PathStep<S, PathStep<A, PathStep<B, PathStep<C, PathStep<D, PathEnd>>>>>, "dependency cycle: step `{S}` needs `{A}`, which needs `{B}`, which needs `{C}`, which needs `{D}`, which needs `{S}`");
cycle!(Cycle6[S A B C D E], PathStep<S, PathStep<A, PathStep<B, PathStep<C, PathStep<D, PathStep<E, PathEnd>>>>>>, "dependency cycle: step `{S}` needs `{A}`, which needs `{B}`, which needs `{C}`, which needs `{D}`, which needs `{E}`, which needs `{S}`");
cycle!(Cycle7[S A B C D E F], PathStep<S, PathStep<A, PathStep<B, PathStep<C, PathStep<D, PathStep<E, PathStep<F, PathEnd>>>>>>>, "dependency cycle: step `{S}` needs `{A}`, which needs `{B}`, which needs `{C}`, which needs `{D}`, which needs `{E}`, which needs `{F}`, which needs `{S}`");
cycle!(Cycle8[S A B C D E F G], PathStep<S, PathStep<A, PathStep<B, PathStep<C, PathStep<D, PathStep<E, PathStep<F, PathStep<G, PathEnd>>>>>>>>, "dependency cycle: step `{S}` needs `{A}`, which needs `{B}`, which needs `{C}`, which needs `{D}`, which needs `{E}`, which needs `{F}`, which needs `{G}`, which needs `{S}`");
cycle!(Cycle9[S A B C D E F G H], PathStep<S, PathStep<A, PathStep<B, PathStep<C, PathStep<D, PathStep<E, PathStep<F, PathStep<G, PathStep<H, PathEnd>>>>>>>>>, "dependency cycle: step `{S}` needs `{A}`, which needs `{B}`, which needs `{C}`, which needs `{D}`, which needs `{E}`, which needs `{F}`, which needs `{G}`, which needs `{H}`, which needs `{S}`");
cycle!(Cycle10[S A B C D E F G H I], PathStep<S, PathStep<A, PathStep<B, PathStep<C, PathStep<D, PathStep<E, PathStep<F, PathStep<G, PathStep<H, PathStep<I, PathEnd>>>>>>>>>>, "dependency cycle: step `{S}` needs `{A}`, which needs `{B}`, which needs `{C}`, which needs `{D}`, which needs `{E}`, which needs `{F}`, which needs `{G}`, which needs `{H}`, which needs `{I}`, which needs `{S}`");
cycle!(Cycle11[S A B C D E F G H I J], PathStep<S, PathStep<A, PathStep<B, PathStep<C, PathStep<D, PathStep<E, PathStep<F, PathStep<G, PathStep<H, PathStep<I, PathStep<J, PathEnd>>>>>>>>>>>, "dependency cycle: step `{S}` needs `{A}`, which needs `{B}`, which needs `{C}`, which needs `{D}`, which needs `{E}`, which needs `{F}`, which needs `{G}`, which needs `{H}`, which needs `{I}`, which needs `{J}`, which needs `{S}`");
cycle!(Cycle12[S A B C D E F G H I J K], PathStep<S, PathStep<A, PathStep<B, PathStep<C, PathStep<D, PathStep<E, PathStep<F, PathStep<G, PathStep<H, PathStep<I, PathStep<J, PathStep<K, PathEnd>>>>>>>>>>>>, "dependency cycle: step `{S}` needs `{A}`, which needs `{B}`, which needs `{C}`, which needs `{D}`, which needs `{E}`, which needs `{F}`, which needs `{G}`, which needs `{H}`, which needs `{I}`, which needs `{J}`, which needs `{K}`, which needs `{S}`");

/// Never holds: a cycle of more than twelve steps, the first twelve of which are spelled out.
#[diagnostic::on_unimplemented(
    message = "dependency cycle: step `{S}` needs `{A}`, which needs `{B}`, which needs `{C}`, which needs `{D}`, which needs `{E}`, which needs `{F}`, which needs `{G}`, which needs `{H}`, which needs `{I}`, which needs `{J}`, which needs `{K}`, and so on through `{More}` to `{S}`",
    label = "the target needs this cycle",
    note = "supply a resource that one of these steps takes from the next, or remove that input"
)]
pub trait LongCycle<S, A, B, C, D, E, F, G, H, I, J, K, More> {
    #[doc(hidden)]
    fn seal(_: Seal);
}

#[rustfmt::skip]
impl<S, A, B, C, D, E, F, G, H, I, J, K, L, Rest> Acyclic
    for PathStep<S, PathStep<A, PathStep<B, PathStep<C, PathStep<D, PathStep<E, PathStep<F, PathStep<G, PathStep<H, PathStep<I, PathStep<J, PathStep<K, PathStep<L, Rest>>>>>>>>>>>>>
where
    ProofCheck: LongCycle<S, A, B, C, D, E, F, G, H, I, J, K, PathStep<L, Rest>>,
{
    fn seal(_: Seal) {}
}
