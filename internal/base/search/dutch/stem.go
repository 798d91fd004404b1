package dutch

import (
	"strings"
	"sync"

	"github.com/blevesearch/snowballstem"
	snowball "github.com/blevesearch/snowballstem/dutch"
)

var envs = sync.Pool{New: func() any { return snowballstem.NewEnv("") }}

// Stem gives the term of a folded word. Around Snowball it does what that
// leaves: "artsen" and "arts", "huizen" and "huis", "brieven" and "brief",
// "vallen" and "val", "boekjes" and "boek" meet. The one plural on -eren that
// matters is set by hand.
func Stem(word string) string {
	if stem, ok := strings.CutSuffix(word, "kinderen"); ok {
		return stem + "kind"
	}
	if strings.HasSuffix(word, "jes") {
		word = word[:len(word)-1]
	}
	env := envs.Get().(*snowballstem.Env)
	defer envs.Put(env)
	for range 3 {
		if len(word) < 3 {
			break
		}
		env.SetCurrent(word)
		snowball.Stem(env)
		// The stemmer marks some letters by capitals; a word with one left in
		// it would not be equal to itself.
		next := ending(strings.ToLower(env.Current()))
		if next == word || len(next) < 2 {
			break
		}
		word = next
	}
	return word
}

// ending writes the end of a stem in one way.
func ending(stem string) string {
	n := len(stem) - 1
	if n < 2 {
		return stem
	}
	switch last := stem[n]; {
	case last == 'z':
		return stem[:n] + "s"
	case last == 'v':
		return stem[:n] + "f"
	case last == stem[n-1] && strings.IndexByte("bdfgklmnprst", last) >= 0:
		return stem[:n]
	case last == 'j' && n > 3 && strings.IndexByte("dfgkpst", stem[n-1]) >= 0:
		return stem[:n]
	}
	return stem
}
