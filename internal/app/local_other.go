//go:build !linux

package app

import "net"

// checkPeer accepts every process: the mode of the socket alone decides which user may open it.
func checkPeer(*net.UnixConn) error { return nil }
