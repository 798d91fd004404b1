// Package region is the room that looks at all initiatives together: which
// municipality has what, how far it came, where nothing runs yet, what grew, what
// gets in the way most stubbornly and what is due this month. One page of it is for
// the council, on one sheet of paper.
//
// It keeps nothing: it has no table and holds nothing of any person. What it shows
// comes from other rooms (needs.go), each of which may be missing; then that part of
// the page is left out. What everybody may see of it is put together once into a
// snapshot in memory (snapshot.go), which is made anew when the data have changed. A
// page looks at the snapshot through a Filter, which stands in its address
// (sight.go).
//
// "Runs" has one meaning here: an initiative runs unless it is still an idea, is
// being prepared, or has stopped. One of which nobody knows the phase counts as
// running: that nothing runs somewhere is the stronger claim.
package region
