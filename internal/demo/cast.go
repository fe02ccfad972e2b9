package demo

import (
	"strings"

	"github.com/taskhouse/taskhouse/internal/account"
)

// figure is a person of the sample company.
type figure struct {
	first, last string
	role        account.Role
	joins       float64 // as a fraction of the history: 0 is its beginning
	leaves      float64 // when deactivated; 0 never
	weight      int     // their share of the work
}

func (f figure) username() string { return strings.ToLower(f.first + "." + f.last) }

// cast lists the people. The first one creates the company.
var cast = []figure{
	{"Maya", "Alder", account.Owner, 0, 0, 3},
	{"Tom", "Finch", account.Admin, 0.01, 0, 4},
	{"Ines", "Duarte", account.Admin, 0.02, 0, 4},
	{"Jonas", "Weber", account.Ordinary, 0.02, 0, 6},
	{"Aisha", "Khan", account.Ordinary, 0.03, 0, 7},
	{"Luca", "Moretti", account.Ordinary, 0.03, 0, 5},
	{"Sofia", "Lindqvist", account.Ordinary, 0.05, 0, 5},
	{"Ravi", "Patel", account.Ordinary, 0.05, 0.8, 4},
	{"Grace", "Obi", account.Ordinary, 0.4, 0, 4},
	{"Nils", "Berg", account.Guest, 0.2, 0, 0},
}

// The titles and descriptions of tasks are combined from these.
var (
	demoVerbs = []string{
		"Order", "Check", "Repair", "Plan", "Clean", "Compare offers for", "Write the list for", "Photograph", "Count",
		"Renew the contract for",
		"Teach the new people about", "Find a better place for",
	}
	demoThings = []string{
		"the rye flour", "the oven's thermostat", "the delivery van", "the Christmas stollen", "the display window",
		"the allergen cards", "the cold room", "the coffee machine",
		"the weekend shifts", "the sourdough starters", "the paper bags", "the wedding cake for Saturday", "the till",
		"the gluten-free corner", "the price labels", "the newsletter",
	}
	demoPlaces = []string{"", "", "", " in Mill Lane", " at the station", " in the market hall"}
	demoNotes  = []string{
		"", "", "", "Please have a look before Friday.", "The number of the supplier is on the board in the office.",
		"Last time this took two days.",
		"See what we did last year, and write down what was different.", "Ask at the station first: they had the same.",
	}
)
