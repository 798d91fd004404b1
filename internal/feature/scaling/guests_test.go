package scaling

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
)

// A guest reads the plan of the coalition by a link, in every form and nothing more,
// and no longer than the link lasts.
func TestAGuestReadsThePlan(t *testing.T) {
	rooms(t, func(t *testing.T, d *desk) {
		v := d.plan(StandardTemplate)
		own, err := d.Create(d.as(fatma), NewPlan{Title: "Van onszelf", Organisation: "waterstad", Start: "2026-06-01"})
		d.must(err)
		page := guestPath("lezer", v.ID)
		for path, text := range map[string]string{
			page: "wb-board", page + "?weergave=tabel&toon=laat": "Kennis delen", page + "?weergave=tijdlijn": "<svg", page + "/blad": "wb-brief",
			page + "/stap/" + v.Steps[0].ID: v.Steps[0].Title, guestPath("prater", v.ID): "Verzekeraar (gast)",
		} {
			body := d.has(nobody, path, 200, text, "noindex", "Coalitie Beeldzorg", `href="/gast/`)
			for _, wrong := range []string{`href="/opschalingsplan`, `action="/opschalingsplan`, "/stand", "/datum", "Verzet"} {
				if strings.Contains(body, wrong) {
					t.Errorf("%s has %q", path, wrong)
				}
			}
			if strings.Contains(path, "lezer") && strings.Contains(body, "/opmerking") {
				t.Errorf("%s: who may only read gets a form", path)
			}
		}
		// A link leads to the plans of its coalition and to no other; a signed-in
		// stranger gets no more with it than anybody.
		for _, path := range []string{guestPath("lezer", own), guestPath("verzonnen", v.ID), guestPath("lezer", "geen"), page + "/stap/geen", guestPath("lezer", own) + "/blad"} {
			for _, a := range []struct{ status int }{{404}} {
				if status, _ := d.get(other, path); status != a.status {
					t.Errorf("%s answers %d", path, status)
				}
			}
		}
		list := []Link{}
		d.read(nobody, func(ctx context.Context, r db.Reader) error {
			list, err = d.ForGuest(ctx, r, group, "lezer")
			return err
		})
		if len(list) != 1 || list[0].Path != page {
			t.Errorf("the plans of the coalition are %v", list)
		}
		d.near.over = true
		for _, path := range []string{page, page + "/blad", page + "?weergave=tabel", page + "/stap/" + v.Steps[0].ID} {
			if status, to := d.get(nobody, path); status != http.StatusSeeOther || to != "/gast/lezer" {
				t.Errorf("%s: an ended link answers %d %.60s", path, status, to)
			}
		}
		if status, to := d.post(nobody, guestPath("prater", v.ID)+"/opmerking", "bericht", "Te laat"); status != http.StatusSeeOther || to != "/gast/prater" {
			t.Errorf("a comment by an ended link answers %d %.60s", status, to)
		}
	})
}

