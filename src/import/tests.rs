//! Whole imports in a directory of their own: identities, growth, forms of files, and what is broken in them.

use super::*;
use crate::event::{self, Line};
use crate::log::{self, Piece};

struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Home {
        Home(tempfile::tempdir().unwrap())
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }

    fn log(&self) -> PathBuf {
        self.0.path().join("log")
    }

    fn import(&self, source: &str, files: &[&PathBuf], asked: &Asked) -> Result<Tally> {
        let source = named(source)?;
        let files: Vec<PathBuf> = files.iter().map(|file| (*file).clone()).collect();
        let recipe = Recipe::new(asked, source.name)?;
        let (dir, privacy) = (self.log(), Privacy::default());
        let job = Job { source, files: &files, recipe: &recipe, dir: &dir, privacy: &privacy, is_dry: false };
        import(&job, &mut |done, total| assert!(done <= total))
    }

    /// Imports with `ts` and `input_tokens` from the columns `t` and `n`.
    fn plain(&self, source: &str, file: &PathBuf) -> Result<Tally> {
        self.import(source, &[file], &Asked { maps: &["ts=t,input_tokens=n".to_owned()], ..Asked::default() })
    }

    /// The lines of the log without their identities.
    fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for source in log::sources(&self.log()).unwrap().0 {
            log::lines(&source, 0..u64::MAX, |piece| {
                let Piece::Line { bytes, .. } = piece else { panic!("too long") };
                let Ok(Line::Event(read)) = event::parse_line(bytes) else { panic!("not an event") };
                lines.push(event::Event { id: None, ..read.event }.line());
            })
            .unwrap();
        }
        lines
    }
}

fn counts(tally: &Tally) -> (u64, u64, u64, u64) {
    assert_eq!(tally.records, tally.added + tally.known + tally.left_out + tally.skipped(), "{tally:?}");
    (tally.records, tally.added, tally.known, tally.skipped())
}

fn first(tally: &Tally, reason: &str) -> String {
    let first = &tally.skipped[reason].first;
    first.rsplit('/').next().unwrap().to_owned()
}

const A: &str = r#"{"t":1795176000,"n":1}"#;
const B: &str = r#"{"t":1795176001,"n":2}"#;

#[test]
fn one_table_in_every_form_gives_the_same_events() {
    let forms = [
        ("csv", "t,n\n1795176000,1\n1795176001,2\n".to_owned()),
        ("csv", "\u{feff}t,n\r\n1795176000,1\r\n1795176001,2".to_owned()),
        ("csv", "\"t\";\"n\"\n1795176000;1\n1795176001;2\n".to_owned()),
        ("tsv", "t\t n \n1795176000\t1\n\n1795176001\t 2\n".to_owned()),
        ("json", format!("{A}\n{B}\n")),
        ("jsonl", format!("\u{feff}\n{A}\r\n\r\n  {B}")),
        ("json", format!("[{A},\n{B}]\n")),
        ("json", format!("\u{feff} [\n{A},{B}]")),
        ("json", format!("{A}{B}")),
        ("json", format!("{}\n{}", A.replace(',', ",\n"), B.replace('{', "{\n"))),
    ];
    for (source, content) in forms {
        let home = Home::new();
        let file = home.write("table", &content);
        let tally = home.plain(source, &file).unwrap();
        assert_eq!(counts(&tally), (2, 2, 0, 0), "{content}");
        let name = named(source).unwrap().name;
        let line = |second: &str, n: u8| {
            format!(
                r#"{{"v":1,"ts":"2026-11-20T12:00:0{second}.000Z","event":"run","source":"{name}","input_tokens":{n}}}"#
            )
        };
        assert_eq!(home.lines(), [line("0", 1), line("1", 2)], "{content}");
        assert_eq!(counts(&home.plain(source, &file).unwrap()), (2, 0, 2, 0), "{content}");
    }
}

#[test]
fn one_object_is_a_table_of_one_row() {
    for content in [A.to_owned(), A.replace(',', ",\n"), format!("[{A}]")] {
        let home = Home::new();
        let tally = home.plain("json", &home.write("one.json", &content)).unwrap();
        assert_eq!(counts(&tally), (1, 1, 0, 0), "{content}");
    }
}

