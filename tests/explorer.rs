//! The example `explorer` in a browser: what its page shows while pipelines run.
//!
//! Chromium is driven over WebDriver. Steps go on when the test lets them, so nothing here depends on how fast anything is.
//! `EXPLORER_PICTURES=docs/pictures` takes the pictures of the docs. `cargo test` builds the example first; `cargo test --test
//! explorer` does not, and takes what the last `cargo build --example explorer` made.

mod browser;

use browser::{Outcome, Process, WATCHDOG, eventually, started};
use fantoccini::{Client, Locator};
use serde_json::{Value, json};
use std::cell::Cell;
use std::env::{self, consts::EXE_SUFFIX};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// How large the window is.
const WINDOW: (u32, u32) = (1440, 940);

#[test]
fn states_change_as_the_run_goes_on() -> Outcome {
    in_a_browser(&["--hold"], async |page| {
        page.state_is("ReadConfig", "demanded").await?;
        page.state_is("ExportIndex", "idle").await?;

        page.click("#start").await?;
        page.state_is("ReadConfig", "running").await?;
        page.state_is("Listen", "running").await?;
        page.state_is("BuildIndex", "demanded").await?;

        // Only what has its inputs goes on.
        page.let_go("ReadConfig").await?;
        page.state_is("ReadConfig", "finished").await?;
        page.state_is("FindPages", "running").await?;
        page.state_is("ReadPages", "demanded").await?;
        page.let_go("FindPages").await?;
        page.let_go("ReadPages").await?;
        page.state_is("BuildIndex", "running").await?;
        page.text_is("#run-state", "running").await?;
        page.text_is("#count", "3 of 10 steps").await?;

        // What the panel says of a step: of its inputs and outputs, and when it ran.
        page.select("ReadPages").await?;
        page.text_has("#step-state", "finished").await?;
        page.text_has("#inputs", "Pages of FindPages").await?;
        page.text_has("#inputs", "files").await?;
        page.text_has("#outputs", "bytes").await?;
        page.text_has("#takers", "BuildIndex").await?;
        page.text_has("#times", "Waited for its inputs").await?;
        page.text_has("#times", "Ran").await?;
        page.let_go("LoadTemplate").await?;
        page.select("BuildIndex").await?;
        page.text_has("#step-state", "running").await?;
        page.picture("explorer_running").await?;

        // The same by the keyboard.
        let listen = page.node("Listen").await?;
        page.script(&format!("document.getElementById('{listen}').focus()")).await?;
        page.client.active_element().await?.send_keys("\u{e007}").await?;
        page.text_is("#step-name", "Listen").await?;
        page.select("BuildIndex").await?;

        // A page that comes late sees the same.
        page.client.refresh().await?;
        page.state_is("ReadPages", "finished").await?;
        page.state_is("BuildIndex", "running").await?;
        page.text_is("#step-name", "BuildIndex").await?;

        page.click("#let-all-go").await?;
        page.text_is("#run-state", "succeeded").await?;
        page.text_is("#count", "10 of 10 steps").await?;
        page.state_is("StartService", "finished").await?;
        page.state_is("ExportIndex", "idle").await?;
        page.text_has("#result", "the replica is ready").await
    })
}

