//! Connections are made as they are asked for: by sockets, services and the environment.
//!
//! Each connection is made in a process of its own, so that the environment is the test's and not that of whoever runs
//! the tests.

use std::ops::ControlFlow;
use std::path::Path;
use std::process::Command;

use mst_sync::source::{Location, Select, Settings, Wanted, open};
use serde_json::{Value, json};

/// The variable with the file that tells a process which connections to make.
const TASKS: &str = "MST_TEST_CONNECTIONS";

/// An outcome: the first cell of the query's only row, or the error.
pub(crate) type Outcome = Result<String, String>;

/// Reads the query at each of the URLs in an environment.
pub(crate) fn outcomes(environment: &[(&str, &str)], urls: &[String], query: &str) -> Vec<Outcome> {
    let folder = tempfile::tempdir().unwrap();
    let (tasks, results) = (folder.path().join("tasks"), folder.path().join("tasks.out"));
    std::fs::write(&tasks, json!({ "urls": urls, "query": query }).to_string()).unwrap();
    let mut command = Command::new(std::env::current_exe().unwrap());
    // The name of the test below in this binary.
    let test = format!("{}::makes_the_connections_of_another_test", module_path!().split_once("::").unwrap().1);
    command.args([&test, "--exact"]).env_clear().env("HOME", folder.path()).env(TASKS, &tasks);
    command.envs(environment.iter().copied());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    let found: Vec<Value> = serde_json::from_slice(&std::fs::read(&results).unwrap()).unwrap();
    found
        .iter()
        .map(|found| match (found["ok"].as_str(), found["error"].as_str()) {
            (Some(cell), _) => Ok(cell.to_owned()),
            (None, error) => Err(error.unwrap().to_owned()),
        })
        .collect()
}

#[test]
fn makes_the_connections_of_another_test() {
    let Some(path) = std::env::var_os(TASKS) else { return };
    let path = Path::new(&path);
    let tasks: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let query = tasks["query"].as_str().unwrap();
    let outcome = |url: &Value| match connect(url.as_str().unwrap(), query) {
        Ok(cell) => json!({ "ok": cell }),
        Err(error) => json!({ "error": error }),
    };
    let found: Vec<Value> = tasks["urls"].as_array().unwrap().iter().map(outcome).collect();
    std::fs::write(path.with_extension("out"), Value::Array(found).to_string()).unwrap();
}

fn connect(url: &str, query: &str) -> Outcome {
    let (location, select) = (Location::Url(url.to_owned()), Select::Query(query.to_owned()));
    let settings = match url.starts_with("mysql") {
        true => Settings::Mysql { location, select },
        false => Settings::Postgres { location, select },
    };
    let mut source = open(&settings, &Wanted::default()).map_err(|error| error.to_string())?;
    let mut found = None;
    let visited = source.each(&mut |row| {
        found = Some(match row.unwrap().cells {
            [mst_sync::source::Cell::Text(text) | mst_sync::source::Cell::TextOrJson(text)] => text.to_string(),
            cells => format!("{cells:?}"),
        });
        ControlFlow::Continue(())
    });
    visited.map_err(|error| error.to_string())?;
    Ok(found.unwrap())
}

/// Compares an outcome with what is expected: a cell, or `!` and words of an error, separated by `|`.
#[track_caller]
pub(crate) fn assert_outcome(found: &Outcome, expected: &str, what: &str) {
    match (found, expected.strip_prefix('!')) {
        (Ok(cell), None) => assert_eq!(cell, expected, "{what}"),
        (Err(error), Some(words)) => {
            for word in words.split('|') {
                assert!(error.contains(word), "{what}: no {word:?} in: {error}");
            }
        }
        (found, _) => panic!("{what}: {found:?}, not {expected}"),
    }
}

