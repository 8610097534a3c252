//! What is refused, where, and with which advice.

use super::*;

#[test]
fn a_value_that_goes_on_after_a_space_is_refused_with_what_to_write() {
    check_continued(&[
        ("progression:ii V I", 16, "progression:\"ii V I\""),
        ("bpm:120 progression:ii-V I waltz", 26, "progression:\"ii-V I\""),
        ("-progression:I-V,IV V", 21, "-progression:I-V,\"IV V\""),
        ("key:A minor", 7, "key:\"A minor\""),
        ("key:C,A harmonic minor drums:yes", 9, "key:C,\"A harmonic minor\""),
        ("instrument:alto sax", 17, "instrument:\"alto sax\""),
        ("progression:ii,V,I", 1, "progression:\"ii V I\""),
        ("key:A flat", 7, "key:\"A flat\""),
        ("key:F sharp waltz", 7, "key:\"F sharp\""),
        ("key:8 A", 7, "key:8A"),
        ("bpm:120 130", 9, "bpm:120..130 or bpm:120,130"),
        ("tempo:120 to 130 waltz", 11, "tempo:120..130"),
        ("bars:16 or 8", 9, "bars:16,8"),
        ("bpm:120 bpm", 9, "bpm:120"),
        ("bars:8 bar", 8, "bars:8"),
        ("bpm:>120 <130", 10, "bpm:<130"),
        ("duration:1 min", 12, "duration:1:00"),
        ("duration:1 min 30 s", 12, "duration:1:30"),
        ("duration:2 hours 5 seconds", 12, "duration:2:00:05"),
        ("length:90 s", 11, "length:1:30"),
        ("duration:1:30 2:00", 15, "duration:1:30..2:00"),
        ("chord:maj 7", 11, "chord:maj7"),
        ("chord:m 7 b5 waltz", 9, "chord:m7b5"),
        ("form:A A B A", 8, "form:AABA"),
        ("part:counter melody", 14, "part:counter-melody"),
        ("damage:track cut short", 14, "damage:\"track cut short\""),
        ("meter:3 / 4", 9, "meter:3/4"),
        ("tag:hip hop", 9, "tag:\"hip hop\""),
        ("instrument:nylon guitar", 18, "instrument:\"nylon guitar\""),
        ("instrument:hi hat", 15, "instrument:\"hi hat\""),
        ("sort:bpm desc", 10, "sort:-bpm"),
        ("-key:A minor", 8, "-key:\"A minor\""),
        ("key:C,A minor", 9, "key:C,\"A minor\""),
        ("bpm:>140,120 130", 14, "bpm:>140,120..130 or bpm:>140,120,130"),
        ("notes:1 000", 9, "notes:1000"),
        ("duration:1 to 2 min", 12, "duration:1:00..2:00"),
        ("duration:1:30 to 2 min", 15, "duration:1:30..2:00"),
        ("tag:drums only", 11, "tag:\"drums only\""),
        ("tag:solo piano", 10, "tag:\"solo piano\""),
        ("sort:-bpm ascending", 11, "sort:bpm"),
    ]);
}

#[test]
fn a_value_that_goes_on_keeps_its_sign_its_units_and_its_alternatives() {
    check_continued(&[
        ("-sort:bpm desc", 11, "-sort:bpm"),
        ("-sort:-bpm asc", 12, "-sort:-bpm"),
        ("sort:name desc,bpm", 11, "sort:-name,bpm"),
        ("duration:3 min to 4 min", 12, "duration:3:00..4:00"),
        ("duration:3 min or 4 min", 12, "duration:3:00,4:00"),
        ("duration:30 s to 1 min", 13, "duration:30..1:00"),
        ("duration:3 min waltz 20 s", 12, "duration:3:00. "),
        ("duration:1 min 30", 12, "duration:1:30"),
        ("duration:1 or 2 min", 12, "duration:1:00,2:00"),
        ("duration:1 2 3 min", 12, "duration:1:00,2:00,3:00"),
        ("duration:4.1 min", 14, "duration:4:06"),
        ("duration:3 min,4 min", 12, "duration:3:00,4:00"),
        ("notes:1 000 000", 9, "notes:1000000"),
        ("notes:1 000,2 000", 9, "notes:1000,2000"),
        ("bpm:130 to 120", 9, "bpm:120..130"),
        ("tempo:120 to 130 bpm", 11, "tempo:120..130"),
        ("bpm:120 125 130", 9, "bpm:120,125,130"),
        ("bpm:>120 and <130", 14, "bpm:<130"),
        ("bpm:>100 or <80", 13, "bpm:>100,<80"),
        ("-progression:I,V", 2, "-progression:\"I V\" or -progression:\"I\",\"V\""),
        ("-melody:E,E,F,G,G,F", 2, "-melody:\"E E F G G F\""),
        ("key:C,A minor,D", 9, "key:C,\"A minor\",D"),
        ("key:C ,D", 7, "key:C,D"),
        ("key:A minor, D", 7, "key:\"A minor\",D"),
        ("key:A minor, moon", 7, "key:\"A minor\". "),
    ]);
}

