package offers

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"strconv"
	"strings"

	"wijkbaak.nl/internal/base/ui"
	"wijkbaak.nl/internal/base/web"
)

// jsonLD tells search engines in the words of schema.org what the page tells people.
func (s *Service) jsonLD(w http.ResponseWriter, r *http.Request) error {
	d, err := s.Get(r.Context(), r.PathValue("slug"))
	if err != nil {
		return err
	}
	body, err := json.Marshal(s.linked(r.Context(), &d))
	if err != nil {
		return err
	}
	return web.Bytes(w, r, http.StatusOK, "application/ld+json", body)
}

// types are the kinds in the words of schema.org.
var types = map[string]string{"activity": "Event", "service": "Service", "application": "SoftwareApplication", "device": "Product",
	"training": "Course", "place": "Place", "group": "Organization"}

// linked is an offer as schema.org has it.
func (s *Service) linked(ctx context.Context, d *Detail) map[string]any {
	page := s.o.BaseURL + ui.Href(ctx, Path(d.Slug))
	kind := types[d.Kind]
	if kind == "Event" && len(d.Schedule) == 0 {
		kind = "Service"
	}
	v := map[string]any{"@context": "https://schema.org", "@type": kind, "@id": page, "url": page, "name": d.Name, "description": d.Summary, "inLanguage": d.Languages}
	by := map[string]any{"@type": "Organization", "name": d.By.Name}
	if d.By.URL != "" {
		by["url"] = d.By.URL
	}
	var spots []map[string]any
	for _, l := range d.Locations {
		spot := map[string]any{"@type": "Place", "name": l.Name, "address": map[string]any{"@type": "PostalAddress", "streetAddress": l.Street,
			"postalCode": l.Postcode, "addressLocality": l.Town, "addressCountry": "NL"}}
		if l.Lat != 0 {
			spot["geo"] = map[string]any{"@type": "GeoCoordinates", "latitude": l.Lat, "longitude": l.Lon}
		}
		spots = append(spots, spot)
	}
	switch kind {
	case "Event":
		v["organizer"], v["eventSchedule"] = by, schedules(d.Schedule)
		if len(spots) > 0 {
			v["location"] = spots
		}
		v["eventStatus"] = "https://schema.org/EventScheduled"
		at := slotOf(d.Schedule[0])
		if begin, ok := at.next(s.clock.Now()); ok {
			v["startDate"] = begin.Format("2006-01-02T15:04:05-07:00")
		}
	case "SoftwareApplication":
		v["publisher"], v["applicationCategory"] = by, "HealthApplication"
		if d.Application != nil {
			v["operatingSystem"] = strings.Join(d.Application.Platforms, ", ")
		}
	case "Place":
		if len(spots) > 0 {
			v["address"], v["geo"] = spots[0]["address"], spots[0]["geo"]
		}
	case "Organization":
		v["memberOf"] = by
		if len(spots) > 0 {
			v["location"] = spots
		}
	default:
		v["provider"] = by
		if len(spots) > 0 && kind == "Service" {
			v["availableChannel"] = map[string]any{"@type": "ServiceChannel", "serviceLocation": spots}
		}
	}
	if d.Cost.Kind == "free" {
		v["isAccessibleForFree"] = true
	} else if d.Cost.Cents > 0 {
		v["offers"] = map[string]any{"@type": "Offer", "price": float64(d.Cost.Cents) / 100, "priceCurrency": "EUR"}
	}
	for key, value := range v {
		if list, ok := value.([]string); value == nil || value == "" || ok && len(list) == 0 {
			delete(v, key)
		}
	}
	return v
}

// dayNames are the days in the words of schema.org.
var dayNames = map[string]string{"mon": "Monday", "tue": "Tuesday", "wed": "Wednesday", "thu": "Thursday", "fri": "Friday", "sat": "Saturday", "sun": "Sunday"}

func schedules(list []Slot) []map[string]any {
	var out []map[string]any
	for _, s := range list {
		v := map[string]any{"@type": "Schedule", "scheduleTimezone": "Europe/Amsterdam"}
		if s.From != "" {
			v["startTime"] = s.From
		}
		if s.To != "" {
			v["endTime"] = s.To
		}
		if len(s.Days) > 0 {
			v["repeatFrequency"] = "P1W"
			if s.Every > 1 {
				v["repeatFrequency"] = "P" + strconv.Itoa(s.Every) + "W"
			}
			if s.Nth != 0 {
				v["repeatFrequency"] = "P1M"
			}
			var days []string
			for _, d := range s.Days {
				days = append(days, "https://schema.org/"+dayNames[d])
			}
			v["byDay"] = days
		}
		for _, d := range s.Dates {
			one := map[string]any{"startDate": d, "endDate": d}
			maps.Copy(one, v)
			out = append(out, one)
		}
		if len(s.Days) > 0 {
			out = append(out, v)
		}
	}
	return out
}