#[test]
fn a_file_that_grew_adds_only_what_is_new_and_a_copy_adds_nothing() {
    for (source, short, grown) in [
        ("csv", "t,n\n1795176000,1".to_owned(), "t,n\n1795176000,1\n1795176001,2\n1795176001,2\n".to_owned()),
        ("json", A.to_owned(), format!("{A}\n{B}\n{B}\n")),
        ("json", format!("[{A}]"), format!("[{A}, {B},\n {B}\n]")),
    ] {
        let home = Home::new();
        let file = home.write("x", &short);
        assert_eq!(counts(&home.plain(source, &file).unwrap()), (1, 1, 0, 0));
        home.write("x", &grown);
        assert_eq!(counts(&home.plain(source, &file).unwrap()), (3, 2, 1, 0), "truly identical rows are two");
        let copy = home.write("elsewhere/y", &grown);
        assert_eq!(counts(&home.plain(source, &copy).unwrap()), (3, 0, 3, 0));
        let both =
            home.import(source, &[&copy, &file], &Asked { maps: &["ts=t".to_owned()], ..Asked::default() }).unwrap();
        assert_eq!(counts(&both), (6, 0, 6, 0), "whatever the map");
        assert_eq!(home.lines().len(), 3);
    }
}

#[test]
fn the_same_row_in_another_file_is_another_record() {
    let home = Home::new();
    let one = home.write("one.csv", "t,n\n1795176000,1\n1795176009,9\n");
    let two = home.write("two.csv", "t,n\n1795176001,2\n1795176009,9\n");
    let tally =
        home.import("csv", &[&one, &two], &Asked { maps: &["ts=t,input_tokens=n".to_owned()], ..Asked::default() });
    assert_eq!(counts(&tally.unwrap()), (4, 4, 0, 0));
}

#[test]
fn a_torn_last_line_is_skipped_and_imported_once_it_is_whole() {
    let home = Home::new();
    let file = home.write("x.jsonl", format!("{A}\n{}", &B[..9]));
    let tally = home.plain("json", &file).unwrap();
    assert_eq!(counts(&tally), (2, 1, 0, 1));
    home.write("x.jsonl", format!("{A}\n{B}\n"));
    assert_eq!(counts(&home.plain("json", &file).unwrap()), (2, 1, 1, 0));
}

#[test]
fn broken_lines_and_ragged_rows_are_skipped_and_named() {
    let home = Home::new();
    let mut content = format!("{{\"t\":17\n{A}\n[1]\n\n7\n").into_bytes();
    content.extend_from_slice(b"{\"t\":\"\xff\"}\n");
    content.extend_from_slice(format!("{B}\n{{\"t\":\"soon\",\"n\":1}}\n{{\"n\":1}}").as_bytes());
    let tally = home.plain("json", &home.write("x.jsonl", &content)).unwrap();
    assert_eq!(counts(&tally), (8, 2, 0, 6));
    assert!(first(&tally, "not JSON").starts_with("x.jsonl:1: EOF while parsing"), "{}", first(&tally, "not JSON"));
    assert_eq!((first(&tally, "not an object"), tally.skipped["not an object"].times), ("x.jsonl:3".to_owned(), 2));
    assert_eq!(first(&tally, "not UTF-8"), "x.jsonl:6");
    assert_eq!(first(&tally, "bad time"), "x.jsonl:8: \"soon\"");
    assert_eq!(first(&tally, "no time"), "x.jsonl:9");

    let content = b"t,n,text\n1795176000,1,\"a\nb\"\n1795176001,2\n1795176001,3,c,d\n\xff,4,e\n1795176002,5,\xff\n";
    let tally = home.plain("csv", &home.write("x.csv", content)).unwrap();
    assert_eq!(counts(&tally), (5, 2, 0, 3));
    assert_eq!(first(&tally, "a row of another length"), "x.csv:4: 2 cells below a header of 3");
    assert_eq!(first(&tally, "not UTF-8"), "x.csv:6");
}

