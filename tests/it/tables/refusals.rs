//! The first attempts of strangers end in a message with the command that works. Each command that a message names is run.

use crate::program::{Ran, Scratch, finish, program, run};

/// The commands that a message names, after `mst-tui`.
fn commands(message: &str) -> Vec<Vec<String>> {
    let command = |line: &str| {
        let (_, command) = line.split_once(": ")?;
        let command = command.trim().strip_prefix("mst-tui ")?;
        let command = command.split("  #").next().unwrap_or(command);
        Some(words(command))
    };
    message.lines().filter_map(command).collect()
}

/// Splits a command as a shell does, with single quotes.
fn words(command: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted, mut any) = (Vec::new(), String::new(), false, false);
    for c in command.chars() {
        match c {
            '\'' => (quoted, any) = (!quoted, true),
            ' ' if !quoted => {
                if any {
                    words.push(std::mem::take(&mut word));
                }
                any = false;
            }
            c => {
                word.push(c);
                any = true;
            }
        }
    }
    if any {
        words.push(word);
    }
    words
}

#[test]
fn first_attempts_are_refused_with_a_command_that_works() {
    let scratch = Scratch::new();
    let rows = |shift: u32| -> String {
        let state = |id: u32| if id.is_multiple_of(3) != (id == 7 && shift == 1) { "x" } else { "y" };
        let line = |id: u32| format!("{id},{}.{:02},{}\n", id % 17, id % 89, state(id));
        format!("id,amount,state\n{}", (0..200).map(line).collect::<String>())
    };
    let left = scratch.file("a.csv", rows(0).as_bytes());
    let right = scratch.file("b.csv", rows(1).as_bytes());
    let database = scratch.path("shop.sqlite");
    let connection = rusqlite::Connection::open(&database).unwrap();
    connection
        .execute_batch(
            "CREATE TABLE orders (id INTEGER PRIMARY KEY, amount TEXT, state TEXT);
             INSERT INTO orders VALUES (1, '1.00', 'open'), (2, '2.00', 'paid')",
        )
        .unwrap();
    let folder = scratch.path("draft");
    assert_eq!(run(&["contract", "draft", &left, &right, "--key", "id", "-o", &folder]).code, 0);
    let mapping = |name: &str| format!("{folder}/{name}.toml");
    let (left_mapping, right_mapping) = (mapping("left"), mapping("right"));
    let missing = format!("{database}#ordres");
    for args in [
        &["diff", &left, &right][..],
        &["diff", &left_mapping, &right_mapping],
        &["stat", &left],
        &["ls", &left],
        &["verify", &left_mapping],
        &["get", &format!("{database}#orders"), "1"],
        &[&database],
        &["compare", &database, &left],
        &[&missing],
        &["build", &database, "-o", &scratch.path("out.mst")],
    ] {
        let Ran { code, err, .. } = run(args);
        assert_eq!(code, 2, "{args:?}: {err}");
        let named = commands(&err);
        assert!(!named.is_empty(), "{args:?} names no command: {err}");
        for command in named {
            let command: Vec<&str> = command.iter().map(String::as_str).collect();
            // Some write a file beside where they run.
            let Ran { code, err: said, .. } = finish(program().current_dir(scratch.0.path()).args(&command));
            assert!(code < 2, "{args:?} names {command:?}, which says: {said}");
        }
    }
}

#[test]
fn a_key_that_is_not_unique_or_not_there_leads_to_the_candidates() {
    let scratch = Scratch::new();
    // Two columns are unique, and both join all rows.
    let rows = |version: u32| -> String {
        let line = |id: u32| format!("{id},N{},{}\n", 5000 - id, (id * 7 + version * u32::from(id == 3)) % 50);
        format!("id,number,amount\n{}", (0..300).map(line).collect::<String>())
    };
    let left = scratch.file("a.csv", rows(0).as_bytes());
    let right = scratch.file("b.csv", rows(1).as_bytes());
    let Ran { code, err, .. } = run(&["compare", &left, &right]);
    assert_eq!(code, 2, "{err}");
    let named = commands(&err);
    assert!(named.len() >= 2, "{err}");
    for command in named {
        let command: Vec<&str> = command.iter().map(String::as_str).collect();
        let Ran { code, out, err } = run(&command);
        assert_eq!(code, 1, "{command:?}: {err}");
        assert!(out.contains("1 changed"), "{command:?}: {out}");
    }
}

/// What cannot be drafted is said with what to do: the condition that leaves no row, the columns of a key, equal rows.
#[test]
fn what_a_draft_lacks_is_said() {
    let scratch = Scratch::new();
    let left = scratch.file("a.csv", b"id,state\n1,open\n2,paid\n");
    let right = scratch.file("b.csv", b"id,state\n1,open\n2,open\n");
    let none = scratch.file("none.csv", b"id,state\n");
    let repeated = scratch.file("repeated.csv", b"state\nopen\nopen\npaid\n");
    for (args, words) in [
        (
            &["compare", &left, &right, "--where", "state = 'gone'"][..],
            &["no row of ", "a.csv meets the condition state = 'gone'", "b.csv meets", "both sides are empty"][..],
        ),
        (&["compare", &left, &right, "--left-where", "state = 'gone'"], &["a.csv meets the condition state = 'gone'"]),
        (&["compare", &none, &none], &["has no rows", "both sides are empty"]),
        (&["compare", &none, &right], &["none.csv has no rows"]),
        (&["compare", &repeated, &repeated], &["--multiset"]),
    ] {
        let Ran { code, err, .. } = run(args);
        assert_eq!(code, 2, "{args:?}: {err}");
        for word in words {
            assert!(err.contains(word), "{args:?}: no {word:?} in {err}");
        }
        assert!(words.contains(&"both sides are empty") || !err.contains("both sides are empty"), "{args:?}: {err}");
    }
}
