package fhirpath

import (
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"
)

// The table of this house, from the text of the specification. Each line is an
// expression, => and what it gives: values with a comma between, {} for
// nothing, !kind for an error. Groups begin with #.
const table = `
# literals
true => true
'it\'s' => it's
'\u00e9\t|' => é	|
'\ud83d\ude00'.length() => 1
12 => 12
1.50 => 1.50
4 'mg' => 4 'mg'
3 weeks => 3 weeks
@2026-11 => 2026-11
@2026-11-22T09:30+01:00 => 2026-11-22T09:30+01:00
@T09:30 => 09:30
{} => {}
2147483648 => !syntax
@2026-02-31 => !syntax
@T25 => !syntax
'open => !syntax
'\d' => !syntax
"double" => !syntax
# paths
status => completed
QuestionnaireResponse.status => completed
Patient.status => {}
item.linkId.first() => mood
item[3].linkId => age
item[99].linkId => {}
item[-1] => {}
item.item.linkId => stairs, rooms, empty
item.nothing => {}
item.where(linkId='age').answer.value => 71
item.where(linkId='mood').answer.value.code => sometimes
item.where(linkId='mood').answer.valueCoding.code => sometimes
` + "`item`[0].`linkId`" + ` => mood
item[0].answer.value.display => Sometimes
status.id => s
$this.status => completed
item..linkId => !syntax
item.[0] => !syntax
(item.linkId => !syntax
# existence
item.exists() => true
item.nothing.exists() => false
item.exists(linkId = 'age') => true
item.exists(linkId = 'x') => false
{}.empty() => true
item.all(linkId.exists()) => true
item.all(answer.exists()) => false
{}.all(false) => true
(true | false).allTrue() => false
(true | false).anyTrue() => true
(true | false).anyFalse() => true
(false).allFalse() => true
{}.allTrue() => true
{}.anyTrue() => false
('a').allTrue() => !type
item.count() => 9
(1 | 2).subsetOf(1 | 2 | 3) => true
(1 | 4).subsetOf(1 | 2 | 3) => false
(1 | 2 | 3).supersetOf(2) => true
item.where(linkId='likes').answer.value.distinct() => Walking, cooking
item.where(linkId='likes').answer.value.isDistinct() => false
# some of them
item.where(answer.empty()).linkId => house
item.select(linkId + '!').first() => mood!
item.select($index).last() => 8
repeat(item).linkId.count() => 12
QuestionnaireResponse.repeat(item).where(linkId = 'rooms').answer.value => 4
(1 | 2).repeat($this mod 2) => 1, 0
item.answer.value.ofType(integer) => 71
item.answer.value.ofType(Coding).code => sometimes, never
item.answer.value.ofType(FHIR.string).count() => 3
item.answer.value.ofType(System.Integer) => {}
item.answer.value.ofType(Nonsense) => !undefined
(1 | 2 | 3).first() => 1
(1 | 2 | 3).last() => 3
(1 | 2 | 3).tail() => 2, 3
(1 | 2 | 3).skip(2) => 3
(1 | 2 | 3).take(2) => 1, 2
(1 | 2 | 3).take(-1) => {}
(1 | 2).single() => !type
(1).single() => 1
{}.single() => {}
(1 | 2 | 3).intersect(2 | 3 | 4) => 2, 3
(1 | 2 | 3).exclude(2) => 1, 3
(1 | 2 | 2) => 1, 2
1.combine(1) => 1, 1
(3 | 1 | 2).sort() => 1, 2, 3
(3 | 1 | 2).sort(-$this) => 3, 2, 1
('b' | 'a').sort() => a, b
coalesce({}, 2, 3) => 2
# iif and not
iif(true, 1, 2) => 1
iif(false, 1, 2) => 2
iif({}, 1, 2) => 2
iif(false, 1) => {}
iif(true, 1, 1 + 'a') => 1
iif(1, 1, 2) => !type
true.not() => false
{}.not() => {}
# logic
true and {} => {}
false and {} => false
{} or true => true
{} or false => {}
true xor true => false
true xor {} => {}
false implies {} => true
{} implies true => true
{} implies false => {}
true and 'text' => true
(true | false) and true => !type
# equality
1 = 1.0 => true
1 = {} => {}
'a' = 'A' => false
'a' ~ ' A ' => true
'a  b' ~ 'A b' => true
1.0 ~ 1.04 => true
1.1 ~ 1.04 => false
(1 | 2) = (2 | 1) => false
(1 | 2) ~ (2 | 1) => true
{} ~ {} => true
1 != 2 => true
1 !~ 1 => false
item[0] = item[0] => true
item[0] = item[1] => false
item[0] ~ item[0] => true
1 = 'a' => false
@2026 = @2026-01 => {}
@2026-01 = @2027 => false
@2026-01-01 = @2026-01-01T00:00:00 => {}
@2026-01-01T10:00:00Z = @2026-01-01T11:00:00+01:00 => true
@2026-01-01T10:00:00Z = @2026-01-01T10:00:00 => {}
@2026 ~ @2026-01 => false
@T10:00 = @2026 => false
item.where(linkId='born').answer.value = @1955-04 => true
# order
2 > 1 => true
2 > 1.5 => true
'abc' < 'abd' => true
1 > {} => {}
1 > 'a' => !type
(1 | 2) > 1 => !type
@2026-01-02 > @2026-01-01 => true
@2026 > @2026-01-01 => {}
@2027 > @2026-01-01 => true
@T10:30 > @T10:29:59 => true
@T10:30 > @T10:30:00 => {}
@1955-04-12T10:30 > @1955-04-12T10:29:59 => true
@0900-01-01T00:00:01 > @0900-01-01T00:00:00.5 => true
@2026-01-01T10:00:00Z > @2026-01-01T09:00:00 => {}
@2026-01-03T10:00:00Z > @2026-01-01T09:00:00 => true
item.where(linkId='born').answer.value < @1960-01-01 => true
item.where(linkId='born').answer.value < @1955-04-12 => {}
authored > @2026-11-22 => {}
authored > @2026-11-21 => true
# sums
1 + 2 * 3 => 7
(1 + 2) * 3 => 9
7 / 2 => 3.5
1 / 3 => 0.3333333333333333
1 / 0 => {}
7 div 2 => 3
-7 div 2 => -3
7 mod 2 => 1
5.5 mod 2 => 1.5
0.1 + 0.2 => 0.3
1.10 * 2 => 2.20
'a' + 'b' => ab
'a' + {} => {}
'a' & {} => a
1 + {} => {}
1 + 'a' => !type
'a' & 1 => !type
2147483647 + 1 => {}
-item.where(linkId='age').answer.value => -71
item.where(linkId='age').answer.value + 1 => 72
item.where(linkId='temperature').answer.value * 2 => 73.20
# dates
@2026-01-31 + 1 month => 2026-02-28
@2024-02-29 + 1 year => 2025-02-28
@2026-11-22 + 2 weeks => 2026-12-06
@2026-11-22 - 22 days => 2026-10-31
@2026 + 24 months => 2028
@2026-11-22 + 47 hours => 2026-11-23
@2026-11-22 + 13 hours + 13 hours => 2026-11-22
@2026 + 11 months => 2026
@2026-11 + 61 days => 2027-01
@T23:30 + 1 hour => 00:30
@2026-11-22T10:00:00Z + 90 minutes => 2026-11-22T11:30:00Z
@2026-11-22 + 1 'mo' => !type
@2026-11-22 + 7 => !type
@T10:00 + 1 day => !type
@9999-12-31 + 1 day => {}
today() => 2026-11-22
now() => 2026-11-22T10:00:00.000Z
timeOfDay() => 10:00:00.000
today() - 65 years > item.where(linkId='born').answer.value => true
# quantities
1 'kg' = 1000 'g' => true
1 'kg' > 999 'g' => true
1 'kg' > 1 'm' => {}
1 'kg' = 1 'm' => false
1 'foo' = 1 'bar' => {}
1 'foo' = 1 'foo' => true
1 week = 7 days => true
1 year = 12 months => true
1 year = 1 'a' => {}
1 year ~ 1 'a' => true
1 day = 24 hours => true
2 'kg' + 500 'g' => 2.5 'kg'
2 'kg' + 1 'm' => {}
2 'm' * 3 'm' = 6 'm2' => true
6 'm' / 3 's' => 2 'm/s'
2 'kg' * 3 => 6 'kg'
-(2 'kg') => -2 'kg'
item.where(linkId='weight').answer.value > 70 'kg' => true
item.where(linkId='weight').answer.value.value => 72.50
item.where(linkId='weight').answer.value = 72.5 'kg' => true
item.where(linkId='weight').answer.value > 72499 'g' => true
1 'mm[Hg]' = 133.322387415 'Pa' => true
# types
1 is Integer => true
1 is Decimal => false
1.0 is System.Decimal => true
item[0] is BackboneElement => true
item.where(linkId='age').answer.value is integer => true
item.where(linkId='age').answer.value is Integer => false
status is code => true
status is string => true
status as string => {}
status as code => completed
(item.linkId as string) => !type
1.type().name => Integer
status.type().namespace => FHIR
1 is Nothing => !undefined
# conversions
'12'.toInteger() => 12
'12.5'.toInteger() => {}
12.5.toInteger() => {}
'12.50'.toDecimal() => 12.50
'x'.toDecimal() => {}
'yes'.toBoolean() => true
'maybe'.toBoolean() => {}
0.toBoolean() => false
1.5.toString() => 1.5
@2026-11-22.toString() => 2026-11-22
'2026-11'.toDate() => 2026-11
'2026-02-31'.toDate() => {}
'2026-11-22T10:00'.toDateTime() => 2026-11-22T10:00
@2026-11-22T10:00:00Z.toDate() => 2026-11-22
'10:30'.toTime() => 10:30
'4 days'.toQuantity() => 4 days
'4 \'mg\''.toQuantity() => 4 'mg'
'4 mg'.convertsToQuantity() => false
1000 'g'.toQuantity('kg') => 1 'kg'
'2026-02-31'.convertsToDate() => false
{}.toInteger() => {}
(1 | 2).toString() => !type
# texts
'Wijkbaak'.length() => 8
'één'.length() => 3
'één'.substring(1) => én
'Wijkbaak'.substring(4, 2) => ba
'Wijkbaak'.substring(9) => {}
'Wijkbaak'.indexOf('baak') => 4
'één'.indexOf('n') => 2
'Wijkbaak'.indexOf('z') => -1
'ababa'.lastIndexOf('a') => 4
'Wijk'.startsWith('W') => true
'Wijk'.endsWith('k') => true
'Wijk'.contains('ij') => true
'wijk'.upper() => WIJK
'WIJK'.lower() => wijk
' wijk '.trim() => wijk
'a-b-c'.replace('-', '+') => a+b+c
'1234 AB'.matches('^[0-9]{4} ?[A-Z]{2}$') => true
'x1234'.matches('[0-9]') => true
'x1234'.matchesFull('[0-9]+') => false
'2026-11'.replaceMatches('([0-9]+)-([0-9]+)', '$2/$1') => 11/2026
'a'.matches('(?=a)') => !type
'a,b'.split(',') => a, b
('a' | 'b').join('-') => a-b
('a' | 'b').join() => ab
'ab'.toChars() => a, b
'ab'.encode('hex') => 6162
'6162'.decode('hex') => ab
'ab'.encode('rot13') => !type
'<b>'.escape('html') => &lt;b&gt;
'&lt;b&gt;'.unescape('html') => <b>
1.upper() => !type
('a' | 'b').upper() => !type
# numbers
(-3).abs() => 3
2.1.ceiling() => 3
(-2.1).floor() => -3
(-2.9).truncate() => -2
2.5.round() => 3
2.345.round(2) => 2.35
9.sqrt() => 3
2.sqrt().round(6) => 1.414214
(-1).sqrt() => {}
2.power(10) => 1024
2.power(0.5).round(4) => 1.4142
10.power(200) => {}
100.log(10) => 2
0.exp() => 1
1.ln() => 0
0.ln() => {}
'a'.abs() => !type
1.50.precision() => 2
@2026-11.precision() => 6
1.5.lowBoundary(2) => 1.45
@2026-02.highBoundary(8) => 2026-02-28
1 'cm'.comparable(1 'm') => true
# many together
(1 | 2 | 3).sum() => 6
(1 | 2.5).sum() => 3.5
{}.sum() => {}
(1 | 2 | 4).avg() => 2.3333333333333333
(3 | 1 | 2).min() => 1
(3 | 1 | 2).max() => 3
('b' | 'a').min() => a
(1 'kg' | 500 'g').sum() => 1.5 'kg'
(1 | 'a').sum() => !type
(1 | 2 | 3).aggregate($this + $total, 10) => 16
(1 | 2 | 3).aggregate(iif($total.empty(), $this, $this * $total)) => 6
# sets
2 in (1 | 2) => true
{} in (1 | 2) => {}
1 in {} => false
(1 | 2) contains 2 => true
(1 | 2) in (1 | 2) => !type
# tree and tools
descendants().where(linkId = 'stairs').answer.value => false
children().count() => 13
item.where(linkId='house').children().linkId => stairs, rooms, empty
item.linkId.trace('ids').count() => 9
extension('x').empty() => true
item.answer.value.extension('http://hl7.org/fhir/StructureDefinition/itemWeight').value => 3
status.hasValue() => true
item[0].hasValue() => false
status.getValue() is System.String => true
item.answer.value.weight() => 1, 3
item.where(linkId='sleep').answer.value.ordinal() => 3
item.answer.value.weight().sum() => 4
# variables
%resource.status => completed
%context.id => r1
%ucum => http://unitsofmeasure.org
%` + "`vs-often`" + ` => http://hl7.org/fhir/ValueSet/often
%limit + 1 => 6
%names.count() => 2
%questionnaire.title => Six areas
%qitem.linkId => mood
%nobody => !undefined
# refused by name
resolve() => !unsupported
'a'.memberOf('x') => !unsupported
conformsTo('x') => !unsupported
htmlChecks() => !unsupported
subsumes('x') => !unsupported
frobnicate() => !unsupported
# grammar
-1.abs() => -1
-'a'.length() => -1
1 | 2 = 1 | 2 => true
1 > 2 is Boolean => !type
1 + 2 /* three */ => 3
1 + // two
 2 => 3
1 + => !syntax
1 2 => !syntax
() => !syntax
$that => !syntax
'a'.upper(1) => !syntax
iif(true) => !syntax
item.$this => !syntax
§ => !syntax
`

