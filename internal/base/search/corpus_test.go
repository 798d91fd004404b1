package search

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// topic is what a made-up text may be about: how it is called in titles and
// what is said of it.
type topic struct{ name, titles, says string }

var topics = []topic{
	{"rollator", "rollator|looprek|loophulp", "Een rollator met een mandje.|De remmen van mijn looprek zijn stuk.|Met een loophulp durf ik weer naar buiten."},
	{"scootmobiel", "scootmobiel|elektrische scooter", "De accu van de scootmobiel is leeg.|Een stalling voor scootmobielen.|Ik wil een elektrische scooter proberen."},
	{"mantelzorg", "mantelzorgondersteuning|mantelzorg|zorgen voor een naaste", "Mantelzorgers krijgen een waardering.|Wie zorgt er voor de mantelzorger?|Ondersteuning van mantelzorg begint met luisteren."},
	{"respijt", "respijtzorg|logeeropvang|vervangende zorg", "Iemand neemt de zorg een weekend over.|Respijtzorg geeft u lucht.|In het logeerhuis is plaats voor zes gasten."},
	{"eenzaam", "eenzaamheid|alleen zijn", "Zij voelt zich eenzaam sinds haar man er niet meer is.|Eenzaamheid komt op elke leeftijd voor.|Er komt niemand meer over de vloer."},
	{"maatje", "maatjesproject|een maatje", "Een maatje komt elke week langs.|Onze buddy's drinken koffie met u.|Wij zoeken maatjes voor wandelingen."},
	{"schulden", "schuldhulpverlening|schulden|geldzorgen", "Wij helpen met het ordenen van de post.|Schulden lossen niet vanzelf op.|De deurwaarder staat aan de deur."},
	{"huishouden", "huishoudelijke hulp|hulp in de huishouding", "De hulp komt drie uur in de week.|Stofzuigen en dweilen gaat niet meer.|Huishoudelijke hulp vraagt u aan bij de gemeente."},
	{"maaltijd", "maaltijdservice|warme maaltijd aan huis|eetpunt", "De maaltijden worden warm gebracht.|Samen eten in het buurthuis.|Elke dinsdag is er een open tafel."},
	{"vallen", "valpreventie|vallen voorkomen", "In de cursus oefent u uw evenwicht.|Na een val bent u vaak onzeker.|Losse kleedjes zijn gevaarlijk."},
	{"dementie", "dementie|geheugenproblemen|casemanager dementie", "Mijn vader heeft alzheimer.|Het geheugen gaat achteruit.|De casemanager komt thuis langs."},
	{"dagbesteding", "dagbesteding|dagopvang|ontmoetingscentrum", "Drie dagen in de week is er dagbesteding.|Op de zorgboerderij zijn dieren.|Overdag is er een programma."},
	{"vervoer", "vervoer naar het ziekenhuis|regiotaxi|automaatje", "Vrijwillige chauffeurs rijden u.|De regiotaxi komt niet op tijd.|Een rit kost enkele euro's."},
	{"wonen", "seniorenwoning|ouderenhuizen|kleiner wonen", "De huizen zijn gelijkvloers.|Een woning met een lift.|Verhuizen is een grote stap."},
	{"traplift", "traplift|woningaanpassing", "De trap wordt te steil.|Een beugel in de badkamer.|De drempels moeten weg."},
	{"wmo", "aanvraag wmo|keukentafelgesprek", "De gemeente beslist binnen acht weken.|Bij het keukentafelgesprek mag iemand mee.|Vraag onafhankelijke cliëntondersteuning."},
	{"pgb", "persoonsgebonden budget|pgb aanvragen", "U koopt zelf zorg in.|Het budget loopt via de bank van de overheid.|Een plan hoort bij het pgb."},
	{"thuiszorg", "thuiszorg|wijkverpleging|zorg aan huis", "De wijkverpleegkundige helpt met steunkousen.|Elke ochtend komt iemand voor het wassen.|De zorg thuis is opgeschaald."},
	{"alarm", "personenalarmering|alarmknop", "Druk op de knop en er komt hulp.|De alarmering werkt via het netwerk.|Een sleutelkluis hoort erbij."},
	{"medicijnen", "medicijndispenser|medicijnen op tijd", "Het apparaat geeft op tijd de pillen.|De apotheek vult de medicijnrol.|Vergeet uw tabletten niet."},
	{"digitaal", "digitale vaardigheden|computerles", "Leer omgaan met de tablet.|Inloggen met digid is lastig.|In de bibliotheek is een spreekuur."},
	{"taal", "taalhuis|nederlands leren", "Taalmaatjes oefenen samen.|Lezen en schrijven is te leren.|Het taalcafé is op woensdag."},
	{"rouw", "rouwgroep|verlies verwerken", "Na het overlijden is het stil.|Praten over verlies helpt.|Een groep voor weduwen en weduwnaars."},
	{"energie", "energiekosten|energiecoach", "De rekening van gas en stroom is hoog.|De energiecoach kijkt mee in huis.|Tochtstrips besparen geld."},
	{"opvoeding", "opvoedvragen|jeugdhulp", "Mijn kind slaapt slecht.|Ouders praten met elkaar.|De jeugdarts denkt mee."},
	{"vrijwilliger", "vrijwilligerswerk|vrijwilliger worden", "Wij zoeken mensen met een paar uur tijd.|Vrijwilligers krijgen een training.|Iets doen voor een ander."},
	{"klussen", "klussendienst|klusjesman", "Een lamp ophangen of een kraan maken.|De klussendienst rekent alleen materiaal.|Ook voor de tuin."},
	{"voedselbank", "voedselbank|voedselpakket", "Elke vrijdag delen wij pakketten uit.|U heeft een verwijzing nodig.|Eten hoort niet in de afvalbak."},
	{"bewegen", "beweeggroep|samen wandelen|ouderengym", "Wij wandelen elke maandag.|Bewegen doet iedereen goed.|De fysiotherapeut geeft les."},
	{"ggz", "psychische klachten|somberheid|depressie", "Nergens meer zin in hebben.|De psycholoog heeft een wachtlijst.|In de herstelacademie zijn ervaringsdeskundigen."},
	{"parkeren", "gehandicaptenparkeerkaart|parkeerkaart", "De kaart is vijf jaar geldig.|Een keuring is soms nodig.|De parkeerplaats is voor de deur."},
	{"buren", "burenruzie|buurtbemiddeling", "De muziek staat hard.|Een bemiddelaar praat met beide buren.|Overlast in de straat."},
}

