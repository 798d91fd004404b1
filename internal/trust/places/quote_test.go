package places

import (
	"strings"
	"testing"
)

func TestAnOpenQuoteNamesTheLineWhereItOpens(t *testing.T) {
	_, err := ReadPostcodes("pc4.csv", strings.NewReader("pc4,gm,gemeente,lat,lon,inwoners,km2\n2611,0503,\"Delft,52.01,4.36,9000,0.9\n2612,0503,Delft,52.01,4.36,9000,0.9\n2613,0503,Delft,52.01,4.36,9000,0.9\n"))
	if err == nil || !strings.Contains(err.Error(), "pc4.csv:2:") {
		t.Error(err)
	}
}