func tableEnv() Env {
	return Env{
		Now: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC),
		Variables: map[string]any{
			"limit": 5, "names": []any{"a", "b"},
			"questionnaire": map[string]any{"resourceType": "Questionnaire", "title": "Six areas"},
			"qitem":         map[string]any{"linkId": "mood"},
		},
		Weight: Weights(map[string]any{"item": []any{map[string]any{
			"linkId": "mood",
			"answerOption": []any{map[string]any{"valueCoding": map[string]any{
				"system": "https://example.org/often", "code": "sometimes",
				"extension": []any{map[string]any{"url": "http://hl7.org/fhir/StructureDefinition/ordinalValue", "valueDecimal": json.Number("1")}},
			}}},
		}}}),
	}
}

func TestTable(t *testing.T) {
	resource := response(t)
	cases, group := 0, ""
	for _, line := range rows(table) {
		if name, ok := strings.CutPrefix(line, "# "); ok {
			group = name
			continue
		}
		expr, want, ok := strings.Cut(line, " => ")
		if !ok {
			t.Fatalf("not a row of the table: %q", line)
		}
		cases++
		if got := outcome(expr, resource, tableEnv()); got != want {
			t.Errorf("%s: %s gives %s, not %s", group, expr, got, want)
		}
	}
	if cases < 200 {
		t.Errorf("the table has %d rows", cases)
	}
	t.Logf("%d rows", cases)
}