var (
	corpusAsks   = strings.Split("Wie weet iets over|Ervaringen met|Waar vind ik|Hoe regel ik|Alles over|Nieuw:|Spreekuur|Vraag over|Hulp bij|Informatie over", "|")
	corpusSmall  = strings.Split("Wij horen graag wat u ervan vindt.|Bel op werkdagen tussen negen en vijf.|Kom gerust binnen, de koffie staat klaar.|Ik woon hier nu drie jaar.|Het kost niets.|Mijn buurvrouw vertelde hierover.|De inloop is op dinsdagochtend.|Daarna hoort u binnen een week van ons.|Er is plaats voor twaalf deelnemers.|Aanmelden kan aan de balie.", "|")
	corpusFirst  = strings.Split("buurt|wijk|dorps|stads|jeugd|ouderen|gezins|sport|muziek|water|groen|school|kerk|markt|zomer|winter|koffie|tuin|straat|winkel|fiets|bus|brug|park|plein|toren|molen|haven|polder|bos", "|")
	corpusSecond = strings.Split("feest|plan|krant|fonds|raad|team|middag|avond|project|ruimte|kamer|kring|club|bank|beheer|route|kaart|boek|film|les|groep|dag|week|werk|weg|huis|veld|hof|bord|punt", "|")
	corpusPlaces = strings.Split("noord|oost|zuid|west|centrum", "|")
)

