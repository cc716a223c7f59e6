//! The house: who may know whom, which crate lives where, and how large a room may get.

use crate::support::repository;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The rooms that a crate is for.
const LIVES_IN: &[(&str, &[&str])] = &[
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("clap_mangen", &["cli"]),
    ("polars", &["frame", "fold"]),
    ("polars_sql", &["fold"]),
    ("sqlparser", &["fold"]),
    ("comfy_table", &["render"]),
    ("kuva", &["render"]),
    ("askama", &["render"]),
    ("indicatif", &["cli"]),
    ("directories", &["cli"]),
    ("csv", &["render", "import", "price"]),
    ("rusqlite", &["import"]),
    ("rust_decimal", &["import"]),
    ("jiff", &["time"]),
    ("statrs", &["stat"]),
    ("hashbrown", &["frame", "fold"]),
    ("toml", &["cli"]),
    ("signal_hook", &["cli"]),
    ("notify", &["cli"]),
    ("twox_hash", &["frame", "log", "price"]),
    ("simdutf8", &["log"]),
    ("wide", &["event"]),
    ("anyhow", &["time", "event", "log", "import", "price", "ingest", "check", "report", "cli"]),
];

fn sources(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The room of a source file: the first folder or file name below `src`.
fn room(path: &Path) -> String {
    let below = path.strip_prefix(repository("src")).expect("a source file");
    below.iter().next().expect("a name").to_string_lossy().trim_end_matches(".rs").to_owned()
}

/// The code of a file: no comments, and without the tests at its end.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).expect("a source file");
    let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    code.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// The names that stand right after `crate::` in some code, groups taken apart.
fn imported(code: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let word = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            None => drop(names.insert(word(rest))),
            Some(group) => {
                let mut depth = 0;
                let mut expects_name = true;
                for (offset, character) in group.char_indices() {
                    match character {
                        '{' => depth += 1,
                        '}' if depth == 0 => break,
                        '}' => depth -= 1,
                        ',' if depth == 0 => expects_name = true,
                        c if c.is_alphabetic() && expects_name => {
                            names.insert(word(&group[offset..]));
                            expects_name = false;
                        }
                        _ => {}
                    }
                }
            }
        }
    }
    names
}

/// What each room may import of the others, as the map in `src/lib.rs` says: the names in backticks after `Imports`.
fn may_import(map: &str) -> BTreeMap<&str, Vec<&str>> {
    let lines: Vec<&str> = map.lines().collect();
    let rooms = lines.windows(2).filter_map(|pair| {
        let room = pair[1].strip_prefix("pub mod ")?.strip_suffix(';')?;
        let imports = pair[0].split_once("Imports ").map_or("", |(_, imports)| imports);
        Some((room, imports.split('`').skip(1).step_by(2).collect()))
    });
    rooms.collect()
}

#[test]
fn every_room_imports_only_what_it_may() {
    let map = fs::read_to_string(repository("src/lib.rs")).expect("the map");
    let may = may_import(&map);
    assert!(may.len() > 10 && may["report"].len() > 5, "{may:?}");
    let mut strays = Vec::new();
    for path in sources(&repository("src")) {
        let room = room(&path);
        if matches!(room.as_str(), "main" | "lib" | "cli") {
            continue;
        }
        let allowed = may.get(room.as_str()).unwrap_or_else(|| panic!("src/{room} is not on the map"));
        for name in imported(&code(&path)) {
            if name != room
                && !["fixed", "severity", "spelling", "threads"].contains(&name.as_str())
                && !allowed.contains(&name.as_str())
            {
                strays.push(format!("{} imports {name}", path.display()));
            }
        }
    }
    assert!(strays.is_empty(), "{strays:#?}");
}

#[test]
fn every_crate_is_used_only_where_it_lives() {
    let mut strays = Vec::new();
    for path in sources(&repository("src")) {
        let (room, code) = (room(&path), code(&path));
        for (name, rooms) in LIVES_IN {
            let is_used = code.contains(&format!("{name}::")) && !code.contains(&format!("crate::{name}::"));
            let is_own = code.contains(&format!("mod {name};"));
            if is_used && !is_own && !rooms.contains(&room.as_str()) {
                strays.push(format!("{} uses {name}", path.display()));
            }
        }
    }
    assert!(strays.is_empty(), "{strays:#?}");
}

#[test]
fn writing_an_event_touches_no_columns() {
    for file in ["src/cli/record.rs", "src/cli/rate.rs", "src/cli/place.rs", "src/cli/config.rs"] {
        let names = imported(&code(&repository(file)));
        let stray: Vec<_> = names
            .iter()
            .filter(|name| !["event", "log", "time", "coverage", "fixed"].contains(&name.as_str()))
            .collect();
        assert!(stray.is_empty(), "{file} imports {stray:?}");
    }
}

#[test]
fn only_time_says_now() {
    for path in sources(&repository("src")).into_iter().filter(|path| room(path) != "time") {
        let code = code(&path);
        for clock in ["Instant::now", "SystemTime::now", "Timestamp::now", "Zoned::now"] {
            assert!(!code.contains(clock), "{} asks {clock}", path.display());
        }
    }
}

#[test]
fn every_source_says_what_it_is_for_and_none_is_too_large() {
    for path in sources(&repository("src")) {
        let text = fs::read_to_string(&path).expect("a source file");
        let is_main = path.ends_with("src/main.rs");
        assert!(is_main || text.starts_with("//! "), "{} does not say what it is for", path.display());
        assert!(text.lines().count() <= 420, "{} is {} lines long", path.display(), text.lines().count());
        for name in ["util", "common", "helpers", "manager", "core", "types"] {
            assert!(
                !path.iter().any(|part| part.to_string_lossy().trim_end_matches(".rs") == name),
                "{}",
                path.display()
            );
        }
    }
}
