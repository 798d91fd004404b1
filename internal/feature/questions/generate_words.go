package questions

// The parts from which Generate makes questions. Nobody in them exists.

var (
	generateWho = []string{
		"mijn moeder", "mijn vader", "mijn buurvrouw", "mijn man", "mijn vrouw", "mijn oma", "mijn broer", "mijn zus",
		"een vriend van mij", "mijn schoonmoeder", "mijn zoon", "mijn dochter", "de buurman van 84", "mijn tante", "iemand uit onze straat",
	}
	generateNames = []string{
		"Ans", "Yusuf", "Marieke", "Tom", "Sanne", "Fatima", "Henk", "Ria", "Mehmet", "Ingrid", "Joop", "Samira", "Kees", "Lies",
		"Rachid", "Truus", "Bart", "Aisha", "Gerda", "Piet", "Naima", "Wim", "Els", "Omar", "Corrie", "Anouk", "Dirk", "Zeynep",
	}
	generateTimes = []string{
		"sinds een maand", "sinds de operatie", "sinds kort", "al een paar jaar", "vooral 's avonds", "in het weekend", "elke week",
		"na het overlijden van haar man", "sinds de verhuizing", "op maandag en donderdag", "de laatste tijd", "sinds de winter",
	}
	generateNear = []string{
		"in de buurt", "bij ons in de wijk", "in het buurthuis", "op loopafstand", "in het dorp", "bij de bibliotheek", "bij het gezondheidscentrum",
		"in de flat", "in de straat", "bij het winkelcentrum", "bij de school", "in het wijkgebouw",
	}
	generateRoles = []string{"wijkcoach", "wijkverpleegkundige", "praktijkondersteuner", "ouderenadviseur", "mantelzorgmakelaar", "sociaal werker", "buurtsportcoach"}
	generateTeams = []string{"Wijkteam Noord", "Wijkteam Oost", "Stichting Samen Verder", "Thuiszorg De Brug", "Huisartsenpraktijk Het Plein", "Welzijn in Beeld", "Vrijwilligerspunt"}

	generateTitles = []string{
		"Wie weet iets over {w} voor {p}?", "Hoe kom ik aan {w} {b}?", "Waar kan {p} terecht voor {w}?", "Zoek hulp met {w} {b}",
		"Heeft iemand ervaring met {w}?", "{p} heeft {w} nodig, wat nu?", "Kost {w} geld en wie betaalt dat?", "Is er {w} {b}?",
		"Hoe lang duurt het voor je {w} krijgt?", "{p} wil geen hulp, maar {w} is nodig", "Wie helpt mij met {w}, {t}?", "Mag ik zelf {w} kiezen?",
	}
	generateBodies = []string{
		"Het gaat om {p}.", "{t} lukt het niet meer alleen.", "Ik heb al gebeld met de gemeente, maar ik kwam niet verder.",
		"Wij wonen hier nog niet zo lang en kennen weinig mensen {b}.", "De huisarts zei dat er iets is {b}, maar wist niet wat.",
		"Ik werk zelf vier dagen en kan er niet altijd zijn.", "Het hoeft niet duur te zijn, als het maar veilig is.",
		"Ik vind het lastig om hulp te vragen.", "{p} zegt zelf dat het wel gaat, maar ik maak me zorgen.",
		"Vorig jaar hadden we hulp, maar die is gestopt.", "Ik lees veel op internet maar weet niet wat klopt.",
		"Is hier een formulier voor, of kan ik iemand bellen?", "Ik zoek vooral iemand die met mij meedenkt.",
		"We hebben een klein pensioen.", "Wie kan uitleggen wat de eerste stap is?", "Alvast bedankt voor het meedenken.",
	}
	generateAnswers = []string{
		"Bij ons heeft {w} goed geholpen.", "U kunt gewoon binnenlopen {b}, een afspraak is niet nodig.",
		"Vraag het na bij het Wmo-loket van uw gemeente; daar kijken ze met u mee.", "Ik kan volgende week met u meegaan als u dat prettig vindt.",
		"De eerste keer is gratis, daarna betaalt u een kleine bijdrage.", "Let op: er is soms een wachtlijst van een paar weken.",
		"Neem iemand mee naar het gesprek, twee horen meer dan een.", "Een onafhankelijke cliëntondersteuner kost niets en staat naast u.",
		"Schrijf van tevoren op wat wel en niet lukt, {t}.", "Bel anders even met het wijkteam, dan zoeken wij het samen uit.",
		"{p} kan ook een paar keer komen kijken voor u beslist.", "Bij ons in de straat hebben we het samen geregeld.",
		"De zorgverzekeraar vergoedt een deel, kijk in uw polis of bel ze.", "Er is een groep die elke week samenkomt {b}.",
		"Als het niet goed voelt, mag u altijd weer stoppen.",
	}
)

// generateTheme is a theme with its own things and sentences.
type generateTheme struct {
	name                    string
	things                  []string
	titles, bodies, answers []string
}

