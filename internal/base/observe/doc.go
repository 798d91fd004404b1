// Package observe lets the operator see how the program fares: logs without
// personal data, figures for Prometheus, profiles, and which part is not well.
//
// The figures and profiles have a listener of their own, which is not for
// residents. The text format is written by hand: it is a few lines, and the
// library for it would bring eight modules into the program.
package observe
