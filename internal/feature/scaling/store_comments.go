package scaling

import (
	"context"

	"wijkbaak.nl/internal/base/db"
)

const (
	commentColumns  = `id, plan, step, person, guest, name, body, at`
	insertComment   = `INSERT INTO scaling_comment (` + commentColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`
	selectComment   = `SELECT ` + commentColumns + ` FROM scaling_comment WHERE id = $1 AND plan = $2`
	selectComments  = `SELECT ` + commentColumns + ` FROM scaling_comment WHERE plan = $1 AND id < $2 ORDER BY plan DESC, id DESC LIMIT $3`
	selectStepTalk  = `SELECT ` + commentColumns + ` FROM scaling_comment WHERE plan = $1 AND step = $2 AND id < $3 ORDER BY plan DESC, step DESC, id DESC LIMIT $4`
	selectCommentBy = `SELECT ` + commentColumns + ` FROM scaling_comment WHERE person = $1 AND id > $2 ORDER BY person, id LIMIT $3`
	countComments   = `SELECT COUNT(*) FROM scaling_comment WHERE plan = $1`
	deleteComment   = `DELETE FROM scaling_comment WHERE id = $1 AND plan = $2`
	dropComments    = `DELETE FROM scaling_comment WHERE person = $1`
	// The guests whose names still stand here, and the end of a name.
	namedGuests     = `SELECT DISTINCT guest FROM scaling_comment WHERE name <> '' AND guest > $1 ORDER BY guest LIMIT $2`
	forgetGuestName = `UPDATE scaling_comment SET name = '' WHERE name <> '' AND guest = $1`
	// What was said about a step goes with it.
	dropStepTalk = `DELETE FROM scaling_comment WHERE plan = $1 AND step = $2`
)

func scanComment(s db.Scanner) (c Comment, err error) {
	var at db.Time
	err = s.Scan(&c.ID, &c.Plan, &c.Step, &c.Person, &c.Guest, &c.Name, &c.Body, &at)
	c.At = at.Time
	return c, err
}

func addComment(ctx context.Context, tx *db.Tx, c Comment) error {
	_, err := tx.Exec(ctx, insertComment, c.ID, c.Plan, c.Step, c.Person, c.Guest, c.Name, c.Body, db.At(c.At))
	return err
}
