package clock

import (
	"time"
	_ "time/tzdata" // the program must know the zone on a machine without one
)

func mustLoad(name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		panic("the embedded time zone data lacks " + name + ": " + err.Error())
	}
	return loc
}
