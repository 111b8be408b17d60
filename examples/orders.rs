//! An order that is not paid at first. The error names the step, and the next run continues from
//! there.

use std::{collections::HashMap, sync::Mutex};
use typed_pipeliner::{HList, In, Out, Pipeline, Return, RunError, Store, resource, run, step};

type Cents = u32;

struct Line {
    article: String,
    quantity: u32,
}

#[derive(Debug, thiserror::Error)]
#[error("the card is declined: {missing} cents are missing")]
struct Declined {
    missing: Cents,
}

resource! {
    OrderText: &'static str;
    Stock: HashMap<&'static str, u32>;
    Prices: HashMap<&'static str, Cents>;
    /// The balance of the customer's card.
    Card: Mutex<Cents>;
    Lines: Vec<Line>;
    /// All ordered articles are in stock.
    InStock: ();
    Net: Cents;
    Tax: Cents;
    Paid: Cents;
}

#[step]
fn parse(text: In<'_, OrderText>) -> Result<Out<Lines>, String> {
    println!("parse");
    let line = |line: &str| {
        let (article, quantity) = line.split_once(' ').ok_or(format!("`{line}` is not `ARTICLE QUANTITY`"))?;
        let quantity = quantity.parse().map_err(|error| format!("the quantity of {article}: {error}"))?;
        Ok(Line { article: article.to_owned(), quantity })
    };
    text.lines().map(line).collect()
}

#[step]
fn check_stock(lines: In<'_, Lines>, stock: In<'_, Stock>) -> Result<Out<InStock>, String> {
    println!("check the stock");
    for Line { article, quantity: wanted } in lines {
        let left = stock.get(article.as_str()).copied().unwrap_or(0);
        if left < *wanted {
            return Err(format!("{wanted} pieces of {article} are wanted, and {left} are in stock"));
        }
    }
    Ok(())
}

#[step]
fn price(lines: In<'_, Lines>, prices: In<'_, Prices>, _: In<'_, InStock>) -> Result<Out<Net>, String> {
    println!("price");
    let price = |line: &Line| prices.get(line.article.as_str()).map(|price| price * line.quantity);
    lines.iter().map(|line| price(line).ok_or(format!("{} has no price", line.article))).sum()
}

#[step]
fn compute_tax(net: In<'_, Net>) -> Out<Tax> {
    println!("compute the tax");
    net * 19 / 100
}

#[step]
fn pay(net: In<'_, Net>, tax: In<'_, Tax>, card: In<'_, Card>) -> Result<Out<Paid>, Declined> {
    println!("pay");
    let (total, mut left) = (net + tax, card.lock().expect("nothing panics while it is locked"));
    *left = left.checked_sub(total).ok_or(Declined { missing: total - *left })?;
    Ok(total)
}

#[step]
fn receipt(lines: In<'_, Lines>, tax: In<'_, Tax>, paid: In<'_, Paid>) -> Return<String> {
    Return(format!("{} lines, {paid} cents paid, {tax} of them tax", lines.len()))
}

struct Order;
impl Pipeline for Order {
    type Steps = HList![Parse, CheckStock, Price, ComputeTax, Pay, Receipt];
}

fn main() -> Result<(), RunError> {
    smol::block_on(async {
        let store = Store::<Order>::new()
            .with(OrderText, "tea 2\ncup 1")
            .with(Stock, HashMap::from([("tea", 5), ("cup", 2)]))
            .with(Prices, HashMap::from([("tea", 450), ("cup", 800)]))
            .with(Card, Mutex::new(1000));

        let error = run::<Receipt>(&store).await.expect_err("there is too little on the card");
        println!("{error:#}");
        if let Some(Declined { missing }) = error.downcast_ref() {
            *store.get::<Card>().expect("it is supplied").lock().expect("nothing panics while it is locked") += missing;
        }

        // The outputs of the steps before `Pay` are still in the store: only `Pay` and `Receipt`
        // run.
        let receipt = run::<Receipt>(&store).await?;
        println!("{receipt}");
        Ok(())
    })
}
