//! What the tests of pages rely on: the browser tells what goes wrong in a page, and what a page asks for.

use midi_pipeline_tests::browser::Browser;

#[test]
fn a_quiet_page_has_no_errors_and_asks_for_nothing() {
    let mut browser = Browser::open("<!DOCTYPE html><title>Quiet</title><p>Nothing happens.</p>");
    assert_eq!(browser.value("document.title"), "Quiet");
    assert_eq!(browser.errors(), [""; 0]);
    assert_eq!(browser.requests(), [""; 0]);
}

#[test]
fn errors_and_requests_of_a_page_are_told() {
    let mut browser =
        Browser::open("<!DOCTYPE html><img src='missing.png'><script>lost()</script>");
    assert!(browser.errors().iter().any(|error| error.contains("lost is not defined")));
    assert!(browser.requests().iter().any(|url| url.ends_with("/missing.png")));
}

#[test]
fn a_request_that_the_policy_of_a_page_forbids_is_an_error() {
    let mut browser = Browser::open(
        "<!DOCTYPE html><meta http-equiv='Content-Security-Policy' content=\"default-src 'none'\">
         <img src='missing.png'>",
    );
    assert!(browser.errors().iter().any(|error| error.contains("Content Security Policy")));
}
