package main

import (
	"strings"
	"testing"
)

func TestGenerate(t *testing.T) {
	dir := t.TempDir()
	out := must(t, "generate", "--data", dir, "--questions", "5", "--answers", "5", "--initiatives", "6", "--pilots", "6", "--measurements", "90",
		"--coalitions", "3", "--plans", "4")
	if !strings.Contains(out, "pilots: 6\n") || !strings.Contains(out, "6 pilots with 90 measurements, 3 coalitions and 4 plans") {
		t.Error(out)
	}
	r := serve(t, "--data", dir)
	if status, text := page(t, "http://"+r.addr+"/pilots"); status != 200 || !strings.Contains(text, "Proef 6") {
		t.Errorf("%d %.500s", status, text)
	}
	if status, text := page(t, "http://"+r.addr+"/coalities"); status != 200 || !strings.Contains(text, " 1-0") {
		t.Errorf("%d %.500s", status, text)
	}
	if err := r.stop(); err != nil {
		t.Error(err)
	}
	refuses(t, "take --initiatives 30 or more", "generate", "--data", t.TempDir(), "--initiatives", "2", "--pilots", "30")
	refuses(t, "take --pilots above 0", "generate", "--data", t.TempDir(), "--measurements", "2")
	refuses(t, "take numbers from 0", "generate", "--data", t.TempDir(), "--questions=-1")
	refuses(t, "there are data in", "generate", "--data", dir)
}
