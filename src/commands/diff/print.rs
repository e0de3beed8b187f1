//! The colours of a diff.

use file_mst::diff::{Answer, Side};

use crate::commands::support::colour::Colour;
use crate::commands::support::output::Output;
use crate::model::diff::entry::Kind;
use crate::model::diff::text::{Parts, Tint};

/// The colour of a kind of difference: the same as on the screens.
pub(super) fn colour_of(kind: Kind) -> Colour {
    match kind {
        Kind::OnlyLeft => Colour::Blue,
        Kind::OnlyRight => Colour::Green,
        Kind::Changed | Kind::Node => Colour::Yellow,
        Kind::Damage => Colour::Red,
        Kind::Misfit | Kind::NotCompared => Colour::Magenta,
        Kind::Equal | Kind::WithinTolerance => Colour::Dim,
    }
}

/// Prints text in parts, each in its colour.
pub(super) fn parts(parts: &Parts, output: &mut Output) -> anyhow::Result<()> {
    for (tint, text) in parts {
        let colour = match tint {
            Tint::Plain => None,
            Tint::Head(kind) => Some(colour_of(*kind)),
            Tint::Of(Side::Left) => Some(Colour::Blue),
            Tint::Of(Side::Right) => Some(Colour::Green),
            Tint::Dim => Some(Colour::Dim),
        };
        output.coloured(colour, text)?;
    }
    Ok(())
}

/// Prints the verdict on a line of its own.
pub(super) fn verdict(answer: Answer, words: &str, output: &mut Output) -> anyhow::Result<()> {
    let colour = match answer {
        Answer::Same | Answer::SameRecords | Answer::AgreesNow | Answer::WithinTolerance => Colour::Green,
        Answer::Drifted => Colour::Yellow,
        Answer::CouldNotTell => Colour::Magenta,
    };
    output.coloured(Some(colour), words)?;
    output.line("")
}
