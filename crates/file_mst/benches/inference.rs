//! How long it takes to find the types of files that do not name them, in processor time of all threads.
//!
//! `cargo bench --bench inference` prints the tables of `docs/TYPES.md`: common shapes, and the first 200 of the random
//! structs of `tests/infer`. `COUNT=1000 cargo bench --bench inference` takes others, from `FIRST` on; `RECORDS=20`
//! sets the number of records in all of them; `SLOW=100` names those that take more than that many milliseconds.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use file_mst::open::{OpenOptions, Opened, open};
use mst_test_support::shapes::{ShapedFile, shape_cases};
use rustix::time::{ClockId, clock_gettime};

/// A file in memory, ready to be opened.
struct Written {
    bytes: Arc<Vec<u8>>,
    options: OpenOptions,
}

impl Written {
    fn new(file: &ShapedFile) -> Self {
        let (bytes, root) = file.write();
        let options = OpenOptions { offset: Some(root.offset), hash: Some(root.hash.into()), ..OpenOptions::default() };
        Self { bytes: Arc::new(bytes), options }
    }

    fn open(&self) -> Opened {
        open(Arc::clone(&self.bytes) as Arc<_>, &self.options).unwrap()
    }

    /// The times of opening each that many times, the quickest first.
    fn times(&self, rounds: usize) -> Vec<Duration> {
        let time = || {
            let before = processor_time();
            black_box(self.open());
            processor_time() - before
        };
        let mut times: Vec<_> = (0..rounds).map(|_| time()).collect();
        times.sort_unstable();
        times
    }
}

fn processor_time() -> Duration {
    clock_gettime(ClockId::ProcessCPUTime).try_into().unwrap()
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap())
}

/// A time with few digits.
fn short(time: Duration) -> String {
    match time.as_secs_f64() * 1e3 {
        ms if ms < 1.0 => format!("{ms:.2} ms"),
        ms if ms < 10.0 => format!("{ms:.1} ms"),
        ms => format!("{ms:.0} ms"),
    }
}

fn shapes() {
    println!("| values | found | records | proved by nodes | opening |");
    println!("|---|---|---:|---:|---:|");
    for case in shape_cases() {
        for (count, file) in case.files(&[400, 4000]) {
            let written = Written::new(&file);
            let typing = written.open().typing;
            let found = typing.value.map_or("?".to_owned(), |ty| ty.to_string());
            let median = written.times(5)[2];
            println!("| {} | `{found}` | {count} | {} | {} |", file.what, typing.proved, short(median));
        }
    }
}

fn random_structs() {
    let (first, count) = (number("FIRST").unwrap_or(0), number("COUNT").unwrap_or(200));
    let mut times = Vec::new();
    for seed in first..first + count {
        let file = ShapedFile::sized(seed, number("RECORDS"));
        let time = Written::new(&file).times(1)[0];
        if number("SLOW").is_some_and(|least| time > Duration::from_millis(least)) {
            println!("{}: {}", short(time), file.what);
        }
        times.push(time);
    }
    times.sort_unstable();
    let at = |part: usize| short(times[(times.len() - 1) * part / 100]);
    let mean = times.iter().sum::<Duration>() / times.len() as u32;
    println!("| random structs | mean | median | 95 in 100 below | at most |");
    println!("|---|---:|---:|---:|---:|");
    println!("| {count} files | {} | {} | {} | {} |", short(mean), at(50), at(95), at(100));
}

fn main() {
    // A test run of all targets only checks that it runs.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    if number("COUNT").is_none() {
        shapes();
        println!();
    }
    random_structs();
}