#[test]
fn a_step_that_fails_turns_red_and_says_why() -> Outcome {
    in_a_browser(&["--hold", "--replica-down"], async |page| {
        let before = page.colour("ReachReplica").await?;
        page.click("#start").await?;
        page.let_go("ReadConfig").await?;
        page.let_go("FindPages").await?;
        page.state_is("ReadPages", "running").await?;
        page.let_go("ReachReplica").await?;
        page.state_is("ReachReplica", "failed").await?;
        page.text_is("#run-state", "failed").await?;
        // What was being executed was dropped.
        page.state_is("ReadPages", "cancelled").await?;
        page.state_is("BuildIndex", "not-run").await?;

        let is_red = page.eventually("the failed step is red", async || {
            let colour = page.colour("ReachReplica").await?;
            Ok((colour != before && colour[0] > 150 && colour[1] < 80 && colour[2] < 80).then_some(()))
        });
        is_red.await?;
        page.select("ReachReplica").await?;
        page.text_has("#error", "hung up before its greeting").await?;
        let causes = page.client.find_all(Locator::Css("#error li")).await?;
        assert_eq!(causes.len(), 2, "the error, and what is behind it");
        page.text_has("#result", "step `ReachReplica`, needed by `StartService`, failed").await?;
        // The legend tells more states now, and covers nothing.
        let all_seen = async || Ok((page.script(OUTSIDE).await? == json!([])).then_some(()));
        page.eventually("all steps are seen", all_seen).await?;
        page.picture("explorer_failed").await?;

        // The next run goes on from what is there.
        page.click("#switch input").await?;
        page.client.wait().for_element(Locator::Css("#switch input:checked")).await?;
        page.click("#go-on").await?;
        page.text_is("#run-state", "running").await?;
        page.click("#let-all-go").await?;
        page.text_is("#run-state", "succeeded").await?;
        page.state_is("ReachReplica", "finished").await?;
        page.state_is("ReadConfig", "present").await
    })
}

#[test]
fn a_run_that_is_stopped_says_which_steps_were_dropped() -> Outcome {
    in_a_browser(&["--hold"], async |page| {
        page.click("#start").await?;
        page.state_is("Listen", "running").await?;
        page.click("#stop").await?;
        page.state_is("Listen", "cancelled").await?;
        page.text_is("#run-state", "stopped").await
    })
}

#[test]
fn a_page_whose_server_was_away_goes_on() -> Outcome {
    in_a_browser(&["--hold"], async |page| {
        page.click("#start").await?;
        page.state_is("Listen", "running").await?;
        drop(page.explorer.take());
        page.text_has("#lost", "does not answer").await?;
        // Another one at the same place, which has run nothing yet.
        let (_, port) = page.address.trim_end_matches('/').rsplit_once(':').ok_or("an address has a port")?;
        page.explorer.set(Some(explorer(&["--port", port])?.0));
        page.text_is("#run-state", "not run yet").await?;
        page.text_is("#lost", "").await?;
        page.state_is("Listen", "demanded").await
    })
}

#[test]
fn two_hundred_steps_stay_legible() -> Outcome {
    in_a_browser(&["--hold", "--pipeline", "company"], async |page| {
        page.client.wait().for_element(Locator::Css("g.step[data-state]")).await?;
        let steps = page.client.find_all(Locator::Css("#picture g.step")).await?.len();
        assert_eq!(steps, 201, "two hundred steps and the target");

        // All of it is in the window at first, and no name is too small to be read.
        assert_eq!(page.script(OUTSIDE).await?, json!([]), "what is not seen");
        assert_eq!(page.script(SMALL).await?, json!([]), "names that are too small");
        page.click("#start").await?;
        page.state_is("FetchOrders", "running").await?;
        for thing in ["Orders", "Users", "Items", "Prices", "Stocks", "Routes", "Bills", "Taxes", "Mails", "Logs"] {
            for step in ["Fetch", "Decode", "Check", "Clean", "Split"] {
                page.let_go(&format!("{step}{thing}")).await?;
            }
        }
        page.text_is("#count", "50 of 201 steps").await?;
        page.picture("explorer_200").await?;

        // Nearer, names are shown, large enough, each in its box, and none on another.
        page.click("#full").await?;
        assert_eq!(page.script(SMALL).await?, json!([]), "names that are too small");
        assert_eq!(page.script(HIDDEN).await?, json!(0), "names that are not shown");
        assert_eq!(page.script(OVERLAPS).await?, json!([]), "names on one another, or outside of their boxes");

        // Any step can be gone to by its name, and by the keyboard alone.
        let find = page.client.find(Locator::Css("#find")).await?;
        find.send_keys("KeepLogs\u{e007}").await?;
        page.text_is("#step-name", "KeepLogs").await?;
        let in_view = page
            .eventually("the step is in view", async || Ok((page.script(VISIBLE).await? == json!(true)).then_some(())));
        in_view.await?;
        page.picture("explorer_200_near").await?;

        page.click("#let-all-go").await?;
        page.text_is("#run-state", "succeeded").await?;
        page.text_is("#count", "201 of 201 steps").await
    })
}

