//! The HTML page in a real browser. Without one the tests say so, and how to install it.

mod attacks;
mod chromium;
mod reach;
mod script;

use crate::support::Sandbox;
use chromium::Browser;
use std::path::PathBuf;

/// The widths of a phone and of a desk.
const WIDTHS: [u32; 2] = [380, 1400];
const THEMES: [&str; 2] = ["light", "dark"];

/// Prompts of the log below: more than a table shows at first.
const PROMPTS: usize = 40;

/// A world whose log gives every report something to say: ten days, many prompts, two models, ratings, costs, errors.
fn world() -> Sandbox {
    let sandbox = Sandbox::new();
    let mut log = String::new();
    for at in 0..PROMPTS * 10 {
        let (prompt, day, hour) = (at % PROMPTS, 10 + at / PROMPTS, at % 24);
        let subject = format!(
            "\"ts\":\"2026-11-{day}T{hour:02}:00:00Z\",\"run_id\":\"r{at}\",\"prompt_id\":\"prompt-{prompt:02}\",\"template_id\":\"t{}\",\"starter_id\":\"s{}\",\"model\":\"{}\",\"user_id\":\"u{}\"",
            prompt % 3,
            prompt % 2,
            ["small", "large"][at % 2],
            at % 7
        );
        let is_error = (at * 7 + prompt) % 11 < 3;
        let outcome = if is_error { "false,\"error_type\":\"timeout\"" } else { "true" };
        log += &format!(
            "{{\"event\":\"run\",{subject},\"success\":{outcome},\"duration_ms\":{},\"input_tokens\":{},\"output_tokens\":{},\"cost_usd\":0.0{}}}\n",
            900 + at * 13 % 7000,
            100 + at,
            50 + at % 90,
            1 + at % 8
        );
        log += &format!(
            "{{\"event\":\"feedback\",{subject},\"rating\":{},\"feedback_text\":\"slow, but right\"}}\n",
            1 + at % 5
        );
        log +=
            &format!("{{\"event\":\"quality\",{subject},\"quality_score\":0.{},\"clarity_score\":0.6}}\n", 3 + at % 6);
    }
    sandbox.log("events-2026-11.jsonl", log);
    sandbox
}

/// The page of all reports about a world.
fn page(sandbox: &Sandbox) -> PathBuf {
    assert_eq!(sandbox.run(["--report", "all", "-o", "report.html"]).ok(), "");
    sandbox.work().join("report.html")
}

/// Looks at every tab of a page, as wide as a phone and a desk, light and dark.
fn each_tab(browser: &mut Browser, page: &std::path::Path, mut look: impl FnMut(&mut Browser, &str)) {
    for width in WIDTHS {
        for theme in THEMES {
            browser.look(width, theme);
            browser.open(page, "");
            for tab in browser.texts("[...document.querySelectorAll('main > section')].map((one) => one.id)") {
                browser.click(&format!("[href='#{tab}']"));
                look(browser, &format!("{tab} at {width} in {theme}"));
            }
            assert_eq!(browser.misdeeds(), [] as [&str; 0], "at {width} in {theme}");
        }
    }
}
