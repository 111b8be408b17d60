//! Thumbnails of several images: a store for each, and a thread of its own for the step that
//! computes.

use futures::future::try_join_all;
use std::path::{Path, PathBuf};
use std::{fs, io, sync::Arc};
use typed_pipeliner::{HList, In, Out, Pipeline, Store, resource, step};

/// A picture in shades of grey, row by row.
struct Image {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

impl Image {
    /// Paints a picture from the shade of each pixel.
    fn paint(width: usize, height: usize, shade: impl Fn(usize, usize) -> usize) -> Self {
        let pixels = (0..width * height).map(|place| shade(place % width, place / width) as u8).collect();
        Image { width, height, pixels }
    }

    /// Reads the format PGM, `P5 WIDTH HEIGHT 255` and a byte for each pixel.
    fn decode(pgm: &[u8]) -> io::Result<Self> {
        let malformed = || io::Error::new(io::ErrorKind::InvalidData, "not a PGM image");
        let parts: Vec<_> = pgm.splitn(5, u8::is_ascii_whitespace).collect();
        let [b"P5", width, height, b"255", pixels] = parts[..] else { return Err(malformed()) };
        let number = |digits| std::str::from_utf8(digits).ok()?.parse().ok();
        let (width, height) = number(width).zip(number(height)).ok_or_else(malformed)?;
        if pixels.len() != width * height {
            return Err(malformed());
        }
        Ok(Image { width, height, pixels: pixels.to_vec() })
    }

    fn encode(&self) -> Vec<u8> {
        let head = format!("P5\n{} {}\n255\n", self.width, self.height);
        [head.as_bytes(), &self.pixels].concat()
    }
}

resource! {
    Source: PathBuf;
    Target: PathBuf;
    /// In an `Arc`, because a blocking step takes clones.
    Original: Arc<Image>;
    Thumbnail: Image;
    Written: ();
}

#[step]
async fn load(source: In<'_, Source>) -> io::Result<Out<Original>> {
    Ok(Arc::new(Image::decode(&smol::fs::read(source).await?)?))
}

/// Replaces each square of eight by eight pixels by its mean.
#[step(blocking)]
fn scale_down(original: In<'_, Original>) -> Out<Thumbnail> {
    const SIDE: usize = 8;
    Image::paint(original.width / SIDE, original.height / SIDE, |x, y| {
        let row = |row: usize| &original.pixels[row * original.width + x * SIDE..][..SIDE];
        let sum: usize = (y * SIDE..(y + 1) * SIDE).flat_map(row).copied().map(usize::from).sum();
        sum / (SIDE * SIDE)
    })
}

#[step]
async fn save(thumbnail: In<'_, Thumbnail>, target: In<'_, Target>) -> io::Result<Out<Written>> {
    smol::fs::write(target, thumbnail.encode()).await
}

struct Thumbnailer;
impl Pipeline for Thumbnailer {
    type Steps = HList![Load, ScaleDown, Save];
}

/// Prints an image as characters.
fn show(path: &Path) -> io::Result<()> {
    let image = Image::decode(&fs::read(path)?)?;
    println!("{}, {} by {}", path.file_name().unwrap_or_default().to_string_lossy(), image.width, image.height);
    for row in image.pixels.chunks(image.width) {
        println!("{}", row.iter().map(|&shade| char::from(b" .:-=+*#"[usize::from(shade / 32)])).collect::<String>());
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let dir = tempfile::tempdir()?;
    fs::write(dir.path().join("slope.pgm"), Image::paint(128, 32, |x, _| 2 * x).encode())?;
    fs::write(
        dir.path().join("hill.pgm"),
        Image::paint(128, 64, |x, y| (x * (127 - x) * y * (63 - y)) >> 14).encode(),
    )?;

    let stores = ["slope", "hill"].map(|name| {
        let path = |name| dir.path().join(name).with_extension("pgm");
        Store::<Thumbnailer>::new().with(Source, path(name)).with(Target, path(&format!("{name}-small")))
    });
    smol::block_on(try_join_all(stores.iter().map(Store::resource::<Written>)))?;
    stores.iter().try_for_each(|store| show(store.get::<Target>().expect("it is supplied")))?;
    Ok(())
}
