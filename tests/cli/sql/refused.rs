//! Statements that are not answered: what is misspelt, what would change something, what would read something else.

use crate::cli::quiet_week;
use crate::support::files;

const TABLES: &str = "the tables are runs outcomes ratings remarks assessments templates starters; \
                      `prompt-analytics sql --schema` says what is in them";
const SCHEMA: &str = "`prompt-analytics sql --schema` lists tables and columns";
const ONLY: &str = "a question begins with SELECT or WITH, and changes nothing";

#[test]
fn a_misspelt_statement_gets_its_nearest_neighbour() {
    let sandbox = quiet_week();
    for (statement, says, hint) in [
        (
            "SELCT prompt FROM runs",
            "the statement is not understood: expected an SQL statement, found SELCT at line 1, column 1",
            "did you mean `SELECT`?",
        ),
        (
            "SELECT prompt FRM runs WERE model = 'a'",
            "the statement is not understood: expected end of statement, found runs at line 1, column 19",
            SCHEMA,
        ),
        (
            "SELECT prompt, FROM runs WHERE",
            "the statement is not understood: expected an expression, found its end",
            SCHEMA,
        ),
        (
            "SELECT 'a FROM runs",
            "the statement is not understood: unterminated string literal at line 1, column 8",
            SCHEMA,
        ),
        ("SELECT 1 FROM rnus", "there is no table `rnus`", &format!("did you mean `runs`? {TABLES}")),
        ("SELECT 1 FROM nowhere", "there is no table `nowhere`", TABLES),
        (
            "SELECT modle FROM runs",
            "there is no column `modle` in `runs`",
            "did you mean `model`? `prompt-analytics sql --schema` lists all",
        ),
        (
            "SELECT prompt_id FROM runs",
            "there is no column `prompt_id` in `runs`",
            "did you mean `prompt`? `prompt-analytics sql --schema` lists all",
        ),
        ("SELECT count(*) FROM runs WHERE zzz = 1", "there is no column `zzz` in `runs`", SCHEMA),
        (
            "SELECT feedback_text FROM runs",
            "there is no column `feedback_text` in `runs`",
            "it is in remarks; `prompt-analytics sql --schema` lists all",
        ),
        (
            "WITH a AS (SELECT prompt FROM runs) SELECT model FROM a",
            "there is no column `model` where it is asked for",
            "select it in the part of the statement that reads the table, too",
        ),
        (
            "SELECT model, sum(count(*)) OVER () AS n FROM runs GROUP BY model",
            "`sum(…) OVER` in a SELECT with GROUP BY is not understood",
            "group first: `WITH g AS (SELECT … GROUP BY …) SELECT … OVER (…) FROM g`",
        ),
        (
            "SELECT prompt FROM runs ORDER BY 0",
            "`ORDER BY 0` names no column: places count from 1",
            "call the column by its name",
        ),
        (
            "SELECT prompt_text FROM runs",
            "there is no column `prompt_text` in `runs`",
            "did you mean `prompt`? `prompt-analytics sql --schema` lists all",
        ),
        ("", "there is no statement", "ask one: `prompt-analytics sql \"SELECT count(*) FROM runs\"`"),
        (
            "SELECT frobnicate(model) FROM runs",
            "the statement cannot be answered: unsupported function 'frobnicate'",
            SCHEMA,
        ),
    ] {
        let message = sandbox.run(["sql", statement]).refused();
        assert_eq!(message, format!("error: {says}\n\nhint: {hint}\n"), "{statement}");
    }
    let message = sandbox.run(["sql"]).refused();
    assert_eq!(message, "error: STATEMENT is missing\n\nhint: prompt-analytics sql <STATEMENT>\n");
}

#[test]
fn nothing_but_the_log_is_read_and_nothing_is_written() {
    let sandbox = quiet_week();
    std::fs::write(sandbox.work().join("a.csv"), "a\n1\n").unwrap();
    let before = files(&sandbox.work());
    for (statement, says, hint) in [
        ("SELECT * FROM read_csv('a.csv')", "`read_csv` is no table: only the log is read", TABLES),
        ("SELECT * FROM read_parquet('a.csv')", "`read_parquet` is no table: only the log is read", TABLES),
        ("SELECT * FROM read_json('http://localhost/a')", "`read_json` is no table: only the log is read", TABLES),
        ("SELECT * FROM scan_csv('a.csv')", "`scan_csv` is no table: only the log is read", TABLES),
        ("SELECT * FROM 'a.csv'", "there is no table `a.csv`", TABLES),
        ("SELECT * FROM \"a.csv\"", "there is no table `a.csv`", TABLES),
        ("DROP TABLE runs", "`DROP` is not a question to the log", ONLY),
        ("DELETE FROM runs", "`DELETE` is not a question to the log", ONLY),
        ("INSERT INTO runs VALUES (1)", "`INSERT` is not a question to the log", ONLY),
        ("UPDATE runs SET model = 'a'", "`UPDATE` is not a question to the log", ONLY),
        ("TRUNCATE TABLE runs", "`TRUNCATE` is not a question to the log", ONLY),
        ("CREATE TABLE a AS SELECT * FROM runs", "`CREATE` is not a question to the log", ONLY),
        ("COPY runs TO 'out.csv'", "`COPY` is not a question to the log", ONLY),
        ("SELECT * INTO out FROM runs", "`SELECT … INTO` would write", "`-o FILE` writes an answer"),
    ] {
        let message = sandbox.run(["sql", statement]).refused();
        assert_eq!(message, format!("error: {says}\n\nhint: {hint}\n"), "{statement}");
    }
    assert_eq!(files(&sandbox.work()), before);
}

