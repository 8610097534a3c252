"""`features_compare.py OURS MUSIC21`: how often the core and music21 say the same of the features that both have. Each
argument is a file with one JSON object a line, `file` and `values` by name. Read by `scripts/features`."""

import json
import sys

TOLERANCE = 1e-6

# Why the two differ, where they do. The names of jSymbolic 2.2 and its manual's definitions are ours.
CHORDS = "music21 leaves chords out of melodies; the manual takes the first note of each"
CHORD_IS_NOTE = "music21 counts a chord as one note; the manual counts notes"
TIES = "of equally common pitches music21 takes the one that came first, we the lowest"
DURATIONS = "music21 takes the lengths of notes for pulses; the manual correlates attacks"
PARTS = "music21's voices are parts, of which it makes one for each track and program; the manual's are channels"
EIGHT_INSTRUMENTS = "music21 counts a chord as one note, and divides by the pitches"

# Our name: music21's class, and why they may differ.
PAIRS = {
    "Basic Pitch Histogram": ("BasicPitchHistogramFeature", None),
    "Pitch Class Histogram": ("PitchClassDistributionFeature", None),
    "Folded Fifths Pitch Class Histogram": ("FifthsPitchHistogramFeature", None),
    "Number of Pitches": ("PitchVarietyFeature", None),
    "Number of Pitch Classes": ("PitchClassVarietyFeature", None),
    "Number of Common Pitches": ("NumberOfCommonPitchesFeature", None),
    "Range": ("RangeFeature", None),
    "Importance of Bass Register": ("ImportanceOfBassRegisterFeature", None),
    "Importance of Middle Register": ("ImportanceOfMiddleRegisterFeature", None),
    "Importance of High Register": ("ImportanceOfHighRegisterFeature", None),
    "Mean Pitch": ("PrimaryRegisterFeature", None),
    "Most Common Pitch": ("MostCommonPitchFeature", None),
    "Most Common Pitch Class": ("MostCommonPitchClassFeature", None),
    "Prevalence of Most Common Pitch": ("MostCommonPitchPrevalenceFeature", None),
    "Prevalence of Most Common Pitch Class": ("MostCommonPitchClassPrevalenceFeature", None),
    "Relative Prevalence of Top Pitches": ("RelativeStrengthOfTopPitchesFeature", None),
    "Relative Prevalence of Top Pitch Classes": ("RelativeStrengthTopPitchClassesFeature", None),
    "Interval Between Most Prevalent Pitches": ("IntervalBetweenStrongestPitchesFeature", None),
    "Interval Between Most Prevalent Pitch Classes": ("IntervalBetweenStrongestPitchClassesFeature", None),
    "Major or Minor": ("QualityFeature", None),
    "Melodic Interval Histogram": ("MelodicIntervalHistogramFeature", None),
    "Mean Melodic Interval": ("AverageMelodicIntervalFeature", None),
    "Most Common Melodic Interval": ("MostCommonMelodicIntervalFeature", None),
    "Distance Between Most Prevalent Melodic Intervals": ("DistanceBetweenMostCommonMelodicIntervalsFeature", None),
    "Prevalence of Most Common Melodic Interval": ("MostCommonMelodicIntervalPrevalenceFeature", None),
    "Relative Prevalence of Most Common Melodic Intervals": ("RelativeStrengthOfMostCommonIntervalsFeature", None),
    "Number of Common Melodic Intervals": ("NumberOfCommonMelodicIntervalsFeature", None),
    "Amount of Arpeggiation": ("AmountOfArpeggiationFeature", None),
    "Repeated Notes": ("RepeatedNotesFeature", None),
    "Chromatic Motion": ("ChromaticMotionFeature", None),
    "Stepwise Motion": ("StepwiseMotionFeature", None),
    "Melodic Thirds": ("MelodicThirdsFeature", None),
    "Melodic Fifths": ("MelodicFifthsFeature", None),
    "Melodic Tritones": ("MelodicTritonesFeature", None),
    "Melodic Octaves": ("MelodicOctavesFeature", None),
    "Amount of Rising Melodic Motion": ("DirectionOfMotionFeature", None),
    "Average Length of Melodic Half-Arcs": ("DurationOfMelodicArcsFeature", None),
    "Average Interval Spanned by Melodic Half-Arcs": ("SizeOfMelodicArcsFeature", None),
    "Initial Time Signature": ("InitialTimeSignatureFeature", None),
    "Compound Initial Meter": ("CompoundOrSimpleMeterFeature", None),
    "Triple Initial Meter": ("TripleMeterFeature", None),
    "Metrical Diversity": ("ChangesOfMeterFeature", None),
    "Initial Tempo": ("InitialTempoFeature", None),
    "Duration in Seconds": ("DurationFeature", None),
    "Note Density": ("NoteDensityFeature", None),
    "Average Time Between Attacks": ("AverageTimeBetweenAttacksFeature", None),
    "Average Time Between Attacks for Each Voice": ("AverageTimeBetweenAttacksForEachVoiceFeature", None),
    "Variability of Time Between Attacks": ("VariabilityOfTimeBetweenAttacksFeature", None),
    "Average Variability of Time Between Attacks for Each Voice": ("AverageVariabilityOfTimeBetweenAttacksForEachVoiceFeature", None),
    "Minimum Note Duration": ("MinimumNoteDurationFeature", None),
    "Maximum Note Duration": ("MaximumNoteDurationFeature", None),
    "Average Note Duration": ("AverageNoteDurationFeature", None),
    "Variability of Note Durations": ("VariabilityOfNoteDurationFeature", None),
    "Amount of Staccato": ("StaccatoIncidenceFeature", None),
    "Strongest Rhythmic Pulse": ("StrongestRhythmicPulseFeature", None),
    "Pitched Instruments Present": ("PitchedInstrumentsPresentFeature", None),
    "Note Prevalence of Pitched Instruments": ("NotePrevalenceOfPitchedInstrumentsFeature", None),
    "Variability of Note Prevalence of Pitched Instruments": ("VariabilityOfNotePrevalenceOfPitchedInstrumentsFeature", None),
    "Number of Pitched Instruments": ("NumberOfPitchedInstrumentsFeature", None),
    "String Keyboard Prevalence": ("StringKeyboardFractionFeature", None),
    "Acoustic Guitar Prevalence": ("AcousticGuitarFractionFeature", None),
    "Electric Guitar Prevalence": ("ElectricGuitarFractionFeature", None),
    "Violin Prevalence": ("ViolinFractionFeature", None),
    "Saxophone Prevalence": ("SaxophoneFractionFeature", None),
    "Brass Prevalence": ("BrassFractionFeature", None),
    "Woodwinds Prevalence": ("WoodwindsFractionFeature", None),
    "Orchestral Strings Prevalence": ("OrchestralStringsFractionFeature", None),
    "String Ensemble Prevalence": ("StringEnsembleFractionFeature", None),
    "Electric Instrument Prevalence": ("ElectricInstrumentFractionFeature", None),
    "Maximum Number of Independent Voices": ("MaximumNumberOfIndependentVoicesFeature", None),
    "Average Number of Independent Voices": ("AverageNumberOfIndependentVoicesFeature", None),
    "Variability of Number of Independent Voices": ("VariabilityOfNumberOfIndependentVoicesFeature", None),
}
def read(p):
    return {json.loads(l)["file"]: json.loads(l)["values"] for l in open(p)}
a,b=read(sys.argv[1]),read(sys.argv[2])
names={k for v in b.values() for k in v}
print("unmapped", sorted(names-{c for c,_ in PAIRS.values()}))
for n,(c,_) in PAIRS.items():
    ok=tot=none=fo=0; bad=[]
    for f in b:
        x,y=a[f][n],b[f].get(c)
        if y is None: none+=1; continue
        if x is None: x=[0]*len(y)
        good=[abs(p-q)<=TOLERANCE*max(1,abs(q)) for p,q in zip(x,y)]
        ok+=sum(good); tot+=len(good); fo+=all(good)
        if not all(good): bad.append((f,x[:2],y[:2]))
    print(f"{n:60} values {100*ok/max(tot,1):6.2f}% files {fo}/{len(b)-none} none {none}", bad[:2])
