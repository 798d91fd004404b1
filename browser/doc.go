// Package browser looks at the pages as people do: in a real Chromium, on a phone
// and on a desk, in each theme, by keyboard alone, with axe. It runs where
// WIJKBAAK_CHROMIUM names the browser and npm has put axe beside it (make test
// sees to both).
//
// WIJKBAAK_SCREENSHOTS names a folder for pictures; WIJKBAAK_BROWSER=full looks
// at every page in every combination instead of a well-spread part.
//
// TestFHIR holds what we export against validators, forms and examples of others;
// it leaves the resources in the folder that WIJKBAAK_FHIR_OUT names.
package browser
