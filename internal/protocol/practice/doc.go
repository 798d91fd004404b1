// Package practice is the form in which one municipality hands a way of working
// to another: a package of the FHIR NPM kind (a .tgz with package/package.json),
// the same to the byte whenever it is made of the same content, signed, entered
// in a public log that nobody can rewrite unseen, and held free of personal data.
// It also compares packages and joins a newer one with what was changed here.
//
// It keeps nothing: the room feature/practices has the tables.
package practice
