use typed_pipeliner::{HList, Out, Pipeline, Store, resource, step};

resource! { A: u8; B: u8; C: u8; D: u8; E: u8; F: u8; G: u8; H: u8; I: u8; J: u8; K: u8; L: u8; M: u8; N: u8; O: u8; P: u8; Q: u8; }

#[step]
fn spell() -> (
    Out<A>, Out<B>, Out<C>, Out<D>, Out<E>, Out<F>, Out<G>, Out<H>, Out<I>, Out<J>, Out<K>, Out<L>, Out<M>, Out<N>, Out<O>, Out<P>,
    Out<Q>,
) {
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16)
}

struct Alphabet;
impl Pipeline for Alphabet {
    type Steps = HList![Spell];
}

fn main() {
    let _ = Store::<Alphabet>::new().resource::<Q>();
}