/// Checks values that go on at a column, with what the hint tells to write, which is accepted.
fn check_continued(cases: &[(&str, usize, &str)]) {
    for &(query, column, value) in cases {
        let (at, kind, message, hint) = error(query);
        assert_eq!((at, kind), (column, ErrorKind::Value), "{query}: {message}");
        assert!(hint.contains(&format!("Write {value}")), "{query}: {hint}");
        // What is to be written is accepted.
        let meant = value
            .trim_end_matches(". ")
            .split(" or ")
            .all(|meant| statement(meant, &schemas(false), true).is_ok());
        assert!(meant, "{query}: {value}");
    }
}

#[test]
fn a_word_that_does_not_belong_to_the_value_before_it_is_a_word() {
    for query in [
        "progression:\"ii V\" I",
        "progression:ii-V \"I\"",
        "progression:ii -V",
        "V progression:ii",
        "progression:ii waltz V",
        "progression:ii-V,\"IV\"",
        "key:A minuet",
        "instrument:sax solo",
        "tag:rock I",
        "bpm:120 waltz",
        "bpm:120 \"130\"",
        "1812 duration:900..",
        "chord:maj \"7\"",
        "form:AABA USA",
        "duration:1 minuet",
        "part:bass line",
        "key:C minuet",
        "sort:bpm loop",
        "instrument:piano electric guitar",
        "tag:rock ,jazzy",
        "bpm:120,130 waltz",
        "notes:1,\"500\"",
        "notes:100,200",
        "folder:-loud",
    ] {
        assert!(statement(query, &schemas(false), true).is_ok(), "{query}");
    }
}

#[test]
fn a_word_that_is_meant_as_a_condition_is_refused_with_what_to_write() {
    for (query, column, condition) in [
        ("bpm>120", 1, "bpm:>120"),
        ("waltz tempo>=120", 7, "bpm:>=120"),
        ("bpm≤90", 1, "bpm:<=90"),
        ("bpm = 120", 1, "bpm:120"),
        ("bars == 8", 1, "bars:8"),
        ("Bars >8", 1, "bars:>8"),
        ("key=Am", 1, "key:Am"),
        ("bpm : 120", 1, "bpm:120"),
        ("tag :rock", 1, "tag:rock"),
        ("!key:C", 1, "-key:C"),
        ("-!key:C", 2, "-key:C"),
        ("+tag:rock", 1, "tag:rock"),
        ("(key:C OR tag:rock)", 1, "key:C"),
        ("--key:Am", 2, "-key:Am"),
        ("-(tag:rock)", 2, "-tag:rock"),
        ("-bpm>120", 2, "-bpm:>120"),
        ("key:-Am", 5, "-key:Am"),
        ("key:minor,!Am", 11, "key:minor -key:Am"),
        ("key:-C,D", 5, "key:D -key:C"),
        ("key:C,-D", 7, "key:C -key:D"),
        ("key:-C,-D", 5, "-key:C,D"),
        ("key:-A minor", 5, "-key:\"A minor\""),
        ("-key:C,-D", 8, "-key:C,D"),
        ("drums:!yes", 7, "-drums:yes"),
        ("bpm:-120", 5, "-bpm:120"),
        ("bpm=>120", 1, "bpm:>=120"),
        ("bpm=<120", 1, "bpm:<=120"),
        ("!bach", 1, "-bach"),
        ("-!bach", 2, "-bach"),
        ("waltz ~piano", 7, "-piano"),
        ("-instrument:-piano", 13, "-instrument:piano"),
        ("text:-love", 6, "-text:love"),
        ("progression:-ii-V-I", 13, "-progression:ii-V-I"),
        ("key!=C", 1, "-key:C"),
        ("genre<>rock", 1, "-tag:rock"),
        ("-bpm≠120", 2, "-bpm:120"),
        ("key = \"A minor\"", 1, "key:\"A minor\""),
        ("key=A minor", 1, "key:\"A minor\""),
        ("tag=hip hop", 1, "tag:\"hip hop\""),
        ("duration=1 min", 1, "duration:1:00"),
        ("key=C, Am", 1, "key:C,Am"),
        ("key=C,A minor,D", 1, "key:C,\"A minor\",D"),
    ] {
        let (at, kind, message, hint) = error(query);
        assert_eq!((at, kind), (column, ErrorKind::Value), "{query}: {message}");
        assert!(hint.contains(&format!("Write {condition}.")), "{query}: {hint}");
        assert!(statement(condition, &schemas(false), true).is_ok(), "{query}");
    }
}

