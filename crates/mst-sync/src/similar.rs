//! Names that are similar to a name that does not exist.

/// The number of characters of a name that are compared.
const MAX_LENGTH: usize = 64;

/// The names, those nearest to `wanted` first.
pub(crate) fn nearest_first(wanted: &str, mut names: Vec<String>) -> Vec<String> {
    names.sort_by_cached_key(|name| (rank(wanted, name), name.clone()));
    names
}

/// Whether a name could be a misspelling of `wanted`.
pub(crate) fn is_similar(wanted: &str, name: &str) -> bool {
    rank(wanted, name) <= wanted.chars().count() / 3
}

/// The distance of a name. A schema before the name counts nothing if `wanted` has none, nor does the case of letters.
fn rank(wanted: &str, name: &str) -> usize {
    let (wanted, name) = (wanted.to_lowercase(), name.to_lowercase());
    let whole = distance(&wanted, &name);
    match name.rsplit_once('.') {
        Some((_, last)) if !wanted.contains('.') => whole.min(distance(&wanted, last)),
        _ => whole,
    }
}

/// The number of characters that have to be inserted, removed or replaced.
pub(crate) fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().take(MAX_LENGTH).collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (index, c) in left.chars().take(MAX_LENGTH).enumerate() {
        let mut next = Vec::with_capacity(row.len());
        let mut before = index + 1;
        next.push(before);
        for ((other, above), diagonal) in right.iter().zip(row.iter().skip(1)).zip(&row) {
            before = (before + 1).min(above + 1).min(diagonal + usize::from(c != *other));
            next.push(before);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{distance, is_similar, nearest_first};

    #[test]
    fn a_distance_counts_edits() {
        for (left, right, expected) in
            [("", "", 0), ("a", "", 1), ("orders", "order", 1), ("kitten", "sitting", 3), ("über", "uber", 1)]
        {
            assert_eq!(distance(left, right), expected, "{left} {right}");
            assert_eq!(distance(right, left), expected, "{right} {left}");
        }
    }

    #[test]
    fn the_nearest_name_is_first() {
        let names = ["customers", "public.orders", "order_lines"].map(str::to_owned).to_vec();
        assert_eq!(nearest_first("Order", names)[0], "public.orders");
        assert!(is_similar("orders.csv", "Order.csv") && !is_similar("orders.csv", "customers.csv"));
    }
}
