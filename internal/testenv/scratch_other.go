//go:build !linux

package testenv

import "errors"

var errOnlyLinux = errors.New("servers are started on Linux only")

func lock(string) (unlock func(), err error) { return nil, errOnlyLinux }

func inherit(string) (unlock func(), err error) { return nil, errOnlyLinux }
