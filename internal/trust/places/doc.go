// Package places is the map that everything else points to: municipality,
// district, neighbourhood and four-digit postcode, after the codes of Statistics
// Netherlands (CBS). A place has a path ("/0363/WK036301/BU03630101"), so that a
// right or a setting of a place also holds below it. Beside each place may stand
// its settings: office hours, promise times, what to ring when it is urgent. An
// operator or editor of the place sets them at /beheer/plek.
//
// Tables: place, place_postcode, place_outline, place_figures, place_settings. It sends no
// events and holds no personal data: settings say what a team is called, never
// who is in it.
//
// The list of municipalities is built in (builtin/); postcodes, outlines,
// districts, neighbourhoods and figures of who lives there come in by the
// importers.
package places
