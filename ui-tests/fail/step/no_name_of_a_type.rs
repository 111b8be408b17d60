use typed_pipeliner::{Out, resource, step};

resource! { Spectrum: f64; }

#[step]
fn _2d_fft() -> Out<Spectrum> {
    0.0
}

fn main() {}
