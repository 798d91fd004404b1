package screenings

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/csv"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/decimal"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/jobs"
	"wijkbaak.nl/internal/base/mail"
	"wijkbaak.nl/internal/base/returncode"
	"wijkbaak.nl/internal/trust/audit"
)

// Sent is one invitation with its code: the only moment at which the code is known.
type Sent struct {
	Number   int
	District string
	Code     string
	invite   string
	email    string
}

// Asked is what a form asks to be made.
type Asked struct {
	Form      string // key of the form, made once
	Channel   string
	Districts []Wish   // on paper
	District  string   // by mail
	Addresses []string // by mail
}

// Invite makes codes and gives them; they cannot be given again. Those by mail are
// written to at once, and skipped counts the addresses that were invited before.
func (s *Service) Invite(ctx context.Context, id string, q Asked) (r Round, list []Sent, skipped int, err error) {
	if q.Form == "" {
		return r, nil, 0, fault.Conflict("screenings.wrong.form")
	}
	wishes := q.Districts
	if q.Channel == ByMail {
		if !postcodeForm.MatchString(q.District) {
			return r, nil, 0, fault.Invalid(fault.Field{Name: "wijk", Key: "screenings.wrong.postcode"})
		}
		wishes = []Wish{{q.District, len(q.Addresses)}}
	}
	total := 0
	names := map[string]string{}
	for _, w := range wishes {
		total += w.Codes
		if names[w.District], err = s.Places.District(ctx, w.District); err != nil {
			return r, nil, 0, err
		}
	}
	if q.Channel == BySheet && total > sheetsMost {
		return r, nil, 0, fault.Invalid(fault.Field{Name: "wijken", Key: "screenings.wrong.sheets", Args: []any{"most", sheetsMost}})
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		list, skipped = nil, 0
		if r, err = s.run(ctx, tx, id); err != nil {
			return err
		}
		if r.State != Open || s.today() > r.Ends {
			return fault.Conflict("screenings.wrong.notopen")
		}
		if r.Numbers+total > invitesMost {
			return fault.Conflict("screenings.wrong.invites", "most", invitesMost)
		}
		for _, w := range wishes {
			b := Batch{ID: s.IDs(), Round: id, Form: q.Form, Channel: q.Channel, District: w.District, DistrictName: names[w.District], Codes: w.Codes,
				Person: actor(ctx), At: s.Clock.Now()}
			made, err := s.make(ctx, tx, &r, b, w.Codes, q.Addresses)
			if err != nil {
				return err
			}
			skipped += w.Codes - len(made)
			list = append(list, made...)
		}
		if q.Channel == ByMail {
			for _, v := range list {
				if err := s.mailInvitation(ctx, tx, r, v, 0); err != nil {
					return err
				}
			}
		}
		return s.record(ctx, tx, "screening.invite", audit.Create, "screening-round", id, r.Organisation)
	})
	return r, list, skipped, err
}

// make makes the codes of one pile.
func (s *Service) make(ctx context.Context, tx *db.Tx, r *Round, b Batch, n int, addresses []string) ([]Sent, error) {
	added, err := addBatch(ctx, tx, b)
	if err != nil {
		return nil, err
	}
	if !added {
		return nil, fault.Conflict("screenings.wrong.form")
	}
	var list []Sent
	for k := range n {
		v := Invite{ID: s.IDs(), Round: r.ID, Batch: b.ID, Number: r.Numbers + len(list) + 1, District: b.District, Channel: b.Channel, State: asked, Made: b.At}
		if b.Channel == ByMail {
			v.Email = addresses[k]
		}
		fresh, err := addInvite(ctx, tx, v)
		if err != nil {
			return nil, err
		}
		if !fresh {
			continue // the address was invited before
		}
		code, err := s.newCode(ctx, tx, v.ID)
		if err != nil {
			return nil, err
		}
		list = append(list, Sent{v.Number, v.District, code.String(), v.ID, v.Email})
	}
	r.Numbers += len(list)
	if _, err := tx.Exec(ctx, updateNumbers, r.ID, len(list)); err != nil {
		return nil, err
	}
	if len(list) < n {
		_, err = tx.Exec(ctx, updateBatch, b.ID, len(list))
	}
	return list, err
}

// newCode makes a code that opens an invitation, and keeps its hash.
func (s *Service) newCode(ctx context.Context, tx *db.Tx, invite string) (returncode.Code, error) {
	code := returncode.New(rand.Reader)
	_, err := tx.Exec(ctx, insertCode, s.hash(code), invite, db.At(s.Clock.Now()))
	return code, err
}

// hash is what is kept of a code. It is another one than in other rooms, so that a
// code of one says nothing in another.
func (s *Service) hash(code returncode.Code) []byte {
	h := hmac.New(sha256.New, s.Key)
	h.Write([]byte("wijkbaak screening code 1\x00")) //nolint:errcheck // a hash never fails
	h.Write(code.Hash(s.Key))                        //nolint:errcheck // a hash never fails
	return h.Sum(nil)
}

