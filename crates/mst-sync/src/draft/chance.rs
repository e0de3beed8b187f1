//! Agreement of two columns, and how much of it chance would explain.

use std::collections::HashMap;

/// How well two columns of codes agree.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Agreement {
    pub(super) agreeing: usize,
    pub(super) of: usize,
    /// The rows that would agree if each row were joined with a random one.
    pub(super) by_chance: f64,
    /// Rows in which one side at least is not the most common value of its column.
    pub(super) telling: usize,
    /// The agreeing ones of them.
    pub(super) telling_agreeing: usize,
}

impl Agreement {
    /// Compares two columns of as many rows.
    pub(super) fn of(left: &[u64], right: &[u64]) -> Self {
        let (left_counts, right_counts) = (counts(left), counts(right));
        let chance: f64 =
            left_counts.iter().map(|(code, n)| *n as f64 * right_counts.get(code).copied().unwrap_or(0) as f64).sum();
        let mode = |counts: &HashMap<u64, usize>| counts.iter().max_by_key(|(code, n)| (**n, **code)).map(|(c, _)| *c);
        let (left_mode, right_mode) = (mode(&left_counts), mode(&right_counts));
        let is_telling = |(l, r): &(&u64, &u64)| Some(**l) != left_mode || Some(**r) != right_mode;
        let telling: Vec<_> = left.iter().zip(right).filter(is_telling).collect();
        Self {
            agreeing: count_equal(left, right),
            of: left.len(),
            by_chance: if left.is_empty() { 0.0 } else { chance / left.len() as f64 },
            telling: telling.len(),
            telling_agreeing: telling.iter().filter(|(l, r)| l == r).count(),
        }
    }

    /// The share of rows that agree.
    pub(super) fn share(&self) -> f64 {
        if self.of == 0 { 0.0 } else { self.agreeing as f64 / self.of as f64 }
    }

    /// Agreement above chance: 1 if all rows agree, 0 if as many agree as by chance.
    pub(super) fn kappa(&self) -> f64 {
        let chance = self.chance_share();
        if chance < 1.0 { (self.share() - chance) / (1.0 - chance) } else { 0.0 }
    }

    fn chance_share(&self) -> f64 {
        if self.of == 0 { 1.0 } else { self.by_chance / self.of as f64 }
    }

    /// The bits of information that the agreement carries for the join.
    pub(super) fn bits(&self) -> f64 {
        -self.chance_share().max(1e-4).log2() * self.kappa()
    }
}

/// The number of rows with equal codes.
pub(super) fn count_equal(left: &[u64], right: &[u64]) -> usize {
    left.iter().zip(right).filter(|(left, right)| left == right).count()
}

fn counts(codes: &[u64]) -> HashMap<u64, usize> {
    let mut counts = HashMap::with_capacity(codes.len());
    for code in codes {
        *counts.entry(*code).or_insert(0) += 1;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agreement_of_constants_is_chance() {
        let constant = Agreement::of(&[7; 100], &[7; 100]);
        assert_eq!((constant.agreeing, constant.kappa(), constant.telling), (100, 0.0, 0));
        let keys: Vec<u64> = (0..100).collect();
        let same = Agreement::of(&keys, &keys);
        assert!(same.kappa() > 0.99 && same.bits() > 6.0);
        let dealt: Vec<u64> = (0..100).map(|key| (key + 1) % 100).collect();
        assert!(Agreement::of(&keys, &dealt).kappa() < 0.0);
    }
}
