//! Writing with and without the program: equal lines, in the same place, whole, and never at the command's cost.

use super::*;
use std::collections::BTreeSet;

/// Bytes that a name may hold: quotes, controls, and every way of not being UTF-8.
fn hostile() -> Vec<OsString> {
    let mut noise = 0x9e37_79b9_u32;
    let mut random = |length: usize| -> Vec<u8> {
        let byte = |_| {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            noise.to_le_bytes()[2].max(1)
        };
        (0..length).map(byte).collect()
    };
    let mut texts: Vec<Vec<u8>> = vec![
        b"plain".to_vec(),
        b" ".to_vec(),
        b"x -n %s \\n \\0101 $(id) `id` * ~ a=b".to_vec(),
        br#"quo"te \ back\\"#.to_vec(),
        (1..=127).collect(),
        (1..=255).collect(),
        "Zoë 日本 \u{1f600} \u{2028} \u{feff}".into(),
        b"cut \xe2\x82".to_vec(),
        b"\xf0\x9f\x98".to_vec(),
        b"\xed\xa0\x80 \xf0\x90\x80 \xe0\x80\x80 \xf4\x90\x80\x80 \xc0\xaf \xe1\x80 \xf5 \x80\x80 \xe2\x28\xa1 \xf1\x80\x80\xe2\x82\xac"
            .to_vec(),
        "\n".repeat(3).into(),
        "\"".repeat(65_536).into(),
        "a".repeat(65_536).into(),
        "é".repeat(32_768).into(),
        random(65_536),
    ];
    texts.extend((0..40).map(|_| random(24)));
    texts.into_iter().map(OsString::from_vec).collect()
}

#[test]
fn with_and_without_the_program_the_lines_are_equal_whatever_the_bytes() {
    for text in hostile() {
        let lines = BOTH.map(|program| {
            let world = World::new(program);
            let mut wrapper = world.command(script(RUN));
            wrapper.arg(&text).args(["--template", "t", "--tag"]).arg(&text).args(["--tag", "b", "--", "true"]);
            wrapper.env("PROMPT_USER", &text).env("PROMPT_HOST", &text);
            let output = wrapper.output().unwrap();
            assert_eq!(shown(&output), (Some(0), String::new(), String::new()));
            let event = settled(world.event());
            let lossy = String::from_utf8_lossy(text.as_bytes()).into_owned();
            assert_eq!(event.text(Field::PromptId), Some(lossy.as_str()));
            assert_eq!(event.text(Field::UserId), Some(lossy.as_str()));
            // The line itself, not only what it means: without the program it is canonical as well.
            let line = fs::read_to_string(&files(&world.log())[0]).unwrap();
            assert_eq!(line.trim_end_matches('\n'), world.event().line());
            event
        });
        assert_eq!(lines[0], lines[1]);
    }
}

#[test]
fn a_bad_number_costs_the_field_and_not_the_line() {
    for program in BOTH {
        for bad in ["abc", "-1", "1.5", "1000000000001", "012", "9999999999999999999999", "1e3"] {
            let world = World::new(program);
            let mut wrapper = world.wrapper(RUN, &["sum", "--", "true"]);
            let output = wrapper.env("PROMPT_INPUT_TOKENS", bad).output().unwrap();
            let says = format!(
                "run-prompt: left out: `input_tokens` is `{bad}`, and must be a whole number from 0 to 1000000000000\n"
            );
            assert_eq!(shown(&output), (Some(0), String::new(), says));
            assert_eq!(world.event().value(Field::InputTokens), None);
        }
    }
}

#[test]
fn writers_of_both_kinds_at_once_leave_only_whole_lines() {
    let with = World::new(Program::With);
    let without = World::new(Program::Without);
    let long = "0123456789".repeat(500);
    let writers: Vec<Child> = (0..8)
        .map(|writer| {
            let world = if writer % 2 == 0 { &with } else { &without };
            let text = format!(
                "i=0; while [ $i -lt 100 ]; do {} w{writer} --template {long} --tag $i -- true || exit 1; i=$((i+1)); done",
                script(RUN).display()
            );
            world.command("/bin/sh").args(["-c", &text]).env("PROMPT_ANALYTICS_DIR", with.log()).spawn().unwrap()
        })
        .collect();
    for mut writer in writers {
        assert!(writer.wait().unwrap().success());
    }
    let events = with.events();
    assert_eq!(events.len(), 800);
    let mut seen = BTreeSet::new();
    for event in &events {
        assert_eq!(event.text(Field::TemplateId), Some(long.as_str()));
        let Some(Value::Texts(tags)) = event.value(Field::Tags) else { panic!("{event:?}") };
        assert!(seen.insert((event.text(Field::PromptId).unwrap().to_owned(), tags[0].clone().into_owned())));
    }
    let ids: BTreeSet<_> = events.iter().map(|event| (&event.id, event.text(Field::RunId))).collect();
    assert_eq!(ids.len(), 800);
}

