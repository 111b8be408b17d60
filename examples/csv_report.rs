//! A report on two CSV files, which are read at the same time: neither step needs the other.

use std::collections::{BTreeMap, HashMap};
use std::fmt::{self, Write as _};
use std::{fs, io, path::PathBuf};
use typed_pipeliner::{BoxError, HList, In, Out, Pipeline, RunError, Store, resource, step};

struct Sale {
    shop: u32,
    cents: u64,
}

resource! {
    /// The folder of the two files.
    Dir: PathBuf;
    /// The name of each shop.
    Shops: HashMap<u32, String>;
    Sales: Vec<Sale>;
    /// The sales of each shop, in cents.
    Totals: BTreeMap<u32, u64>;
    /// The places in `Sales` of those that are ten times the median, or more.
    Outliers: Vec<usize>;
    Report: String;
}

/// Returns the rows of a CSV file with two columns, without its head.
fn rows(text: &str) -> impl Iterator<Item = Result<(u32, &str), String>> {
    text.lines().skip(1).map(|line| {
        let (shop, value) = line.split_once(',').ok_or(format!("`{line}` has no comma"))?;
        Ok((shop.parse().map_err(|error| format!("`{shop}` is not a shop: {error}"))?, value))
    })
}

#[step]
async fn read_shops(dir: In<'_, Dir>) -> Result<Out<Shops>, BoxError> {
    let text = smol::fs::read_to_string(dir.join("shops.csv")).await?;
    let shops: Result<_, String> = rows(&text).map(|row| row.map(|(shop, name)| (shop, name.to_owned()))).collect();
    Ok(shops?)
}

#[step]
async fn read_sales(dir: In<'_, Dir>) -> Result<Out<Sales>, BoxError> {
    let text = smol::fs::read_to_string(dir.join("sales.csv")).await?;
    let sale = |(shop, cents): (_, &str)| cents.parse().map(|cents| Sale { shop, cents });
    rows(&text).map(|row| Ok(sale(row?)?)).collect()
}

#[step]
fn total(sales: In<'_, Sales>) -> Out<Totals> {
    let mut totals = BTreeMap::new();
    for sale in sales {
        *totals.entry(sale.shop).or_default() += sale.cents;
    }
    totals
}

#[step]
fn find_outliers(sales: In<'_, Sales>) -> Out<Outliers> {
    let mut cents: Vec<_> = sales.iter().map(|sale| sale.cents).collect();
    cents.sort_unstable();
    let median = cents.get(cents.len() / 2).copied().unwrap_or(0);
    (0..sales.len()).filter(|&place| sales[place].cents >= 10 * median).collect()
}

#[step]
fn write(
    shops: In<'_, Shops>,
    sales: In<'_, Sales>,
    totals: In<'_, Totals>,
    outliers: In<'_, Outliers>,
) -> Result<Out<Report>, fmt::Error> {
    let name = |shop: &u32| shops.get(shop).map_or("unknown", String::as_str);
    let mut report = "| shop | cents |\n| --- | ---: |\n".to_owned();
    for (shop, total) in totals {
        writeln!(report, "| {} | {total} |", name(shop))?;
    }
    writeln!(report, "\n{} sales, outliers among them:\n", sales.len())?;
    for &place in outliers {
        let Sale { shop, cents } = &sales[place];
        writeln!(report, "- {cents} cents in {}", name(shop))?;
    }
    Ok(report)
}

struct Job;
impl Pipeline for Job {
    type Steps = HList![ReadShops, ReadSales, Total, FindOutliers, Write];
}

fn main() -> Result<(), Failure> {
    let dir = tempfile::tempdir()?;
    fs::write(dir.path().join("shops.csv"), "shop,name\n1,Harbour\n2,Market\n")?;
    fs::write(dir.path().join("sales.csv"), "shop,cents\n1,100\n2,250\n1,9000\n2,150\n1,120\n1,90\n")?;

    let store = Store::<Job>::new().with(Dir, dir.path().to_owned());
    print!("{}", smol::block_on(store.resource::<Report>())?);
    Ok(())
}

#[derive(Debug, thiserror::Error)]
#[error(transparent)]
enum Failure {
    Files(#[from] io::Error),
    Run(#[from] RunError),
}
