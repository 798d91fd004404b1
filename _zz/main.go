package main

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	_ "net/http/pprof"
	"os"
	"path/filepath"

	"wijkbaak.nl/internal/app"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/feature/questions"
)

func main() {
	ctx := context.Background()
	dir := os.Args[1]
	a, err := app.Open(ctx, app.Settings{Data: dir, BaseURL: "http://127.0.0.1:8099", Demo: true, Version: "dev", Rate: 0, Theme: "duin", Name: "Wijkbaak Waterkwartier"}, app.Parts{Log: slog.New(slog.NewTextHandler(os.Stderr, nil))})
	if err != nil {
		panic(err)
	}
	if err := a.Migrate(ctx); err != nil {
		panic(err)
	}
	if err := a.FillDemo(ctx); err != nil {
		panic(err)
	}
	_ = access.Actor{}
	if len(os.Args) > 2 {
		for i := range 3000 {
			if _, err := a.Questions.Ask(ctx, questions.Ask{Title: fmt.Sprintf("Wie helpt mij met nummer %d?", i), Body: "Ik zoek iemand die kan helpen met tillen en boodschappen. Ik woon hier al lang en ken niet veel mensen.", Audience: questions.Neighbourhood, Channel: questions.Screen}); err != nil {
				panic(err)
			}
		}
	}
	go a.Run(ctx)
	go http.ListenAndServe("127.0.0.1:8098", nil)
	// yardstick
	rd, _ := sql.Open("sqlite", "file:"+filepath.Join(dir, "wijkbaak.db")+"?_pragma=query_only(1)&_pragma=mmap_size(268435456)&_pragma=busy_timeout(5000)")
	rd.SetMaxOpenConns(4)
	rd.SetMaxIdleConns(4)
	st, err := rd.Prepare("SELECT id, title, asked_at FROM question WHERE listed AND id < $1 ORDER BY id DESC LIMIT 20")
	if err != nil {
		panic(err)
	}
	go http.ListenAndServe("127.0.0.1:8097", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rows, err := st.QueryContext(r.Context(), "~")
		if err != nil {
			panic(err)
		}
		var b bytes.Buffer
		for rows.Next() {
			var id, title string
			var at int64
			rows.Scan(&id, &title, &at)
			b.WriteString("<li>" + title + "</li>")
		}
		rows.Close()
		for b.Len() < 7000 {
			b.WriteString("<p>filling filling filling filling</p>")
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write(b.Bytes())
	}))
	l, err := net.Listen("tcp", "127.0.0.1:8099")
	if err != nil {
		panic(err)
	}
	panic(a.Server().Serve(l))
}