// rows are the lines of the table; one that begins with a space goes on.
func rows(s string) []string {
	var out []string
	for line := range strings.Lines(s) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case line == "":
		case line[0] == ' ':
			out[len(out)-1] += "\n" + line
		default:
			out = append(out, line)
		}
	}
	return out
}

// outcome writes a result as the table does.
func outcome(expr string, resource any, env Env) string {
	x, err := Compile(expr)
	var got Collection
	if err == nil {
		got, err = x.Eval(context.Background(), resource, env)
	}
	if err != nil {
		return "!" + string(KindOf(err))
	}
	if len(got) == 0 {
		return "{}"
	}
	var texts []string
	for _, v := range got {
		s, ok := v.text()
		if !ok {
			s = "[" + v.Type() + "]"
		}
		texts = append(texts, s)
	}
	return strings.Join(texts, ", ")
}

func response(t testing.TB) any {
	t.Helper()
	raw, err := os.ReadFile("testdata/response.json")
	if err != nil {
		t.Fatal(err)
	}
	return decodeJSON(t, raw)
}

// TestDocs holds docs/fhirpath.md to the functions that are here.
func TestDocs(t *testing.T) {
	raw, err := os.ReadFile("../../../docs/fhirpath.md")
	if err != nil {
		t.Fatal(err)
	}
	there, away, ok := strings.Cut(string(raw), "## What is refused")
	if !ok {
		t.Fatal("the page does not tell what is refused")
	}
	for name := range functions {
		if !strings.Contains(there, "`"+name+"`") {
			t.Errorf("the page does not name %s()", name)
		}
	}
	for name := range refused {
		if functions[name] != nil || !strings.Contains(away, "`"+name+"`") {
			t.Errorf("%s() is refused: the page names it so, and it is no function", name)
		}
	}
}
