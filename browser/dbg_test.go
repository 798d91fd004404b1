package browser
import ("testing";"wijkbaak.nl/internal/apptest")
func TestDbg(t *testing.T){
	w := apptest.SQLite(t, apptest.Options{})
	inLForms(t,w,surveys(t,w))
}
