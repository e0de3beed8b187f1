//! Pairing all columns at once: the assignment with the most pairs, and among those with the most agreeing rows.

use std::collections::{BTreeMap, BTreeSet};

/// Two columns, left and right.
pub(super) type Edge = (usize, usize);

/// The best assignment of the columns that these edges connect, and its weight.
///
/// Each connected part is solved on its own by the Hungarian algorithm, so that wide tables with few doubts are fast.
pub(super) fn assign(weights: &BTreeMap<Edge, u64>) -> (BTreeMap<usize, usize>, u64) {
    let (mut pairs, mut total) = (BTreeMap::new(), 0);
    for part in parts(weights) {
        for edge in solve(&part) {
            total += part.get(&edge).copied().unwrap_or(0);
            pairs.insert(edge.0, edge.1);
        }
    }
    (pairs, total)
}

/// The connected parts of a graph.
pub(super) fn parts(weights: &BTreeMap<Edge, u64>) -> Vec<BTreeMap<Edge, u64>> {
    let mut open: BTreeMap<Edge, u64> = weights.clone();
    let mut parts = Vec::new();
    while let Some((edge, weight)) = open.pop_first() {
        let mut part = BTreeMap::from([(edge, weight)]);
        let (mut lefts, mut rights) = (BTreeSet::from([edge.0]), BTreeSet::from([edge.1]));
        loop {
            let touching: Vec<Edge> =
                open.keys().filter(|(l, r)| lefts.contains(l) || rights.contains(r)).copied().collect();
            if touching.is_empty() {
                break;
            }
            for edge in touching {
                lefts.insert(edge.0);
                rights.insert(edge.1);
                part.extend(open.remove_entry(&edge));
            }
        }
        parts.push(part);
    }
    parts
}

/// The assignment with the highest weight in one part.
fn solve(weights: &BTreeMap<Edge, u64>) -> Vec<Edge> {
    let lefts: Vec<usize> = weights.keys().map(|(l, _)| *l).collect::<BTreeSet<_>>().into_iter().collect();
    let rights: Vec<usize> = weights.keys().map(|(_, r)| *r).collect::<BTreeSet<_>>().into_iter().collect();
    let size = lefts.len().max(rights.len());
    let highest = weights.values().copied().max().unwrap_or(0) as i64;
    let cost = |row: usize, column: usize| {
        let weight = lefts.get(row).zip(rights.get(column)).and_then(|(l, r)| weights.get(&(*l, *r)));
        highest - weight.copied().unwrap_or(0) as i64
    };
    hungarian(size, cost)
        .into_iter()
        .enumerate()
        .filter_map(|(row, column)| Some((*lefts.get(row)?, *rights.get(column)?)))
        .filter(|edge| weights.contains_key(edge))
        .collect()
}

/// The column of each row with the lowest total cost (Kuhn and Munkres, with potentials).
#[expect(clippy::indexing_slicing, reason = "all indices are below `size + 1`, the length of every vector")]
fn hungarian(size: usize, cost: impl Fn(usize, usize) -> i64) -> Vec<usize> {
    // Index 0 is a sentinel; rows and columns count from 1.
    let (mut row_potential, mut column_potential) = (vec![0_i64; size + 1], vec![0_i64; size + 1]);
    let mut row_of = vec![0_usize; size + 1];
    for row in 1..=size {
        row_of[0] = row;
        let mut column = 0;
        let mut slack = vec![i64::MAX; size + 1];
        let mut from = vec![0_usize; size + 1];
        let mut is_used = vec![false; size + 1];
        while row_of[column] != 0 {
            is_used[column] = true;
            let current = row_of[column];
            let (mut delta, mut next) = (i64::MAX, 0);
            for other in 1..=size {
                if is_used[other] {
                    continue;
                }
                let reduced = cost(current - 1, other - 1) - row_potential[current] - column_potential[other];
                if reduced < slack[other] {
                    (slack[other], from[other]) = (reduced, column);
                }
                if slack[other] < delta {
                    (delta, next) = (slack[other], other);
                }
            }
            for other in 0..=size {
                if is_used[other] {
                    row_potential[row_of[other]] += delta;
                    column_potential[other] -= delta;
                } else if slack[other] != i64::MAX {
                    slack[other] -= delta;
                }
            }
            column = next;
        }
        while column != 0 {
            row_of[column] = row_of[from[column]];
            column = from[column];
        }
    }
    let mut column_of = vec![0; size];
    for column in 1..=size {
        column_of[row_of[column] - 1] = column - 1;
    }
    column_of
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_total_wins_over_the_best_pair() {
        // Greedily, 0 would take 0 and leave nothing for 1.
        let weights = BTreeMap::from([((0, 0), 100), ((0, 1), 90), ((1, 0), 95), ((2, 2), 10)]);
        let (pairs, total) = assign(&weights);
        assert_eq!(pairs, BTreeMap::from([(0, 1), (1, 0), (2, 2)]));
        assert_eq!(total, 195);
        assert_eq!(parts(&weights).len(), 2);
    }

    #[test]
    fn it_agrees_with_trying_everything() {
        let mut seed = 7_u64;
        let mut next = move || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            seed >> 33
        };
        for _ in 0..200 {
            let weights: BTreeMap<Edge, u64> =
                (0..4).flat_map(|l| (0..4).map(move |r| (l, r))).map(|edge| (edge, next() % 50 + 1)).collect();
            let best = all_orders(vec![0, 1, 2, 3])
                .into_iter()
                .map(|order| order.iter().enumerate().map(|(l, r)| weights[&(l, *r)]).sum::<u64>())
                .max();
            assert_eq!(Some(assign(&weights).1), best);
        }
    }

    fn all_orders(items: Vec<usize>) -> Vec<Vec<usize>> {
        if items.is_empty() {
            return vec![Vec::new()];
        }
        let mut all = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let rest: Vec<usize> = items.iter().enumerate().filter(|(i, _)| *i != index).map(|(_, x)| *x).collect();
            all.extend(all_orders(rest).into_iter().map(|mut order| {
                order.insert(0, *item);
                order
            }));
        }
        all
    }
}
