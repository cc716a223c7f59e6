//! The database of `llm`: its generations, its growth, and that nobody who uses it notices.

use super::{World, shown, sum};
use prompt_analytics::event::Field;
use rusqlite::Connection;
use std::fs;

const LLM: [&str; 7] = [
    "10:00:00 logs 1 gpt-3.5-turbo in 12 out 3",
    "10:00:01 logs 1 gpt-3.5-turbo",
    "11:00:00 c1 anthropic/claude-sonnet-4-5 in 65 out 4 cached 50 written 5",
    "11:00:01 c1 gpt-4o in 30 out 6 cached 20 reasoning 2",
    "11:00:02 c2 gemini-2.5-flash in 40 out 16 reasoning 9",
    "11:00:03 c2 gemini-2.5-flash in 40 out 16 reasoning 9",
    "12:00:00 c3 gpt-5 in 5 out 1",
];

const FIRST: &str = r#"
CREATE TABLE logs (id INTEGER PRIMARY KEY, model TEXT, prompt TEXT, system TEXT, prompt_json TEXT, options_json TEXT,
  response TEXT, response_json TEXT, reply_to_id INTEGER, chat_id INTEGER, duration_ms INTEGER, datetime_utc TEXT);
INSERT INTO logs VALUES
  (1, 'gpt-3.5-turbo', 'SECRET', NULL, NULL, NULL, 'SECRET',
   '{"choices":[{"finish_reason":"stop"}],"usage":{"prompt_tokens":12,"completion_tokens":3}}', NULL, NULL, 900, '2026-11-20 10:00:00.5'),
  (2, 'gpt-3.5-turbo', 'SECRET', NULL, NULL, NULL, 'SECRET', 'not json', 1, 1, NULL, '2026-11-20 10:00:01');
"#;

const SECOND: &str = r#"
CREATE TABLE conversations (id TEXT PRIMARY KEY, name TEXT, model TEXT);
INSERT INTO conversations VALUES ('c1', 'SECRET', 'gpt-4o');
CREATE TABLE responses (id TEXT PRIMARY KEY, model TEXT, prompt TEXT, response TEXT, response_json TEXT, conversation_id TEXT,
  duration_ms INTEGER, datetime_utc TEXT, input_tokens INTEGER, output_tokens INTEGER, token_details TEXT, resolved_model TEXT);
INSERT INTO responses VALUES
  ('01a', 'anthropic/claude-sonnet-4-5', 'SECRET', 'SECRET', NULL, 'c1', 1500, '2026-11-20T11:00:00+00:00', 10, 4,
   '{"cache_read_input_tokens":50,"cache_creation_input_tokens":5}', NULL),
  ('01b', 'gpt-4o', 'SECRET', 'SECRET', '{"finish_reason":"length"}', 'c1', 700, '2026-11-20T11:00:01.000001+00:00', 30, 6,
   '{"prompt_tokens_details":{"cached_tokens":20},"completion_tokens_details":{"reasoning_tokens":2}}', 'gpt-4o-2024-08-06'),
  ('01c', 'gemini-2.5-flash', 'SECRET', 'SECRET', NULL, 'c2', 700, '2026-11-20T11:00:02', 40, 7, '{"thoughtsTokenCount":9}', NULL),
  ('01d', 'gemini-2.5-flash', 'SECRET', 'SECRET', NULL, 'c2', 700, '2026-11-20T11:00:03', 40, 16,
   '{"candidatesTokenCount":7,"thoughtsTokenCount":9}', NULL);
"#;

const LAST: &str = r#"
CREATE TABLE turns (id TEXT PRIMARY KEY, thread_id TEXT, model TEXT, resolved_model TEXT, input_tokens INTEGER,
  output_tokens INTEGER, token_details TEXT, duration_ms INTEGER, datetime_utc TEXT, response_json TEXT);
INSERT INTO turns VALUES
  ('01d', 'c2', 'gemini-2.5-flash', NULL, 40, 16, '{"candidatesTokenCount":7,"thoughtsTokenCount":9}', 700, '2026-11-20T11:00:03', NULL),
  ('01e', 'c3', 'gpt-5', NULL, 5, 1, NULL, 100, '2026-11-20T12:00:00', NULL);
"#;

impl World {
    fn database(&self, sql: &[&str]) -> Connection {
        let connection = Connection::open(self.folder().join("logs.db")).unwrap();
        connection.execute_batch(&sql.concat()).unwrap();
        connection
    }

    fn folder_names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder()).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

#[test]
fn every_generation_of_tables_tells_each_answer_once() {
    let world = World::new("llm");
    drop(world.database(&[FIRST, SECOND, LAST]));
    let before = fs::read(world.folder().join("logs.db")).unwrap();
    let tally = world.import();
    assert_eq!(world.shown(), LLM);
    assert_eq!((tally.records, tally.added, tally.repeated, tally.naive_times), (8, 7, 1, 0));
    let events = world.live();
    assert_eq!((sum(&events, Field::InputTokens), sum(&events, Field::OutputTokens)), (192, 46));
    assert_eq!(
        (events[0].text(Field::FinishReason), events[3].text(Field::FinishReason)),
        (Some("stop"), Some("length"))
    );
    assert_eq!((events[2].text(Field::RunId), events[2].text(Field::Provider)), (Some("01a"), Some("anthropic")));
    assert!(events.iter().all(|event| !event.line().contains("SECRET")));
    assert_eq!(
        (world.folder_names(), fs::read(world.folder().join("logs.db")).unwrap() == before),
        (vec!["logs.db".to_owned()], true)
    );
    let memory = fs::read_to_string(world.log().join(".imports.json")).unwrap();
    assert!(!memory.contains("SECRET"), "{memory}");
}

