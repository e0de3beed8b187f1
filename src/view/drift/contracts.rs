//! Which contracts two trees follow.

use std::fmt;

use file_mst::diff::Side;
use file_mst::hash::NodeHash;
use file_mst::open::Opened;
use file_mst::schema::escape_text;
use file_mst::store::Commit;
use serde::Serialize;

use super::pair::Pair;

/// The hash of the contract that a tree follows, as the commit of its root says.
pub(crate) fn contract_of(opened: &Opened) -> Option<[u8; 32]> {
    commit_of(opened)?.contract
}

fn commit_of(opened: &Opened) -> Option<Commit> {
    let root = opened.tree.root_link().hash;
    let commits = opened.file.as_ref()?.commits();
    commits.map_while(Result::ok).find(|commit| commit.root.hash == root)
}

/// Two versions of the time zone database by which the times of two trees were read.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ZoneVersions {
    left: String,
    right: String,
    /// The zones that either side named.
    zones: Vec<String>,
}

impl ZoneVersions {
    /// The versions of two trees, where they differ and a zone was used: a new rule of a zone may then look like drift.
    pub(crate) fn different(left: &Opened, right: &Opened) -> Option<Self> {
        let (left, right) = (commit_of(left)?, commit_of(right)?);
        let note = |commit: &Commit, name| Some(String::from_utf8_lossy(commit.notes.get(name)?).into_owned());
        let mut zones: Vec<String> = [&left, &right]
            .into_iter()
            .filter_map(|commit| note(commit, "zones"))
            .flat_map(|zones| zones.lines().map(str::to_owned).collect::<Vec<_>>())
            .collect();
        zones.sort();
        zones.dedup();
        let versions = Self { left: note(&left, "tzdb")?, right: note(&right, "tzdb")?, zones };
        (versions.left != versions.right && !versions.zones.is_empty()).then_some(versions)
    }
}

/// In one line.
impl fmt::Display for ZoneVersions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format!(
            "different time zone databases: left {}, right {}; times read in {} may differ by a new rule of the zone",
            self.left,
            self.right,
            self.zones.join(", ")
        );
        f.write_str(&escape_text(&text))
    }
}

/// Says that two trees follow different contracts, so that what differs may be no drift; none if they do not.
pub(crate) fn different(pair: &Pair) -> Option<String> {
    let (left, right) = (contract_of(pair.opened(Side::Left)), contract_of(pair.opened(Side::Right)));
    let named =
        |contract: Option<[u8; 32]>| contract.map_or_else(|| "none".to_owned(), |hash| NodeHash::from(hash).short());
    (left != right).then(|| format!("different contracts: left {}, right {}", named(left), named(right)))
}
