//go:build unix

package app

import "golang.org/x/sys/unix"

// freeBytes tells how much room a folder has left.
func freeBytes(dir string) (uint64, bool) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return 0, false
	}
	return uint64(s.Bavail) * uint64(s.Bsize), true //nolint:gosec // neither is negative
}