func TestComments(t *testing.T) {
	rooms(t, func(t *testing.T, d *desk) {
		v := d.plan(StandardTemplate)
		page, step := guestPath("prater", v.ID), v.Steps[0].ID
		if status, to := d.post(nobody, page+"/opmerking", "bericht", "Let op <de> aanbesteding", "stap", step); status != 303 || to != page+"/stap/"+step+"#gesprek" {
			t.Fatal(status, to)
		}
		if status, to := d.post(nobody, page+"/opmerking", "bericht", "Mooi plan"); status != 303 || to != page+"#gesprek" {
			t.Fatal(status, to)
		}
		if status, body := d.post(nobody, page+"/opmerking", "bericht", "  "); status != 422 || !strings.Contains(body, "Vul hier iets in") {
			t.Error(status)
		}
		if status, body := d.post(nobody, page+"/opmerking", "bericht", strings.Repeat("x", commentMost+1), "stap", step); status != 422 || !strings.Contains(body, "xxx") {
			t.Error(status)
		}
		if status, _ := d.post(nobody, page+"/opmerking", "bericht", "Hallo", "stap", "geen"); status != 404 {
			t.Error(status)
		}
		if status, _ := d.post(nobody, guestPath("lezer", v.ID)+"/opmerking", "bericht", "Hallo"); status != 403 {
			t.Error(status)
		}
		if status, _ := d.post(neighbour, Path(v.ID)+"/opmerking", "bericht", "Hallo"); status != 404 {
			t.Error(status)
		}
		// Who is inside reads it, marked as of a guest, and answers.
		d.has(joost, Path(v.ID), 200, "Let op &lt;de&gt; aanbesteding", "Verzekeraar (gast)", "Mooi plan", stepPath(v.Steps[0]))
		if status, _ := d.post(eye, Path(v.ID)+"/opmerking", "bericht", "Dank u", "stap", step); status != 303 {
			t.Error(status)
		}
		if status, body := d.post(eye, Path(v.ID)+"/opmerking", "bericht", "", "stap", step); status != 422 || !strings.Contains(body, v.Steps[0].Title) {
			t.Error(status)
		}
		if status, body := d.post(joost, Path(v.ID)+"/opmerking", "bericht", ""); status != 422 || !strings.Contains(body, "wb-board") {
			t.Error(status)
		}
		d.has(nobody, page+"/stap/"+step, 200, "Dank u", "Naam van oog")
		var wait error
		for range 10 {
			if wait = d.SayAsGuest(d.as(nobody), "prater", v.ID, "", "nog iets"); wait != nil {
				break
			}
		}
		d.is(wait, fault.KindTooMany)
		if status, body := d.post(nobody, page+"/opmerking", "bericht", "Bewaar mij"); status != 429 || !strings.Contains(body, "Bewaar mij") {
			t.Error(status)
		}
		d.clock.Advance(2 * time.Minute)
		d.must(d.SayAsGuest(d.as(nobody), "prater", v.ID, "", "weer iets"))

		// A guest takes back only what the same guest said; who writes the plan all.
		talk, err := d.Talk(d.as(fatma), v.ID, step, "")
		d.must(err)
		if len(talk.Comments) != 2 || talk.Comments[0].Person != "oog" {
			t.Fatalf("%+v", talk)
		}
		ofEye, ofGuest := talk.Comments[0].ID, talk.Comments[1].ID
		d.is(d.UnsayAsGuest(d.as(nobody), "lezer", v.ID, ofGuest), fault.KindDenied)
		d.is(d.UnsayAsGuest(d.as(nobody), "prater", v.ID, ofEye), fault.KindDenied)
		d.is(d.Unsay(d.as(eye), v.ID, ofGuest), fault.KindDenied)
		d.is(d.Unsay(d.as(other), v.ID, ofGuest), fault.KindNotFound)
		if status, to := d.post(joost, Path(v.ID)+"/opmerking/weg", "opmerking", ofGuest, "stap", step); status != 303 || !strings.HasSuffix(to, "/stap/"+step+"#gesprek") {
			t.Error(status, to)
		}
		d.is(d.Unsay(d.as(joost), v.ID, ofGuest), fault.KindNotFound)
		if status, _ := d.post(nobody, page+"/opmerking/weg", "opmerking", ofGuest); status != 404 {
			t.Error(status)
		}

		// Taken along and erased.
		var data []byte
		d.read(eye, func(ctx context.Context, r db.Reader) error {
			part, err := personal{}.Export(ctx, r, "oog")
			data, _ = json.Marshal(part.Data)
			return err
		})
		if !strings.Contains(string(data), "Dank u") || strings.Contains(string(data), "aanbesteding") {
			t.Errorf("the export is %s", data)
		}
		d.must(d.DB.Write(d.as(eye), func(ctx context.Context, tx *db.Tx) error { return personal{}.Erase(ctx, tx, "oog") }))
		if talk, err = d.Talk(d.as(fatma), v.ID, step, ""); err != nil || len(talk.Comments) != 0 {
			t.Errorf("%+v %v", talk, err)
		}
		// What was said of a step goes with the step.
		d.must(d.Say(d.as(joost), v.ID, step, "Dit gaat mee"))
		d.must(d.RemoveStep(d.as(fatma), Edit{Plan: v.ID, Version: 1}, step))
		talk, err = d.Talk(d.as(fatma), v.ID, "", "")
		d.must(err)
		for _, c := range talk.Comments {
			if c.Step != "" {
				t.Errorf("%q is left", c.Body)
			}
		}
	})
}

// The name of a guest goes when the coalition has forgotten the guest, and not before.
func TestTheNameOfAGuestGoesWithTheLink(t *testing.T) {
	rooms(t, func(t *testing.T, d *desk) {
		v := d.plan("")
		d.must(d.SayAsGuest(d.as(nobody), "prater", v.ID, "", "Let op de aanbesteding"))
		for _, gone := range []bool{false, true} {
			d.near.gone = gone
			d.must(d.Night(t.Context()))
			talk, err := d.Talk(d.as(fatma), v.ID, "", "")
			d.must(err)
			if len(talk.Comments) != 1 || (talk.Comments[0].Name == "") != gone || talk.Comments[0].Guest == "" {
				t.Errorf("forgotten %v: %+v", gone, talk.Comments)
			}
		}
		d.has(fatma, Path(v.ID), 200, "Let op de aanbesteding", "Een gast")
	})
}

func TestManyComments(t *testing.T) {
	rooms(t, func(t *testing.T, d *desk) {
		v := d.plan("")
		for range commentsMost + 3 {
			d.must(d.Say(d.as(joost), v.ID, "", "zeg"))
		}
		talk, err := d.Talk(d.as(joost), v.ID, "", "")
		if err != nil || len(talk.Comments) != commentsMost || talk.Next == "" {
			t.Fatal(len(talk.Comments), talk.Next, err)
		}
		d.has(joost, Path(v.ID), 200, "?voor="+talk.Next)
		if talk, err = d.Talk(d.as(joost), v.ID, "", talk.Next); err != nil || len(talk.Comments) != 3 || talk.Next != "" {
			t.Error(len(talk.Comments), talk.Next, err)
		}
	})
}
