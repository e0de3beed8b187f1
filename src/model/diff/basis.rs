//! What a comparison of two tables rests on beside their trees: rules that were drafted, and columns that were left out.

/// What a comparison rests on. It is empty for two trees, and for tables under a written contract.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Basis {
    /// The drafted rules that nobody confirmed.
    pub(crate) unconfirmed: Vec<Unconfirmed>,
    /// The columns of the left and of the right table that are not compared.
    pub(crate) not_compared: [Vec<String>; 2],
}

/// A drafted rule that nobody confirmed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Unconfirmed {
    /// The field of the contract.
    pub(crate) field: String,
    /// The kind of rule, as a noun: "map of values".
    pub(crate) noun: &'static str,
    /// The effect of the rule in words.
    pub(crate) text: String,
}
