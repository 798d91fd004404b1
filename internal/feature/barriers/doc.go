// Package barriers keeps the register of barriers that people meet on the way from
// pilot to practice: what is blocked and where, who does something about it before
// which day, what was tried, what worked and who can lift it. It shows who got past
// the same, the ones in a like situation first, and how long barriers stand open.
//
// Tables: barriers_entry, barriers_change. The catalogue of barriers itself belongs
// to the overview of initiatives. An entry is seen by everybody, unless it is for the
// own organisation only or about an initiative that may not be seen.
package barriers
