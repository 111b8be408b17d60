use typed_pipeliner::{HList, Inputs, Outputs, Step, hlist, hlist_pat, resource};

resource! {
    A: u8; B: u8; C: u8; D: u8; E: u8; F: u8; G: u8; H: u8; I: u8;
    J: u8; K: u8; L: u8; M: u8; N: u8; O: u8; P: u8; Q: u8; R: u8;
}

struct Seventeenth;

struct Add;
impl Step for Add {
    type Inputs = HList![A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P, Seventeenth];
    type Outputs = HList![R];
    type Error = std::convert::Infallible;
    async fn run(inputs: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        let hlist_pat![a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q] = inputs;
        let sum = a + b + c + d + e + f + g + h + i + j + k + l + m + n + o + p + q;
        Ok(hlist![sum])
    }
}

fn main() {}
