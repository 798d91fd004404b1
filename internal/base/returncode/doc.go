// Package returncode makes the code with which somebody who asked without an
// account comes back: 128 random bits as twelve short Dutch words, which can be
// printed, read aloud over the telephone and typed again.
//
// 128 bits and a checksum of 4 bits make 132 bits: twelve words from a list of
// 2048. A wrong word is noticed 15 times out of 16 before anything is looked
// up. The list keeps laws that a test guards: unique first four letters, no two
// words that sound alike (ei/ij, au/ou, a final d or t, …), no singular beside
// its plural, nothing rude, religious, political or about illness or death.
//
// The list must never change: codes on paper depend on it. words.txt is our own
// choice of everyday words; LICENSE-words.txt says so.
package returncode
