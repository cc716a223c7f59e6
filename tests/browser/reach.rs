//! Everybody reaches everything: every tab in every width and theme, with a screen reader, a keyboard, on paper.

use super::chromium::Browser;
use super::{PROMPTS, each_tab, page, world};
use crate::support::skipped;
use serde_json::json;

#[test]
fn every_tab_opens_in_every_width_and_theme_with_an_empty_console() {
    let Some(mut browser) = Browser::start() else { return };
    let sandbox = world();
    let page = page(&sandbox);
    let mut tabs = 0;
    each_tab(&mut browser, &page, |browser, what| {
        let shown = browser.texts("[...document.querySelectorAll('main > section')].filter((one) => one.checkVisibility()).map((one) => one.id)");
        assert_eq!(shown, [what.split(' ').next().expect("a tab")], "{what}: one panel is seen");
        let height = browser.value("document.querySelector('main > section:not([hidden])').offsetHeight");
        assert!(height.as_u64().is_some_and(|height| height > 60), "{what} is {height} high");
        let wide = browser.value("document.documentElement.scrollWidth - innerWidth");
        assert!(wide.as_i64().is_some_and(|wide| wide <= 0), "{what} is {wide} too wide");
        let is_dark = browser.value("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)";
        assert_eq!(is_dark, what.ends_with("dark"), "{what}");
        tabs += 1;
    });
    assert_eq!(tabs, (prompt_analytics::report::ALL.len() + 1) * 4);
}

#[test]
fn a_screen_reader_finds_names_captions_and_headings_in_order() {
    let Some(mut browser) = Browser::start() else { return };
    let sandbox = world();
    let page = page(&sandbox);
    each_tab(&mut browser, &page, |browser, what| {
        let reading = browser.reading();
        let controls =
            ["button", "tab", "link", "textbox", "searchbox", "table", "tabpanel", "tablist", "region", "image", "img"];
        for (role, name) in reading.iter().filter(|(role, _)| controls.contains(&role.as_str())) {
            assert!(!name.trim().is_empty(), "{what}: a {role} without a name");
        }
        let count = |role: &str| reading.iter().filter(|(is, _)| is == role).count();
        assert_eq!((count("tablist"), count("tabpanel"), count("main")), (1, 1, 1), "{what}: {reading:?}");
        assert_eq!(count("tab"), prompt_analytics::report::ALL.len() + 1, "{what}");
    });
    browser.open(&page, "");
    let levels =
        browser.value("[...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].map((one) => Number(one.tagName[1]))");
    let levels: Vec<u64> = levels.as_array().expect("levels").iter().filter_map(serde_json::Value::as_u64).collect();
    assert_eq!(levels.iter().filter(|level| **level == 1).count(), 1);
    assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{levels:?}");
    for (what, wrong) in [
        (
            "tables without a caption",
            "[...document.querySelectorAll('table')].filter((one) => !one.caption?.textContent)",
        ),
        ("heads without a scope", "[...document.querySelectorAll('th')].filter((one) => !one.scope)"),
        (
            "ids twice",
            "[...document.querySelectorAll('[id]')].filter((one) => document.querySelectorAll('#' + CSS.escape(one.id)).length > 1)",
        ),
        (
            "charts without a table",
            "[...document.querySelectorAll('section:has(figure svg)')].filter((one) => !one.querySelector('table'))",
        ),
        (
            "pictures without a name",
            "[...document.querySelectorAll('figure svg')].filter((one) => !one.getAttribute('aria-label') || one.getAttribute('role') !== 'img')",
        ),
    ] {
        assert_eq!(
            browser.texts(&format!("{wrong}.map((one) => one.outerHTML.slice(0, 200))")),
            [] as [&str; 0],
            "{what}"
        );
    }
    assert_eq!(browser.value("document.documentElement.lang"), "en");
}

#[test]
fn the_rules_of_axe_are_kept() {
    let Some(axe) = std::env::var_os("PROMPT_ANALYTICS_AXE") else {
        skipped("PROMPT_ANALYTICS_AXE names no axe.min.js (npm install axe-core)");
        return;
    };
    let axe = std::fs::read_to_string(axe).expect("axe.min.js");
    let Some(mut browser) = Browser::start() else { return };
    let sandbox = world();
    let page = page(&sandbox);
    each_tab(&mut browser, &page, |browser, what| {
        browser.value(&format!("window.axe ? 0 : (() => {{ {axe}\nreturn 0; }})()"));
        let broken = browser.texts(
            "axe.run().then((found) => found.violations.map((one) => one.id + ': ' + one.help + ' ' + one.nodes.map((node) => node.html).join(' ').slice(0, 400)))",
        );
        assert_eq!(broken, [] as [&str; 0], "{what}");
    });
}

#[test]
fn without_a_script_everything_is_there() {
    let Some(mut browser) = Browser::start() else { return };
    let sandbox = world();
    let page = page(&sandbox);
    browser.ask("Emulation.setScriptExecutionDisabled", json!({ "value": true }));
    browser.look(380, "light");
    browser.open(&page, "#cost");
    let unseen = "[...document.querySelectorAll('main > section, tbody tr, nav a')].filter((one) => !one.checkVisibility()).map((one) => one.outerHTML.slice(0, 200))";
    assert_eq!(browser.texts(unseen), [] as [&str; 0]);
    assert!(
        browser.is("Math.abs(document.getElementById('cost').getBoundingClientRect().top) < 40"),
        "a link leads to its section"
    );
    assert_eq!(
        browser.value("document.querySelectorAll('button, input').length"),
        0,
        "nothing is shown that does nothing"
    );
    assert!(browser.is("document.documentElement.scrollWidth <= innerWidth"));
}

#[test]
fn on_paper_every_section_and_row_is_there_and_no_control() {
    let Some(mut browser) = Browser::start() else { return };
    let sandbox = world();
    let page = page(&sandbox);
    browser.look(1400, "dark");
    browser.open(&page, "");
    browser.ask("Emulation.setEmulatedMedia", json!({ "media": "print" }));
    let hidden = "[...document.querySelectorAll('main > section, tbody tr, figure')].filter((one) => !one.checkVisibility()).map((one) => one.outerHTML.slice(0, 200))";
    assert_eq!(browser.texts(hidden), [] as [&str; 0]);
    let controls = "[...document.querySelectorAll('button, input, nav')].filter((one) => one.checkVisibility() && !one.closest('thead, .legend')).map((one) => one.outerHTML)";
    assert_eq!(browser.texts(controls), [] as [&str; 0]);
    assert_eq!(browser.value("getComputedStyle(document.body).backgroundColor"), "rgb(255, 255, 255)");
    let rows = browser.value("document.querySelectorAll('#usage tbody tr').length");
    assert!(rows.as_u64().is_some_and(|rows| rows >= PROMPTS as u64), "{rows}");
}
