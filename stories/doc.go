// Package stories holds journeys of whole users, one text file each, which run
// in the whole program on each database. The verbs of a story:
//
//	on 1|2                    goes on at the first instance, or at a second one beside it
//	login ACTOR               goes on as one of apptest.Actors, in a browser of their own
//	get PATH                  asks for a page
//	post PATH NAME=VALUE…     sends a form
//	post-from-elsewhere PATH NAME=VALUE…   the same, by a page of another site
//	json METHOD PATH [NAME=VALUE…]   asks the API
//	expect-status N           of the last page; redirects were followed
//	expect-path REGEXP        where the redirects ended
//	expect-text TEXT          a person can read it on the page; "!" before it: cannot
//	expect-html REGEXP        it is in the source of the page
//	expect-cookie NAME|none   the browser holds this cookie
//	await PATH TEXT           asks for a page until it has the text (the search index follows)
//	mail ADDRESS              the newest letter to ADDRESS becomes the page; "!": there is none
//	set NAME REGEXP           keeps the first group found in the page as $NAME
//	advance-clock DURATION    moves the clock on and does what has become due
//
// A text of several words stands between 'single quotes'.
package stories