#[test]
fn a_long_statement_is_answered_and_one_without_end_is_refused() {
    let sandbox = quiet_week();
    let many: Vec<String> = (0..20_000).map(|number| format!("'prompt {number}'")).collect();
    let wide = format!("SELECT count(*) AS n FROM runs WHERE prompt NOT IN ({})", many.join(", "));
    assert_eq!(sandbox.run_with(["sql", "-", "-f", "csv"], wide.as_bytes()).ok(), "n\n54\n");
    let chain = |links: usize| {
        let links: Vec<String> = (0..links).map(|number| format!("duration_ms > {number}")).collect();
        format!("SELECT count(*) AS n FROM runs WHERE {}", links.join(" AND "))
    };
    assert_eq!(sandbox.run_with(["sql", "-", "-f", "csv"], chain(150).as_bytes()).ok(), "n\n53\n");
    for endless in [chain(30_000), format!("SELECT {}1{}", "(".repeat(30_000), ")".repeat(30_000))] {
        let message = sandbox.run_with(["sql", "-"], endless.as_bytes()).refused();
        assert!(message.contains("nested"), "{message}");
    }
    let columns: Vec<String> = (0..2_000).map(|number| format!("duration_ms + {number} AS c{number}")).collect();
    let broad = format!("SELECT {} FROM runs LIMIT 1", columns.join(", "));
    assert_eq!(sandbox.run_with(["sql", "-", "-f", "csv"], broad.as_bytes()).ok().lines().count(), 2);
}

#[test]
fn odd_statements_are_refused_and_break_nothing() {
    let sandbox = quiet_week();
    for statement in [
        "SELECT prompt FROM runs ORDER BY 0",
        "SELECT prompt FROM runs ORDER BY 99",
        "SELECT prompt FROM runs GROUP BY 0",
        "SELECT prompt, prompt FROM runs",
        "SELECT prompt, max(time) FROM runs",
        "SELECT sum(prompt) AS s FROM runs",
        "SELECT prompt + 1 AS s FROM runs",
        "SELECT quantile_cont(duration_ms, 7) FROM runs",
        "SELECT * FROM runs JOIN ratings",
        "SELECT * FROM runs NATURAL JOIN ratings",
        "SELECT * FROM runs LIMIT -1",
        "SELECT * FROM runs OFFSET 999999999999999999999",
        "SELECT 1 / 0 AS n",
        "SELECT substr(prompt, -5, -5) FROM runs",
        "SELECT CAST('a' AS INTEGER) AS n",
        "SELECT date('nothing') AS n",
        "SELECT strftime(prompt, '%Q') AS n FROM runs",
        "SELECT strftime(local_time, '%') AS n FROM runs",
        "SELECT prompt FROM runs WHERE prompt ~ '('",
        "SELECT prompt FROM runs WHERE prompt LIKE '%\\'",
        "SELECT COLUMNS('(') FROM runs",
        "SELECT (SELECT prompt FROM runs) AS n",
        "SELECT row_number() OVER () AS n FROM runs",
        "SELECT lag(prompt, 0) OVER (ORDER BY time) FROM runs",
        "SELECT ARRAY[1, 2] AS n",
        "SELECT array_agg(prompt) AS n FROM runs",
        "SELECT [1, 2][9] AS n",
        "SELECT {'a': 1} AS n",
        "SELECT x'00ff' AS n",
        "SELECT INTERVAL '1 day' AS n",
        "SELECT round(duration_ms, 99) AS n FROM runs",
        "SELECT repeat('a', 9999999999) AS n",
        "SELECT lpad('a', 10, '') AS n",
        "VALUES (1, 'a'), (2, 'b')",
        "TABLE runs",
        "EXPLAIN SELECT prompt FROM runs",
        "SHOW TABLES",
        "SELECT * FROM UNNEST([1, 2]) AS t",
        "WITH RECURSIVE a AS (SELECT 1) SELECT * FROM a",
        "SELECT 'ä😀' AS \"ü\"",
    ] {
        let ran = sandbox.run(["sql", statement, "-f", "csv"]);
        match ran.status {
            0 => assert_eq!(ran.stderr, "", "{statement}"),
            2 => {
                assert!(ran.stderr.starts_with("error: ") && ran.stderr.contains("\n\nhint: "), "{statement}: {ran:?}");
            }
            _ => panic!("{statement}: {ran:?}"),
        }
    }
}
