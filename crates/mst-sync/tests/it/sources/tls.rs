//! Encrypted connections: for each mode and each certificate of a server, whether the connection is encrypted, is not,
//! or is refused and why.

use super::certificates::Certificates;
use super::connections::{assert_outcome, outcomes};

/// What is expected, by a letter.
///
/// | letter | the connection |
/// |---|---|
/// | `p` | is made without encryption |
/// | `e` | is made and encrypted |
/// | `u` | is refused, because the authority is unknown |
/// | `x` | is refused, because the certificate has expired |
/// | `f` | is refused, because the certificate is not valid yet |
/// | `n` | is refused, because the certificate is for another host |
/// | `r` | is refused, because the certificate was revoked |
/// | `a` | is refused, because no authority is given |
/// | `t` | is refused, because the server does not encrypt |
/// | `c` | is refused, because a parameter contradicts the mode |
fn meaning(letter: char, host_advice: &str) -> String {
    match letter {
        'p' => "plain".to_owned(),
        'e' => "encrypted".to_owned(),
        'u' => "!is not signed by an authority that is trusted here: set".to_owned(),
        'x' => "!the server's certificate has expired (2001-01-01T00:00:00Z)".to_owned(),
        'f' => "!the server's certificate is not valid yet (2090-01-01T00:00:00Z)".to_owned(),
        'n' => format!("!the server's certificate is not for the host localhost, but |{host_advice}"),
        'r' => "!the server's certificate has been revoked".to_owned(),
        'a' => "!verifies the server's certificate, but no authority is given: set".to_owned(),
        't' => "!the server does not support TLS, which |requires".to_owned(),
        'c' => "!it has no effect with this ssl-mode".to_owned(),
        letter => panic!("{letter}"),
    }
}

