package browser

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"wijkbaak.nl/internal/apptest"
	"wijkbaak.nl/internal/protocol/fhir"
)

// lformsPage holds the forms of the Lister Hill Center, and answers them as people
// do: it types, presses and chooses from the list that opens.
const lformsPage = `<!doctype html><html lang="nl"><meta charset="utf-8"><title>LForms</title><link rel="icon" href="data:,"><body>
<link rel="stylesheet" href="/webcomponent/styles.css">
<script src="/webcomponent/assets/lib/zone.min.js"></script><script src="/webcomponent/runtime.js"></script>
<script src="/webcomponent/polyfills.js"></script><script src="/webcomponent/main.js"></script>
<script src="/fhir/R4/lformsFHIR.min.js"></script>
<div id="form"></div>
<script>
const until = async (what, f) => {
  for (const end = Date.now() + 5000; ;) {
    const v = f();
    if (v) return v;
    if (Date.now() > end) throw new Error('waited for ' + what);
    await new Promise(r => setTimeout(r, 5));
  }
};
const fire = (el, type) => el.dispatchEvent(new MouseEvent(type, {bubbles: true, cancelable: true}));
const put = (el, text) => {
  el.focus();
  el.value = text;
  for (const type of ['input', 'change', 'blur']) el.dispatchEvent(new Event(type, {bubbles: true}));
};
async function answer(a) {
  const id = a.id + '/1'.repeat(a.depth);
  if (a.kind === 'boolean') {
    const list = await until(a.id, () => { const l = document.getElementsByName('radiogroup_' + id); return l.length && l; });
    list[a.texts[0] === 'true' ? 0 : 1].click();
    return;
  }
  const el = await until(a.id, () => document.getElementById(id));
  if (a.kind !== 'choice') return put(el, a.texts[0]);
  for (const text of a.texts) {
    el.focus();
    const option = await until(a.id + ' = ' + text, () => [...document.querySelectorAll('#lhc-tools-searchResults li')].find(li => li.textContent.replace(/^\d+:\s*/, '').replace(/ - -?[\d.]+$/, '').trim() === text));
    fire(option, 'mousedown'); fire(option, 'mouseup'); option.click();
    el.blur();
  }
}
async function fill(questionnaire, answers) {
  const form = document.getElementById('form');
  await until('LForms', () => window.LForms && LForms.Util);
  await LForms.Util.addFormToPage(questionnaire, form, {fhirVersion: 'R4'});
  for (const a of answers) await answer(a);
}
const response = async () => {
  await new Promise(r => setTimeout(r, 5));
  return JSON.stringify(LForms.Util.getFormFHIRData('QuestionnaireResponse', 'R4', document.getElementById('form'), {}));
};
</script>`

// lformsAnswer is one answer for the page: its texts as a person sees them.
type lformsAnswer struct {
	ID    string   `json:"id"`
	Kind  string   `json:"kind"`
	Depth int      `json:"depth"` // of groups, and one
	Texts []string `json:"texts"`
}

// inLForms has each questionnaire answered in the forms of others: what comes back
// says the same as our own answers, and our program scores it the same.
func inLForms(t *testing.T, w *apptest.World, list []survey) {
	t.Parallel()
	chromium := startChromium(t)
	mux := http.NewServeMux()
	mux.Handle("/", http.FileServer(http.Dir("node_modules/lforms/dist/lforms")))
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(lformsPage)) // a reader who left needs nothing
	})
	srv := httptest.NewServer(mux)
	defer srv.Close()
	b := newTab(t, chromium, srv.URL, "", "")
	b.do(t) // the window outlives what is done in it
	b.open(t, "/")
	answered := 0
	for _, s := range list {
		for _, f := range s.filled {
			var answers []lformsAnswer
			for _, id := range f.order {
				answers = append(answers, inWords(s.form.Item(id), f.answers[id]))
			}
			given, err := json.Marshal(answers)
			if err != nil {
				t.Fatal(err)
			}
			ask[any](t, b, "fill("+string(s.questionnaire)+", "+string(given)+")")
			ours, _, err := s.form.ReadResponse(f.outcome.Response)
			if err != nil {
				t.Fatal(err)
			}
			// It works out what depends on an answer after the press.
			var back []byte
			var differs []string
			for end := time.Now().Add(patience / 6); ; {
				back = []byte(ask[string](t, b, "response()"))
				theirs, _, err := s.form.ReadResponse(back)
				if err != nil {
					t.Fatalf("%s: what LForms gives is refused: %v\n%s", s.name, err, back)
				}
				if differs = difference(ours, theirs); len(differs) == 0 || time.Now().After(end) {
					break
				}
			}
			for _, d := range differs {
				t.Errorf("%s: %s", s.name, d)
			}
			if got := post(t, w, back); !got.same(f.outcome) {
				t.Errorf("%s: scores and advice %+v, of the answers in LForms %+v", s.name, f.outcome, got)
			}
			answered += len(answers)
		}
	}
	for _, s := range b.take() {
		t.Error(s)
	}
	t.Logf("%d questionnaires, %d answers", len(list), answered)
}

// difference tells where two responses do not say the same, what was worked out
// included.
func difference(ours, theirs fhir.Response) (list []string) {
	if ours.Questionnaire != theirs.Questionnaire || theirs.Status != "completed" && theirs.Status != "in-progress" {
		list = append(list, fmt.Sprintf("%s %s, in LForms %s %s", ours.Questionnaire, ours.Status, theirs.Questionnaire, theirs.Status))
	}
	all := maps.Clone(ours.Answers)
	maps.Copy(all, theirs.Answers)
	for _, id := range slices.Sorted(maps.Keys(all)) {
		if !slices.Equal(ours.Answers[id], theirs.Answers[id]) {
			list = append(list, fmt.Sprintf("%s is %v, in LForms %v", id, ours.Answers[id], theirs.Answers[id]))
		}
	}
	return list
}

func inWords(i *fhir.Item, list []fhir.Value) lformsAnswer {
	out := lformsAnswer{ID: i.LinkID, Kind: i.Type}
	for p := i; p != nil; p = p.Parent {
		out.Depth++
	}
	for _, v := range list {
		text := v.Text
		if k := slices.IndexFunc(i.Options, func(o fhir.Option) bool { return o.Value == v }); k >= 0 {
			text = i.Options[k].Label.Own
		}
		out.Texts = append(out.Texts, text)
	}
	return out
}
