package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestRecognise(t *testing.T) {
	for want, text := range map[string]string{
		"MIT":          "Permission is hereby granted, free of charge, to any person …\nTHE SOFTWARE IS PROVIDED \"AS IS\"",
		"BSD-3-Clause": "Redistribution and use in source and binary forms … may be used to endorse or\npromote products",
		"BSD-2-Clause": "Redistribution and use in source and binary\nforms, with or without modification",
		"Apache-2.0":   "Apache License\n Version 2.0, January 2004",
		"MPL-2.0":      "Mozilla Public License Version 2.0",
		"GPL":          "GNU AFFERO GENERAL PUBLIC LICENSE Version 3",
		"unknown":      "All rights reserved. Do what we say.",
	} {
		if got := recognise(text); got != want {
			t.Errorf("%q is taken for %s, not %s", text, got, want)
		}
	}
}

func TestModuleWithoutLicence(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "README.md"), []byte("MIT"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := licenceOf(dir); err == nil {
		t.Errorf("a module without a licence file is taken for %s", got)
	}
}
