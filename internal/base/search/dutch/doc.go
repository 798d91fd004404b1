// Package dutch turns Dutch text into the terms that search compares.
//
// One analysis serves everything: folding of case and accents, words to leave
// out, stemming, splitting of compounds, and a list of synonyms that joins
// everyday words to the words of care. It is pure: no state, no clock, no I/O.
//
// The word list behind the splitting is words.bin, made by genwords from the
// OpenTaal list (see LICENCE.words.txt) and care_words.txt. It is read where
// it lies in the program, so it costs neither memory nor time at the start.
package dutch

//go:generate go run ./genwords
