//! What is stored of a piece: its catalogue entry alone, or the full analysis, with or without its parts.

use midi_analysis::{Analysis, Catalog, Error, Part, Piece};

use crate::settings::Depth;

/// A described piece.
pub(crate) enum Music {
    Catalog(Box<Catalog>),
    /// With the parts, where they are asked for.
    Full(Box<Analysis>, Vec<Part>),
}

impl Music {
    /// Describes a piece as deeply as asked; at full depth with its parts, if they are asked for.
    ///
    /// # Errors
    /// Those of the core.
    pub(crate) fn of(piece: &Piece<'_>, depth: Depth, with_parts: bool) -> Result<Self, Error> {
        Ok(match depth {
            Depth::Catalog => Self::Catalog(Box::new(piece.catalog()?)),
            Depth::Full => {
                let analysis = Box::new(piece.analysis()?);
                Self::Full(analysis, if with_parts { piece.parts()? } else { Vec::new() })
            }
        })
    }

    pub(crate) fn depth(&self) -> Depth {
        match self {
            Self::Catalog(_) => Depth::Catalog,
            Self::Full(..) => Depth::Full,
        }
    }

    /// The parts that are to be stored.
    pub(crate) fn parts(&self) -> &[Part] {
        match self {
            Self::Catalog(_) => &[],
            Self::Full(_, parts) => parts,
        }
    }
}
