"""`features_compare.py OURS MUSIC21`: how often the core and music21 agree on the features that both have. Each argument
is a file with one JSON object a line: `file`, and `values` by name. Called by `scripts/features`.

Where the two define a feature differently, or music21's reader changes the notes first, they are compared on the files
in which that makes no difference; the reason is printed above the numbers."""

import json
import math
import sys

TOLERANCE = 1e-6

# On which files a feature is compared: those in which both look at the same notes. music21 puts music in bars when it
# reads it, which splits notes at barlines, and does not join again those of chords and of overlapping voices.
ANY = ("all files", lambda ours, peer: True)
KEPT = ("files whose notes music21 keeps whole", lambda ours, peer: peer["pitches"] == pitched(ours))
SINGLE = (
    "of files kept whole, those without chords and drums: music21 leaves chords out of melodies, and counts each as one note of one length",
    lambda ours, peer: KEPT[1](ours, peer) and peer["chords"] == peer["voices"] == 0 and not drums(ours),
)
IN_TIME = (
    "of files without chords, those whose tempo is in hundredths: music21 rounds it",
    lambda ours, peer: SINGLE[1](ours, peer) and peer["tempo_kept"],
)
OCTAVE_AT_MOST = (
    "of files without chords, those without leaps of two octaves: music21 counts them as octaves",
    lambda ours, peer: SINGLE[1](ours, peer) and sum((ours["Melodic Interval Histogram"] or [0])[24:]) == 0,
)
CHANNEL_A_PART = (
    "of these, those with a part for each channel: music21's voices are parts",
    lambda ours, peer: IN_TIME[1](ours, peer) and peer["parts"] == channels(ours),
)
NO_TIE = (
    "of files kept whole, those with one most common pitch: of equals music21 takes the first to sound, the core the lowest",
    lambda ours, peer: KEPT[1](ours, peer) and not tied(ours["Basic Pitch Histogram"]),
)
NAMED = (
    "of files without chords, those with a program change for each part: music21 else goes by its name, a player by program 0",
    lambda ours, peer: SINGLE[1](ours, peer) and peer["programs_set"],
)


def drums(ours):
    return ours["Unpitched Percussion Instrument Prevalence"][0] > 0


def pitched(ours):
    notes = ours["Total Number of Notes"][0]
    return round(notes * (1 - ours["Unpitched Percussion Instrument Prevalence"][0]))


def channels(ours):
    density, by_voice = (
        ours["Note Density per Quarter Note"],
        ours["Note Density per Quarter Note per Voice"],
    )
    return round(density[0] / by_voice[0])


def tied(histogram):
    first, second, third = sorted(histogram or [3, 2, 1], reverse=True)[:3]
    return math.isclose(first, second) or math.isclose(second, third)