#[test]
fn directory_and_files_are_private_from_birth() {
    for program in BOTH {
        let world = World::new(program);
        let deep = world.path("a/b");
        let mut wrapper = world.wrapper(RUN, &["sum", "--", "sh", "-c", "umask 022; umask; touch made"]);
        assert!(wrapper.env("PROMPT_ANALYTICS_DIR", &deep).status().unwrap().success());
        let month = files(&deep).remove(0);
        for (path, mode) in
            [(world.path("a"), 0o700), (deep.clone(), 0o700), (deep.join(".lock"), 0o600), (month, 0o600)]
        {
            let found = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
            assert_eq!(found, mode, "{program:?} {}", path.display());
        }
        assert_eq!(fs::metadata(world.path("work/made")).unwrap().permissions().mode() & 0o777, 0o644);
    }
}

const NOVEMBER: &str = "events-2026-11.jsonl";

#[test]
fn a_line_goes_to_the_month_it_happened_in_and_is_never_glued_to_a_torn_one() {
    for program in BOTH {
        for (torn, repaired) in
            [("{\"tor", true), ("{\"zeros\0\0", true), ("{\"ts\":1795176000,\"event\":\"run\"}\n", false)]
        {
            let world = World::new(program);
            fs::create_dir(world.log()).unwrap();
            fs::write(world.log().join(NOVEMBER), torn).unwrap();
            let mut wrapper = world.wrapper(RUN, &["sum", "--", "true"]);
            assert!(wrapper.env("PROMPT_ANALYTICS_NOW", "2026-11-20T12:00:00.000Z").status().unwrap().success());
            let file = fs::read(world.log().join(NOVEMBER)).unwrap();
            let rest = file.strip_prefix(torn.as_bytes()).unwrap();
            assert_eq!(rest.starts_with(b"\n"), repaired, "{program:?} {torn:?}");
            let event = parsed(if repaired { &rest[1..] } else { rest }).remove(0);
            assert_eq!(event.ts_ns, 1_795_176_000_000_000_000);
        }
    }
}

