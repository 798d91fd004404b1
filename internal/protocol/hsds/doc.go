// Package hsds reads, checks and writes the Human Services Data Specification of Open
// Referral, version 3.0 (https://docs.openreferral.org/en/3.0.1/): services with who
// offers them, where and when. It has no tables and knows no room.
//
// A service is an Object: JSON as it came, so that what we do not know is kept and
// given back. Read takes JSON (one service, a list, a page of an API, services inside
// an organisation, loose tables in one object, one object a line) and tables (CSV, one
// or several, or a zip of them) as a stream of records; each record is bounded, so a
// file of any length needs the same memory. Check tells what is wrong with a service,
// by the path of the field. Put joins the rows of loose tables into services.
package hsds
