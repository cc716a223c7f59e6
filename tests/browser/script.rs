//! What the script of the page adds: tabs, themes, sorting, searching, taking away, switching series.

use super::chromium::Browser;
use super::{PROMPTS, page, world};
use crate::support::Sandbox;
use std::path::{Path, PathBuf};

const TABLE: &str = "#usage-usage";

/// The first cells of the rows that are seen.
fn names(browser: &mut Browser) -> Vec<String> {
    browser.texts(&format!(
        "[...document.querySelectorAll('{TABLE} tbody tr')].filter((row) => row.checkVisibility()).map((row) => row.cells[0].textContent)"
    ))
}

fn shown(browser: &mut Browser) -> Vec<String> {
    browser.texts(
        "[...document.querySelectorAll('main > section')].filter((one) => one.checkVisibility()).map((one) => one.id)",
    )
}

fn opened(sandbox: &Sandbox, width: u32, place: &str) -> Option<(Browser, PathBuf)> {
    let mut browser = Browser::start()?;
    let page = page(sandbox);
    browser.look(width, "light");
    browser.open(&page, place);
    Some((browser, page))
}

fn is_quiet(browser: &mut Browser) {
    assert_eq!(browser.misdeeds(), [] as [&str; 0]);
}

#[test]
fn tabs_follow_the_mouse_the_keys_the_address_and_the_way_back() {
    let sandbox = world();
    let Some((mut browser, page)) = opened(&sandbox, 1400, "#cost") else { return };
    assert_eq!(shown(&mut browser), ["cost"], "an address leads to a tab");
    browser.click("#usage-tab");
    assert_eq!(shown(&mut browser), ["usage"]);
    assert_eq!(browser.value("location.hash"), "#usage");
    for (key, tab) in [
        ("ArrowRight", "performance"),
        ("ArrowLeft", "usage"),
        ("ArrowLeft", "overview"),
        ("ArrowLeft", "data"),
        ("ArrowRight", "overview"),
        ("End", "data"),
        ("Home", "overview"),
    ] {
        browser.press(key);
        assert_eq!(shown(&mut browser), [tab], "{key}");
        assert_eq!(browser.value("document.activeElement.id"), format!("{tab}-tab"));
    }
    let chosen = "[...document.querySelectorAll('[role=tab]')].filter((tab) => tab.getAttribute('aria-selected') === 'true' && tab.tabIndex === 0).map((tab) => tab.id)";
    assert_eq!(browser.texts(chosen), ["overview-tab"]);
    browser.value(
        "new Promise((done) => { addEventListener('popstate', done, { once: true }); history.back(); }).then(() => 0)",
    );
    assert_eq!(shown(&mut browser), ["data"], "the way back");
    browser.open(&page, "#usage-usage");
    assert_eq!(shown(&mut browser), ["usage"], "an address into a tab");
    browser.open(&page, "#nowhere");
    assert_eq!(shown(&mut browser), ["overview"], "an address that leads nowhere");
    browser.open(&page, "#%E0%A4%A");
    assert_eq!(shown(&mut browser), ["overview"], "an address that is none");
    is_quiet(&mut browser);
}

#[test]
fn a_theme_is_chosen_and_remembered() {
    let sandbox = world();
    let Some((mut browser, page)) = opened(&sandbox, 380, "") else { return };
    let ground = "getComputedStyle(document.body).backgroundColor";
    assert_eq!(browser.value(ground), "rgb(255, 255, 255)");
    browser.click(".theme [data-theme=dark]");
    assert_ne!(browser.value(ground), "rgb(255, 255, 255)");
    assert_eq!(
        browser.texts("[...document.querySelectorAll('.theme [aria-pressed=true]')].map((one) => one.textContent)"),
        ["Dark"]
    );
    browser.open(&page, "#cost");
    assert_ne!(browser.value(ground), "rgb(255, 255, 255)", "it is remembered");
    browser.click(".theme [data-theme='']");
    assert_eq!(browser.value(ground), "rgb(255, 255, 255)", "the system's is light");
    is_quiet(&mut browser);
}

#[test]
fn a_table_is_sorted_by_its_raw_values_with_mouse_and_keys() {
    let sandbox = world();
    let Some((mut browser, _)) = opened(&sandbox, 1400, "#usage") else { return };
    assert_eq!(names(&mut browser).len(), 20, "a long table begins short");
    browser.click(&format!("{TABLE} .more"));
    assert_eq!(names(&mut browser).len(), PROMPTS);
    let head = |column: usize| format!("{TABLE} thead th:nth-child({column}) button");
    let column = browser.value(&format!(
        "[...document.querySelectorAll('{TABLE} thead th')].findIndex((one) => one.textContent === 'input tokens') + 1"
    ));
    let column = usize::try_from(column.as_u64().expect("a column")).expect("a small number");
    let values = |browser: &mut Browser| -> Vec<u64> {
        let texts = browser.texts(&format!(
            "[...document.querySelectorAll('{TABLE} tbody td:nth-child({column})')].map((one) => one.textContent)"
        ));
        texts.iter().map(|text| text.replace(',', "").parse().expect("a number")).collect()
    };
    browser.click(&head(column));
    assert!(values(&mut browser).is_sorted_by(|a, b| a >= b), "{:?}", values(&mut browser));
    browser.press("Enter");
    assert!(values(&mut browser).is_sorted(), "{:?}", values(&mut browser));
    let sorted =
        format!("[...document.querySelectorAll('{TABLE} [aria-sort]')].map((one) => one.getAttribute('aria-sort'))");
    assert_eq!(browser.texts(&sorted), ["ascending"]);
    browser.click(&head(1));
    assert!(names(&mut browser).is_sorted());
    assert_eq!(
        browser.value(&format!("document.querySelector('{TABLE} tfoot .total th').textContent")),
        "all",
        "sums stay below"
    );
    is_quiet(&mut browser);
}

