package cli_test

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// anotherUser is a user without rights, "nobody" on most systems.
const anotherUser = 65534

// connectAs connects to a socket as another user, and reports whether the server answers a command. Credentials belong
// to a thread, which ends with the goroutine.
func connectAs(user int, socket, request string) (connected bool, answer int) {
	type outcome struct {
		connected bool
		answer    int
	}
	done := make(chan outcome)
	go func() {
		var o outcome
		defer func() { done <- o }()
		runtime.LockOSThread()
		if _, _, errno := unix.RawSyscall(unix.SYS_SETRESUID, ^uintptr(0), uintptr(user), ^uintptr(0)); errno != 0 {
			return
		}
		fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM, 0)
		if err != nil {
			return
		}
		defer func() { _ = unix.Close(fd) }()
		if err := unix.Connect(fd, &unix.SockaddrUnix{Name: socket}); err != nil {
			return
		}
		o.connected = true
		if _, err := unix.Write(fd, []byte(request)); err != nil {
			return
		}
		o.answer, _ = unix.Read(fd, make([]byte, 1000))
	}()
	o := <-done
	return o.connected, max(o.answer, 0)
}

// TestThreat_M7_AnotherUserRunsNoCommand shows that the mode of the socket keeps other users out, and that the server
// refuses them where the mode has been changed.
func TestThreat_M7_AnotherUserRunsNoCommand(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can try it as another user")
	}
	data := installation(t)
	for path := data; len(path) > len(os.TempDir()); path = filepath.Dir(path) {
		if err := os.Chmod(path, 0o755); err != nil { // so that the socket alone keeps them out
			t.Fatal(err)
		}
	}
	serving(t, data)
	socket := filepath.Join(data, "taskhouse.sock")
	const request = `{"Version": "none", "Command": ["users"], "Arguments": {}}`
	if connected, answer := connectAs(0, socket, request); !connected || answer == 0 {
		t.Fatalf("root: connected %v, an answer of %d bytes", connected, answer)
	}
	if connected, _ := connectAs(anotherUser, socket, request); connected {
		t.Error("another user opens the socket")
	}
	if err := os.Chmod(socket, 0o666); err != nil {
		t.Fatal(err)
	}
	if connected, answer := connectAs(anotherUser, socket, request); !connected || answer > 0 {
		t.Errorf("another user: connected %v, an answer of %d bytes", connected, answer)
	}
}
