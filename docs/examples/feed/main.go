// Command feed prints every change of a company after a number, and after a cut of any length goes on where it was.
//
//	TASKHOUSE_TOKEN=... go run ./docs/examples/feed http://127.0.0.1:8000 41
package main

import (
	"bufio"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"
)

func main() {
	url, since := os.Args[1], os.Args[2]
	for { // Server-Sent Events: an id is the number of the event whose data follows
		request, err := http.NewRequest("GET", url+"/api/events/stream/?since="+since, nil)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
		request.Header.Set("Authorization", "Bearer "+os.Getenv("TASKHOUSE_TOKEN"))
		if answer, err := http.DefaultClient.Do(request); err == nil {
			lines, id := bufio.NewReader(answer.Body), since
			for line, err := lines.ReadString('\n'); err == nil; line, err = lines.ReadString('\n') {
				if number, ok := strings.CutPrefix(line, "id: "); ok {
					id = strings.TrimSpace(number)
				} else if data, ok := strings.CutPrefix(line, "data: "); ok {
					fmt.Print(data)
					since = id
				}
			}
			_ = answer.Body.Close()
		}
		time.Sleep(time.Second)
	}
}
