// Modules that are read for the definitions of other projects' kinds; nothing is built of them.
module cloister.dev/e2e/definitions

go 1.26

require istio.io/api v1.32.0
