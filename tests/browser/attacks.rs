//! Text of a log is text: whatever is planted in it, nothing runs, nothing loads, and it is seen as it was written.

use super::chromium::Browser;
use crate::support::{Sandbox, shared};
use prompt_analytics::event::{Field, Kind, Shape};
use prompt_analytics::render::visible;
use serde_json::{Map, Value, json};

/// Attacks of our own, each of which would be noticed: it says something, opens something or asks for something.
const ATTACKS: [&str; 12] = [
    "<script>console.error('run')</script>",
    "<img src=x onerror=console.error('run')>",
    "</title><svg onload=console.error('run')>",
    "\"><iframe src='javascript:console.error(1)'>",
    "{{constructor.constructor('console.error(1)')()}}",
    "</style><link rel=stylesheet href=https://example.org/x.css>",
    "</template><script>console.error('run')</script>",
    "' onmouseover='console.error(1)' x='",
    "\" autofocus onfocus=\"console.error(1)",
    "--><!--><svg/onload=console.error(1)>",
    "<base href=https://example.org/><a href=x>",
    "<meta http-equiv=refresh content='0;url=https://example.org/'>",
];

/// Texts of one page: an element for every one in every table.
const ON_A_PAGE: usize = 250;

/// What our pages are made of.
const ELEMENTS: &str = "html head meta title style script body header div h1 h2 h3 p nav ul li a main section hgroup dl dt dd \
    table caption thead tbody tfoot tr th td small span code i template figure figcaption svg g defs clipPath path rect \
    text tspan line circle polyline polygon button input footer";

/// A log that says each of `texts` in every field that takes text, of every kind.
fn planted(texts: &[String]) -> String {
    let mut log = String::new();
    for (at, text) in texts.iter().enumerate() {
        for kind in Kind::ALL {
            let mut event = Map::new();
            event.insert("ts".into(), json!(format!("2026-11-19T{:02}:{:02}:00Z", at / 60 % 24, at % 60)));
            event.insert("event".into(), json!(kind.name()));
            for field in Field::ALL.iter().filter(|field| kind.allows(**field)) {
                let value = match field.shape() {
                    Shape::Text => json!(text),
                    Shape::Texts => json!([text]),
                    Shape::Truth => json!(false),
                    Shape::Whole { .. } | Shape::Decimal { .. } => json!(1),
                    Shape::Map => json!({}),
                };
                event.insert(field.name().into(), value);
            }
            log += &Value::Object(event).to_string();
            log.push('\n');
        }
    }
    log
}

/// Holds that texts planted everywhere are seen and do nothing.
fn hold(browser: &mut Browser, texts: &[String]) {
    let sandbox = Sandbox::new();
    sandbox.log("attacks.jsonl", planted(texts));
    let written = sandbox.run(["all", "--top", "0", "--title", &texts[0], "-o", "report.html"]);
    assert_eq!((written.status, written.stderr.as_str()), (0, ""));
    browser.look(1400, "light");
    browser.open(&sandbox.work().join("report.html"), "");
    for tab in browser.texts("[...document.querySelectorAll('main > section')].map((one) => one.id)") {
        browser.click(&format!("[href='#{tab}']"));
        browser.value("[...document.querySelectorAll('section:not([hidden]) thead button')].slice(0, 3).forEach((one) => one.click())");
    }
    let elements: Vec<&str> = ELEMENTS.split_whitespace().collect();
    let foreign = "[...document.querySelectorAll('*')].filter((one) => !window.known.includes(one.localName) || [...one.attributes].some((its) => /^on|^(src|srcdoc|autofocus|formaction)$/.test(its.name)) || one.localName === 'a' && !/^#[a-z-]+$/.test(one.getAttribute('href')))";
    browser.value(&format!("window.known = {}; 0", json!(elements)));
    assert_eq!(browser.texts(&format!("{foreign}.map((one) => one.outerHTML.slice(0, 300))")), [] as [&str; 0]);
    assert_eq!(browser.value("document.scripts.length"), 1);
    // What a field cannot hold, such as nothing but spaces, is no text of a log.
    let said: Vec<_> = texts
        .iter()
        .filter(|text| text.trim() == text.as_str() && !text.is_empty())
        .map(|text| visible(text))
        .collect();
    browser.value(&format!("window.said = {}; 0", json!(said)));
    let unseen = "(() => { const seen = new Set([...document.querySelectorAll('#usage tbody th')].map((one) => one.textContent)); return window.said.filter((one) => !seen.has(one)); })()";
    assert_eq!(browser.texts(unseen), [] as [&str; 0], "every text is seen as it was written");
    assert_eq!(browser.misdeeds(), [] as [&str; 0]);
}

#[test]
fn what_a_log_says_is_shown_and_never_run() {
    let Some(mut browser) = Browser::start() else { return };
    hold(&mut browser, &ATTACKS.map(str::to_owned));
}

#[test]
fn the_attacks_of_others_are_only_text() {
    let Some(lists) = shared("bad-input") else { return };
    let Some(mut browser) = Browser::start() else { return };
    let attacks = std::fs::read(lists.join("injection/xss.txt")).expect("a list");
    let naughty = std::fs::read(lists.join("naughty-strings/blns.json")).expect("a list");
    let naughty: Vec<String> = serde_json::from_slice(&naughty).expect("texts");
    let attacks = String::from_utf8_lossy(&attacks).lines().map(str::to_owned).collect::<Vec<_>>();
    let mut texts: Vec<String> = attacks.into_iter().chain(naughty).filter(|text| !text.is_empty()).collect();
    texts.sort();
    texts.dedup();
    assert!(texts.len() > 1000, "{} texts", texts.len());
    for texts in texts.chunks(ON_A_PAGE) {
        hold(&mut browser, texts);
    }
}
