// Package usage counts how often a page about something was opened: one number a
// day for each kind of page and subject, and nothing of who opened it. It keeps no
// address, no cookie and no name of a browser; a robot that says so is not counted.
//
// A count is an addition in memory. Run writes what was counted in batches, a few
// times an hour and once at the end, so that a page view costs no write. A crash
// loses what was not written yet: at most that quarter of an hour.
//
// Table: usage_day. It holds no data of persons.
package usage