# By our name: music21's class, and the files.
PAIRS = {
    "Basic Pitch Histogram": ("BasicPitchHistogramFeature", KEPT),
    "Pitch Class Histogram": ("PitchClassDistributionFeature", KEPT),
    "Folded Fifths Pitch Class Histogram": ("FifthsPitchHistogramFeature", KEPT),
    "Number of Pitches": ("PitchVarietyFeature", KEPT),
    "Number of Pitch Classes": ("PitchClassVarietyFeature", KEPT),
    "Number of Common Pitches": ("NumberOfCommonPitchesFeature", KEPT),
    "Range": ("RangeFeature", KEPT),
    "Importance of Bass Register": ("ImportanceOfBassRegisterFeature", KEPT),
    "Importance of Middle Register": ("ImportanceOfMiddleRegisterFeature", KEPT),
    "Importance of High Register": ("ImportanceOfHighRegisterFeature", KEPT),
    "Mean Pitch": ("PrimaryRegisterFeature", KEPT),
    "Most Common Pitch": ("MostCommonPitchFeature", NO_TIE),
    "Most Common Pitch Class": ("MostCommonPitchClassFeature", KEPT),
    "Prevalence of Most Common Pitch": ("MostCommonPitchPrevalenceFeature", KEPT),
    "Prevalence of Most Common Pitch Class": ("MostCommonPitchClassPrevalenceFeature", KEPT),
    "Relative Prevalence of Top Pitches": ("RelativeStrengthOfTopPitchesFeature", KEPT),
    "Relative Prevalence of Top Pitch Classes": ("RelativeStrengthOfTopPitchClassesFeature", KEPT),
    "Interval Between Most Prevalent Pitches": ("IntervalBetweenStrongestPitchesFeature", NO_TIE),
    "Interval Between Most Prevalent Pitch Classes": ("IntervalBetweenStrongestPitchClassesFeature", KEPT),
    "Major or Minor": ("QualityFeature", ANY),
    "Melodic Interval Histogram": ("MelodicIntervalHistogramFeature", SINGLE),
    "Mean Melodic Interval": ("AverageMelodicIntervalFeature", SINGLE),
    "Most Common Melodic Interval": ("MostCommonMelodicIntervalFeature", SINGLE),
    "Distance Between Most Prevalent Melodic Intervals": (
        "DistanceBetweenMostCommonMelodicIntervalsFeature",
        SINGLE,
    ),
    "Prevalence of Most Common Melodic Interval": ("MostCommonMelodicIntervalPrevalenceFeature", SINGLE),
    "Relative Prevalence of Most Common Melodic Intervals": (
        "RelativeStrengthOfMostCommonIntervalsFeature",
        SINGLE,
    ),
    "Number of Common Melodic Intervals": ("NumberOfCommonMelodicIntervalsFeature", SINGLE),
    "Amount of Arpeggiation": ("AmountOfArpeggiationFeature", SINGLE),
    "Repeated Notes": ("RepeatedNotesFeature", SINGLE),
    "Chromatic Motion": ("ChromaticMotionFeature", SINGLE),
    "Stepwise Motion": ("StepwiseMotionFeature", SINGLE),
    "Melodic Thirds": ("MelodicThirdsFeature", SINGLE),
    "Melodic Fifths": ("MelodicFifthsFeature", SINGLE),
    "Melodic Tritones": ("MelodicTritonesFeature", SINGLE),
    "Melodic Octaves": ("MelodicOctavesFeature", OCTAVE_AT_MOST),
    "Direction of Melodic Motion": ("DirectionOfMotionFeature", SINGLE),
    "Average Length of Melodic Arcs": ("DurationOfMelodicArcsFeature", SINGLE),
    "Average Interval Spanned by Melodic Arcs": ("SizeOfMelodicArcsFeature", SINGLE),
    "Initial Time Signature": ("InitialTimeSignatureFeature", ANY),
    "Compound Initial Meter": ("CompoundOrSimpleMeterFeature", ANY),
    "Initial Tempo": ("InitialTempoFeature", ANY),
    "Duration in Seconds": ("DurationFeature", IN_TIME),
    "Note Density": ("NoteDensityFeature", IN_TIME),
    "Average Time Between Attacks": ("AverageTimeBetweenAttacksFeature", IN_TIME),
    "Average Time Between Attacks for Each Voice": (
        "AverageTimeBetweenAttacksForEachVoiceFeature",
        CHANNEL_A_PART,
    ),
    "Variability of Time Between Attacks": ("VariabilityOfTimeBetweenAttacksFeature", IN_TIME),
    "Average Variability of Time Between Attacks for Each Voice": (
        "AverageVariabilityOfTimeBetweenAttacksForEachVoiceFeature",
        CHANNEL_A_PART,
    ),
    "Minimum Note Duration": ("MinimumNoteDurationFeature", IN_TIME),
    "Maximum Note Duration": ("MaximumNoteDurationFeature", IN_TIME),
    "Average Note Duration": ("AverageNoteDurationFeature", IN_TIME),
    "Variability of Note Durations": ("VariabilityOfNoteDurationFeature", IN_TIME),
    "Amount of Staccato": ("StaccatoIncidenceFeature", IN_TIME),
    "Pitched Instruments Present": ("PitchedInstrumentsPresentFeature", NAMED),
    "Note Prevalence of Pitched Instruments": ("NotePrevalenceOfPitchedInstrumentsFeature", NAMED),
    "Variability of Note Prevalence of Pitched Instruments": (
        "VariabilityOfNotePrevalenceOfPitchedInstrumentsFeature",
        NAMED,
    ),
    "Number of Pitched Instruments": ("NumberOfPitchedInstrumentsFeature", NAMED),
    "String Keyboard Prevalence": ("StringKeyboardFractionFeature", NAMED),
    "Acoustic Guitar Prevalence": ("AcousticGuitarFractionFeature", NAMED),
    "Electric Guitar Prevalence": ("ElectricGuitarFractionFeature", NAMED),
    "Violin Prevalence": ("ViolinFractionFeature", NAMED),
    "Saxophone Prevalence": ("SaxophoneFractionFeature", NAMED),
    "String Ensemble Prevalence": ("StringEnsembleFractionFeature", NAMED),
    "Electric Instrument Prevalence": ("ElectricInstrumentFractionFeature", NAMED),
    "Maximum Number of Independent Voices": ("MaximumNumberOfIndependentVoicesFeature", CHANNEL_A_PART),
}

