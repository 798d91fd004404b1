package surveys

const insertMade = `INSERT INTO survey_tally (url, score, month, n, total) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (url, score, month) DO NOTHING`