/// Boxes that are not in the picture, or behind its legend.
const OUTSIDE: &str = "
    const room = document.querySelector('#picture').getBoundingClientRect();
    const bottom = document.querySelector('#legend').getBoundingClientRect().top;
    const out = (box) => box.left < room.left || box.top < room.top || box.right > room.right || box.bottom > bottom;
    return [...document.querySelectorAll('#picture g.step')].filter((g) => out(g.getBoundingClientRect())).map((g) => g.id);";
/// Names that are shown in letters of less than eight pixels.
const SMALL: &str = "
    const size = (text) => parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a;
    const texts = [...document.querySelectorAll('#picture g.step text, #picture g.resource text')];
    return texts.filter((text) => getComputedStyle(text).visibility === 'visible' && size(text) < 8).map((text) => text.textContent);";
/// How many names are not shown.
const HIDDEN: &str = "
    const texts = [...document.querySelectorAll('#picture g.step text, #picture g.resource text')];
    return texts.filter((text) => getComputedStyle(text).visibility !== 'visible').length;";
/// Names that lie on another one, or not in their box.
const OVERLAPS: &str = "
    const names = [...document.querySelectorAll('#picture g.step, #picture g.resource')].map((g) => {
        const text = g.querySelector('text');
        return { name: text.textContent, at: text.getBoundingClientRect(), box: g.querySelector('rect').getBoundingClientRect() };
    });
    const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
    const inside = (a, b) => a.left >= b.left && a.right <= b.right && a.top >= b.top - 1 && a.bottom <= b.bottom + 1;
    return names.filter((one) => !inside(one.at, one.box) || names.some((other) => other !== one && meet(one.box, other.box)))
        .map((one) => one.name);";
/// Whether the step that is looked at is in the part of the window that shows the picture.
const VISIBLE: &str = "
    const box = document.querySelector('#picture g.selected').getBoundingClientRect();
    const room = document.querySelector('#picture').getBoundingClientRect();
    return box.left >= room.left && box.right <= room.right && box.top >= room.top && box.bottom <= room.bottom;";

/// A page of the explorer in a browser.
struct Page {
    client: Client,
    /// The explorer, unless it was ended.
    explorer: Cell<Option<Process>>,
    /// Where it is.
    address: String,
}

impl Page {
    /// Waits until something is there.
    async fn eventually<T>(
        &self,
        what: &str,
        look: impl AsyncFn() -> Result<Option<T>, Box<dyn std::error::Error>>,
    ) -> Result<T, Box<dyn std::error::Error>> {
        eventually(&self.client, what, look).await
    }

    async fn script(&self, script: &str) -> Result<Value, Box<dyn std::error::Error>> {
        Ok(self.client.execute(script, vec![]).await?)
    }

    /// Waits until a step is in a state.
    async fn state_is(&self, step: &str, state: &str) -> Outcome {
        let node = self.node(step).await?;
        let looked = async || {
            let now = self.script(&format!("return document.getElementById('{node}').dataset.state")).await?;
            Ok((now == json!(state)).then_some(()))
        };
        self.eventually(&format!("`{step}` is {state}"), looked).await
    }

    /// The element of a step.
    async fn node(&self, step: &str) -> Result<String, Box<dyn std::error::Error>> {
        let script = "
            const plan = JSON.parse(document.getElementById('plan').textContent);
            return 's' + plan.steps.findIndex((step) => step.name === arguments[0]);";
        let node = self.client.execute(script, vec![json!(step)]).await?;
        Ok(node.as_str().filter(|node| *node != "s-1").ok_or(format!("no step `{step}`"))?.to_owned())
    }

    /// Waits until an element that is shown has a text.
    async fn text_is(&self, css: &str, text: &str) -> Outcome {
        self.text(css, text, |all| all == text).await
    }

    /// Waits until a text is part of that of an element that is shown.
    async fn text_has(&self, css: &str, text: &str) -> Outcome {
        self.text(css, text, |all| all.contains(text)).await
    }