#[test]
fn a_condition_that_cannot_be_told_is_refused_with_an_example() {
    for query in [
        "bpm>fast",
        "bpm>=120,<=140",
        "duration>2 minutes",
        "notes>1,000",
        "bpm=!120",
        "notes=love",
        "bpm>120<140",
        "melody=E4 D4",
    ] {
        let (at, _, _, hint) = error(query);
        assert_eq!(at, 1, "{query}");
        assert!(hint.starts_with("Conditions are written as in"), "{query}: {hint}");
    }
    for query in [
        "melody:E E F G",
        "melody:-E4",
        "melody:E,E,F",
        "sort:bmp desc",
        "sort:tag desc",
        "sort:~bpm desc",
        "sort:bmp,bpm desc",
        "part:!hat",
        "meter:-track",
        "drums:!6/8",
        "key:-",
        "duration:90 to 2 min",
        "duration:2 to 1 min",
        "duration:30 2 min",
        "duration:1:30 000",
        "key:A minor,moon",
        "key:H,A minor",
    ] {
        let (_, _, _, hint) = error(query);
        assert!(hint.starts_with("Conditions are written as in"), "{query}: {hint}");
    }
    for query in
        ["\"bpm>120\"", "a>b", "bpm", "12:30", "key>minor", "tag", "= bpm a", "bpm waltz >1x"]
    {
        if let Err(error) = statement(query, &schemas(false), true) {
            assert!(error.message.contains("is not a word"), "{query}: {error:?}");
        }
    }
}

#[test]
fn an_error_has_its_column_and_a_hint() {
    check_errors(&[
        (
            "bmp:120",
            1,
            ErrorKind::Value,
            "field \"bmp\" does not exist",
            "Did you mean \"bpm\", as in bpm:120..130?",
        ),
        (
            "é -keys:C",
            4,
            ErrorKind::Value,
            "field \"keys\" does not exist",
            "Did you mean \"key\",",
        ),
        ("bpm:fast", 5, ErrorKind::Value, "\"fast\" is not a number", "such as 120"),
        ("bpm:1e5", 5, ErrorKind::Value, "\"1e5\" is not a number", ""),
        ("name:<3", 7, ErrorKind::Value, "only numbers can be compared", "Quote a text"),
        ("bars & beats", 6, ErrorKind::Value, "is not a word", ""),
        ("key=\"A minor\"", 5, ErrorKind::Syntax, "missing space", "key:\"A minor\""),
        ("instrument:e", 12, ErrorKind::Value, "\"e\" does not exist", "Give the name"),
        ("bars:1.5", 6, ErrorKind::Value, "\"1.5\" is not an integer", ""),
        ("bars:1,99999999999", 8, ErrorKind::Value, "\"99999999999\" is not an integer", ""),
        ("bpm:130..120", 5, ErrorKind::Value, "the range ends before it begins", "smaller"),
        ("key:>C", 6, ErrorKind::Value, "only numbers can be compared", ""),
        ("key:H", 5, ErrorKind::Value, "\"H\" is not a key", ""),
        (
            "chord:maj77",
            7,
            ErrorKind::Value,
            "chord quality \"maj77\" does not exist",
            "Did you mean \"maj7\"?",
        ),
        (
            "instrument:trumpt",
            12,
            ErrorKind::Value,
            "instrument \"trumpt\" does not exist",
            "\"Trumpet\"?",
        ),
        ("progression:\"ii X I\"", 17, ErrorKind::Value, "\"X\" is not a degree", "roman"),
        ("é progression:I-?-V/V", 19, ErrorKind::Value, "\"V/V\" is not a degree", "II for V/V"),
        ("melody:\"E4 D4 H9 D4\"", 15, ErrorKind::Value, "\"H9\" is not a note", "6 to 64 notes"),
        ("melody:E4", 8, ErrorKind::Value, "needs at least 6", "in quotes"),
        ("progression:?", 13, ErrorKind::Value, "no chord is named", "I ? IV V"),
        ("sort:-tag", 7, ErrorKind::Value, "cannot sort by field \"tag\"", ""),
        ("temp:120", 1, ErrorKind::Value, "", "Did you mean \"bpm\", as in bpm:120..130?"),
        ("instrument:Drums", 12, ErrorKind::Value, "\"Drums\" are no instrument", "drums:yes"),
        ("part:bas", 6, ErrorKind::Value, "role \"bas\" does not exist", "\"bass\"?"),
        ("part:bass loop:x", 16, ErrorKind::Value, "\"x\" is not an integer", ""),
        ("form:verse", 6, ErrorKind::Value, "\"verse\" is no form", "such as AABA"),
        ("form:ABD", 6, ErrorKind::Value, "\"ABD\" is no form", "next letter"),
        ("key:Am|C", 5, ErrorKind::Value, "\"Am|C\" is not a key", "as in key:C,Am"),
        ("key:Am | key:C", 8, ErrorKind::Value, "\"|\" is not a word", "as in key:C,Am"),
        ("instrument:theremin", 12, ErrorKind::Value, "\"theremin\" does not exist", "drum"),
        ("meter:3", 7, ErrorKind::Value, "\"3\" is not a meter", ""),
        ("meter:0/0", 7, ErrorKind::Value, "\"0/0\" is not a meter", ""),
        ("meter:4/3", 7, ErrorKind::Value, "\"4/3\" is not a meter", ""),
        ("drums:perhaps", 7, ErrorKind::Value, "is not yes or no", ""),
    ]);
}

