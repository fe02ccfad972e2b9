module github.com/taskhouse/taskhouse/tools

go 1.26.0

// Modules of which only the schemas are read, that the files in deploy are held against.
require (
	github.com/compose-spec/compose-go/v2 v2.16.2
	sigs.k8s.io/kubectl-validate v0.0.4
)
