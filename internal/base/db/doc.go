// Package db keeps the data: SQLite inside the program, or PostgreSQL for many
// nodes, behind one small type and one SQL text.
//
// SQLite runs in WAL mode with synchronous=FULL. One connection writes; it takes
// every write that is waiting into one transaction (a savepoint each) and
// commits once, so that many writers share one fsync. A pool of read-only
// connections reads beside it. PostgreSQL runs serialisable and repeats what
// lost a race; a closure given to Write may therefore run more than once.
package db
