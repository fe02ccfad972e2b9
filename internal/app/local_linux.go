package app

import (
	"fmt"
	"net"
	"os"
	"syscall"
)

// checkPeer returns an error unless the process at the other end runs as the same user as this one, or as root. The
// mode of the socket says so as well.
func checkPeer(c *net.UnixConn) error {
	raw, err := c.SyscallConn()
	if err != nil {
		return err
	}
	var peer *syscall.Ucred
	var failed error
	err = raw.Control(func(fd uintptr) {
		peer, failed = syscall.GetsockoptUcred(int(fd), syscall.SOL_SOCKET, syscall.SO_PEERCRED)
	})
	switch {
	case err != nil:
		return err
	case failed != nil:
		return failed
	case peer.Uid != 0 && int(peer.Uid) != os.Geteuid():
		return fmt.Errorf("process %d of the user %d may not run commands", peer.Pid, peer.Uid)
	}
	return nil
}