#[test]
fn of_a_database_that_grew_the_new_rows_are_read() {
    let world = World::new("llm");
    let connection = world.database(&[FIRST, SECOND]);
    assert_eq!(world.import().added, 6);
    let again = world.import();
    assert_eq!((again.records, again.bytes, again.unchanged), (0, 0, 1));
    // An answer that came later and has an earlier id.
    connection
        .execute_batch(
            "INSERT INTO responses VALUES ('00z', 'm', '', '', NULL, 'c9', 1, '2026-11-20T09:00:00', 1, 1, NULL, NULL)",
        )
        .unwrap();
    let grown = world.import();
    assert_eq!((grown.records, grown.added), (1, 1));
    // Rows that are gone move those that stay when the database is packed.
    connection.execute_batch("DELETE FROM responses WHERE id < '01b'; VACUUM; INSERT INTO responses VALUES ('01z', 'm', '', '', NULL, 'c9', 1, '2026-11-20T13:00:00', 2, 2, NULL, NULL)").unwrap();
    let packed = world.import();
    assert_eq!((packed.added, packed.revised), (1, 0), "{packed:?}");
    connection.execute_batch(LAST).unwrap();
    assert_eq!(world.import().added, 1);
    fs::remove_file(world.log().join(".imports.json")).unwrap();
    let without = world.import();
    assert_eq!((without.added, without.revised), (0, 0));
    assert_eq!(world.live().len(), 9);
}

#[test]
fn a_database_in_use_is_read_as_it_was_last_left_and_nothing_is_left_beside_it() {
    for mode in ["DELETE", "WAL"] {
        let world = World::new("llm");
        let connection = world.database(&[&format!("PRAGMA journal_mode = {mode};"), FIRST, SECOND]);
        connection
            .execute_batch("PRAGMA cache_size = 1; BEGIN EXCLUSIVE; UPDATE responses SET input_tokens = 999;")
            .unwrap();
        connection.execute_batch(LAST).unwrap();
        let names = world.folder_names();
        assert_eq!(world.import().added, 6, "{mode}");
        assert_eq!(world.shown(), LLM[..6]);
        assert_eq!(world.folder_names(), names, "{mode}");
        connection.execute_batch("ROLLBACK").unwrap();
        connection.execute_batch(LAST).unwrap();
        assert_eq!(world.import().added, 1, "{mode}");
        assert_eq!(
            world.folder_names(),
            names.iter().filter(|name| !name.contains("journal")).cloned().collect::<Vec<_>>()
        );
        drop(connection);
        assert_eq!(world.import().added, 0);
        assert_eq!(world.folder_names(), ["logs.db"], "{mode}");
    }
}

#[test]
fn what_is_done_to_a_database_changes_nothing_that_was_imported() {
    let world = World::new("llm");
    drop(world.database(&[FIRST, SECOND, LAST]));
    let _ = world.import();
    let whole = fs::read(world.folder().join("logs.db")).unwrap();
    for content in [&whole[..whole.len() / 2], b"", b"hello, I am no database of anybody"] {
        world.write("logs.db", content);
        let tally = world.import();
        assert_eq!((tally.added, tally.revised, tally.failed.len()), (0, 0, 1), "{tally:?}");
        assert_eq!(world.shown(), LLM);
    }
    // Another one in its place, with some of the same rows.
    fs::remove_file(world.folder().join("logs.db")).unwrap();
    drop(world.database(&[
        LAST,
        "INSERT INTO turns VALUES ('01f', 'c4', 'm', NULL, 1, 1, NULL, 1, '2026-11-20T14:00:00', NULL)",
    ]));
    assert_eq!(world.import().added, 1);
    world.write("copy/logs.db", &whole);
    assert_eq!(world.import().added, 0);
    assert_eq!(world.live().iter().map(shown).collect::<Vec<_>>()[..7], LLM);
}

#[test]
fn what_was_asked_is_kept_where_somebody_wants_it() {
    let world = World::new("llm");
    drop(world.database(&[FIRST]));
    let sandbox = crate::support::Sandbox::new();
    let file = world.folder().join("logs.db").display().to_string();
    for (flag, expected) in [(None, 0), (Some("--with-text"), 2)] {
        let dir = if flag.is_some() { "with" } else { "without" };
        let args = ["--dir", dir, "import", "llm", file.as_str()];
        let ran = sandbox.run(args.into_iter().chain(flag));
        assert_eq!(ran.status, 0, "{ran:?}");
        let events = super::live(&sandbox.work().join(dir));
        let kept = events.iter().filter(|event| event.line().contains(r#""parameters":{"prompt_text":"SECRET"}"#));
        assert_eq!((events.len(), kept.count()), (2, expected));
    }
}