#[test]
fn who_cannot_have_the_lock_writes_beside() {
    for program in BOTH {
        let world = World::new(program);
        fs::create_dir(world.log()).unwrap();
        let lock = fs::File::create(world.log().join(".lock")).unwrap();
        lock.lock().unwrap();
        let (status, _, stderr) = shown(&world.run(RUN, &["sum", "--", "true"]));
        assert_eq!(status, Some(0));
        assert!(stderr.starts_with("run-prompt: the log was busy for a second; written to "), "{stderr}");
        let names: Vec<String> =
            fs::read_dir(world.log()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        assert!(names.iter().any(|name| name.contains(".beside-") && name.ends_with(".jsonl")), "{names:?}");
        assert_eq!(world.event().text(Field::PromptId), Some("sum"));
    }
}

#[test]
fn a_log_that_cannot_be_written_is_said_once_and_costs_nothing_else() {
    for program in BOTH {
        for name in [RUN, ENHANCED] {
            let world = World::new(program);
            fs::write(world.path("file"), "").unwrap();
            let mut wrapper = world.wrapper(name, &["sum", "--", "sh", "-c", "echo out; exit 4"]);
            let (status, stdout, stderr) =
                shown(&wrapper.env("PROMPT_ANALYTICS_DIR", world.path("file/log")).output().unwrap());
            assert_eq!((status, stdout.as_str()), (Some(4), "out\n"));
            assert_eq!(stderr.lines().count(), 1, "{stderr}");
            assert!(stderr.contains(": not recorded: cannot create ") && stderr.contains("file/log"), "{stderr}");
        }
    }
}

#[test]
fn a_full_disk_costs_the_line_only() {
    for program in BOTH {
        let world = World::new(program);
        fs::create_dir(world.log()).unwrap();
        symlink("/dev/full", world.log().join(NOVEMBER)).unwrap();
        let mut wrapper = world.wrapper(RUN, &["sum", "--", "sh", "-c", "echo out; exit 4"]);
        let output = wrapper.env("PROMPT_ANALYTICS_NOW", "2026-11-20T12:00:00Z").output().unwrap();
        let (status, stdout, stderr) = shown(&output);
        assert_eq!((status, stdout.as_str()), (Some(4), "out\n"));
        assert!(
            stderr.starts_with("run-prompt: not recorded: cannot write ") && stderr.lines().count() == 1,
            "{stderr}"
        );
    }
}

#[test]
fn silence_is_kept() {
    for program in BOTH {
        for name in [RUN, ENHANCED] {
            for (key, value) in [("PROMPT_ANALYTICS", "off"), ("DO_NOT_TRACK", "1")] {
                let world = World::new(program);
                let output =
                    world.wrapper(name, &["sum", "--", "sh", "-c", "echo out; exit 4"]).env(key, value).output();
                assert_eq!(shown(&output.unwrap()), (Some(4), "out\n".to_owned(), String::new()));
                assert!(!world.log().exists());
            }
        }
    }
}

#[test]
fn privacy_holds_on_both_ways_and_from_both_configs() {
    // printf saltada | sha256sum; printf 's"\tada' | sha256sum; printf xada | sha256sum
    for (user, directory, kept) in [
        ("[privacy]\nuser = \"hash\" # who\nsalt = 'salt'\ntext = \"drop\"\n", "", Some("9acd843da0a60261")),
        ("timezone = \"UTC\"\nprivacy = { user = \"hash\", salt = \"salt\" }\n", "", Some("9acd843da0a60261")),
        (
            "",
            "[ privacy ]\n\"user\"=\"hash\"\nsalt=\"s\\\"\\t\"\n\n[targets.success_rate]\ntarget = 0.9\n",
            Some("f635770d06f96123"),
        ),
        // The directory's settings replace the user's one by one: what it is silent about stays as it was.
        ("[privacy]\nuser = \"drop\"\nsalt = \"x\"\n", "[privacy]\nuser = \"hash\"\n", Some("1d8d4095789f4875")),
        ("[privacy]\nuser = \"drop\"\n", "privacy = { text = \"hash\" }\n", None),
        ("[privacy]\nuser = \"hash\"\n", "[privacy]\nuser = \"keep\"\n", Some("ada")),
        ("[privacy]\nuser = \"drop\"", "", None),
    ] {
        for program in BOTH {
            let world = World::new(program);
            world.config(user);
            fs::create_dir(world.log()).unwrap();
            fs::write(world.log().join("config.toml"), directory).unwrap();
            let output = world.run(RUN, &["sum", "--user", "ada", "--", "true"]);
            assert_eq!(shown(&output), (Some(0), String::new(), String::new()), "{program:?} {user}{directory}");
            assert_eq!(world.event().text(Field::UserId), kept, "{program:?} {user}{directory}");
        }
    }
}

#[test]
fn without_a_hash_at_hand_a_person_is_left_out() {
    let world = World::new(Program::Without);
    world.config("[privacy]\nuser = \"hash\"\n");
    for tool in ["bash", "env", "flock", "tail", "mkdir", "true"] {
        symlink(Path::new("/usr/bin").join(tool), world.path("bin").join(tool)).unwrap();
    }
    let mut wrapper = world.wrapper(RUN, &["sum", "--", "true"]);
    let output = wrapper.env("PATH", world.path("bin")).output().unwrap();
    assert_eq!(shown(&output), (Some(0), String::new(), String::new()));
    assert_eq!(world.event().value(Field::UserId), None);
}

#[test]
fn without_flock_a_line_is_still_written() {
    let world = World::new(Program::Without);
    for tool in ["bash", "env", "tail", "mkdir", "true"] {
        symlink(Path::new("/usr/bin").join(tool), world.path("bin").join(tool)).unwrap();
    }
    for _ in 0..2 {
        let mut wrapper = world.wrapper(RUN, &["sum", "--", "true"]);
        let output = wrapper.env("PATH", world.path("bin")).output().unwrap();
        assert_eq!(shown(&output), (Some(0), String::new(), String::new()));
    }
    assert_eq!(world.events().len(), 2);
}

#[test]
fn a_config_that_is_not_understood_records_nobody() {
    for program in BOTH {
        for config in [
            "[privacy]\nuser = \"hsah\"\n",
            "[privacy]\nusr = \"hash\"\n",
            "[privacy]\nuser = \"hash\" x\n",
            "privacy = 1\n",
        ] {
            let world = World::new(program);
            world.config(config);
            let (status, _, stderr) = shown(&world.run(RUN, &["sum", "--", "true"]));
            assert_eq!(status, Some(0));
            assert!(
                stderr.contains("not recorded: ") && stderr.contains("config.toml:"),
                "{program:?} {config}: {stderr}"
            );
            assert!(!world.log().exists());
        }
    }
}

#[test]
fn both_ways_find_the_same_place() {
    type Setting = fn(&World, &mut Command);
    let settings: [(&str, Setting, &str); 10] = [
        ("the variable", |_, command| _ = command.env("PROMPT_ANALYTICS_DIR", "near/log"), "work/near/log"),
        ("the config", |world, _| world.config("dir = \"~/from config\"\n"), "home/from config"),
        ("a relative dir", |world, _| world.config("# mine\n\ndir = 'here' # or not\n[targets.a]\n"), "work/here"),
        (
            "a config of another home",
            |world, command| {
                let dir = world.path("xdg/prompt-analytics");
                fs::create_dir_all(&dir).unwrap();
                fs::write(dir.join("config.toml"), "dir = \"other\"\n").unwrap();
                command.env("XDG_CONFIG_HOME", world.path("xdg"));
            },
            "work/other",
        ),
        (
            "a named config",
            |world, command| {
                fs::write(world.path("named.toml"), "dir = \"named\"\n").unwrap();
                command.env("PROMPT_ANALYTICS_CONFIG", world.path("named.toml"));
            },
            "work/named",
        ),
        (
            "the project",
            |world, _| fs::create_dir_all(world.path("work/metrics/prompt-analytics")).unwrap(),
            "work/metrics/prompt-analytics",
        ),
        (
            "a parent up to the repository's root",
            |world, command| {
                fs::create_dir_all(world.path("work/metrics/prompt-analytics")).unwrap();
                fs::create_dir_all(world.path("work/sub/deep")).unwrap();
                fs::write(world.path("work/.git"), "gitdir: x").unwrap();
                command.current_dir(world.path("work/sub/deep"));
            },
            "work/metrics/prompt-analytics",
        ),
        (
            "no parent outside a repository",
            |world, command| {
                fs::create_dir_all(world.path("work/metrics/prompt-analytics")).unwrap();
                fs::create_dir_all(world.path("work/sub")).unwrap();
                command.current_dir(world.path("work/sub"));
            },
            "home/.local/share/prompt-analytics",
        ),
        (
            "the real directory behind a link",
            |world, command| {
                fs::create_dir_all(world.path("real/metrics/prompt-analytics")).unwrap();
                symlink(world.path("real"), world.path("work/link")).unwrap();
                command.current_dir(world.path("work/link")).env("PWD", world.path("work/link"));
            },
            "real/metrics/prompt-analytics",
        ),
        (
            "the data directory",
            |world, command| _ = command.env("XDG_DATA_HOME", world.path("data")),
            "data/prompt-analytics",
        ),
    ];
    for (what, set, place) in settings {
        for program in BOTH {
            let world = World::new(program);
            let mut wrapper = world.wrapper(RUN, &["sum", "--", "true"]);
            wrapper.env_remove("PROMPT_ANALYTICS_DIR").env("XDG_CONFIG_HOME", "relative/is/ignored");
            set(&world, &mut wrapper);
            let output = wrapper.output().unwrap();
            assert_eq!(shown(&output), (Some(0), String::new(), String::new()), "{what}, {program:?}");
            assert_eq!(events_in(&world.path(place)).len(), 1, "{what}, {program:?}");
        }
    }
}

#[test]
fn a_program_that_cannot_start_is_done_without() {
    for broken in ["#!/bin/sh\nexit 127\n", "#!/bin/sh\nkill -9 $$\n", "#!/no/such/interpreter\n"] {
        let world = World::new(Program::Without);
        world.tool("prompt-analytics", broken);
        let output = world.run(RUN, &["sum", "--", "sh", "-c", "exit 4"]);
        assert_eq!(shown(&output), (Some(4), String::new(), String::new()));
        assert_eq!(world.event().text(Field::PromptId), Some("sum"));
    }
}

#[test]
fn a_wrapper_without_its_other_parts_still_runs_the_command() {
    for name in [RUN, ENHANCED] {
        let world = World::new(Program::With);
        let lone = world.path("bin").join(name);
        fs::copy(script(name), &lone).unwrap();
        let output = world.command(lone).args(["sum", "--", "sh", "-c", "echo out; exit 4"]).output().unwrap();
        let (status, stdout, stderr) = shown(&output);
        assert_eq!((status, stdout.as_str(), stderr.lines().count()), (Some(4), "out\n", 1), "{stderr}");
        assert!(stderr.contains("not recorded: this needs"), "{stderr}");
    }
}