#[cfg(feature = "postgres")]
#[test]
fn postgres_is_found_by_sockets_services_and_the_environment() {
    let Some(server) = super::private_servers::postgres("host all all 127.0.0.1/32 trust\n", "") else { return };
    let (socket, port) = (server.socket_folder(), server.port.to_string());
    let home = tempfile::tempdir().unwrap();
    let services = home.path().join("my services");
    let service = format!(
        "[here]\nhost=127.0.0.1\nport={port}\nuser=owner\ndbname=template1\napplication_name=by service\n\
         [socket]\nhost={socket}\nport={port}\nuser=owner\ndbname=postgres\n[bad]\nsslmood=require\n[worse]\nhost\n\
         [strict]\nhost=127.0.0.1\nport={port}\nuser=owner\nsslmode=require\ndbname=postgres\n"
    );
    std::fs::write(&services, &service).unwrap();
    std::fs::write(home.path().join(".pg_service.conf"), service.replace("by service", "at home")).unwrap();
    let (services, home) = (services.to_str().unwrap(), home.path().to_str().unwrap());
    let query = "select concat_ws(' ', current_database(), current_setting('application_name'), \
                 case when inet_server_addr() is null then 'socket' else 'tcp' end)";
    let encoded = socket.replace('/', "%2F");
    type Variables<'a> = &'a [(&'a str, &'a str)];
    let rows: &[(Variables<'_>, String, &str)] = &[
        // Sockets.
        (&[], format!("postgres://owner@/postgres?host={socket}&port={port}"), "postgres mst-tui socket"),
        (&[], format!("postgresql://owner@{encoded}:{port}/template1"), "template1 mst-tui socket"),
        (&[], format!("host={socket} port={port} user=owner dbname=postgres"), "postgres mst-tui socket"),
        // As in libpq, the mode does not count there.
        (
            &[],
            format!("postgres:///postgres?user=owner&host={socket}&port={port}&sslmode=verify-full"),
            "postgres mst-tui socket",
        ),
        (&[], format!("postgres://owner@/postgres?host=/nowhere&port={port}"), "!postgres /nowhere:"),
        // Addresses.
        (&[], format!("postgres://owner@db.invalid:{port}/postgres?hostaddr=127.0.0.1"), "postgres mst-tui tcp"),
        (&[], format!("postgres://owner@/postgres?hostaddr=127.0.0.1&port={port}"), "postgres mst-tui tcp"),
        // The first server that answers.
        (&[], format!("postgres://owner@127.0.0.1:1,127.0.0.1:{port}/postgres"), "postgres mst-tui tcp"),
        (&[], "postgres://owner@127.0.0.1:1,127.0.0.1:1/postgres".to_owned(), "!127.0.0.1:1|refused"),
        // The environment.
        (
            &[
                ("PGHOST", &socket),
                ("PGPORT", &port),
                ("PGUSER", "owner"),
                ("PGDATABASE", "template1"),
                ("PGAPPNAME", "x"),
            ],
            "postgres://".to_owned(),
            "template1 x socket",
        ),
        (
            &[("PGHOST", &socket), ("PGPORT", &port), ("PGUSER", "owner")],
            "postgres:///postgres".to_owned(),
            "postgres mst-tui socket",
        ),
        (
            &[("PGHOST", "/nowhere"), ("PGPORT", "1")],
            format!("postgres://owner@127.0.0.1:{port}/postgres"),
            "postgres mst-tui tcp",
        ),
        (
            &[("PGOPTIONS", "-c search_path=x -c application_name=o")],
            format!("postgres://owner@127.0.0.1:{port}/postgres"),
            "postgres mst-tui tcp",
        ),
        (
            &[("PGSSLMODE", "require")],
            format!("postgres://owner@127.0.0.1:{port}/postgres"),
            "!does not support TLS, which sslmode=require requires",
        ),
        (&[("PGREQUIRESSL", "1")], format!("postgres://owner@127.0.0.1:{port}/postgres"), "!does not support TLS"),
        (
            &[("PGSSLMODE", "require")],
            format!("postgres://owner@127.0.0.1:{port}/postgres?sslmode=disable"),
            "postgres mst-tui tcp",
        ),
        (
            &[("PGSSLMODE", "all")],
            format!("postgres://owner@127.0.0.1:{port}/postgres"),
            "!sslmode=all in the environment variable PGSSLMODE|disable, allow, prefer",
        ),
        (
            &[("PGREQUIREPEER", "root")],
            "postgres:///x".to_owned(),
            "!requirepeer in the environment variable PGREQUIREPEER is not supported",
        ),
        // Services.
        (&[("HOME", home)], "postgres://?service=here".to_owned(), "template1 at home tcp"),
        (&[("PGSERVICEFILE", services)], "service=here".to_owned(), "template1 by service tcp"),
        (&[("PGSERVICEFILE", services), ("PGSERVICE", "socket")], "postgres://".to_owned(), "postgres mst-tui socket"),
        (
            &[("PGSERVICEFILE", services), ("PGSERVICE", "here")],
            "postgres:///postgres".to_owned(),
            "postgres by service tcp",
        ),
        (
            &[("PGSERVICEFILE", services), ("PGDATABASE", "postgres"), ("PGAPPNAME", "x")],
            "postgres:///?service=here".to_owned(),
            "template1 by service tcp",
        ),
        (
            &[("PGSERVICEFILE", services), ("PGSSLMODE", "disable")],
            "service=strict".to_owned(),
            "!does not support TLS",
        ),
        (
            &[("PGSERVICEFILE", services)],
            "service=nowhere".to_owned(),
            "!the service \"nowhere\" is in none of these files: |my services",
        ),
        (
            &[("PGSERVICEFILE", services)],
            "service=bad".to_owned(),
            "!unknown parameter sslmood in |my services, line 13",
        ),
        (
            &[("PGSERVICEFILE", services)],
            "service=worse".to_owned(),
            "!my services, line 15: a line of a service is PARAMETER=VALUE",
        ),
        // Refusals.
        (
            &[],
            "postgres://h/d?sslmod=require".to_owned(),
            "!unknown parameter sslmod in the URL; the parameters are service, host,",
        ),
        (&[], "postgres://h/d?sslcrldir=/x".to_owned(), "!sslcrldir in the URL is not supported: use sslcrl"),
        (&[], "postgres://h/d?sslmode=disable&sslmode=require".to_owned(), "!sslmode is given twice in the URL"),
        (&[], "postgres://h/d?sslmode=".to_owned(), "!sslmode= in the URL: the values are disable,"),
        (&[], "postgres://h/d?port=0".to_owned(), "!port=0 in the URL: a port is a number"),
        (&[], "postgres://h/d?gssencmode=require".to_owned(), "!gssencmode in the URL is not supported"),
        (
            &[],
            "postgres://h/d?sslnegotiation=direct".to_owned(),
            "!sslnegotiation=direct in the URL: this needs sslmode=require",
        ),
        (
            &[],
            "postgres://h/d?sslrootcert=system&sslmode=require".to_owned(),
            "!sslmode=require in the URL: sslrootcert=system needs sslmode=verify-full",
        ),
        (&[], "postgres://h/d?hostaddr=nowhere".to_owned(), "!hostaddr=nowhere in the URL: this is not an IP address"),
        (&[], "postgres://a:geheim@h%/d".to_owned(), "!percent"),
    ];
    for (variables, url, expected) in rows {
        let found = outcomes(variables, std::slice::from_ref(url), query);
        assert_outcome(&found[0], expected, &format!("{variables:?} {url}"));
        assert!(!format!("{found:?}").contains("geheim"));
    }
}

#[cfg(feature = "mysql")]
#[test]
fn mysql_is_found_by_sockets_and_the_option_file() {
    use mysql::prelude::Queryable;
    let Some(server) = super::private_servers::mariadb(None) else { return };
    let (socket, port) = (format!("{}/s", server.socket_folder()), server.port);
    let options = mysql::OptsBuilder::new().socket(Some(&socket)).user(Some("root"));
    let mut connection = mysql::Conn::new(options).unwrap();
    connection.query_drop("CREATE USER ada IDENTIFIED BY 'p#w'").unwrap();
    connection.query_drop("GRANT ALL ON *.* TO ada").unwrap();
    // An account without a name would come before it.
    connection.query_drop("DELETE FROM mysql.global_priv WHERE user = ''").unwrap();
    connection.query_drop("FLUSH PRIVILEGES").unwrap();
    let home = |text: &str| {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(".my.cnf"), text).unwrap();
        folder
    };
    let query = "select concat(substring_index(user(), '@', 1), ' ', coalesce(database(), '-'), ' ', \
                 if(substring_index(host, ':', 1) = 'localhost', 'socket', 'tcp')) as v \
                 from information_schema.processlist where id = connection_id()";
    let client = "[client]\nuser = ada\npassword = \"p#w\"\ndefault-character-set = latin1\n";
    let rows: &[(String, String, &str)] = &[
        (String::new(), format!("mysql://root@localhost/mysql?socket={socket}"), "root mysql socket"),
        (String::new(), format!("mysql://root@/mysql?socket={}", socket.replace('/', "%2F")), "root mysql socket"),
        (String::new(), format!("mysql://root@127.0.0.1:{port}/mysql"), "root mysql tcp"),
        (client.to_owned(), format!("mysql://127.0.0.1:{port}"), "ada - tcp"),
        (client.to_owned(), format!("mysql://root@127.0.0.1:{port}"), "!Access denied for user 'root'"),
        (format!("{client}socket={socket}\ndatabase=mysql\n"), "mysql://".to_owned(), "ada mysql socket"),
        (format!("{client}host=127.0.0.1\nport={port}\n"), "mysql:///mysql".to_owned(), "ada mysql tcp"),
        // What the file says of a server is about that server.
        (format!("{client}port=1\nsocket=/nowhere\n"), format!("mysql://127.0.0.1:{port}/mysql"), "ada mysql tcp"),
        (
            format!("{client}ssl-mode=REQUIRED\n"),
            format!("mysql://127.0.0.1:{port}"),
            "!does not support TLS, which ssl-mode=REQUIRED requires",
        ),
        (format!("{client}ssl\n"), format!("mysql://127.0.0.1:{port}"), "!does not support TLS"),
        (
            format!("{client}ssl-verify-server-cert\n"),
            format!("mysql://127.0.0.1:{port}"),
            "!does not support TLS, which ssl-mode=VERIFY_IDENTITY",
        ),
        (format!("{client}ssl-mode=REQUIRED\n"), format!("mysql://127.0.0.1:{port}?ssl-mode=disabled"), "ada - tcp"),
        (
            format!("{client}ssl-mode=REQUIRED\nskip-ssl\n"),
            format!("mysql://127.0.0.1:{port}"),
            "!skip-ssl= in |.my.cnf, line 6: this contradicts",
        ),
        (
            format!("{client}ssl-capath=/x\n"),
            format!("mysql://127.0.0.1:{port}"),
            "!ssl-capath in |.my.cnf, line 5 is not supported: use ssl-ca",
        ),
        (
            String::new(),
            "mysql://db.example/x?socket=/x".to_owned(),
            "!socket=/x in the URL: a socket is on this machine",
        ),
        (
            String::new(),
            "mysql://h/x?ssl-mode=on".to_owned(),
            "!ssl-mode=on in the URL: the values are DISABLED, PREFERRED",
        ),
        (String::new(), "mysql://h/x?ssl-key=/x".to_owned(), "!ssl-key=/x in the URL: a key needs its certificate"),
        (
            String::new(),
            "mysql://h/x?tls-version=TLSv1".to_owned(),
            "!tls-version=TLSv1 in the URL: the values are TLSv1.2",
        ),
        (String::new(), "mysql://h/x?connect-timeout=soon".to_owned(), "!connect-timeout=soon in the URL"),
    ];
    for (file, url, expected) in rows {
        let home = home(file);
        let found = outcomes(&[("HOME", home.path().to_str().unwrap())], std::slice::from_ref(url), query);
        assert_outcome(&found[0], expected, &format!("{file} {url}"));
    }
}
