//! What one component of a path says of a key or a tempo.

/// What a component says.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) enum Claim<T> {
    /// Nothing.
    #[default]
    None,
    /// One value, however often.
    Value(T),
    /// Several different values.
    Conflict,
}

impl<T: PartialEq> Claim<T> {
    /// Adds a value that the component names.
    pub(super) fn add(&mut self, value: T) {
        *self = match self {
            Self::None => Self::Value(value),
            Self::Value(named) if *named == value => return,
            _ => Self::Conflict,
        };
    }

    /// This claim, or `other` where this one says nothing.
    pub(super) fn or(self, other: Self) -> Self {
        if self == Self::None { other } else { self }
    }

    /// The value, if there is one and no other.
    pub(super) fn value(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            _ => None,
        }
    }
}