    async fn text(&self, css: &str, text: &str, is_right: impl Fn(&str) -> bool) -> Outcome {
        // What is shown of it: `innerText` alone would tell what is hidden, too.
        let script = format!(
            "const element = document.querySelector('{css}');
            return element.checkVisibility() ? element.innerText : '';"
        );
        let looked = async || {
            let all = self.script(&script).await?;
            Ok(all.as_str().is_some_and(|all| is_right(all.trim())).then_some(()))
        };
        self.eventually(&format!("{css} says {text:?}"), looked).await
    }

    async fn click(&self, css: &str) -> Outcome {
        let element = self.client.wait().at_most(WATCHDOG).for_element(Locator::Css(css)).await?;
        let looked = async || Ok((element.is_displayed().await? && element.is_enabled().await?).then_some(()));
        self.eventually(&format!("{css} can be clicked"), looked).await?;
        Ok(element.click().await?)
    }

    /// Clicks a step.
    async fn select(&self, step: &str) -> Outcome {
        let node = self.node(step).await?;
        self.click(&format!("#{node}")).await?;
        self.text_is("#step-name", step).await
    }

    /// Lets a step go, now or when it comes to run.
    async fn let_go(&self, step: &str) -> Outcome {
        let script = "
            const [step, done] = arguments;
            fetch(location.pathname + '/let-go/' + step, { method: 'POST' }).then((answer) => done(answer.status));";
        let status = self.client.execute_async(script, vec![json!(step)]).await?;
        assert_eq!(status, json!(204));
        Ok(())
    }

    /// The colour of the outline of a step: red, green, blue.
    async fn colour(&self, step: &str) -> Result<[u8; 3], Box<dyn std::error::Error>> {
        let node = self.node(step).await?;
        let script = format!("return getComputedStyle(document.querySelector('#{node} > rect')).stroke");
        let colour = self.script(&script).await?;
        let numbers = colour.as_str().unwrap_or_default().trim_start_matches("rgb(").trim_end_matches(')');
        let numbers = numbers.split(", ").map(str::parse).collect::<Result<Vec<u8>, _>>()?;
        Ok(numbers.try_into().map_err(|_| "a colour has three numbers")?)
    }

    /// Takes a picture, if pictures are asked for.
    async fn picture(&self, name: &str) -> Outcome {
        if let Some(place) = env::var_os("EXPLORER_PICTURES") {
            // What fades in has done so.
            let still = "return document.getAnimations().every((one) => one.playState !== 'running' || one instanceof CSSAnimation)";
            let at_rest = async || Ok((self.script(still).await? == json!(true)).then_some(()));
            self.eventually("the page is at rest", at_rest).await?;
            fs::write(Path::new(&place).join(name).with_extension("png"), self.client.screenshot().await?)?;
        }
        Ok(())
    }
}

/// The explorer with these arguments, and its address.
fn explorer(arguments: &[&str]) -> Result<(Process, String), Box<dyn std::error::Error>> {
    let explorer = beside_the_tests(&format!("examples/explorer{EXE_SUFFIX}"))?;
    started(Command::new(explorer).args(arguments), |line| line.starts_with("http://").then(|| line.to_owned()))
}

/// The explorer with these arguments, in a browser of its own.
fn in_a_browser(arguments: &[&str], test: impl AsyncFnOnce(&Page) -> Outcome) -> Outcome {
    browser::look("the page of the explorer", async |client| {
        let (explorer, address) = explorer(arguments)?;
        let page = Page { client, explorer: Cell::new(Some(explorer)), address };
        page.client.set_window_size(WINDOW.0, WINDOW.1).await?;
        page.client.goto(&page.address).await?;
        test(&page).await
    })
}

/// A file in the folder of what was built, from where this test stands in it.
fn beside_the_tests(file: &str) -> Result<PathBuf, Box<dyn std::error::Error>> {
    let test = env::current_exe()?;
    let built = test.parent().and_then(Path::parent).ok_or("the test stands in a folder")?;
    let file = built.join(file);
    if !file.is_file() {
        return Err(
            format!("{} is not built: `cargo test` does it, and `cargo build --examples`", file.display()).into()
        );
    }
    Ok(file)
}
