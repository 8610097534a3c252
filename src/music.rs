//! What is stored of a piece: its catalogue entry alone, or the full analysis.

use midi_analysis::{Analysis, Catalog, Error, Piece};

use crate::settings::Depth;

/// A described piece.
pub(crate) enum Music {
    Catalog(Box<Catalog>),
    Full(Box<Analysis>),
}

impl Music {
    /// Describes a piece as deeply as asked.
    ///
    /// # Errors
    /// Those of the core.
    pub(crate) fn of(piece: &Piece<'_>, depth: Depth) -> Result<Self, Error> {
        Ok(match depth {
            Depth::Catalog => Self::Catalog(Box::new(piece.catalog()?)),
            Depth::Full => Self::Full(Box::new(piece.analysis()?)),
        })
    }

    pub(crate) fn depth(&self) -> Depth {
        match self {
            Self::Catalog(_) => Depth::Catalog,
            Self::Full(_) => Depth::Full,
        }
    }
}
