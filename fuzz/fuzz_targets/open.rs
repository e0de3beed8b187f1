//! Any bytes are a file: opening, walking, counting, checking, searching for roots and salvaging end, and read no
//! more than their budget.
#![no_main]

use std::ops::ControlFlow;
use std::sync::Arc;

use file_mst::history::{Versions, open_likely};
use file_mst::open::{OpenOptions, open};
use file_mst::inspect::segments::Segments;
use file_mst::salvage::survey;
use file_mst::storage::ReadAt;
use file_mst::verify::{Verify, VerifyOptions};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let storage: Arc<dyn ReadAt> = Arc::new(data.to_vec());
    let typed = |key: &str, value: &str| OpenOptions {
        key: key.parse().ok(),
        value: value.parse().ok(),
        cache_bytes: 1 << 20,
        ..OpenOptions::default()
    };
    // The search for types takes most of the time, so only one input in eight has none. The fuzzer changes lengths
    // all the time.
    let options = &match data.len() % 8 {
        0 => OpenOptions::default(),
        1..4 => typed("String", "String"),
        4..6 => typed("u64", "Option<i64>"),
        _ => typed("Vec<u8>", "{a: u64, b: Option<String>, c: Vec<u8>}"),
    };
    let _ = open(Arc::clone(&storage), options);
    if let Ok(opened) = open_likely(Arc::clone(&storage), options) {
        let steps = opened.tree.walk().take(10_000).count();
        let stats = opened.tree.stats(|stats| match stats.nodes {
            0..10_000 => ControlFlow::Continue(()),
            _ => ControlFlow::Break(()),
        });
        assert!(steps > 0 || stats.nodes == 0);
        let mut verify = Verify::new(&opened, VerifyOptions::default());
        let errors = verify.findings().take(10_000).count();
        if errors == 0 {
            assert!(stats.damage.is_empty(), "what cannot be read must be found: {:?}", stats.damage);
        }
        if let Ok(versions) = Versions::of(&opened, |_| ControlFlow::Continue(())) {
            assert!(versions.take(1000).count() <= 1000);
        }
        let codec = opened.tree.store().codec();
        let _ = Segments::from_page(&*storage, codec, 0).map(|pieces| pieces.take(10_000).count());
    }
    let _ = survey(storage, options, |_, _| {});
});
