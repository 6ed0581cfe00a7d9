// Modules that are read for what others define: kinds, and schemas of formats; nothing is built of them.
module cloister.dev/e2e/definitions

go 1.26

require (
	github.com/anchore/grype v0.121.2
	github.com/aquasecurity/trivy v0.74.0
	github.com/openreports/reports-api v0.2.1
	github.com/owenrumney/go-sarif/v3 v3.3.1
	istio.io/api v1.32.0
)
