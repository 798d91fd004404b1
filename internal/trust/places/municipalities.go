package places

import (
	"bytes"
	_ "embed" // the list of municipalities
	"encoding/csv"
	"strconv"
	"sync"
)

//go:embed builtin/municipalities.csv
var municipalitiesCSV []byte

// Municipalities is the list of all 342, built in; no file is needed for it.
// Its inhabitants are unknown (0) until the outlines are imported.
var Municipalities = sync.OnceValue(func() []Place {
	rows, err := csv.NewReader(bytes.NewReader(municipalitiesCSV)).ReadAll()
	if err != nil {
		panic("the built-in list of municipalities: " + err.Error())
	}
	list := make([]Place, 0, len(rows))
	for _, r := range rows[1:] {
		code, path, kind, ok := ParseCode(r[0])
		lat, err1 := strconv.ParseFloat(r[3], 64)
		lon, err2 := strconv.ParseFloat(r[4], 64)
		if !ok || err1 != nil || err2 != nil {
			panic("the built-in list of municipalities: " + r[0])
		}
		list = append(list, Place{Path: path, Kind: kind, Code: code, Name: r[1], Province: r[2], Lat: lat, Lon: lon})
	}
	return list
})
