package practices

import (
	"context"
	"encoding/json"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/protocol/practice"
)

const (
	practiceColumns = `name, initiative, title, summary, licence, author, contact, latest, lineage, changed_at, withdrawn_at, withdrawn_why`
	upsertPractice  = `INSERT INTO practice (` + practiceColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
		ON CONFLICT (name) DO UPDATE SET title = excluded.title, summary = excluded.summary, licence = excluded.licence,
		author = excluded.author, contact = excluded.contact, latest = excluded.latest, lineage = excluded.lineage,
		changed_at = excluded.changed_at, withdrawn_at = excluded.withdrawn_at, withdrawn_why = excluded.withdrawn_why`
	selectPractice     = `SELECT ` + practiceColumns + ` FROM practice WHERE name = $1`
	selectPractices    = `SELECT ` + practiceColumns + ` FROM practice WHERE withdrawn_at IS NULL AND name > $1 ORDER BY name LIMIT $2`
	selectOfInitiative = `SELECT ` + practiceColumns + ` FROM practice WHERE initiative = $1 ORDER BY initiative, name LIMIT 20`
	withdrawPractice   = `UPDATE practice SET withdrawn_at = $2, withdrawn_why = $3, changed_at = $2 WHERE name = $1`

	versionColumns = `practice, version, sha256, size, note, at, by_person`
	insertVersion  = `INSERT INTO practice_version (` + versionColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7)`
	selectVersion  = `SELECT ` + versionColumns + ` FROM practice_version WHERE practice = $1 AND version = $2`
	selectVersions = `SELECT ` + versionColumns + ` FROM practice_version WHERE practice = $1 ORDER BY at DESC LIMIT 200`

	insertFile  = `INSERT INTO practice_file (sha256, data, signature, about) VALUES ($1, $2, $3, $4) ON CONFLICT (sha256) DO NOTHING`
	selectFile  = `SELECT data FROM practice_file WHERE sha256 = $1`
	selectAbout = `SELECT signature, about FROM practice_file WHERE sha256 = $1`

	insertLeaf       = `INSERT INTO practice_log (leaf, line) VALUES ($1, $2)`
	selectLeaves     = `SELECT leaf, line FROM practice_log WHERE leaf >= $1 ORDER BY leaf LIMIT $2`
	insertCheckpoint = `INSERT INTO practice_checkpoint (size, note, at) VALUES ($1, $2, $3) ON CONFLICT (size) DO NOTHING`
	selectCheckpoint = `SELECT size, note FROM practice_checkpoint WHERE size > $1 ORDER BY size DESC LIMIT 1`

	insertDraft = `INSERT INTO practice_draft (initiative, offer, version, at, by_person) VALUES ($1, $2, 1, $3, $4) ON CONFLICT (initiative) DO NOTHING`
	updateDraft = `UPDATE practice_draft SET offer = $2, version = version + 1, at = $3, by_person = $4 WHERE initiative = $1 AND version = $5`
	selectDraft = `SELECT offer, version FROM practice_draft WHERE initiative = $1`
	deleteDraft = `DELETE FROM practice_draft WHERE initiative = $1`

	upsertDraftFile = `INSERT INTO practice_draft_file (initiative, path, data, title, kind, licence) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (initiative, path) DO UPDATE SET data = excluded.data, title = excluded.title, kind = excluded.kind, licence = excluded.licence`
	selectDraftFiles = `SELECT path, data, title, kind, licence FROM practice_draft_file WHERE initiative = $1 ORDER BY initiative, path LIMIT 200`
	selectDraftFile  = `SELECT path, data, title, kind, licence FROM practice_draft_file WHERE initiative = $1 AND path = $2`
	listDraftFiles   = `SELECT path, LENGTH(data), title, kind, licence FROM practice_draft_file WHERE initiative = $1 ORDER BY initiative, path LIMIT 200`
	deleteDraftFile  = `DELETE FROM practice_draft_file WHERE initiative = $1 AND path = $2`

	upsertMade = `INSERT INTO practice_made (initiative, part, thing_key, thing) VALUES ($1, $2, $3, $4)
		ON CONFLICT (initiative, part, thing_key) DO UPDATE SET thing = excluded.thing`
	selectMade = `SELECT thing_key, thing FROM practice_made WHERE initiative = $1 AND part = $2 ORDER BY initiative, part, thing_key LIMIT 200`

	incomingColumns    = `id, initiative, address, data, signature, at, by_person`
	insertIncoming     = `INSERT INTO practice_incoming (` + incomingColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7)`
	selectIncoming     = `SELECT ` + incomingColumns + ` FROM practice_incoming WHERE id = $1`
	selectIncomingBy   = `SELECT by_person FROM practice_incoming WHERE id = $1`
	deleteIncoming     = `DELETE FROM practice_incoming WHERE id = $1`
	deleteOldIncoming  = `DELETE FROM practice_incoming WHERE at < $1`
	selectIncomingOfBy = `SELECT id FROM practice_incoming WHERE by_person = $1 ORDER BY at DESC LIMIT 100`
	deleteIncomingOfBy = `DELETE FROM practice_incoming WHERE by_person = $1`

	adoptedColumns = `initiative, address, public_key, name, title, version, sha256, base, answers, lineage, at, by_person`
	upsertAdopted  = `INSERT INTO practice_adopted (` + adoptedColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
		ON CONFLICT (initiative) DO UPDATE SET title = excluded.title, version = excluded.version, sha256 = excluded.sha256,
		base = excluded.base, answers = excluded.answers, lineage = excluded.lineage, at = excluded.at, by_person = excluded.by_person`
	selectAdopted     = `SELECT ` + adoptedColumns + ` FROM practice_adopted WHERE initiative = $1`
	selectAllAdopted  = `SELECT ` + adoptedColumns + ` FROM practice_adopted WHERE initiative > $1 ORDER BY initiative LIMIT $2`
	selectAdoptedFrom = `SELECT ` + adoptedColumns + ` FROM practice_adopted WHERE address = $1 AND name = $2 ORDER BY address, name, initiative LIMIT 100`

	peerColumns = `address, public_key, checkpoint, offers, trouble, pinned_at, checked_at`
	insertPeer  = `INSERT INTO practice_peer (` + peerColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (address) DO NOTHING`
	updatePeer  = `UPDATE practice_peer SET checkpoint = $2, offers = $3, trouble = $4, checked_at = $5 WHERE address = $1`
	selectPeer  = `SELECT ` + peerColumns + ` FROM practice_peer WHERE address = $1`
	selectByKey = `SELECT ` + peerColumns + ` FROM practice_peer WHERE public_key = $1`
	selectPeers = `SELECT ` + peerColumns + ` FROM practice_peer WHERE address > $1 ORDER BY address LIMIT $2`
	deletePeer  = `DELETE FROM practice_peer WHERE address = $1`

	receivedColumns  = `public_key, message, origin, practice, state, sender, via, content, signed, at, received_at`
	insertReceived   = `INSERT INTO practice_result (` + receivedColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (public_key, message, origin) DO NOTHING`
	selectReceived   = `SELECT ` + receivedColumns + ` FROM practice_result WHERE origin = $1 AND practice = $2 AND state = $3 ORDER BY at DESC LIMIT 500`
	countTold        = `SELECT COUNT(*) FROM practice_result WHERE origin = $1 AND practice = $2 AND state = 'told'`
	selectHeld       = `SELECT ` + receivedColumns + ` FROM practice_result WHERE state = $1 ORDER BY received_at DESC LIMIT 100`
	selectOneHeld    = `SELECT ` + receivedColumns + ` FROM practice_result WHERE public_key = $1 AND message = $2 AND origin = ''`
	selectHeldOf     = `SELECT message FROM practice_result WHERE public_key = $1 AND state = 'held' ORDER BY received_at DESC LIMIT 100`
	countHeldFrom    = `SELECT COUNT(*) FROM practice_result WHERE sender = $1 AND state = 'held'`
	deleteHeld       = `DELETE FROM practice_result WHERE public_key = $1 AND message = $2 AND state = 'held'`
	judgeReceived    = `UPDATE practice_result SET state = $2 WHERE public_key = $1 AND sender = $3 AND state = 'held'`
	deleteOldHeld    = `DELETE FROM practice_result WHERE state = 'held' AND received_at < $1`
	countHeldOfState = `SELECT COUNT(*) FROM practice_result WHERE state = $1`
	// Who is met from now on signs for itself; who signed in its name did not.
	believeTold = `UPDATE practice_result SET state = CASE WHEN public_key = $2 THEN 'accepted' ELSE 'refused' END WHERE sender = $1 AND state = 'told'`
	doubtTold   = `UPDATE practice_result SET state = 'told' WHERE sender = $1 AND state = 'accepted' AND origin <> ''`

	sentColumns   = `id, initiative, address, practice, content, signed, trouble, at, sent_at, by_person`
	insertSent    = `INSERT INTO practice_sent (` + sentColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`
	selectSent    = `SELECT ` + sentColumns + ` FROM practice_sent WHERE id = $1`
	selectSentOf  = `SELECT ` + sentColumns + ` FROM practice_sent WHERE initiative = $1 ORDER BY at DESC LIMIT 50`
	selectWaiting = `SELECT ` + sentColumns + ` FROM practice_sent WHERE sent_at IS NULL ORDER BY at LIMIT 200`
	markSent      = `UPDATE practice_sent SET sent_at = $2, trouble = $3 WHERE id = $1`

	exportVersions = `SELECT practice, version, at FROM practice_version WHERE by_person = $1 ORDER BY at LIMIT 1000`
	exportAdopted  = `SELECT name, version, at FROM practice_adopted WHERE by_person = $1 ORDER BY at LIMIT 1000`
	exportSent     = `SELECT practice, address, at FROM practice_sent WHERE by_person = $1 ORDER BY at LIMIT 1000`
	exportDrafts   = `SELECT initiative, 'offer', at FROM practice_draft WHERE by_person = $1 ORDER BY at LIMIT 1000`
	exportIncoming = `SELECT address, initiative, at FROM practice_incoming WHERE by_person = $1 ORDER BY at LIMIT 1000`
	forgetVersions = `UPDATE practice_version SET by_person = NULL WHERE by_person = $1`
	forgetAdopted  = `UPDATE practice_adopted SET by_person = NULL WHERE by_person = $1`
	forgetSent     = `UPDATE practice_sent SET by_person = NULL WHERE by_person = $1`
	forgetDrafts   = `UPDATE practice_draft SET by_person = NULL WHERE by_person = $1`
)

func scanPractice(s db.Scanner) (Practice, error) {
	var p Practice
	var lineage db.JSON[[]practice.Ancestor]
	var changed, withdrawn db.Time
	err := s.Scan(&p.Name, &p.Initiative, &p.Title, &p.Summary, &p.Licence, &p.Author, &p.Contact, &p.Latest, &lineage, &changed, &withdrawn, &p.Why)
	p.Lineage, p.ChangedAt, p.WithdrawnAt = lineage.V, changed.Time, withdrawn.Time
	return p, err
}

func (p Practice) columns() []any {
	return []any{p.Name, p.Initiative, p.Title, p.Summary, p.Licence, p.Author, p.Contact, p.Latest, db.JSON[[]practice.Ancestor]{V: p.Lineage},
		db.At(p.ChangedAt), db.At(p.WithdrawnAt), p.Why}
}

func scanVersion(s db.Scanner) (Version, error) {
	var v Version
	var at db.Time
	var by db.Null
	err := s.Scan(&v.Practice, &v.Version, &v.SHA256, &v.Size, &v.Note, &at, &by)
	v.At, v.By = at.Time, string(by)
	return v, err
}

func scanAbout(s db.Scanner) (About, error) {
	var about db.JSON[About]
	var signature string
	err := s.Scan(&signature, &about)
	about.V.Signature = signature
	return about.V, err
}

type leafRow struct {
	Leaf int64
	Line string
}

func scanLeaf(s db.Scanner) (leafRow, error) {
	var l leafRow
	return l, s.Scan(&l.Leaf, &l.Line)
}

type checkpointRow struct {
	Size int64
	Note string
}

func scanCheckpoint(s db.Scanner) (checkpointRow, error) {
	var c checkpointRow
	return c, s.Scan(&c.Size, &c.Note)
}

func scanDraft(s db.Scanner) (Offer, error) {
	var o db.JSON[Offer]
	var version int64
	err := s.Scan(&o, &version)
	o.V.Edit = version
	return o.V, err
}

type draftFile struct {
	Path                 string
	Data                 []byte
	Title, Kind, Licence string
}

func scanDraftFile(s db.Scanner) (draftFile, error) {
	var f draftFile
	return f, s.Scan(&f.Path, &f.Data, &f.Title, &f.Kind, &f.Licence)
}

func scanAboutFile(s db.Scanner) (f AboutFile, err error) {
	err = s.Scan(&f.Path, &f.Size, &f.Title, &f.Kind, &f.Licence)
	return f, err
}

func scanIncoming(s db.Scanner) (Incoming, error) {
	var i Incoming
	var at db.Time
	var by db.Null
	err := s.Scan(&i.ID, &i.Initiative, &i.Address, &i.Data, &i.Signature, &at, &by)
	i.At, i.By = at.Time, string(by)
	return i, err
}

func scanAdopted(s db.Scanner) (Adopted, error) {
	var a Adopted
	var base, answers db.JSON[map[string]string]
	var lineage db.JSON[[]practice.Ancestor]
	var at db.Time
	var by db.Null
	err := s.Scan(&a.Initiative, &a.Address, &a.Key, &a.Name, &a.Title, &a.Version, &a.SHA256, &base, &answers, &lineage, &at, &by)
	a.Base, a.Answers, a.Lineage, a.At, a.By = base.V, answers.V, lineage.V, at.Time, string(by)
	return a, err
}

func keepAdopted(ctx context.Context, tx *db.Tx, a Adopted) error {
	_, err := tx.Exec(ctx, upsertAdopted, a.Initiative, a.Address, a.Key, a.Name, a.Title, a.Version, a.SHA256, db.JSON[map[string]string]{V: a.Base},
		db.JSON[map[string]string]{V: a.Answers}, db.JSON[[]practice.Ancestor]{V: a.Lineage}, db.At(a.At), db.Null(a.By))
	return err
}

func scanPeer(s db.Scanner) (Peer, error) {
	var p Peer
	var offers db.JSON[[]Offered]
	var pinned, checked db.Time
	err := s.Scan(&p.Address, &p.Key, &p.Checkpoint, &offers, &p.Trouble, &pinned, &checked)
	p.Offers, p.PinnedAt, p.CheckedAt = offers.V, pinned.Time, checked.Time
	return p, err
}

func (p Peer) columns() []any {
	return []any{p.Address, p.Key, p.Checkpoint, db.JSON[[]Offered]{V: p.Offers}, p.Trouble, db.At(p.PinnedAt), db.At(p.CheckedAt)}
}

// findPeer gives false where the instance is not known.
func findPeer(ctx context.Context, r db.Reader, query, by string) (Peer, bool, error) {
	p, err := db.One(ctx, r, scanPeer, query, by)
	if fault.KindOf(err) == fault.KindNotFound {
		return Peer{}, false, nil
	}
	return p, err == nil, err
}

func scanReceived(s db.Scanner) (Received, error) {
	var v Received
	var content string
	var at, received db.Time
	err := s.Scan(&v.Key, &v.ID, &v.From, &v.Practice, &v.State, &v.Sender, &v.Via, &content, &v.Signed, &at, &received)
	if err != nil {
		return v, err
	}
	err = json.Unmarshal([]byte(content), &v.Message)
	v.ReceivedAt = received.Time
	return v, err
}

func scanSent(s db.Scanner) (Sent, error) {
	var v Sent
	var content string
	var at, sent db.Time
	var by db.Null
	if err := s.Scan(&v.RowID, &v.Initiative, &v.Address, &v.Practice, &content, &v.Signed, &v.Trouble, &at, &sent, &by); err != nil {
		return v, err
	}
	v.SentAt, v.By = sent.Time, string(by)
	return v, json.Unmarshal([]byte(content), &v.Message)
}

// act is one line of an export.
type act struct {
	What string  `json:"what"`
	More string  `json:"which"`
	At   db.Time `json:"at"`
}

func scanAct(s db.Scanner) (act, error) {
	var a act
	return a, s.Scan(&a.What, &a.More, &a.At)
}
