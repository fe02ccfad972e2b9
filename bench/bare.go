package main

import (
	"io"
	"net"
	"net/http"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// canned is an answer of the product, to be given without any work. The bare server is told it before each measurement.
type canned struct {
	Status int
	Body   string
}

// playBare serves the bare handler: net/http that reads the request's body and answers the same bytes.
func playBare(in *jsontext.Decoder, out io.Writer) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	var c canned
	if err := json.UnmarshalDecode(in, &c); err != nil {
		return err
	}
	body := []byte(c.Body)
	s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength > 0 {
			_, _ = io.ReadAll(r.Body)
		}
		h := w.Header()
		h.Set("Content-Type", "application/json")
		h.Set("Content-Length", strconv.Itoa(len(body)))
		w.WriteHeader(c.Status)
		_, _ = w.Write(body)
	})}
	go func() { _ = s.Serve(l) }()
	if err := json.MarshalWrite(out, l.Addr().String()); err != nil {
		return err
	}
	_, _ = in.ReadToken() // until the bench closes the pipe
	return s.Close()
}
