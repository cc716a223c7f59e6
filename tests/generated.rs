//! What is generated from the code stands in the repository as it would be generated today. `UPDATE=1` writes it anew.

use crate::support::{Sandbox, repository};
use std::fs;

#[test]
fn completions_man_page_and_schemas_are_those_of_the_program() {
    let sandbox = Sandbox::new();
    let generated: [(&str, [&str; 2]); 7] = [
        ("completions/prompt-analytics.bash", ["completions", "bash"]),
        ("completions/_prompt-analytics", ["completions", "zsh"]),
        ("completions/prompt-analytics.fish", ["completions", "fish"]),
        ("completions/prompt-analytics.1", ["completions", "man"]),
        ("src/event/event.schema.json", ["schema", "event"]),
        ("src/render/json/report.schema.json", ["schema", "report"]),
        ("src/cli/config/config.schema.json", ["schema", "config"]),
    ];
    for (file, args) in generated {
        let fresh = sandbox.run(args).ok();
        let path = repository(file);
        if std::env::var_os("UPDATE").is_some() {
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(&path, &fresh).expect("a file");
        }
        let held = fs::read_to_string(&path).unwrap_or_default();
        assert!(held == fresh, "{file} is stale; run `UPDATE=1 cargo test generated`");
    }
}
