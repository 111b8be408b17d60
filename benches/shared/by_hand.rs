//! The same steps without a pipeline: layer by layer, each layer as wide as `widths` says.

use crate::work::{Work, add};
use futures::StreamExt;
use futures::future::{join, join5};
use futures::stream::FuturesUnordered;
use std::hint::black_box;

/// The sum of the inputs of the step at `place` from the layer above: all of a narrow layer, three
/// of a wide one; and the last step takes all.
fn input(above: &[u64], place: usize, last: bool) -> u64 {
    match above.len() {
        10 if !last => above[place] + above[(place + 1) % 10] + above[(place + 2) % 10],
        _ => above.iter().sum(),
    }
}

/// One step after the other.
pub(crate) async fn awaited<W: Work>(widths: &[usize]) -> u64 {
    let mut above = vec![black_box(0)];
    for (layer, &width) in widths.iter().enumerate() {
        let mut values = Vec::with_capacity(width);
        for place in 0..width {
            values.push(add::<W>(place, input(&above, place, layer + 1 == widths.len())).await);
        }
        above = values;
    }
    above[0]
}

/// Each layer is joined.
pub(crate) async fn joined<W: Work>(widths: &[usize]) -> u64 {
    let mut above = vec![black_box(0)];
    for (layer, &width) in widths.iter().enumerate() {
        let step = |place| add::<W>(place, input(&above, place, layer + 1 == widths.len()));
        let ten = |first| {
            let five = |first| join5(step(first), step(first + 1), step(first + 2), step(first + 3), step(first + 4));
            join(five(first), five(first + 5))
        };
        above = match width {
            1 => vec![step(0).await],
            2 => <[u64; 2]>::from(join(step(0), step(1)).await).to_vec(),
            10 => flat(ten(0).await).to_vec(),
            100 => {
                let fifty =
                    |first| join5(ten(first), ten(first + 10), ten(first + 20), ten(first + 30), ten(first + 40));
                let (low, high) = join(fifty(0), fifty(50)).await;
                [low, high].into_iter().flat_map(<[_; 5]>::from).flat_map(flat).collect()
            }
            _ => unreachable!("no shape has such a layer"),
        };
    }
    above[0]
}

/// The values of ten joined steps.
fn flat((low, high): (Five, Five)) -> [u64; 10] {
    let mut values = [0; 10];
    values[..5].copy_from_slice(&<[u64; 5]>::from(low));
    values[5..].copy_from_slice(&<[u64; 5]>::from(high));
    values
}

type Five = (u64, u64, u64, u64, u64);

/// Each layer is pushed into one `FuturesUnordered`, which all layers share.
pub(crate) async fn unordered<W: Work>(widths: &[usize]) -> u64 {
    let mut running = FuturesUnordered::new();
    let mut above = vec![black_box(0)];
    for (layer, &width) in widths.iter().enumerate() {
        for place in 0..width {
            let input = input(&above, place, layer + 1 == widths.len());
            running.push(async move { (place, add::<W>(place, input).await) });
        }
        above = vec![0; width];
        while let Some((place, value)) = running.next().await {
            above[place] = value;
        }
    }
    above[0]
}