# What music21 has under the name of a feature, and is another one by the manual of jSymbolic 2.2.
OTHERS = {
    "Triple Initial Meter": "the manual counts 9 as triple; music21 only 3",
    "Metrical Diversity": "the manual counts time signatures; music21 says whether they change",
    "Brass Prevalence": "the manual has saxophones (General MIDI 57 to 68); music21 leaves them out",
    "Woodwinds Prevalence": "the manual has General MIDI 69 to 76; music21 goes on to 80",
    "Orchestral Strings Prevalence": "the manual has General MIDI 41 to 47, the violin first; music21 has 42 to 46",
    "Average Number of Independent Voices": "the manual goes by time; music21 by chord, however long",
    "Variability of Number of Independent Voices": "the manual goes by time; music21 by chord, however long",
}
for pulse in (
    "Strongest Rhythmic Pulse",
    "Second Strongest Rhythmic Pulse",
    "Harmonicity of Two Strongest Rhythmic Pulses",
    "Strength of Strongest Rhythmic Pulse",
    "Strength of Second Strongest Rhythmic Pulse",
    "Strength Ratio of Two Strongest Rhythmic Pulses",
    "Combined Strength of Two Strongest Rhythmic Pulses",
):
    OTHERS[pulse] = "the manual correlates attacks with themselves; music21 counts the lengths of notes"


def read(path):
    with open(path) as lines:
        return {row["file"]: row["values"] for row in map(json.loads, lines)}


def same(ours, peer):
    # music21, as jSymbolic, says 0 where there is nothing to measure.
    ours = ours or [0] * len(peer)
    return [abs(a - b) <= TOLERANCE * max(1, abs(b)) for a, b in zip(ours, peer)]


def main():
    ours, peer = read(sys.argv[1]), read(sys.argv[2])
    both = sorted(ours.keys() & peer.keys())
    print(f"{len(both)} files read by both")
    worst = 100.0
    for group in (ANY, KEPT, NO_TIE, SINGLE, OCTAVE_AT_MOST, IN_TIME, CHANNEL_A_PART, NAMED):
        where, holds = group
        files = [file for file in both if holds(ours[file], peer[file])]
        print(f"\n{len(files)} files: {where}")
        for name, (extractor, _) in ((name, pair) for name, pair in PAIRS.items() if pair[1] is group):
            known = [file for file in files if peer[file].get(extractor) is not None]
            agreed = {file: same(ours[file][name], peer[file][extractor]) for file in known}
            values = [value for file in known for value in agreed[file]]
            share = 100 * sum(values) / len(values) if values else math.nan
            worst = min(worst, share)
            print(f"  {name:60} {len(values):6} values {share:7.2f} % agree")
            for file in [file for file in known if not all(agreed[file])][:3]:
                print(f"    not on {file}: {ours[file][name]} and {peer[file][extractor]}"[:200])
    print(f"\nworst {worst:.2f} %; {len(PAIRS)} features\n\nNot the same feature:")
    for name, reason in OTHERS.items():
        print(f"{name}: {reason}")


main()