/// The certificate of the server (`off` is none), the authority that the client trusts, and a letter for each mode.
type Row = (&'static str, &'static str, &'static str);

#[cfg(feature = "postgres")]
mod postgres {
    use std::path::Path;
    use std::process::Command;
    use std::time::{Duration, Instant};

    use super::super::private_servers::{self, PrivateServer};
    use super::*;

    const MODES: [&str; 6] = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"];
    const QUERY: &str =
        "select case when ssl then 'encrypted' else 'plain' end from pg_stat_ssl where pid = pg_backend_pid()";
    const HBA: &str = "hostssl all only_tls 127.0.0.1/32 trust\nhost all only_tls 127.0.0.1/32 reject\n\
                       hostnossl all only_plain 127.0.0.1/32 trust\nhost all only_plain 127.0.0.1/32 reject\n\
                       hostssl all cert_user 127.0.0.1/32 cert\nhost all cert_user 127.0.0.1/32 reject\n\
                       host all scram_user 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 trust\n";

    /// As libpq has it: an authority counts in every mode, and `prefer` falls back to no encryption.
    const ROWS: [Row; 18] = [
        // disable, allow, prefer, require, verify-ca, verify-full
        ("good", "", "ppeeaa"),
        ("good", "ca.crt", "ppeeee"),
        ("other", "", "ppeeaa"),
        ("other", "ca.crt", "ppeeen"),
        ("nameless", "ca.crt", "ppeeen"),
        ("expired", "", "ppeeaa"),
        ("expired", "ca.crt", "pppxxx"),
        ("future", "ca.crt", "pppfff"),
        ("revoked", "ca.crt", "ppeeee"),
        ("revoked", "ca.crt&sslcrl=revoked.crl", "ppprrr"),
        ("stranger", "", "ppeeaa"),
        ("stranger", "ca.crt", "pppuuu"),
        ("self", "self.crt", "ppeeee"),
        ("self", "ca.crt", "pppuuu"),
        ("selfold", "selfold.crt", "pppxxx"),
        ("selfold", "", "ppeeaa"),
        ("off", "", "ppptaa"),
        ("off", "ca.crt", "pppttt"),
    ];

    fn url(server: &PrivateServer, user: &str, parameters: &str) -> String {
        format!("postgres://{user}@localhost:{}/postgres?hostaddr=127.0.0.1&{parameters}", server.port)
    }

    fn rooted(certificates: &Certificates, authority: &str) -> String {
        let mut names = authority.split("&sslcrl=");
        let root = names.next().filter(|name| !name.is_empty());
        let root = root.map(|name| format!("&sslrootcert={}", certificates.path(name))).unwrap_or_default();
        root + &names.next().map(|name| format!("&sslcrl={}", certificates.path(name))).unwrap_or_default()
    }

    /// Gives the server a certificate, and waits until it has it.
    fn present(server: &PrivateServer, certificates: &Certificates, name: &str) {
        match name {
            "off" => server.write("tls.conf", "ssl = off\napplication_name = off\n"),
            name => {
                server.write("server.crt", &certificates.text(&format!("{name}.crt")));
                server.write("server.key", &certificates.text(&format!("{name}.key")));
                server.write("tls.conf", &format!("ssl = on\napplication_name = {name}\n"));
            }
        }
        let mut config = ::postgres::Config::new();
        config.host(&server.socket_folder()).port(server.port).user("owner").dbname("postgres");
        let connect = || config.connect(::postgres::NoTls).unwrap();
        connect().batch_execute("select pg_reload_conf()").unwrap();
        let end = Instant::now() + Duration::from_secs(10);
        loop {
            let found: String = connect().query_one("show application_name", &[]).unwrap().get(0);
            if found == name {
                return;
            }
            assert!(Instant::now() < end, "the server does not take the certificate {name}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// What the client of PostgreSQL does with the same URL; `None` if it is not there.
    fn psql(url: &str) -> Option<String> {
        let output = Command::new("psql")
            .env_clear()
            .envs([("PATH", "/usr/bin"), ("HOME", "/nonexistent"), ("LC_ALL", "C")])
            .args(["-X", "-A", "-t", "-c", QUERY, url])
            .output()
            .ok()?;
        Some(match output.status.success() {
            true => String::from_utf8(output.stdout).unwrap().trim().to_owned(),
            false => "refused".to_owned(),
        })
    }

    /// One server for all of it, since starting it takes the most time.
    #[test]
    fn postgres_is_encrypted_as_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let certificates = Certificates::create(folder.path());
        let Some(server) = private_servers::postgres(HBA, &certificates.text("ca.crt")) else { return };
        every_mode_meets_every_certificate(&server, &certificates);
        clients_prove_who_they_are_and_servers_may_insist(&server, &certificates, folder.path());
    }

    fn every_mode_meets_every_certificate(server: &PrivateServer, certificates: &Certificates) {
        let mut presented = "";
        for (name, authority, letters) in ROWS {
            if presented != name {
                present(server, certificates, name);
                presented = name;
            }
            let urls =
                MODES.map(|mode| url(server, "owner", &format!("sslmode={mode}{}", rooted(certificates, authority))));
            let found = outcomes(&[], &urls, QUERY);
            assert_eq!(letters.len(), MODES.len());
            for ((found, letter), (mode, url)) in found.iter().zip(letters.chars()).zip(MODES.iter().zip(&urls)) {
                let what = format!("{name}, {authority}, {mode}");
                assert_outcome(found, &meaning(letter, "sslmode=verify-ca, which accepts any name"), &what);
                // The common name is not a name of the host here, by today's rules for certificates.
                let is_stricter = name == "nameless" && *mode == "verify-full";
                if let Some(other) = psql(url).filter(|_| !is_stricter) {
                    assert_eq!(found.as_deref().unwrap_or("refused"), other, "{what}: psql does otherwise");
                }
            }
            // The mode by default.
            let by_default = url(server, "owner", rooted(certificates, authority).trim_start_matches('&'));
            let default = outcomes(&[], &[by_default], QUERY);
            assert_eq!(default[0], found[2], "{name}, {authority}, no mode");
        }
    }

    fn clients_prove_who_they_are_and_servers_may_insist(
        server: &PrivateServer,
        certificates: &Certificates,
        folder: &Path,
    ) {
        present(server, certificates, "good");
        let mut config = ::postgres::Config::new();
        config.host(&server.socket_folder()).port(server.port).user("owner").dbname("postgres");
        let create = "set password_encryption = 'scram-sha-256'; create role only_tls login; \
                      create role only_plain login; create role cert_user login; \
                      create role scram_user login password 'geheim'";
        config.connect(::postgres::NoTls).unwrap().batch_execute(create).unwrap();
        let path = |name: &str| certificates.path(name);
        let home = folder.join("home");
        std::fs::create_dir_all(home.join(".postgresql")).unwrap();
        let open_key = folder.join("open.key");
        std::fs::copy(path("client.key"), &open_key).unwrap();
        super::super::certificates::mode(&open_key, 0o644);
        for (from, to) in [("ca.crt", "root.crt"), ("client.crt", "postgresql.crt"), ("client.key", "postgresql.key")] {
            std::fs::copy(path(from), home.join(".postgresql").join(to)).unwrap();
        }
        let (home, no_home) = (home.to_str().unwrap(), "/nonexistent");
        let client = format!("sslcert={}&sslkey={}", path("client.crt"), path("client.key"));
        let (ca, password) = (path("ca.crt"), "password=geheim");
        type Variables<'a> = &'a [(&'a str, &'a str)];
        let rows: &[(&str, String, Variables<'_>, &str)] = &[
            ("only_tls", "sslmode=disable".to_owned(), &[], "!rejects connection|28000"),
            ("only_tls", "sslmode=allow".to_owned(), &[], "encrypted"),
            ("only_tls", "sslmode=prefer".to_owned(), &[], "encrypted"),
            (
                "only_tls",
                format!("sslmode=prefer&sslrootcert={}", path("self.crt")),
                &[],
                "!without encryption: |rejects|; encrypted: |not signed by an authority",
            ),
            ("only_plain", "sslmode=allow".to_owned(), &[], "plain"),
            ("only_plain", "sslmode=prefer".to_owned(), &[], "plain"),
            ("only_plain", "sslmode=require".to_owned(), &[], "!rejects connection|28000"),
            // Certificates of clients.
            ("cert_user", "sslmode=require".to_owned(), &[], "!connection requires a valid client certificate (28000)"),
            ("cert_user", format!("sslmode=require&{client}"), &[], "encrypted"),
            (
                "cert_user",
                format!("sslmode=require&sslcertmode=disable&{client}"),
                &[],
                "!requires a valid client certificate",
            ),
            ("cert_user", format!("sslmode=require&ssl_max_protocol_version=TLSv1.2&{client}"), &[], "encrypted"),
            (
                "cert_user",
                format!("sslmode=require&sslcert={}&sslkey={}", path("thief.crt"), path("thief.key")),
                &[],
                "!does not accept the certificate of the client (UnknownCA): check sslcert",
            ),
            (
                "cert_user",
                format!("sslmode=require&sslcert={}&sslkey={}", path("thief.crt"), path("client.key")),
                &[],
                "!sslcert: the file |thief.crt does not go with the key",
            ),
            (
                "cert_user",
                format!("sslmode=require&sslcert={}", path("client.crt")),
                &[],
                "!client.crt has no key: set sslkey",
            ),
            (
                "cert_user",
                format!("sslmode=require&sslcert={}&sslkey={}", path("client.crt"), open_key.to_str().unwrap()),
                &[],
                "!sslkey: the file |open.key can be read by others (mode 644); use chmod 600",
            ),
            (
                "cert_user",
                "sslmode=require&sslcert=/nowhere&sslkey=/nowhere".to_owned(),
                &[],
                "!sslcert: the file /nowhere cannot be read",
            ),
            (
                "cert_user",
                format!("sslmode=require&sslcert={}&sslkey={}", path("empty.crt"), path("client.key")),
                &[],
                "!empty.crt has no certificate in PEM",
            ),
            // The usual places, and the environment.
            ("cert_user", "sslmode=verify-full".to_owned(), &[("HOME", home)], "encrypted"),
            ("cert_user", String::new(), &[("HOME", home), ("PGSSLMODE", "verify-full")], "encrypted"),
            (
                "owner",
                "sslmode=verify-full".to_owned(),
                &[("HOME", no_home)],
                "!no authority is given: set sslrootcert|sslrootcert=system",
            ),
            ("owner", "sslmode=verify-full".to_owned(), &[("PGSSLROOTCERT", &ca)], "encrypted"),
            (
                "owner",
                "sslmode=verify-full".to_owned(),
                &[("PGSSLROOTCERT", "/nowhere")],
                "!sslrootcert: the file /nowhere cannot be read",
            ),
            // An authority that was asked for is never left out.
            (
                "owner",
                "sslmode=require&sslrootcert=/nowhere".to_owned(),
                &[],
                "!sslrootcert: the file /nowhere cannot be read",
            ),
            (
                "owner",
                "sslmode=prefer&sslrootcert=/nowhere".to_owned(),
                &[],
                "!sslrootcert: the file /nowhere cannot be read",
            ),
            (
                "owner",
                format!("sslmode=verify-ca&sslrootcert={}", path("empty.crt")),
                &[],
                "!sslrootcert: the file |empty.crt has no certificate in PEM",
            ),
            (
                "owner",
                format!("sslmode=verify-full&sslrootcert={ca}&sslcrl=/nowhere"),
                &[],
                "!the file /nowhere cannot be read",
            ),
            // The authorities of the system.
            ("owner", "sslrootcert=system".to_owned(), &[("SSL_CERT_FILE", &ca)], "encrypted"),
            (
                "owner",
                "sslrootcert=system&sslmode=verify-full".to_owned(),
                &[("SSL_CERT_FILE", &path("self.crt"))],
                "!not signed by an authority",
            ),
            (
                "owner",
                "sslrootcert=system".to_owned(),
                &[("SSL_CERT_FILE", "/nowhere"), ("SSL_CERT_DIR", "/nowhere")],
                "!no certificate of an authority was found on this system",
            ),
            // Passwords that are bound to the certificate.
            ("scram_user", format!("sslmode=require&channel_binding=require&{password}"), &[], "encrypted"),
            ("scram_user", format!("sslmode=disable&channel_binding=require&{password}"), &[], "!channel binding"),
            ("scram_user", "sslmode=require".to_owned(), &[("PGPASSWORD", "geheim")], "encrypted"),
            ("scram_user", "sslmode=prefer".to_owned(), &[("PGPASSWORD", "falsch")], "!password authentication failed"),
            // The name is that of the URL, also if the address is given.
            (
                "owner",
                format!("sslmode=verify-full&sslrootcert={ca}&host=db.example"),
                &[],
                "!host is given twice in the URL",
            ),
        ];
        for (user, parameters, environment, expected) in rows {
            let found = outcomes(environment, &[url(server, user, parameters)], QUERY);
            assert_outcome(&found[0], expected, &format!("{user}, {parameters}, {environment:?}"));
            assert!(!format!("{found:?}").contains("geheim"));
        }
        let by_address =
            format!("postgres://owner@127.0.0.1:{}/postgres?sslmode=verify-full&sslrootcert={ca}", server.port);
        let by_other_name = by_address.replace("@127.0.0.1", "@db.invalid") + "&hostaddr=127.0.0.1";
        let found = outcomes(&[], &[by_address, by_other_name], QUERY);
        assert_outcome(&found[0], "encrypted", "by address");
        assert_outcome(
            &found[1],
            "!not for the host db.invalid, but for localhost, 127.0.0.1: connect to",
            "by other name",
        );
    }
}

#[cfg(feature = "mysql")]
mod mysql {
    use std::path::Path;

    use ::mysql::prelude::Queryable;

    use super::super::private_servers::{self, PrivateServer};
    use super::*;

    const MODES: [&str; 5] = ["DISABLED", "PREFERRED", "REQUIRED", "VERIFY_CA", "VERIFY_IDENTITY"];
    const QUERY: &str = "select if(variable_value = '', 'plain', 'encrypted') as v \
                         from information_schema.session_status where variable_name = 'ssl_cipher'";

    /// The authority `system` is one that the system trusts.
    const ROWS: [Row; 17] = [
        // DISABLED, PREFERRED, REQUIRED, VERIFY_CA, VERIFY_IDENTITY
        ("good", "", "peeau"),
        ("good", "system", "peeae"),
        ("good", "ca.crt", "cceee"),
        ("other", "", "peeau"),
        ("other", "system", "peean"),
        ("other", "ca.crt", "cceen"),
        ("nameless", "ca.crt", "cceen"),
        ("expired", "", "peeax"),
        ("expired", "ca.crt", "ccxxx"),
        ("future", "ca.crt", "ccfff"),
        ("stranger", "", "peeau"),
        ("stranger", "ca.crt", "ccuuu"),
        ("self", "self.crt", "cceee"),
        ("self", "ca.crt", "ccuuu"),
        ("selfold", "selfold.crt", "ccxxx"),
        ("off", "", "pptat"),
        ("off", "ca.crt", "ccttt"),
    ];

    fn connect(server: &PrivateServer) -> ::mysql::Conn {
        let socket = format!("{}/s", server.socket_folder());
        ::mysql::Conn::new(::mysql::OptsBuilder::new().socket(Some(socket)).user(Some("root"))).unwrap()
    }

    #[test]
    fn mariadb_is_encrypted_as_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let certificates = Certificates::create(folder.path());
        let text = |name: &str| certificates.text(name);
        let Some(server) = private_servers::mariadb(Some([&text("good.crt"), &text("good.key"), &text("ca.crt")]))
        else {
            return;
        };
        clients_prove_who_they_are_and_large_answers_pass(&server, &certificates, folder.path());
        every_mode_meets_every_certificate(&server, &certificates);
    }

    fn every_mode_meets_every_certificate(server: &PrivateServer, certificates: &Certificates) {
        let text = |name: &str| certificates.text(name);
        let unencrypted = private_servers::mariadb(None).unwrap();
        for server in [server, &unencrypted] {
            connect(server).query_drop("CREATE OR REPLACE USER any@'%'").unwrap();
            connect(server).query_drop("DELETE FROM mysql.global_priv WHERE user = ''").unwrap();
            connect(server).query_drop("FLUSH PRIVILEGES").unwrap();
        }
        for (name, authority, letters) in ROWS {
            let server = if name == "off" { &unencrypted } else { server };
            if name != "off" {
                server.write("server.crt", &text(&format!("{name}.crt")));
                server.write("server.key", &text(&format!("{name}.key")));
                connect(server).query_drop("FLUSH SSL").unwrap();
            }
            let system = certificates.path(if authority == "system" { "ca.crt" } else { "thief.crt" });
            let root = match authority {
                "" | "system" => String::new(),
                name => format!("&ssl-ca={}", certificates.path(name)),
            };
            let mut urls =
                MODES.map(|mode| format!("mysql://any@localhost:{}?ssl-mode={mode}{root}", server.port)).to_vec();
            urls.push(format!("mysql://any@localhost:{}?{root}", server.port));
            let found = outcomes(&[("SSL_CERT_FILE", &system)], &urls, QUERY);
            assert_eq!(letters.len(), MODES.len());
            for ((found, letter), mode) in found.iter().zip(letters.chars()).zip(MODES) {
                let what = format!("{name}, {authority}, {mode}");
                assert_outcome(found, &meaning(letter, "ssl-mode=VERIFY_CA, which accepts any name"), &what);
            }
            // An authority without a mode means that it is verified.
            let meant = if root.is_empty() { &found[1] } else { &found[3] };
            assert_eq!(strip(&found[5]), strip(meant), "{name}, {authority}, no mode");
        }
    }

    fn strip(found: &super::super::connections::Outcome) -> Result<String, String> {
        found.clone().map_err(|error| error.replace(char::is_numeric, ""))
    }

    fn clients_prove_who_they_are_and_large_answers_pass(
        server: &PrivateServer,
        certificates: &Certificates,
        folder: &Path,
    ) {
        for statement in [
            "CREATE USER any@'%' IDENTIFIED BY 'geheim'",
            "CREATE USER only_tls@'%' REQUIRE SSL",
            "GRANT SELECT ON mysql.* TO only_tls@'%'",
            "CREATE USER cert_user@'%' REQUIRE SUBJECT '/CN=cert_user'",
            "DELETE FROM mysql.global_priv WHERE user = ''",
            "FLUSH PRIVILEGES",
        ] {
            connect(server).query_drop(statement).unwrap();
        }
        let path = |name: &str| certificates.path(name);
        let (ca, socket) = (path("ca.crt"), format!("{}/s", server.socket_folder()));
        let home = folder.join("home");
        std::fs::create_dir(&home).unwrap();
        let file = format!(
            "[client]\nuser=cert_user\nssl-ca={ca}\nssl-cert={}\nssl-key={}\nssl-verify-server-cert\n",
            path("client.crt"),
            path("client.key")
        );
        std::fs::write(home.join(".my.cnf"), file).unwrap();
        let home = home.to_str().unwrap();
        let client = format!("ssl-mode=REQUIRED&ssl-cert={}&ssl-key={}", path("client.crt"), path("client.key"));
        let local = format!("@localhost:{}", server.port);
        type Variables<'a> = &'a [(&'a str, &'a str)];
        let rows: &[(String, Variables<'_>, &str)] = &[
            (format!("only_tls{local}?ssl-mode=DISABLED"), &[], "!Access denied"),
            (format!("only_tls{local}"), &[], "encrypted"),
            (format!("only_tls{local}?tls-version=TLSv1.2"), &[], "encrypted"),
            (format!("any{local}?ssl-mode=REQUIRED"), &[("MYSQL_PWD", "geheim")], "encrypted"),
            (format!("any{local}?ssl-mode=REQUIRED"), &[("MYSQL_PWD", "falsch")], "!Access denied for user 'any'"),
            (format!("cert_user{local}?ssl-mode=REQUIRED"), &[], "!Access denied"),
            (format!("cert_user{local}?{client}"), &[], "encrypted"),
            (format!("cert_user{local}?{client}&tls-version=TLSv1.2"), &[], "encrypted"),
            (format!("cert_user{local}?ssl-mode=REQUIRED&ssl-cert={}", path("both.pem")), &[], "encrypted"),
            (
                format!("cert_user{local}?ssl-mode=REQUIRED&ssl-cert={}", path("client.crt")),
                &[],
                "!ssl-key: the file |client.crt has no private key in PEM",
            ),
            (
                format!(
                    "cert_user{local}?ssl-mode=REQUIRED&ssl-cert={}&ssl-key={}",
                    path("thief.crt"),
                    path("thief.key")
                ),
                &[],
                "!does not accept the certificate of the client (UnknownCA): check ssl-cert",
            ),
            (local.replace('@', ""), &[("HOME", home)], "encrypted"),
            (local.replace("@localhost", "127.0.0.1"), &[("HOME", home)], "encrypted"),
            (local.replace("@localhost", "localhost.localdomain"), &[("HOME", home)], "!mysql localhost.localdomain:"),
            // What is asked for is encrypted on a socket too.
            (format!("only_tls@localhost?socket={socket}"), &[], "!Access denied"),
            (format!("only_tls@localhost?socket={socket}&ssl-mode=VERIFY_IDENTITY&ssl-ca={ca}"), &[], "encrypted"),
            (
                format!("only_tls@localhost?socket={socket}&ssl-ca={}", path("self.crt")),
                &[],
                "!not signed by an authority that is trusted here: set ssl-ca",
            ),
            (format!("only_tls{local}?ssl-ca=/nowhere"), &[], "!ssl-ca: the file /nowhere cannot be read"),
            (format!("only_tls{local}?ssl-ca={ca}&ssl-crl=/nowhere"), &[], "!the file /nowhere cannot be read"),
        ];
        for (url, environment, expected) in rows {
            let found = outcomes(environment, &[format!("mysql://{url}")], QUERY);
            assert_outcome(&found[0], expected, &format!("{url}, {environment:?}"));
            assert!(!format!("{found:?}").contains("geheim"));
        }
        // More than a packet, in both directions.
        let url = format!("mysql://only_tls{local}?ssl-mode=VERIFY_CA&ssl-ca={ca}");
        let large = "select md5(repeat('ab', 9000000)) = md5(v) as v from (select repeat('ab', 9000000) as v) as t";
        assert_outcome(&outcomes(&[], std::slice::from_ref(&url), large)[0], "[Int(1)]", "a large answer");
        let text = "x".repeat(3_000_000);
        let many = format!("select seq as v from mysql.seq_1_to_50000 where length('{text}') = 3000000 order by 1");
        assert_outcome(&outcomes(&[], &[url], &many)[0], "[Int(50000)]", "a large question and many rows");
    }
}
