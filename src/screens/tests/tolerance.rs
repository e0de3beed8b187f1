//! Records within tolerance are shown on request, and do not count among the differences.

use super::*;

#[test]
fn a_filter_shows_the_records_within_tolerance() {
    let dir = tempfile::tempdir().unwrap();
    let tree = |name: &str, values: [u64; 3]| {
        let path = dir.path().join(name);
        let mut tree: MerkleSearchTree<String, u64> = MerkleSearchTree::open(&path).unwrap();
        tree.insert_many(["a", "b", "c"].into_iter().map(str::to_owned).zip(values)).unwrap();
        tree.commit("").unwrap();
        open(Arc::new(FileStorage::open(&path).unwrap()), &OpenOptions::default()).unwrap()
    };
    let left = tree("left.mst", [1, 10, 20]);
    for (right, verdict, differences) in
        [([1, 11, 90], "DRIFTED", "1 of 1"), ([1, 11, 21], "SAME WITHIN TOLERANCE", "")]
    {
        let name = format!("right-{}.mst", right[2]);
        let mut both = pair(["left.mst", &name], left.clone(), tree(&name, right));
        both.comparison.set_tolerances(&both.left, &both.right, &"value=1".parse().unwrap()).unwrap();
        let mut screen = two_trees(both, Theme::Dark, 120, 16);
        let text = screen.text();
        assert!(text.contains(verdict) && text.contains("within tolerance"), "{text}");
        press(&mut screen, "]");
        let text = screen.text();
        assert!(text.contains(differences) && !text.contains("≈ b"), "{text}");
        press(&mut screen, "&≈<Enter>");
        let text = screen.text();
        assert!(text.contains("& within tolerance: "), "{text}");
        assert!(text.contains("≈ b") && (differences.is_empty() || !text.contains("~ c")), "{text}");
        press(&mut screen, "<Esc>");
        assert!(!screen.text().contains("& within"), "{}", screen.text());
        press(&mut screen, "t");
        assert!(screen.text().contains("tolerance: value 1"), "{}", screen.text());
    }
}