// Withdraw ends the codes of a pile that nobody used yet: lost letters, a wrong
// list. Who answered already keeps the code.
func (s *Service) Withdraw(ctx context.Context, id, batch string) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		r, err := s.run(ctx, tx, id)
		if err != nil {
			return err
		}
		n, err := tx.Exec(ctx, withdrawBatch, batch, id)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.NotFound()
		}
		gone, err := db.All(ctx, tx, db.Value[string], selectUnasked, batch)
		if err != nil {
			return err
		}
		if err := s.dropLetters(ctx, tx, gone...); err != nil {
			return err
		}
		if err := tx.ExecEach(ctx, []string{batchCodes, deleteUnasked}, batch); err != nil {
			return err
		}
		return s.record(ctx, tx, "screening.withdraw", audit.Delete, "screening-batch", batch, r.Organisation)
	})
}

// file writes codes to be merged with addresses elsewhere.
func (s *Service) file(ctx context.Context, list []Sent) ([]byte, error) {
	lines := [][]string{{i18n.T(ctx, "screenings.file.number"), i18n.T(ctx, "screenings.file.district"), i18n.T(ctx, "screenings.file.code"), i18n.T(ctx, "screenings.file.address")}}
	for _, v := range list {
		lines = append(lines, []string{strconv.Itoa(v.Number), decimal.Cell(v.District), decimal.Cell(strings.ReplaceAll(v.Code, "-", " ")), s.codeURL(v.Code)})
	}
	return spreadsheet(lines)
}

func spreadsheet(lines [][]string) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	w.Comma, w.UseCRLF = ';', true
	err := w.WriteAll(lines)
	return b.Bytes(), err
}

// codeURL is what stands in a letter and in its QR code.
func (s *Service) codeURL(code string) string { return s.BaseURL + codeBase + "/" + code }

const silentMost = 50_000

// Silent writes the numbers of the letters on paper that nobody answered after the
// time that the round sets, for the file with addresses that is kept elsewhere.
func (s *Service) Silent(ctx context.Context, id string) ([]byte, error) {
	lines := [][]string{{i18n.T(ctx, "screenings.file.number"), i18n.T(ctx, "screenings.file.district")}}
	err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		lines = lines[:1]
		r, err := s.run(ctx, tx, id)
		if err != nil {
			return err
		}
		if !r.Running(s.today()) {
			return fault.Conflict("screenings.wrong.notopen")
		}
		before := db.At(s.Clock.Now().Add(-time.Duration(r.RemindDays) * 24 * time.Hour))
		for _, channel := range []string{ByFile, BySheet} {
			list, err := db.All(ctx, tx, scanSilent, selectSilent, id, channel, before, silentMost)
			if err != nil {
				return err
			}
			for _, v := range list {
				lines = append(lines, []string{strconv.Itoa(v.number), v.district})
			}
		}
		return s.record(ctx, tx, "screening.silent", audit.Read, "screening-round", id, r.Organisation)
	})
	if err != nil {
		return nil, err
	}
	return spreadsheet(lines)
}

// stopPath is where somebody says that they want no letters: the seal keeps one from
// making a link for another.
func (s *Service) stopPath(invite string) string {
	return stopBase + "/" + invite + "." + s.seal(invite)
}

func (s *Service) seal(invite string) string {
	h := hmac.New(sha256.New, s.Key)
	fmt.Fprintf(h, "wijkbaak screening letters 1\x00%s", invite) //nolint:errcheck // a hash never fails
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:24])
}

func (s *Service) reader(token string) (invite string, err error) {
	invite, seal, _ := strings.Cut(token, ".")
	if invite == "" || !hmac.Equal([]byte(seal), []byte(s.seal(invite))) {
		return "", fault.NotFound()
	}
	return invite, nil
}

// Quiet tells whether whose link this is wants no letters.
func (s *Service) Quiet(ctx context.Context, token string) (bool, error) {
	invite, err := s.reader(token)
	if err != nil {
		return false, err
	}
	v, err := db.One(ctx, s.DB, scanInvite, selectInvite, invite)
	if fault.KindOf(err) == fault.KindNotFound && err != nil {
		return true, nil // all of it is gone
	}
	return v.Quiet, err
}

// Stop ends the letters to whose link this is, and forgets the address.
func (s *Service) Stop(ctx context.Context, token string) error {
	invite, err := s.reader(token)
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.Exec(ctx, quietInvite, invite)
		if err != nil || n == 0 {
			return err
		}
		if _, err := tx.Exec(ctx, stopLetters, invite); err != nil {
			return err
		}
		if err := s.dropLetters(ctx, tx, invite); err != nil {
			return err
		}
		return s.record(ctx, tx, "screening.stop", audit.Update, "screening-invite", invite, "")
	})
}

// inLetter finds the ids of invitations in a letter: each holds the link with which
// to stop them.
var inLetter = regexp.MustCompile(`([0-9a-f-]{36})\.`)

// dropLetters takes back the letters about invitations that are not sent yet.
func (s *Service) dropLetters(ctx context.Context, tx *db.Tx, invites ...string) error {
	about := map[string]bool{}
	for _, id := range invites {
		about[id] = true
	}
	return jobs.Drop(ctx, tx, mail.Job, func(payload []byte) bool {
		return slices.ContainsFunc(inLetter.FindAllSubmatch(payload, -1), func(found [][]byte) bool { return about[string(found[1])] })
	})
}
