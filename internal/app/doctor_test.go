package app

import (
	"strings"
	"testing"
)

func TestDoctorOnAFullDisk(t *testing.T) {
	for free, want := range map[uint64]Level{0: Wrong, 63 << 20: Wrong, 64 << 20: Warning, 2 << 30: Good} {
		d := &doctor{}
		d.disk(free)
		if d.list[0].Level != want || (want == Wrong) != strings.Contains(d.list[0].Text, "it is full, so") {
			t.Errorf("%d bytes: %+v", free, d.list)
		}
	}
}
