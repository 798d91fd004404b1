package dutch

import "strings"

// stops are words that say nothing of the subject; they are not indexed.
var stops = set(`
	aan af al als alle alles ander andere ben bent bij binnen bij daar daarom dan dat de deze die dit
	doe doen doet door dus een eens eer elk elke en enig enige er erg etc ge geen gaan gaat ga gedaan
	geweest gewoon had hadden heb hebben hebt heeft hem hen het hier hij hoe hun iets iemand ieder iedere
	iedereen ik in is ja je jij jou jouw jullie kan kun kunnen kunt kon konden krijg krijgen krijgt laat laten
	maar maak maakt maken mag me mee meer men met mij mijn mijne moet moeten moest na naar nadat net niet
	niets nog nou nu of om omdat ons onze onder ook op over paar per pas reeds sinds soms steeds straks
	te tegen tijdens toch toe toen tot tussen u uit uw van vanuit vanaf veel via voor vooral waar waarom
	waarbij waarin waarmee want waren was wat we weer weg wel welk welke wie wij wil willen wilt
	word worden wordt werd werden zal ze zelf zeer zich zij zijn zo zoals zodat zonder zou zouden zullen zult
	the and of to for`)

// fillers are how people begin a question; they count only if there is
// nothing else.
var fillers = set(`
	zoek zoeken zoekt vraag vragen graag weet weten help helpen iemand ergens misschien alsjeblieft
	alstublieft aub hallo beste bedankt dank goedemorgen goedemiddag nodig vind vinden vindt krijgen
	geven geef geeft bestaat bestaan mogelijk mogelijkheid informatie info`)

// light words are the small talk of a question and the people for whom it is
// asked: they count, but say little of the matter.
var light = set(`
	bijna nooit altijd vaak alweer eerst eigenlijk echt gauw snel even zomaar zelfs
	zie ziet zien kom komt komen ging zit zitten zat sta staat staan ligt liggen lukt lukken werkt
	hoor zeg zegt zeggen denk denkt blijf blijft blijven raak raakt wou wilde durf durft hoef hoeft
	goed goede beter fijn leuk leuke raar hele heel alles zoveel weinig terecht regelen probeer proberen
	keer dag dagen week weken maand jaar tijd mens mensen ding dingen spullen manier buurt
	daarmee hiervoor ervoor bijvoorbeeld hoeveel hoelang waarheen waarover waaraan
	moeder vader ma pa mama papa ouders man vrouw partner echtgenoot echtgenote zoon dochter kind kinderen
	broer broers zus zussen opa oma schoonmoeder schoonvader tante oom vriend vriendin buurman buurvrouw`)

// small are words that are not indexed, but turn what a phrase says: "niet
// lezen" is something else than "lezen". Each has the form in which it counts.
var small = map[string]string{
	"niet": "niet", "geen": "niet", "niets": "niet", "te": "te", "veel": "veel", "over": "over", "uit": "uit",
	"weg": "weg", "weer": "weer", "zonder": "zonder", "zelf": "zelf", "ander": "ander", "andere": "ander",
}

// Small gives the form in which a word that is not indexed counts in a phrase
// of the synonyms; "" if it counts for nothing.
func Small(word string) string { return small[word] }

// Stop tells whether a folded word is too common to be indexed.
func Stop(word string) bool { return stops[word] }

// Filler tells whether a folded word belongs to the asking, not to the matter.
func Filler(word string) bool { return fillers[word] }

// Light tells whether a folded word says little of the matter.
func Light(word string) bool { return light[word] }

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}
