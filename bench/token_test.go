package main

import (
	"fmt"
	"slices"
	"testing"

	"github.com/taskhouse/taskhouse/internal/db/dbtest"
)

// maxTokenCost is what a token for programs may cost at most, as a multiple of an access token (issue 17).
const maxTokenCost = 1.1

// tokenRounds is how often the two alternate. The median leaves out the rounds that other programs disturbed.
const tokenRounds = 21

// TestTokenForPrograms compares a token for programs with the access token of a session, which is a JWT: their
// verification alone, and a whole request with either. Both run in turn, so that the machine disturbs both.
func TestTokenForPrograms(t *testing.T) {
	for _, engine := range dbtest.Engines {
		t.Run(engine, func(t *testing.T) {
			h := open(t, engine, 100, 100)
			var made struct {
				Token string `json:"token"`
			}
			h.post(t, "/api/auth/tokens/", fmt.Sprintf(`{"name":"bench","scopes":["tasks:read"],"current_password":%q}`,
				password), &made)
			session, program := *h, *h
			program.token = made.Token
			task := h.firstTask(t)
			for _, c := range []struct {
				name  string
				times int
				do    func(h *house)
			}{
				{"verification", 2000, func(h *house) {
					if _, err := h.auth.Authenticate(t.Context(), h.token); err != nil {
						t.Fatal(err)
					}
				}},
				{"a request", 200, func(h *house) { h.ask(t, "GET", fmt.Sprintf("/api/tasks/%d/", task), nil, 200) }},
			} {
				measure := func(h *house) float64 {
					before := processorTime(t)
					for range c.times {
						c.do(h)
					}
					return float64(processorTime(t)-before) / float64(c.times)
				}
				measure(&session)
				measure(&program)
				var jwt, token []float64
				for range tokenRounds {
					jwt, token = append(jwt, measure(&session)), append(token, measure(&program))
				}
				slices.Sort(jwt)
				slices.Sort(token)
				a, b := jwt[tokenRounds/2], token[tokenRounds/2]
				t.Logf("%s: JWT %.0f ns, token for programs %.0f ns, %.2f times", c.name, a, b, b/a)
				if b > a*maxTokenCost {
					t.Errorf("%s: a token for programs costs %.2f times a JWT, want %v", c.name, b/a, maxTokenCost)
				}
			}
		})
	}
}
