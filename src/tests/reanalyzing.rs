//! A new version of the analyzer replaces the rows of an older one.

use pgrx::prelude::*;

#[pg_schema]
mod tests {
    use pgrx::prelude::*;

    use super::super::support::{Folder, holds, piece, text};

    fn make_old(folder: &Folder) {
        folder.put("old.mid", piece(&[60]));
        folder.put("copy of old.mid", piece(&[60]));
        folder.put("new.mid", piece(&[62]));
        assert_eq!(folder.import(), [2, 1, 0, 0, 0, 0]);
        Spi::run(
            "UPDATE musical_metadata SET analyzer_version = 0, pitch_min = 1 WHERE pitch_min = 60",
        )
        .unwrap();
    }

    fn is_renewed() -> bool {
        holds(
            "SELECT array_agg(pitch_min ORDER BY pitch_min) = '{60,62}'
               AND min(analyzer_version) > 0 FROM musical_metadata",
        )
    }

    #[pg_test]
    fn rows_of_an_older_analyzer_are_reanalyzed_on_request() {
        let folder = Folder::new("renew");
        make_old(&folder);
        assert_eq!(folder.import(), [0, 0, 3, 0, 0, 0]);
        assert!(!is_renewed());
        let renewed = text(&format!(
            "SELECT concat_ws(' ', imported, duplicate, unchanged) FROM midi_reanalyze('{}')",
            folder.text("")
        ));
        assert_eq!(renewed.as_deref(), Some("1 1 1"));
        assert!(is_renewed());
        assert_eq!(folder.import(), [0, 0, 3, 0, 0, 0]);
    }

    #[pg_test]
    fn the_setting_has_every_import_reanalyze_old_rows() {
        let folder = Folder::new("renew by setting");
        make_old(&folder);
        Spi::run("SET LOCAL midi_pipeline.reanalyze = on").unwrap();
        assert_eq!(folder.import(), [1, 1, 1, 0, 0, 0]);
        assert!(is_renewed());
    }
}
