//! Panics become errors.

#[pgrx::pg_schema]
mod tests {
    use pgrx::prelude::*;

    /// Panics as an index out of bounds does.
    #[pg_extern(volatile)]
    fn panics_over(index: i32) -> i32 {
        [0; 3][std::hint::black_box(index) as usize]
    }

    /// Panics in a function that another function of the extension has called.
    #[pg_extern(volatile)]
    fn panics_within() -> Option<i32> {
        Spi::get_one("SELECT tests.panics_over(3)").unwrap_or_default()
    }

    /// The fields of an ERROR that a client receives.
    fn error_of(call: &str) -> String {
        let sql = format!(
            "DO $do$
             DECLARE detail text; hint text; context text;
             BEGIN
                 PERFORM {call};
             EXCEPTION WHEN others THEN
                 GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
                 PERFORM set_config('tests.error', concat_ws('|', SQLSTATE, SQLERRM, detail, hint), true);
             END
             $do$"
        );
        Spi::run(&sql).expect("a block");
        Spi::get_one("SELECT current_setting('tests.error')").expect("a setting").expect("a text")
    }

    const INTERNAL: &str = "XX000|internal error in midi_pipeline||\
                            See the server's log for the cause, and please report it.";

    #[pg_test]
    fn a_panic_is_an_error_that_reveals_no_internals() {
        assert_eq!(error_of("tests.panics_over(3)"), INTERNAL);
        assert_eq!(error_of("tests.panics_over(-1)"), INTERNAL);
        assert_eq!(error_of("tests.panics_within()"), INTERNAL);
    }

    #[pg_test]
    fn an_error_after_a_panic_is_its_own() {
        assert_eq!(error_of("tests.panics_over(3)"), INTERNAL);
        assert!(error_of("1 / 0").starts_with("22012|division by zero|"), "{}", error_of("1 / 0"));
        let error = error_of("midi_search_sql('bmp:1')");
        assert!(error.starts_with("22023|field \"bmp\" does not exist"), "{error}");
        assert_eq!(error_of("tests.panics_over(3)"), INTERNAL);
    }
}