var generateThemes = []generateTheme{
	{"mantelzorg", []string{"respijtzorg", "een mantelzorgmakelaar", "de mantelzorgwaardering", "een logeerhuis", "mantelzorgondersteuning", "zorgverlof", "een oppas voor een middag", "lotgenotencontact"},
		[]string{"Ik zorg voor {p} en ik trek het niet meer", "Hoe combineer ik werk en zorgen voor {p}?", "Wie neemt het over als ik op vakantie ga?"},
		[]string{"Ik zorg elke dag voor {p} en slaap slecht.", "Op mijn werk weten ze nog niet dat ik mantelzorger ben."},
		[]string{"Een vrijwilliger kan een middag bij {p} blijven, dan heeft u tijd voor uzelf.", "Het steunpunt mantelzorg belt u terug en denkt met u mee."}},
	{"eenzaamheid", []string{"een maatje", "een huiskamer in de buurt", "samen eten", "een belcirkel", "een wandelgroep", "een koffieochtend", "een bezoekvrijwilliger", "een zangkoor"},
		[]string{"{p} heeft niemand over de vloer", "Hoe leer je mensen kennen als je 75 bent?", "Kerst alleen, is er iets {b}?"},
		[]string{"Er komt bijna nooit iemand langs.", "De dagen duren lang sinds er niemand meer is om mee te praten."},
		[]string{"Op woensdag eten we met een groep van twaalf, schuif gerust aan.", "Een maatje komt een keer per week langs voor een praatje of een wandeling."}},
	{"dementie", []string{"een casemanager dementie", "dagbesteding", "een ontmoetingscentrum", "een geheugentest", "een gps-horloge", "een Alzheimer Café", "een levensboek"},
		[]string{"{p} vergeet steeds meer, waar begin ik?", "{p} loopt 's nachts weg, wat kan ik doen?", "Hoe praat ik met {p} over dementie?"},
		[]string{"{p} vraagt tien keer per uur hetzelfde.", "De sleutels liggen in de koelkast en de rekeningen blijven liggen."},
		[]string{"Vraag de huisarts om een verwijzing naar een casemanager dementie.", "In het ontmoetingscentrum zijn ook gesprekken voor de familie."}},
	{"valpreventie", []string{"een valtraining", "een rollator", "een traplift", "een valcursus", "een beugel in de douche", "een personenalarmering", "fysiotherapie aan huis"},
		[]string{"{p} is gevallen in de badkamer", "Bang om te vallen, {t}", "Wie zet een beugel in de douche?"},
		[]string{"Na de val durft {p} niet meer naar buiten.", "Er liggen veel kleedjes in huis en de trap is steil."},
		[]string{"De fysiotherapeut doet een test en oefent met u, tien keer in een groep.", "Haal losse kleedjes weg en zet een nachtlampje op de gang."}},
	{"langer-thuis-wonen", []string{"huishoudelijke hulp", "een woningaanpassing", "maaltijden aan huis", "een seniorenwoning", "een klusjesman", "thuiszorg", "een hoog-laagbed", "een drempelhulp"},
		[]string{"Kan {p} na het ziekenhuis naar huis?", "Ons huis is te groot geworden", "Wie kookt er voor {p}?"},
		[]string{"Wij willen graag hier blijven wonen.", "De slaapkamer is boven en de trap wordt te zwaar."},
		[]string{"Een ergotherapeut komt thuis kijken wat er nodig is.", "De gemeente betaalt soms mee aan een aanpassing; vraag het aan voor u iets koopt."}},
	{"vervoer", []string{"een rolstoeltaxi", "de wijkbus", "een scootmobiel", "vervoer naar het ziekenhuis", "een deeltaxi", "een duofiets", "een parkeerkaart"},
		[]string{"Hoe komt {p} bij het ziekenhuis?", "Scootmobiel lenen, kan dat {b}?", "De bus stopt hier niet meer"},
		[]string{"{p} mag niet meer autorijden.", "Met twee keer overstappen lukt het niet met een rollator."},
		[]string{"De wijkbus rijdt met vrijwilligers; bel een dag van tevoren.", "Met een pas van de Wmo betaalt u het tarief van de bus."}},
	{"psychisch-welbevinden", []string{"een praatgroep", "een praktijkondersteuner", "een herstelacademie", "een luisterlijn", "een rouwgroep", "slaaptraining", "een ervaringsdeskundige"},
		[]string{"{p} komt het bed niet meer uit", "Piekeren, {t}", "Is er een rouwgroep {b}?"},
		[]string{"Het lukt niet meer om ergens van te genieten.", "Er is een wachtlijst van maanden en zo lang kan het niet."},
		[]string{"Terwijl u wacht kan de praktijkondersteuner al met u beginnen.", "Praat met iemand die hetzelfde heeft meegemaakt, dat hielp mij het meest."}},
	{"werk-en-inkomen", []string{"schuldhulp", "bijzondere bijstand", "een formulierenbrigade", "de voedselbank", "een toeslag", "energietoeslag", "een stadspas", "vrijwilligerswerk"},
		[]string{"{p} kan de rekeningen niet meer betalen", "Hulp bij formulieren gezocht", "Heb ik recht op een toeslag?"},
		[]string{"De brieven blijven ongeopend liggen.", "Door de hoge energierekening komen we niet rond."},
		[]string{"De formulierenbrigade zit op dinsdag {b}, neem uw brieven mee.", "Schuldhulp is gratis en uw buren merken er niets van."}},
	{"digitale-vaardigheden", []string{"een DigiD", "een computercursus", "een tablet", "een digicafé", "hulp met de telefoon", "beeldbellen", "een patiëntenportaal"},
		[]string{"DigiD lukt {p} niet", "Wie helpt met de telefoon {b}?", "Alles moet via internet, en nu?"},
		[]string{"{p} heeft geen computer en wil er ook geen.", "De code komt op een telefoon die er niet is."},
		[]string{"In de bibliotheek helpen ze u gratis, elke ochtend.", "U mag iemand machtigen om het voor u te doen."}},
	{"jeugd", []string{"een opvoedpoli", "een huiswerkklas", "een jongerencoach", "de jeugdarts", "een sportclub", "een steungezin", "een logopedist"},
		[]string{"Onze zoon wil niet meer naar school", "Zorgen om het kind van de buren", "Sporten zonder geld, kan dat?"},
		[]string{"School zegt dat wij het zelf moeten regelen.", "Thuis is er elke avond ruzie."},
		[]string{"De jeugdarts is er ook voor ouders die alleen een vraag hebben.", "Er is een fonds dat de contributie betaalt."}},
	{"leefstijl-en-preventie", []string{"een beweeggroep", "stoppen met roken", "een diëtist", "een leefstijlcoach", "een volkstuin", "wandelen met de huisarts", "een kookcursus"},
		[]string{"Gezonder eten met weinig geld", "Wie wandelt er mee {b}?", "Stoppen met roken, {t}"},
		[]string{"De dokter zegt dat ik moet afvallen.", "Alleen houd ik het nooit vol."},
		[]string{"De leefstijlcoach zit in het basispakket, na een verwijzing.", "Wij lopen elke dinsdag een uur, in alle rust."}},
	{"medicatie", []string{"een medicijnrol", "een medicijndispenser", "een gesprek met de apotheker", "een bezorgdienst", "een medicijnlijst"},
		[]string{"{p} vergeet de pillen", "Twaalf medicijnen, is dat wel goed?", "Wie haalt medicijnen bij de apotheek?"},
		[]string{"De pillen van de ochtend liggen er 's avonds nog.", "Sinds het nieuwe medicijn is {p} duizelig."},
		[]string{"De apotheker kijkt de hele lijst met u na, daar kunt u om vragen.", "Stop nooit zelf; bel eerst de apotheek of de huisarts."}},
	{"langdurige-zorg", []string{"een Wlz-indicatie", "een persoonsgebonden budget", "een verpleeghuis", "een volledig pakket thuis", "een zorgkantoor", "tijdelijk verblijf"},
		[]string{"Wanneer kom je in aanmerking voor een verpleeghuis?", "Hoe vraag ik een indicatie aan voor {p}?"},
		[]string{"Thuis gaat het niet meer, ook niet met hulp.", "De wachtlijst is een jaar."},
		[]string{"Het CIZ beslist; het wijkteam helpt met de aanvraag.", "Er bestaat ook overbruggingszorg voor de tijd van wachten."}},
	{"wijk-en-ontmoeting", []string{"een buurtmoestuin", "een repaircafé", "een buurtkamer", "een jeu-de-boulesbaan", "een buurtapp", "een straatfeest", "een ruilkast"},
		[]string{"Wie doet er mee met {w}?", "Bankje gezocht {b}", "Een plek om samen te komen"},
		[]string{"Het buurthuis is dicht en er is niets voor in de plaats gekomen.", "We zijn met vijf buren en willen iets beginnen."},
		[]string{"De gemeente heeft een potje voor ideeën van bewoners.", "Kom vrijdag kijken, de koffie staat klaar."}},
	{"veiligheid", []string{"een babbeltruc", "een buurtpreventieteam", "een kluisje voor de sleutel", "Veilig Thuis", "een rookmelder", "een deurspion"},
		[]string{"{p} is opgelicht aan de deur", "Ik maak me zorgen over wat ik hoor bij de buren", "Wie hangt rookmelders op?"},
		[]string{"Er stond iemand aan de deur die zei van de bank te zijn.", "Ik weet niet of ik mij ermee moet bemoeien."},
		[]string{"Veilig Thuis kunt u dag en nacht bellen, ook als u twijfelt.", "De wijkagent komt op verzoek langs {b}."}},
	{"zorg-op-afstand", []string{"een thuismeting", "een beeldbelafspraak", "een weegschaal die meet", "een sensor in huis", "een app van het ziekenhuis"},
		[]string{"Bloeddruk thuis meten, hoe gaat dat?", "Beeldbellen met de huisarts"},
		[]string{"Het ziekenhuis is ver en het gaat om tien minuten.", "{p} vindt het eng dat er iemand meekijkt."},
		[]string{"Een verpleegkundige legt het thuis uit en belt als iets opvalt.", "U mag altijd kiezen voor een gewone afspraak."}},
}
