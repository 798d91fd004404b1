package backup

import "os"

// LockName is the file that a running program holds in its data folder.
const LockName = "serve.lock"

// Held is a lock on a data folder.
type Held struct{ f *os.File }

// Close lets go of the lock.
func (h *Held) Close() error {
	if h == nil || h.f == nil {
		return nil
	}
	return h.f.Close()
}