#[test]
fn a_search_keeps_the_rows_that_have_every_word() {
    let sandbox = world();
    let Some((mut browser, _)) = opened(&sandbox, 1400, "#usage") else { return };
    browser.click(&format!("{TABLE} input"));
    browser.write("PROMPT-1");
    assert_eq!(names(&mut browser).len(), 10, "also in what was not shown");
    assert_eq!(
        browser.value(&format!("document.querySelector('{TABLE} [role=status]').textContent")),
        format!("10 of {PROMPTS} rows")
    );
    browser.write(" 13");
    assert_eq!(names(&mut browser), ["prompt-13"]);
    browser.click(&format!("{TABLE} .bar button:nth-of-type(2)"));
    let (name, csv) = browser.downloaded();
    assert_eq!(name, "usage-usage.csv");
    assert_eq!(csv.lines().count(), 2, "what is seen is taken away: {csv}");
    assert!(csv.lines().nth(1).is_some_and(|line| line.starts_with("prompt-13,")), "{csv}");
    is_quiet(&mut browser);
}

#[test]
fn what_is_downloaded_or_copied_is_what_the_program_writes_as_csv() {
    let sandbox = world();
    let Some((mut browser, _)) = opened(&sandbox, 380, "#performance") else { return };
    let of_program = sandbox.run(["performance", "--format", "csv"]).ok();
    browser.click("#performance-performance .bar button:nth-of-type(2)");
    assert_eq!(browser.downloaded(), ("performance-performance.csv".to_owned(), of_program.clone()));
    for (clipboard, way) in [
        ("{ writeText: (text) => { window.copied = text; return Promise.resolve(); } }", "the clipboard"),
        ("undefined", "a command"),
    ] {
        browser.value(&format!("Object.defineProperty(navigator, 'clipboard', {{ value: {clipboard}, configurable: true }}); document.addEventListener('copy', () => {{ window.copied = getSelection().toString(); }}); 0"));
        browser.click("#performance-performance .bar button:nth-of-type(1)");
        assert_eq!(
            browser.value("new Promise((done) => setTimeout(() => done(window.copied.trimEnd()), 50))"),
            of_program.trim_end(),
            "{way}"
        );
        assert_eq!(
            browser.value("document.querySelector('#performance-performance [role=status]').textContent"),
            format!("Copied {PROMPTS} rows")
        );
    }
    is_quiet(&mut browser);
}

#[test]
fn a_chart_tells_its_values_and_hides_a_series() {
    let sandbox = world();
    let Some(mut browser) = Browser::start() else { return };
    let args = ["usage", "--every", "day", "--chart", "line", "--y", "runs,users", "-o", "chart.html"];
    assert_eq!(sandbox.run(args).ok(), "");
    for width in super::WIDTHS {
        browser.look(width, "dark");
        browser.open(&sandbox.work().join("chart.html"), "");
        let svg = if width < 600 { ".narrow" } else { ".wide" };
        assert!(browser.is(&format!("document.querySelector('{svg} svg').checkVisibility()")));
        browser.click(&format!("{svg} .point"));
        let tip = browser.value("document.querySelector('.tip:not([hidden])').textContent");
        assert!(tip.as_str().is_some_and(|tip| tip.contains("2026-11-1") && tip.contains("runs 40")), "{tip}");
        let visible = format!(
            "[...document.querySelectorAll('{svg} g.series')].filter((one) => getComputedStyle(one).display !== 'none').map((one) => one.dataset.series)"
        );
        assert_eq!(browser.texts(&visible), ["0", "1"]);
        browser.click(".legend li:nth-child(2) button");
        assert_eq!(browser.texts(&visible), ["0"]);
        assert_eq!(
            browser.value("document.querySelector('.legend li:nth-child(2) button').getAttribute('aria-pressed')"),
            "false"
        );
        browser.press("Enter");
        assert_eq!(browser.texts(&visible), ["0", "1"]);
        is_quiet(&mut browser);
    }
}

#[test]
fn a_wall_screen_reads_its_file_again_and_stays_where_it_was() {
    let sandbox = world();
    let logo = sandbox.work().join("logo.svg");
    std::fs::write(&logo, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\" onload=\"console.error('run')\"><script>console.error('run')</script><rect width=\"9\" height=\"9\"/></svg>").expect("a logo");
    let Some(mut browser) = Browser::start() else { return };
    assert_eq!(
        sandbox.run(["all", "--refresh", "5", "--logo", "logo.svg", "--title", "Wall", "-o", "wall.html"]).ok(),
        ""
    );
    browser.look(1400, "light");
    browser.open(Path::new(&sandbox.work().join("wall.html")), "#cost");
    assert!(browser.is("document.querySelector('header img').naturalWidth === 9"), "the logo is drawn");
    browser.click(".theme [data-theme=dark]");
    browser.value("window.isOld = true");
    browser.loaded();
    assert!(browser.is("!window.isOld && location.hash === '#cost'"));
    assert_eq!(shown(&mut browser), ["cost"]);
    assert_eq!(browser.value("document.documentElement.dataset.theme"), "dark");
    is_quiet(&mut browser);
}
