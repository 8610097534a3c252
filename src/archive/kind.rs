//! The kinds of archives.

/// The kind of an archive, which follows from its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Zip,
    Tar,
    TarGz,
    TarZst,
}

impl Kind {
    /// The kind of the archive that a file of this name is, if it is one.
    pub(crate) fn of(name: &[u8]) -> Option<Self> {
        let ends = |suffix: &str| {
            name.len() > suffix.len()
                && name[name.len() - suffix.len()..].eq_ignore_ascii_case(suffix.as_bytes())
        };
        let kinds = [
            (".zip", Self::Zip),
            (".tar", Self::Tar),
            (".tar.gz", Self::TarGz),
            (".tgz", Self::TarGz),
            (".tar.zst", Self::TarZst),
        ];
        kinds.into_iter().find(|(suffix, _)| ends(suffix)).map(|(_, kind)| kind)
    }
}
