// Modules that are read for what others define: kinds, and schemas of formats; nothing is built of them.
module cloister.dev/e2e/definitions

go 1.26

require (
	github.com/owenrumney/go-sarif/v3 v3.3.1
	istio.io/api v1.32.0
)
