//! The program on the tree, in a pseudo-terminal.

use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use mst_test_support::terminal::{Key, Session};

use crate::outcome::Outcome;
use crate::system::peak_bytes;

/// The end of a frame: that of a synchronised update.
const FRAME_END: &[u8] = b"\x1b[?2026l";
/// How often the program is started; the median counts.
const STARTS: usize = 5;
const LONGEST: Duration = Duration::from_secs(10);

/// The time to the first frame, and the memory after some browsing.
pub(crate) fn first_frame(program: &Path, file: &Path) -> Result<Outcome> {
    let mut times = Vec::new();
    for _ in 0..STARTS {
        let started = Instant::now();
        let session = start(program, file);
        while !has_frame(&session) {
            ensure!(started.elapsed() < LONGEST, "no frame in {LONGEST:?}");
            sleep(Duration::from_micros(200));
        }
        times.push(started.elapsed().as_secs_f64());
        session.send("q");
        session.wait_exit();
    }
    times.sort_by(f64::total_cmp);
    let session = start(program, file);
    session.wait_until(|_| true, "a screen");
    for keys in ["G", "gg", "T", "G", "gg", "jjjj"] {
        session.send(keys);
        sleep(Duration::from_millis(300));
    }
    session.send_key(Key::Enter);
    sleep(Duration::from_millis(500));
    let peak_bytes = peak_bytes(&session.process_id().to_string());
    session.kill("KILL");
    let seconds = times.get(STARTS / 2).copied().unwrap_or_default();
    Ok(Outcome { seconds, peak_bytes, ..Outcome::default() })
}

fn start(program: &Path, file: &Path) -> Session {
    Session::builder(program).args([file]).size(50, 160).spawn()
}

fn has_frame(session: &Session) -> bool {
    session.raw_output().windows(FRAME_END.len()).any(|bytes| bytes == FRAME_END)
}
