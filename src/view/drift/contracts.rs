//! Which contracts two trees follow.

use file_mst::hash::NodeHash;
use file_mst::open::Opened;

use super::pair::Pair;
use file_mst::diff::Side;

/// The hash of the contract that a tree follows, as the commit of its root says.
pub(crate) fn contract_of(opened: &Opened) -> Option<[u8; 32]> {
    let root = opened.tree.root_link().hash;
    let commits = opened.file.as_ref()?.commits();
    commits.map_while(Result::ok).find(|commit| commit.root.hash == root)?.contract
}

/// Says that two trees follow different contracts, so that what differs may be no drift; none if they do not.
pub(crate) fn different(pair: &Pair) -> Option<String> {
    let (left, right) = (contract_of(pair.opened(Side::Left)), contract_of(pair.opened(Side::Right)));
    let named =
        |contract: Option<[u8; 32]>| contract.map_or_else(|| "none".to_owned(), |hash| NodeHash::from(hash).short());
    (left != right).then(|| format!("different contracts: left {}, right {}", named(left), named(right)))
}