#[test]
fn a_number_that_is_written_in_parts_is_refused() {
    check_errors(&[
        ("notes:>10,000", 11, ErrorKind::Value, "\"000\" is another value", "Write notes:>10000."),
        ("-notes:>10,500", 12, ErrorKind::Value, "\"500\" is another", "Write -notes:>10500."),
        ("notes:1,000..2,000", 9, ErrorKind::Value, "\"000\" is another", "notes:1000..2000."),
        ("notes:1,500", 9, ErrorKind::Value, "\"500\" is another value", "Write notes:1500."),
        ("notes:10,500", 10, ErrorKind::Value, "\"500\" is another value", "without a comma"),
        ("bars:>8 16", 9, ErrorKind::Value, "\"16\" belongs to no field", "without a space"),
        ("bars:8.. 16", 10, ErrorKind::Value, "\"16\" belongs to no field", "without a space"),
        ("bars:>8 to 16", 12, ErrorKind::Value, "\"16\" belongs to no field", "without a space"),
        ("bpm:120 -140", 10, ErrorKind::Value, "\"140\" belongs to no field", "without a space"),
        ("notes:>1 000", 10, ErrorKind::Value, "\"000\" belongs to no field", "without a space"),
        ("duration:>=3 min", 14, ErrorKind::Value, "\"min\" belongs to no field", "1:30..2:00"),
        ("duration:1..2 min", 15, ErrorKind::Value, "\"min\" belongs to no field", "1:30..2:00"),
        ("duration:3:20 min", 15, ErrorKind::Value, "\"min\" belongs to no field", "1:30..2:00"),
        ("-bpm:>100 <120", 11, ErrorKind::Value, "belongs to no field", "Write -bpm:<120"),
    ]);
}

#[test]
fn a_mistake_of_writing_has_its_column() {
    check_errors(&[
        ("***", 1, ErrorKind::Value, "is not a word", ""),
        ("moon \"light", 6, ErrorKind::Syntax, "unterminated quoted string", ""),
        ("\"\"", 1, ErrorKind::Syntax, "empty quoted string", ""),
        ("bpm:", 5, ErrorKind::Syntax, "missing value", ""),
        ("bpm: 120", 5, ErrorKind::Syntax, "missing value", "without a space"),
        ("bpm:>", 6, ErrorKind::Syntax, "missing value", ""),
        ("bpm:..", 7, ErrorKind::Syntax, "missing value", ""),
        ("key:C,", 7, ErrorKind::Syntax, "missing value", ""),
        ("moon -", 7, ErrorKind::Syntax, "missing word", "Quote a name"),
        ("moon - light", 7, ErrorKind::Syntax, "missing word", "Quote a name"),
        ("\"moon\"light", 7, ErrorKind::Syntax, "missing space", ""),
    ]);
}

/// Checks queries whose errors have this column, this kind, and these parts of the message and the hint.
fn check_errors(cases: &[(&str, usize, ErrorKind, &str, &str)]) {
    for &(query, column, kind, message, hint) in cases {
        let (found, of_kind, said, advice) = error(query);
        assert_eq!((found, of_kind), (column, kind), "{query}: {said}");
        assert!(said.contains(message) && advice.contains(hint), "{query}: {said}; {advice}");
    }
}