// corpus makes n texts, always the same. Its tag "topic" tells what each is
// about; about one in ten mentions another subject in passing.
func corpus(n int) []Doc {
	r := rand.New(rand.NewPCG(1, 2))
	pick := func(list []string) string { return list[r.IntN(len(list))] }
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	syllables := strings.Fields("ba be bo da de do fa ga go ha he ho ka ke ko la le lo ma me mo na ne no pa pe po ra re ro sa se so ta te to va ve vo wa we wo ster dam burg veen dijk")
	name := func() string { return pick(syllables) + pick(syllables) + pick(syllables) + pick(syllables) }
	docs := make([]Doc, n)
	for i := range docs {
		t := topics[r.IntN(len(topics))]
		says := strings.Split(t.says, "|")
		var body []string
		for range 2 + r.IntN(3) {
			body = append(body, pick(says))
		}
		for range 3 + r.IntN(5) {
			body = append(body, pick(corpusSmall))
		}
		for range 2 + r.IntN(4) {
			body = append(body, fmt.Sprintf("De %s%s in %s is bij de %s%s van %s.", pick(corpusFirst), pick(corpusSecond), name(), pick(corpusFirst), pick(corpusSecond), name()))
		}
		if r.IntN(10) == 0 {
			body = append(body, pick(strings.Split(topics[r.IntN(len(topics))].says, "|")))
		}
		r.Shuffle(len(body), func(i, j int) { body[i], body[j] = body[j], body[i] })
		docs[i] = Doc{
			ID:    fmt.Sprintf("0190a0b0-0000-7000-8000-%012d", i),
			Kind:  []string{"question", "offer", "practice"}[r.IntN(3)],
			Title: pick(corpusAsks) + " " + pick(strings.Split(t.titles, "|")),
			Body:  strings.Join(body, " "),
			URL:   fmt.Sprintf("/vragen/%d", i),
			Tags:  map[string][]string{"topic": {t.name}, "place": {pick(corpusPlaces)}},
			At:    at.Add(time.Duration(i) * time.Minute),
		}
	}
	return docs
}

// asked are questions as people type them, with the topics that answer them.
var asked = []struct{ text, want string }{
	{"ondersteuning mantelzorg", "mantelzorg"}, {"mantelzorgondersteuning", "mantelzorg"}, {"ik zorg voor mijn moeder", "mantelzorg"},
	{"steun voor mantelzorgers", "mantelzorg"}, {"mantelzorgondersteunig", "mantelzorg"},
	{"lopen met karretje", "rollator"}, {"rolator", "rollator"}, {"looprekken", "rollator"},
	{"scoot mobiel", "scootmobiel"}, {"scootmobielstalling", "scootmobiel"}, {"invalidenwagen", "scootmobiel"}, {"scotmobiel", "scootmobiel"},
	{"even vrij van zorg", "respijt"}, {"respijtzrog", "respijt"}, {"niemand over de vloer", "eenzaam maatje"}, {"eenzaamhied", "eenzaam"},
	{"ik voel me zo alleen", "eenzaam"}, {"buddy", "maatje"}, {"ik kan mijn rekening niet betalen", "schulden energie"}, {"schuldsanering", "schulden"},
	{"hulp bij schoonmaken", "huishouden"}, {"poetshulp", "huishouden"}, {"tafeltje-dekje", "maaltijd"}, {"eten aan huis", "maaltijd"},
	{"bang om te vallen", "vallen"}, {"valpreventietraining", "vallen"}, {"mijn man vergeet alles", "dementie"}, {"alzheimer", "dementie"}, {"demetie", "dementie"},
	{"overdag niets te doen", "dagbesteding"}, {"dagbestedingslocatie", "dagbesteding"}, {"hoe kom ik bij het ziekenhuis", "vervoer"}, {"belbus", "vervoer"},
	{"huis voor ouderen", "wonen"}, {"stoeltjeslift", "traplift"}, {"trap niet meer op", "traplift"}, {"hulp van de gemeente aanvragen", "wmo"},
	{"zelf zorg inkopen", "pgb"}, {"zuster aan huis", "thuiszorg"}, {"steunkousen aantrekken", "thuiszorg"}, {"noodknop", "alarm"}, {"pillen vergeten", "medicijnen"},
	{"leren computeren", "digitaal"}, {"niet kunnen lezen", "taal"}, {"partner overleden", "rouw"}, {"gasrekening", "energie"}, {"kind luistert niet", "opvoeding"},
	{"ik wil iets betekenen", "vrijwilliger"}, {"lamp ophangen", "klussen"}, {"gratis eten", "voedselbank"}, {"gym voor senioren", "bewegen"},
	{"somber", "ggz"}, {"invalidenkaart", "parkeren"}, {"ruzie met de buren", "buren"},
}