#[test]
fn a_broken_array_is_refused_whole_with_its_place() {
    let home = Home::new();
    for (content, says) in [
        (format!("[{A},\n{A} {B}]"), "line 2 column 24"),
        (format!("[{A},\n{A}"), "line 2 column 22"),
        (format!("[{A}]\nmore"), "line 2 column 1"),
        ("hello\nworld\n".to_owned(), "line 1 column 1"),
    ] {
        let sound = home.write("sound.json", format!("[{A}]"));
        let broken = home.write("broken.json", &content);
        let asked = Asked { maps: &["ts=t".to_owned()], ..Asked::default() };
        let error = home.import("json", &[&sound, &broken], &asked).unwrap_err().to_string();
        assert!(error.contains("broken.json is not sound JSON") && error.ends_with(says), "{error}");
        assert!(!home.log().exists(), "nothing of any file is imported");
    }
}

#[test]
fn a_column_that_no_record_has_is_refused_with_the_nearest_one() {
    let home = Home::new();
    let csv = home.write("x.csv", "TIMESTAMP,ContextTokens\n2026-11-20 12:00:00,1\n");
    let json = home.write("x.json", format!("{{\"t\":1,\"p\":{{\"tokens\":2}}}}\n{{\"rare\":null}}\n{A}"));
    for (source, file, map, column, hint) in [
        ("csv", &csv, "ts=TIMESTAMP,input_tokens=ContexTokens", "ContexTokens", "did you mean `ContextTokens`?"),
        (
            "csv",
            &csv,
            "ts=timestamp",
            "timestamp",
            "did you mean `TIMESTAMP`? the columns are TIMESTAMP, ContextTokens;",
        ),
        (
            "json",
            &json,
            "ts=t,input_tokens=tokens",
            "tokens",
            "did you mean `p.tokens`? the columns are t, p.tokens, rare, n;",
        ),
    ] {
        let error = home.import(source, &[file], &Asked { maps: &[map.to_owned()], ..Asked::default() }).unwrap_err();
        let refused = error.downcast_ref::<Refused>().unwrap();
        assert!(refused.says.ends_with(&format!("has a column `{column}`")), "{refused}");
        assert!(refused.hint.as_deref().unwrap().starts_with(hint), "{refused:?}");
    }
    let asked = Asked { maps: &["ts=t,model=rare,input_tokens=absent ?? 5".to_owned()], ..Asked::default() };
    assert_eq!(counts(&home.import("json", &[&json], &asked).unwrap()), (3, 1, 0, 2));
    let twice = home.write("twice.csv", "t,t\n1,2\n");
    let error = home.import("csv", &[&twice], &Asked { maps: &["ts=t".to_owned()], ..Asked::default() }).unwrap_err();
    assert!(error.to_string().ends_with("has the column `t` twice"), "{error}");
}

#[test]
fn steps_count_every_record_of_a_file_and_where_counts_what_it_leaves_out() {
    let home = Home::new();
    let file = home.write("x.csv", "n\n1\n2\n3\n");
    let asked = Asked {
        maps: &["input_tokens=n".to_owned()],
        filter: Some("n != 2"),
        epoch: Some("2026-11-20"),
        step: Some("1m"),
        ..Asked::default()
    };
    let tally = home.import("csv", &[&file], &asked).unwrap();
    assert_eq!((counts(&tally), tally.left_out), ((3, 2, 0, 0), 1));
    let times: Vec<String> = home.lines().iter().map(|line| line[13..36].to_owned()).collect();
    assert_eq!(times, ["2026-11-20T00:00:00.000", "2026-11-20T00:02:00.000"]);
}

#[test]
fn many_records_are_written_in_several_batches_and_none_is_lost() {
    let home = Home::new();
    let rows: Vec<String> = (0..20_000).map(|n| format!("{},{n}", 1_795_176_000 + n)).collect();
    let file = home.write("x.csv", format!("t,n\n{}\n", rows.join("\n")));
    assert_eq!(counts(&home.plain("csv", &file).unwrap()), (20_000, 20_000, 0, 0));
    assert_eq!(home.lines().len(), 20_000);
    assert_eq!(counts(&home.plain("csv", &file).unwrap()), (20_000, 0, 20_000, 0));
}
