//! Where no cache can be: the answer is right all the same, and one line says why it was not quicker.

use crate::support::{Ran, Sandbox, files};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

const ALL: [&str; 2] = ["all", "--json"];

fn without(sandbox: &Sandbox) -> Ran {
    sandbox.run(["all", "--json", "--no-cache"])
}

/// Where the caches of a sandbox are.
fn caches(sandbox: &Sandbox) -> PathBuf {
    sandbox.home().join(".cache/prompt-analytics")
}

/// The directory of the cache that is there.
fn cache(sandbox: &Sandbox) -> PathBuf {
    let mut caches = fs::read_dir(caches(sandbox)).expect("caches");
    let cache = caches.next().expect("one cache").expect("an entry").path();
    assert!(caches.next().is_none(), "one log has one cache");
    cache
}

#[test]
fn what_is_kept_is_kept_from_others() {
    let sandbox = Sandbox::of_fixture("messy-log");
    let _ = sandbox.run(ALL);
    let cache = cache(&sandbox);
    let mode = |path: &PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!([mode(&cache), mode(&caches(&sandbox))], [0o700; 2]);
    for name in files(&cache).keys() {
        assert_eq!(mode(&cache.join(name)), 0o600, "{name}");
    }
}

#[test]
fn without_a_cache_none_is_written_or_read() {
    let sandbox = Sandbox::of_fixture("three-runs");
    let expected = without(&sandbox);
    assert_eq!(files(sandbox.home()).keys().filter(|name| !name.starts_with("work/")).count(), 0);
    let _ = sandbox.run(ALL);
    for name in files(&cache(&sandbox)).keys() {
        fs::write(cache(&sandbox).join(name), "damaged").unwrap();
    }
    let before = files(sandbox.home());
    assert_eq!(without(&sandbox), expected);
    assert_eq!(files(sandbox.home()), before);
}

#[test]
fn where_no_cache_can_be_made_one_line_says_so() {
    let sandbox = Sandbox::of_fixture("three-runs");
    let expected = without(&sandbox);
    fs::write(sandbox.home().join("file"), "").unwrap();
    for (variable, value, cause) in [
        ("XDG_CACHE_HOME", sandbox.home().join("file"), "not a directory"),
        ("XDG_CACHE_HOME", sandbox.home().join("file/deeper"), "not a directory"),
        ("HOME", PathBuf::from("/proc/nobody"), "no such file or directory"),
    ] {
        let value = value.to_str().unwrap();
        let ran = Sandbox::of_fixture("three-runs").with(variable, value).run(ALL);
        assert_eq!((ran.status, &ran.stdout), (expected.status, &expected.stdout), "{variable}={value}");
        assert!(ran.stderr.starts_with("the answer is right, but its columns cannot be kept in "), "{}", ran.stderr);
        assert!(ran.stderr.ends_with(&format!(": {cause}\n")), "{}", ran.stderr);
        assert_eq!(ran.stderr.lines().count(), 1, "{}", ran.stderr);
    }
}

#[test]
fn where_a_cache_cannot_be_changed_one_line_says_so() {
    for broken in [".lock", "manifest"] {
        let sandbox = Sandbox::of_fixture("three-runs");
        let expected = without(&sandbox);
        let _ = sandbox.run(ALL);
        let path = cache(&sandbox).join(broken);
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        for _ in 0..2 {
            let ran = sandbox.run(ALL);
            assert_eq!((ran.status, &ran.stdout), (expected.status, &expected.stdout), "{broken}");
            assert!(ran.stderr.contains("cannot be kept in [HOME]/.cache/"), "{}", ran.stderr);
            assert!(ran.stderr.lines().count() <= 2, "{}", ran.stderr);
        }
        let left = files(&cache(&sandbox));
        assert!(left.len() <= 12, "what was stored in vain is not left: {:?}", left.keys());
    }
}

#[test]
fn a_cache_that_may_only_be_read_is_read() {
    let sandbox = Sandbox::of_fixture("three-runs");
    let expected = sandbox.run(ALL);
    let cache = cache(&sandbox);
    fs::set_permissions(&cache, PermissionsExt::from_mode(0o500)).unwrap();
    if fs::write(cache.join("probe"), "").is_ok() {
        crate::support::skipped("whoever may do everything may also write here");
    } else {
        assert_eq!(sandbox.run(ALL), expected);
        sandbox.log("more.jsonl", "{\"ts\":\"2026-11-20T09:00:00Z\",\"event\":\"run\",\"prompt_id\":\"a\"}\n");
        let ran = sandbox.run(ALL);
        assert_eq!(ran.stdout, without(&sandbox).stdout);
        assert_eq!(ran.stderr.lines().count(), 1, "{}", ran.stderr);
    }
    fs::set_permissions(&cache, PermissionsExt::from_mode(0o700)).unwrap();
}

#[test]
fn wherever_the_disk_is_full_the_answer_is_right_and_nothing_is_left() {
    let sandbox = Sandbox::of_fixture("messy-log");
    let expected = without(&sandbox);
    let mut kept = 0;
    for blocks in [0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 64] {
        let _ = fs::remove_dir_all(caches(&sandbox));
        let ran = sandbox.run_after(&format!("ulimit -f {blocks}"), ALL);
        assert_eq!((ran.status, &ran.stdout), (expected.status, &expected.stdout), "{blocks}");
        if ran.stderr == expected.stderr {
            kept += 1;
        } else {
            let notice = ran.stderr.strip_suffix(&expected.stderr).unwrap_or(&ran.stderr);
            assert!(notice.ends_with(": file too large\n") && notice.lines().count() == 1, "{blocks}: {notice}");
            assert_eq!(files(&cache(&sandbox)).into_keys().collect::<Vec<_>>(), [".lock"], "{blocks}");
        }
        let next = sandbox.run(ALL);
        assert_eq!((next.stdout, next.stderr), (expected.stdout.clone(), expected.stderr.clone()), "{blocks}");
    }
    assert!((1..11).contains(&kept), "some of them fit: {kept}");
}

#[test]
fn a_log_of_more_files_than_may_be_open_is_read_and_kept() {
    let sandbox = Sandbox::new();
    for file in 0..300 {
        let line = |id: &str, rating: usize| {
            format!(
                "{{\"id\":\"{id}\",\"ts\":\"2026-11-19T09:00:00Z\",\"event\":\"feedback\",\"rating\":{rating},\"file\":{file}}}\n"
            )
        };
        sandbox.log(&format!("{file:03}.jsonl"), line("same", file % 5 + 1) + &line(&format!("own{file}"), 3));
    }
    let expected = without(&sandbox).ok();
    for _ in 0..3 {
        assert_eq!(sandbox.run_after("ulimit -n 256", ALL).ok(), expected);
    }
}
