// Package home is the front door: one field "Wat is uw vraag?", what is already
// there for it, and the pages that say how this house works. It keeps no data.
package home
