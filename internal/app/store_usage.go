package app

// countFollowers counts who follows an initiative and said so by mail or account.
const countFollowers = `SELECT COUNT(*) FROM initiative_follower WHERE initiative = $1 AND confirmed`
