package main

// equivalent are the mutants that change nothing, with the reason. Each is a second look at what another lock in the same
// transaction has settled.
var equivalent = map[string]string{}
